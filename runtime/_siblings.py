"""The folder names are common words, so make sure that they mean pulserig's own."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

__all__ = ["check_siblings"]

SIBLINGS = ("drivers", "simulators", "configs")


def check_siblings(home: Path | None = None) -> None:
    """Raise ImportError when another folder of the same name stands before one of pulserig's packages.

    `home` is the folder that should hold them all, the one above this package unless given.
    """
    home = (home or Path(__file__).parent.parent).resolve()
    for name in SIBLINGS:
        spec = find_spec(name)
        found = [Path(place).resolve() for place in (spec.submodule_search_locations or ())] if spec else []
        if home / name not in found[:1]:
            got = str(found[0]) if found else (spec.origin if spec and spec.origin else "nothing")
            message = (
                f"pulserig's package '{name}' should be {home / name}, but Python finds {got}: one shadows the "
                f"other. Rename that folder or file, start Python elsewhere, or put {home} first in sys.path."
            )
            raise ImportError(message, name=name)
