"""Seconds and samples of the device of the current context."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

from runtime.pulse.builder.channels import active_device
from runtime.pulse.exceptions import PulseError

__all__ = ["active_dt", "samples_to_seconds", "seconds_to_samples"]


def active_dt() -> float:
    """Sample period of the device in seconds.

    Raises:
        NoActiveBuilder: called outside of a builder context.
        BackendNotSet: the context has no backend.
        PulseError: the target has no dt.
    """
    dt = active_device().dt
    if dt is None:
        raise PulseError("the target has no sample period", where="dt", fix="Give dt to the Target")
    return dt


@overload
def seconds_to_samples(seconds: float) -> int: ...
@overload
def seconds_to_samples(seconds: NDArray[np.floating]) -> NDArray[np.int64]: ...
def seconds_to_samples(seconds: float | NDArray[np.floating]) -> int | NDArray[np.int64]:
    """The whole samples within a time; the rest is cut off.

    Args:
        seconds: a number, or an array of any shape.

    Returns:
        An int, or an int64 array of that shape.
    """
    dt = active_dt()
    if isinstance(seconds, np.ndarray):
        return (seconds / dt).astype(np.int64)
    return int(seconds / dt)


@overload
def samples_to_seconds(samples: int) -> float: ...
@overload
def samples_to_seconds(samples: NDArray[np.integer]) -> NDArray[np.float64]: ...
def samples_to_seconds(samples: int | NDArray[np.integer]) -> float | NDArray[np.float64]:
    """The length of a number of samples.

    Args:
        samples: a number, or an array of any shape.

    Returns:
        Seconds, as a float or a float64 array of that shape.
    """
    dt = active_dt()
    if isinstance(samples, np.ndarray):
        return samples * np.float64(dt)
    return samples * dt
