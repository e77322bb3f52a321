"""AlazarTech digitizers; importing this costs little, QCoDeS is loaded when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.alazar.ats9360 import ATS9360Adapter

if TYPE_CHECKING:
    from drivers.alazar.network import NetworkATS9360

__all__ = ["ATS9360Adapter", "NetworkATS9360"]


def __getattr__(name: str) -> object:
    """`NetworkATS9360` is a QCoDeS driver; QCoDeS takes seconds to load, so only when somebody asks for it."""
    if name == "NetworkATS9360":
        from drivers.alazar.network import NetworkATS9360

        return NetworkATS9360
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
