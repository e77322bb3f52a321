"""How wiring.yaml says that a qubit is read: as files of trained readouts do, with the obvious left out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from runtime.results.documents import ReadoutEntry

__all__ = ["WrittenReadout"]

_USUAL = {"kernel": "boxcar", "discriminator": "threshold"}
"""What a kernel and a discriminator are where their `type` is left out."""


def _completed(entry: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    if not isinstance(entry, dict):
        return entry
    whole = {"kernel": {}, **entry}
    for key, usual in _USUAL.items():
        part = whole.get(key)
        if isinstance(part, dict):
            whole[key] = {"type": usual, **part}
    return whole


WrittenReadout = Annotated[ReadoutEntry, BeforeValidator(_completed)]
