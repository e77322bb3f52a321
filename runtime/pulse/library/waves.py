"""Waves, as users write them. Formulas: `runtime.pulse.library.periodic`.

The phase has the period 2 pi for all of them; the functions of `library.continuous` differ in that.
"""

from __future__ import annotations

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.symbolic import ScalableSymbolicPulse
from runtime.pulse.library.validation import operand
from runtime.pulse.parameters import ParameterExpression, ParameterValue

__all__ = ["Cos", "Sawtooth", "Sin", "Square", "Triangle"]


def Sin(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    phase: ParameterValue,
    freq: ParameterValue | None = None,
    angle: ParameterValue = 0,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """A sine: amp * sin(2 pi freq t + phase).

    Args:
        duration: length in samples.
        amp: real amplitude in units of full scale.
        phase: in radians at t = 0.
        freq: cycles per sample, above 0 and below 1/2; by default one cycle over the duration.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "Sin".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    return _wave("Sin", duration, (amp, angle), phase, freq, name, limit_amplitude)


def Cos(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    phase: ParameterValue,
    freq: ParameterValue | None = None,
    angle: ParameterValue = 0,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """A cosine: amp * cos(2 pi freq t + phase).

    Args:
        duration: length in samples.
        amp: real amplitude in units of full scale.
        phase: in radians at t = 0.
        freq: cycles per sample, above 0 and below 1/2; by default one cycle over the duration.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "Cos".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    return _wave("Cos", duration, (amp, angle), phase, freq, name, limit_amplitude)


def Sawtooth(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    phase: ParameterValue,
    freq: ParameterValue | None = None,
    angle: ParameterValue = 0,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """A sawtooth: 2 amp (x - floor(x + 1/2)) with x = freq t + phase / 2 pi.

    Args:
        duration: length in samples.
        amp: real amplitude in units of full scale.
        phase: in radians at t = 0.
        freq: cycles per sample, above 0 and below 1/2; by default one cycle over the duration.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "Sawtooth".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    return _wave("Sawtooth", duration, (amp, angle), phase, freq, name, limit_amplitude)


def Triangle(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    phase: ParameterValue,
    freq: ParameterValue | None = None,
    angle: ParameterValue = 0,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """A triangle wave that follows the sine: amp (1 - 2 |s|) with s the sawtooth (of amp 1) at x - 1/4.

    Args:
        duration: length in samples.
        amp: real amplitude in units of full scale.
        phase: in radians at t = 0.
        freq: cycles per sample, above 0 and below 1/2; by default one cycle over the duration.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "Triangle".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    return _wave("Triangle", duration, (amp, angle), phase, freq, name, limit_amplitude)


def Square(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    phase: ParameterValue,
    freq: ParameterValue | None = None,
    angle: ParameterValue = 0,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """A square wave: amp in the first half of each cycle, -amp in the second.

    Args:
        duration: length in samples.
        amp: real amplitude in units of full scale.
        phase: in radians at t = 0.
        freq: cycles per sample, above 0 and below 1/2; by default one cycle over the duration.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "Square".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    return _wave("Square", duration, (amp, angle), phase, freq, name, limit_amplitude)


def _wave(  # noqa: PLR0917 - the arguments of the functions above
    pulse_type: str,
    duration: ParameterValue,
    amplitude: tuple[ParameterValue, ParameterValue],
    phase: ParameterValue,
    freq: ParameterValue | None,
    name: str | None,
    limit_amplitude: bool | None,
) -> ScalableSymbolicPulse:
    parameters = {"freq": _one_cycle(duration) if freq is None else freq, "phase": phase}
    return ScalableSymbolicPulse(pulse_type, duration, *amplitude, parameters, name, limit_amplitude)


def _one_cycle(duration: ParameterValue) -> ParameterValue:
    length = operand("duration", duration)
    if not isinstance(length, ParameterExpression) and length <= 0:
        raise PulseError(
            "no cycle fits into the duration", got=repr(duration), allowed="1 or more, or a frequency"
        )
    return 1 / length
