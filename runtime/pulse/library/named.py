"""The named shapes, as users write them. Formulas: `runtime.pulse.library.gaussian`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.catalogue import SHAPES
from runtime.pulse.library.symbolic import ScalableSymbolicPulse, SymbolicPulse
from runtime.pulse.library.validation import operand
from runtime.pulse.parameters import ParameterValue

__all__ = ["Constant", "Drag", "Gaussian", "GaussianSquare", "GaussianSquareDrag", "flat_top"]


class Constant(SymbolicPulse):
    """A flat envelope: amp * exp(i angle).

    Args:
        duration: length in samples.
        amp: real amplitude in units of full scale.
        angle: phase in radians.
        name: for people.
        limit_amplitude: refuse an amplitude above full scale; None takes the class attribute.

    Raises:
        PulseError: a parameter is no finite real number, or above full scale.
    """

    covers: ClassVar[str] = "Constant"

    if TYPE_CHECKING:
        amp: ParameterValue
        angle: ParameterValue

    def __init__(
        self,
        duration: ParameterValue,
        amp: ParameterValue,
        angle: ParameterValue = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        self._build(SHAPES["Constant"], duration, {"amp": amp, "angle": angle}, limit_amplitude, name)


class Gaussian(SymbolicPulse):
    """A Gaussian about the middle, lifted so that it is zero one sample outside of both ends.

    Args:
        duration: length in samples.
        amp: real amplitude of the peak in units of full scale.
        sigma: standard deviation in samples, > 0.
        angle: phase in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """

    covers: ClassVar[str] = "Gaussian"

    if TYPE_CHECKING:
        amp: ParameterValue
        angle: ParameterValue
        sigma: ParameterValue

    def __init__(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        duration: ParameterValue,
        amp: ParameterValue,
        sigma: ParameterValue,
        angle: ParameterValue = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        parameters = {"sigma": sigma, "amp": amp, "angle": angle}
        self._build(SHAPES["Gaussian"], duration, parameters, limit_amplitude, name)


class Drag(SymbolicPulse):
    """A lifted Gaussian G with a quadrature against leakage: G (1 - i beta (t - duration/2) / sigma^2).

    Args:
        duration: length in samples.
        amp: real amplitude of the peak in units of full scale.
        sigma: standard deviation in samples, > 0.
        beta: correction in samples; at |beta| >= sigma the samples decide on full scale.
        angle: phase in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """

    covers: ClassVar[str] = "Drag"

    if TYPE_CHECKING:
        amp: ParameterValue
        angle: ParameterValue
        sigma: ParameterValue
        beta: ParameterValue

    def __init__(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        duration: ParameterValue,
        amp: ParameterValue,
        sigma: ParameterValue,
        beta: ParameterValue,
        angle: ParameterValue = 0.0,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        parameters = {"sigma": sigma, "beta": beta, "amp": amp, "angle": angle}
        self._build(SHAPES["Drag"], duration, parameters, limit_amplitude, name)


class GaussianSquare(SymbolicPulse):
    """A flat top between two lifted Gaussian edges.

    Args:
        duration: length in samples.
        amp: real amplitude of the top in units of full scale.
        sigma: standard deviation of the edges in samples, > 0.
        width: length of the flat top in samples, 0 to `duration`.
        angle: phase in radians.
        risefall_sigma_ratio: length of one edge in sigmas; either this or `width`.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """

    covers: ClassVar[str] = "GaussianSquare"

    if TYPE_CHECKING:
        amp: ParameterValue
        angle: ParameterValue
        sigma: ParameterValue
        width: ParameterValue

    def __init__(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        duration: ParameterValue,
        amp: ParameterValue,
        sigma: ParameterValue,
        width: ParameterValue | None = None,
        angle: ParameterValue = 0.0,
        risefall_sigma_ratio: ParameterValue | None = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
    ) -> None:
        top = flat_top(duration, sigma, width, risefall_sigma_ratio)
        parameters = {"sigma": sigma, "width": top, "amp": amp, "angle": angle}
        self._build(SHAPES["GaussianSquare"], duration, parameters, limit_amplitude, name)


def GaussianSquareDrag(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    sigma: ParameterValue,
    beta: ParameterValue,
    width: ParameterValue | None = None,
    angle: ParameterValue = 0.0,
    risefall_sigma_ratio: ParameterValue | None = None,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """A `GaussianSquare` whose edges carry the quadrature of `Drag`; the flat top has none.

    Args:
        duration: length in samples.
        amp: real amplitude of the top in units of full scale.
        sigma: standard deviation of the edges in samples, > 0.
        beta: correction in samples; at |beta| >= sigma the samples decide on full scale.
        width: length of the flat top in samples, 0 to `duration`.
        angle: phase in radians.
        risefall_sigma_ratio: length of one edge in sigmas; either this or `width`.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "GaussianSquareDrag".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    top = flat_top(duration, sigma, width, risefall_sigma_ratio)
    parameters = {"sigma": sigma, "width": top, "beta": beta}
    return ScalableSymbolicPulse("GaussianSquareDrag", duration, amp, angle, parameters, name, limit_amplitude)


def flat_top(
    duration: ParameterValue, sigma: ParameterValue, width: ParameterValue | None, ratio: ParameterValue | None
) -> ParameterValue:
    """The flat top's length from either way to give it."""
    if width is not None and ratio is None:
        return width
    if width is None and ratio is not None:
        length, edge = operand("duration", duration), operand("sigma", sigma)
        return length - 2.0 * operand("risefall_sigma_ratio", ratio) * edge
    raise PulseError(
        "the flat top needs exactly one of width and risefall_sigma_ratio",
        got="neither" if width is None else f"width={width} and risefall_sigma_ratio={ratio}",
    )
