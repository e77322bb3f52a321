"""Pulses of an OpenPulse device: shapes with their parameters, and sampled ones."""

from __future__ import annotations

import cmath
from collections.abc import Callable, Mapping

import numpy as np

from runtime.interop.ibm.schema import LibraryPulse, ParametricPulse
from runtime.pulse import Constant, Drag, Gaussian, GaussianSquare, GaussianSquareDrag, Waveform
from runtime.pulse.library import Pulse

__all__ = ["PulseShapeError", "parametric_pulse", "sampled_pulse"]

_OVER_FULL_SCALE = 1e-6
"""Files round amplitudes: a few published ones exceed 1 by about 1e-7. Those are brought back to 1."""
_SHAPES: Mapping[str, tuple[Callable[..., Pulse], frozenset[str]]] = {
    "gaussian": (Gaussian, frozenset({"sigma"})),
    "gaussian_square": (GaussianSquare, frozenset({"sigma", "width"})),
    "drag": (Drag, frozenset({"sigma", "beta"})),
    "gaussian_square_drag": (GaussianSquareDrag, frozenset({"sigma", "beta", "width"})),
    "constant": (Constant, frozenset()),
}


class PulseShapeError(ValueError):
    """A shape that is unknown, or has other parameters than it needs."""


def parametric_pulse(item: ParametricPulse) -> Pulse:
    """The pulse of an item, named by its label; raises PulseShapeError, or PulseError for impossible values."""
    if item.pulse_shape not in _SHAPES:
        message = f"unknown shape '{item.pulse_shape}', known are {', '.join(_SHAPES)}"
        raise PulseShapeError(message)
    shape, needed = _SHAPES[item.pulse_shape]
    given = item.parameters
    values = {key: getattr(given, key) for key in ("sigma", "width", "beta") if getattr(given, key) is not None}
    if values.keys() != needed:
        message = f"'{item.pulse_shape}' needs {sorted(needed)}, has {sorted(values)}"
        raise PulseShapeError(message)
    # The file has one complex number, our pulses a modulus and an angle.
    amp, angle = cmath.polar(given.amp)
    if 1 < amp <= 1 + _OVER_FULL_SCALE:
        amp = 1.0
    angle += given.angle or 0.0
    return shape(duration=given.duration, amp=amp, angle=angle, name=item.label, **values)


def sampled_pulse(pulse: LibraryPulse) -> Waveform:
    """A pulse of the library; raises PulseError when a sample exceeds full scale."""
    samples = np.array(pulse.samples, np.complex128)
    modulus = np.abs(samples)
    over = (modulus > 1) & (modulus <= 1 + _OVER_FULL_SCALE)
    samples[over] /= modulus[over]
    return Waveform(samples, name=pulse.name)
