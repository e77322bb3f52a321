"""Adapters, found by the names that packages register under the entry point group `pulserig.adapters`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import cast

from drivers.contract import AdapterFactory, ConfigurationError

__all__ = ["adapter_names", "load_adapter"]

GROUP = "pulserig.adapters"


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def adapter_names() -> tuple[str, ...]:
    """The names that wiring.yaml may use."""
    return tuple(sorted(_registered()))


def load_adapter(name: str) -> AdapterFactory:
    """The adapter class of that name; raises ConfigurationError when it is unknown or its package is broken."""
    point = _registered().get(name)
    if point is None:
        raise ConfigurationError(
            f"there is no adapter '{name}'",
            got=name,
            allowed=", ".join(adapter_names()) or "none is installed",
            fix="Correct the name in wiring.yaml, or install the package that brings the adapter",
        )
    try:
        return cast("AdapterFactory", point.load())
    except Exception as error:  # a plug-in may raise anything on import
        raise ConfigurationError(
            f"the adapter '{name}' cannot be loaded",
            where=point.value,
            got=f"{type(error).__name__}: {error}",
            fix="Install what it needs, or use another adapter",
        ) from error
