"""The session's schema. pycapnp publishes no types, so its objects are named here and are Any to the checker."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import capnp  # type: ignore[import-untyped]  # no type information is published

__all__ = ["LIMIT_WORDS", "SCHEMA", "Builder", "Reader"]

Reader: TypeAlias = Any
"""A struct or list of a message that has been received; valid until the call that brought it returns."""
Builder: TypeAlias = Any
"""A struct or list of a message that is being written."""

LIMIT_WORDS = 1 << 34
"""How many 8-byte words of a message may be read: 128 GiB. The usual 64 MiB refuse a wave of 20 million."""


def _load() -> Reader:
    # pycapnp's hook would make every `import x_capnp` look for files; nothing here wants that.
    capnp.remove_import_hook()
    bundled = str(Path(capnp.__file__).parent.parent)
    return capnp.SchemaParser().load(str(Path(__file__).with_name("session.capnp")), imports=[bundled])


SCHEMA: Reader = _load()
