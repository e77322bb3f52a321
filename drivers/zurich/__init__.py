"""Zurich Instruments: HDAWG, SHFSG, SHFQA, SHFQC and UHFQA behind a LabOne data server.

Importing this loads nothing of the vendor's, and not even numpy: everything is loaded when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.zurich.adapters import (
        HDAWGAdapter,
        SHFQAAdapter,
        SHFQCAdapter,
        SHFSGAdapter,
        UHFQAAdapter,
    )
    from drivers.zurich.instruments import HDAWG, SHFQA, SHFQC, SHFSG, UHFQA

__all__ = [
    "HDAWG",
    "SHFQA",
    "SHFQC",
    "SHFSG",
    "UHFQA",
    "HDAWGAdapter",
    "SHFQAAdapter",
    "SHFQCAdapter",
    "SHFSGAdapter",
    "UHFQAAdapter",
]


def __getattr__(name: str) -> object:
    """The adapters, and the QCoDeS drivers that a station.yaml names."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "adapters" if name.endswith("Adapter") else "instruments"
    return getattr(import_module(f"drivers.zurich.{module}"), name)
