"""What a picture takes from a device: the length of a sample and the carriers' frequencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError

__all__ = ["Clock", "TimeUnit", "carriers_of", "clock_of"]

TimeUnit = Literal["dt", "ns"]
"""What times are written in."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Samples to what is written on the time axis."""

    unit: TimeUnit
    per_sample: float
    """Units a sample: 1 for dt."""
    dt_s: float | None = None
    """Seconds a sample, if known."""


def clock_of(backend: object, unit: str) -> Clock:
    """The clock for `unit`.

    Raises:
        PulseError: no such unit, or ns without a device that says how long a sample is.
    """
    dt = getattr(_target_of(backend), "dt", None)
    dt_s = float(dt) if isinstance(dt, int | float) else None
    if unit == "dt":
        return Clock("dt", 1.0, dt_s)
    if unit != "ns":
        raise PulseError("a drawing has no such time unit", got=repr(unit), allowed="'dt' or 'ns'")
    if dt_s is None:
        raise PulseError(
            "a time axis in ns needs the length of a sample",
            got=f"backend={backend!r}, which has no dt",
            fix="Pass a Target, a Rig or any object with `target` as backend, or draw in dt",
        )
    return Clock("ns", dt_s * 1e9, dt_s)


def carriers_of(backend: object) -> Mapping[Channel, float]:
    """The carrier frequency of each channel that the device names, Hz."""
    frequencies = getattr(_target_of(backend), "channel_frequencies", None)
    return frequencies if isinstance(frequencies, Mapping) else {}


def _target_of(backend: object) -> object:
    return getattr(backend, "target", backend)
