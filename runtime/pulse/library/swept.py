"""A pulse at many values of its parameters."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.pulse import ComplexArray, FloatArray, Pulse
from runtime.pulse.library.shapes import Values
from runtime.pulse.library.symbolic import SymbolicPulse, restored, unit_key
from runtime.pulse.parameters import ParameterValue
from runtime.pulse.parameters.swept import Columns, swept_values

__all__ = ["samples_of", "swept_pulses"]

CLEAR = 1 - 1e-9
"""Samples up to here are far enough from full scale that none is to be looked at."""


def swept_pulses(pulse: SymbolicPulse, columns: Columns, count: int) -> list[SymbolicPulse | PulseError]:
    """What `pulse.assigned` gives at each of `count` points, or the error that it raises.

    Args:
        pulse: whose length is a number.
        columns: of each of its open parameters the values.
        count: how many there are.
    """
    names = tuple(pulse.parameters)
    values = [swept_values(value, columns, count) for value in pulse.parameters.values()]
    # Values that are numpy's own would warn where they overflow.
    with np.errstate(all="ignore"):
        return [_made(pulse, names, row) for row in zip(*values, strict=True)]


def _made(
    pulse: SymbolicPulse, names: Sequence[str], row: Sequence[ParameterValue | PulseError]
) -> SymbolicPulse | PulseError:
    values: dict[str, Any] = {}
    plain = True
    for name, value in zip(names, row, strict=True):
        if isinstance(value, PulseError):
            return value
        plain = plain and (type(value) is float or type(value) is int)
        values[name] = value
    if plain and _fits(pulse, values):
        return _alike(pulse, values)
    try:
        made: SymbolicPulse = restored(type(pulse), pulse.shape, values, pulse.limit_amplitude, pulse.name)
    except PulseError as error:
        return error
    return made


def samples_of(pulses: Iterable[Pulse]) -> list[ComplexArray]:
    """The samples of each pulse, as `get_waveform` has them; pulses that differ in amplitude share the rest.

    Returns:
        Read-only complex128 arrays of shape (duration,), units of full scale.

    Raises:
        PulseError: parameters are open, or a pulse that is checked only now exceeds full scale.
    """
    units: dict[Hashable, tuple[FloatArray | ComplexArray, float]] = {}
    with np.errstate(all="ignore"):
        return [_scaled(pulse, units) for pulse in pulses]


def _scaled(pulse: Pulse, units: dict[Hashable, tuple[FloatArray | ComplexArray, float]]) -> ComplexArray:
    if not isinstance(pulse, SymbolicPulse) or not pulse.shape.factored or pulse.is_parameterized():
        return pulse.get_waveform().samples
    values: Values = pulse.__dict__["_values"]
    key = unit_key(pulse.shape, values)
    if key not in units:
        unit = pulse.unit_samples()
        units[key] = unit, float(np.abs(unit).max(initial=0.0))
    unit, peak = units[key]
    amplitude = pulse.shape.amplitude(values)
    if not abs(amplitude) * peak <= CLEAR:  # written so that NaN fails
        return pulse.get_waveform().samples
    samples = np.asarray(amplitude * unit, dtype=np.complex128)
    samples.flags.writeable = False
    return samples


def _fits(pulse: SymbolicPulse, values: Values) -> bool:
    """Whether numbers meet the rules of a pulse without a look at its samples."""
    shape = pulse.shape
    return pulse.disable_validation or (
        all(rule.holds(values) for rule in shape.constraints)
        and (not pulse.limit_amplitude or (shape.safe is not None and shape.safe(values)))
    )


def _alike(pulse: SymbolicPulse, values: Values) -> SymbolicPulse:
    """The pulse with numbers that fit."""
    new = object.__new__(type(pulse))
    new.__dict__.update(
        name=pulse.name,
        limit_amplitude=pulse.limit_amplitude,
        shape=pulse.shape,
        duration=values["duration"],
        _values=values,
        _expressions=False,
    )
    return new
