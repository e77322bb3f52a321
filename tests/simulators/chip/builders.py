"""Small chips and drives for the tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.chip import Drive, DriveWindow, Stretch, Transitions, Transmon, TransmonArray

SAMPLE_S = 0.4e-9


def single(levels: int = 3, **changes: float) -> TransmonArray:
    """One transmon at 5 GHz."""
    values = {"frequency_hz": 5e9, "anharmonicity_hz": -0.34e9, **changes}
    return TransmonArray((Transmon("q0", levels=levels, **values),), {})  # type: ignore[arg-type]  # all floats


def constant(rate: complex, samples: int, lo_hz: float = 5e9, transmon: int = 0) -> DriveWindow:
    """A square pulse: `rate` in rad/s."""
    return DriveWindow((Drive(transmon, lo_hz, np.full(samples, rate, np.complex128)),), SAMPLE_S)


def after(
    array: TransmonArray, *windows: tuple[float, DriveWindow], end_s: float | None = None
) -> NDArray[np.float64]:
    """Transition matrix of the windows, given as (start in s, window)."""
    last_start, last = windows[-1]
    stop = last_start + last.duration_s if end_s is None else end_s
    return Transitions(array).matrix(Stretch(windows[0][0], windows, stop))
