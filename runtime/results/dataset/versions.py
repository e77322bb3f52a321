"""Which software measured."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["current_versions"]

_PACKAGES = ("pulserig", "numpy", "xarray", "qcodes")


@cache
def _found() -> tuple[tuple[str, str], ...]:
    found = [("python", platform.python_version())]
    for name in _PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def current_versions() -> dict[str, str]:
    """Versions of Python and of the packages that shots pass through, by name."""
    return dict(_found())
