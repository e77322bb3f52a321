"""Secants, derivatives and echoes, as users write them. Formulas: `runtime.pulse.library.sech` and `.gaussian`."""

from __future__ import annotations

from runtime.pulse.library.catalogue import UNLIFTED_SECH
from runtime.pulse.library.named import flat_top
from runtime.pulse.library.symbolic import ScalableSymbolicPulse, SymbolicPulse
from runtime.pulse.parameters import ParameterValue

__all__ = ["GaussianDeriv", "Sech", "SechDeriv", "gaussian_square_echo"]


def GaussianDeriv(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    sigma: ParameterValue,
    angle: ParameterValue = 0.0,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """The derivative by time of a Gaussian that is not lifted: -amp (t - duration/2) / sigma^2 g(t).

    Args:
        duration: length in samples.
        amp: real amplitude of the Gaussian in units of full scale.
        sigma: width in samples, > 0.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "GaussianDeriv".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    return ScalableSymbolicPulse("GaussianDeriv", duration, amp, angle, {"sigma": sigma}, name, limit_amplitude)


def Sech(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    sigma: ParameterValue,
    angle: ParameterValue = 0.0,
    name: str | None = None,
    zero_ends: bool = True,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """A hyperbolic secant about the middle, lifted so that it is zero one sample outside of both ends.

    Args:
        duration: length in samples.
        amp: real amplitude of the peak in units of full scale.
        sigma: width in samples, > 0.
        angle: phase of the amplitude in radians.
        name: for people.
        zero_ends: lift it; otherwise it is amp * sech((t - duration/2) / sigma).
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "Sech".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    label = "Sech" if zero_ends else UNLIFTED_SECH
    return ScalableSymbolicPulse(label, duration, amp, angle, {"sigma": sigma}, name, limit_amplitude)


def SechDeriv(  # noqa: N802, PLR0917 - Qiskit's name and order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    sigma: ParameterValue,
    angle: ParameterValue = 0.0,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> ScalableSymbolicPulse:
    """The derivative by time of a secant that is not lifted: -(amp / sigma) tanh(u) sech(u).

    Args:
        duration: length in samples.
        amp: real amplitude of the secant in units of full scale.
        sigma: width in samples, > 0.
        angle: phase of the amplitude in radians.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "SechDeriv".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    return ScalableSymbolicPulse("SechDeriv", duration, amp, angle, {"sigma": sigma}, name, limit_amplitude)


def gaussian_square_echo(  # noqa: PLR0917 - Qiskit's order of arguments
    duration: ParameterValue,
    amp: ParameterValue,
    sigma: ParameterValue,
    width: ParameterValue | None = None,
    angle: ParameterValue = 0.0,
    active_amp: ParameterValue = 0.0,
    active_angle: ParameterValue = 0.0,
    risefall_sigma_ratio: ParameterValue | None = None,
    name: str | None = None,
    limit_amplitude: bool | None = None,
) -> SymbolicPulse:
    """A `GaussianSquare` that changes its sign in the middle, plus one that does not.

    Each half of the echo has a flat top of width - duration/2; the other tone has one of `width`.

    Args:
        duration: length in samples.
        amp: real amplitude of the echoed tone in units of full scale.
        sigma: standard deviation of all edges in samples, > 0.
        width: length of the flat top of the other tone in samples, 0 to `duration`.
        angle: phase of the echoed tone in radians.
        active_amp: real amplitude of the other tone in units of full scale.
        active_angle: phase of the other tone in radians.
        risefall_sigma_ratio: length of one edge in sigmas; either this or `width`.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Returns:
        A pulse of type "gaussian_square_echo".

    Raises:
        PulseError: a parameter is no finite real number, or against these rules.
    """
    parameters = {
        "amp": amp,
        "angle": angle,
        "sigma": sigma,
        "width": flat_top(duration, sigma, width, risefall_sigma_ratio),
        "active_amp": active_amp,
        "active_angle": active_angle,
    }
    return SymbolicPulse("gaussian_square_echo", duration, parameters, name, limit_amplitude)
