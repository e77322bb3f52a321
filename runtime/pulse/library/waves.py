"""Waves, as users write them. Formulas: `runtime.pulse.library.periodic`.

The phase has the period 2 pi for all of them; the functions of `library.continuous` differ in that.
"""

from __future__ import annotations

from typing import Protocol

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.symbolic import ScalableSymbolicPulse
from runtime.pulse.library.validation import operand
from runtime.pulse.parameters import ParameterExpression, ParameterValue

__all__ = ["Cos", "Sawtooth", "Sin", "Square", "Triangle", "Wave"]

_USE = """
    Args:
        duration: length in samples.
        amp: real amplitude in units of full scale.
        phase: in radians at t = 0.
        freq: cycles per sample, above 0 and below 1/2; by default one cycle over the duration.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse whose type is the name of this function.

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """


class Wave(Protocol):
    """What makes pulses of one wave form."""

    def __call__(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        duration: ParameterValue,
        amp: ParameterValue,
        phase: ParameterValue,
        freq: ParameterValue | None = None,
        angle: ParameterValue = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> ScalableSymbolicPulse:
        """See the wave's own text."""


def _wave(pulse_type: str, text: str) -> Wave:
    """The function that makes the pulses of one type."""

    def wave(  # noqa: PLR0917 - Qiskit's order of arguments
        duration: ParameterValue,
        amp: ParameterValue,
        phase: ParameterValue,
        freq: ParameterValue | None = None,
        angle: ParameterValue = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> ScalableSymbolicPulse:
        parameters = {"freq": _one_cycle(duration) if freq is None else freq, "phase": phase}
        return ScalableSymbolicPulse(pulse_type, duration, amp, angle, parameters, name, limit_amplitude)

    # By these it is found for pickle, and shown by help().
    wave.__name__ = wave.__qualname__ = pulse_type
    wave.__doc__ = f"{text}\n{_USE}"
    return wave


Sin = _wave("Sin", "A sine: amp * sin(2 pi freq t + phase).")
Cos = _wave("Cos", "A cosine: amp * cos(2 pi freq t + phase).")
Sawtooth = _wave("Sawtooth", "A sawtooth: 2 amp (x - floor(x + 1/2)) with x = freq t + phase / 2 pi.")
Triangle = _wave(
    "Triangle",
    "A triangle wave that follows the sine: amp (1 - 2 |s|) with s the sawtooth (of amp 1) at x - 1/4.",
)
Square = _wave("Square", "A square wave: amp in the first half of each cycle, -amp in the second.")


def _one_cycle(duration: ParameterValue) -> ParameterValue:
    length = operand("duration", duration)
    if not isinstance(length, ParameterExpression) and length <= 0:
        raise PulseError(
            "no cycle fits into the duration", got=repr(duration), allowed="1 or more, or a frequency"
        )
    return 1 / length
