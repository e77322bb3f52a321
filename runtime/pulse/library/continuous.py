"""Envelopes as plain functions of time, for `library.samplers` and for users' own pulses.

`times` is a float64 array of any shape in samples; the result is complex128 of the same shape. Amplitudes may be
complex. Mind the phase: `square` and `sawtooth` here take one of period pi (x = freq t + phase / pi), and
`triangle` builds on that, while the pulses `Square`, `Sawtooth` and `Triangle` take one of period 2 pi. That is
Qiskit's convention for both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, cast, overload

import numpy as np
from numpy.typing import ArrayLike

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library import periodic
from runtime.pulse.library.pulse import ComplexArray, FloatArray

__all__ = [
    "Bell",
    "constant",
    "cos",
    "drag",
    "gaussian",
    "gaussian_deriv",
    "gaussian_square",
    "sawtooth",
    "sech",
    "sech_deriv",
    "sech_fn",
    "sin",
    "square",
    "triangle",
    "zero",
]


def constant(times: ArrayLike, amp: complex) -> ComplexArray:
    """A flat line at `amp`."""
    return np.full(np.shape(times), amp, dtype=np.complex128)


def zero(times: ArrayLike) -> ComplexArray:
    """A flat line at 0."""
    return constant(times, 0)


def square(times: ArrayLike, amp: complex, freq: float, phase: float = 0) -> ComplexArray:
    """A square wave: amp in the first half of each cycle, -amp in the second; `phase` has period pi."""
    return _scaled(amp, periodic.square(_array(times), freq, 2 * phase))


def sawtooth(times: ArrayLike, amp: complex, freq: float, phase: float = 0) -> ComplexArray:
    """A sawtooth: 2 amp (x - floor(x + 1/2)) with x = freq t + phase / pi."""
    return _scaled(amp, periodic.sawtooth(_array(times), freq, 2 * phase))


def triangle(times: ArrayLike, amp: complex, freq: float, phase: float = 0) -> ComplexArray:
    """A triangle wave: amp (1 - 2 |s|) with s the `sawtooth` of amp 1 at the phase (phase - pi/2) / 2."""
    ramp = sawtooth(times, 1, freq, (phase - np.pi / 2) / 2).real
    return _scaled(amp, 1 - 2 * np.abs(ramp))


def cos(times: ArrayLike, amp: complex, freq: float, phase: float = 0) -> ComplexArray:
    """A cosine: amp times that of 2 pi freq t + phase."""
    return _scaled(amp, periodic.cosine(_array(times), freq, phase))


def sin(times: ArrayLike, amp: complex, freq: float, phase: float = 0) -> ComplexArray:
    """A sine: amp times that of 2 pi freq t + phase."""
    return _scaled(amp, periodic.sine(_array(times), freq, phase))


class Bell(Protocol):
    """What makes envelopes of one bell shape."""

    @overload
    def __call__(
        self,
        times: ArrayLike,
        amp: complex,
        center: float,
        sigma: float,
        zeroed_width: float | None = ...,
        rescale_amp: bool = ...,
        ret_x: Literal[False] = ...,
    ) -> ComplexArray: ...
    @overload
    def __call__(
        self,
        times: ArrayLike,
        amp: complex,
        center: float,
        sigma: float,
        zeroed_width: float | None = ...,
        rescale_amp: bool = ...,
        *,
        ret_x: Literal[True],
    ) -> tuple[ComplexArray, FloatArray]: ...
    def __call__(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        times: ArrayLike,
        amp: complex,
        center: float,
        sigma: float,
        zeroed_width: float | None = None,
        rescale_amp: bool = False,
        ret_x: bool = False,
    ) -> ComplexArray | tuple[ComplexArray, FloatArray]:
        """See the bell's own text."""


_USE = """
    Args:
        times: in samples.
        amp: of the peak, before anything is subtracted.
        center: in samples.
        sigma: width in samples.
        zeroed_width: subtract what the bell is at half of this from the center, so that it is 0 there.
        rescale_amp: restore the peak after that.
        ret_x: return x as well.
    """


def _bell(name: str, shape: Callable[[FloatArray], FloatArray], text: str) -> Bell:
    """The function that makes envelopes of a bell, which `shape` gives over the distance from its middle."""

    def bell(  # noqa: PLR0917 - Qiskit's order of arguments
        times: ArrayLike,
        amp: complex,
        center: float,
        sigma: float,
        zeroed_width: float | None = None,
        rescale_amp: bool = False,
        ret_x: bool = False,
    ) -> ComplexArray | tuple[ComplexArray, FloatArray]:
        x = (_array(times) - center) / sigma
        envelope = shape(x)
        if zeroed_width is not None:
            end = float(shape(_array(zeroed_width / 2 / sigma)))
            envelope = (envelope - end) / (1 - end) if rescale_amp and end != 1 else envelope - end
        return (_scaled(amp, envelope), x) if ret_x else _scaled(amp, envelope)

    # By these it is found for pickle, and shown by help().
    bell.__name__ = bell.__qualname__ = name
    bell.__doc__ = f"{text}\n{_USE}"
    return cast("Bell", bell)


def sech_fn(x: ArrayLike) -> FloatArray:
    """1 / cosh x, by decaying exponentials, since cosh overflows."""
    decay = np.exp(-np.abs(_array(x)))
    return np.asarray(2 * decay / (1 + decay**2), dtype=np.float64)


def _normal(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-(x**2) / 2), dtype=np.float64)


gaussian = _bell("gaussian", _normal, "A Gaussian: amp exp(-x^2 / 2) with x = (t - center) / sigma.")
sech = _bell("sech", sech_fn, "A secant: amp sech x with x = (t - center) / sigma.")


@overload
def gaussian_deriv(
    times: ArrayLike,
    amp: complex,
    center: float,
    sigma: float,
    ret_gaussian: Literal[False] = ...,
    zeroed_width: float | None = ...,
    rescale_amp: bool = ...,
) -> ComplexArray: ...


@overload
def gaussian_deriv(
    times: ArrayLike,
    amp: complex,
    center: float,
    sigma: float,
    ret_gaussian: Literal[True],
    zeroed_width: float | None = ...,
    rescale_amp: bool = ...,
) -> tuple[ComplexArray, ComplexArray]: ...


def gaussian_deriv(  # noqa: PLR0917 - Qiskit's order of arguments
    times: ArrayLike,
    amp: complex,
    center: float,
    sigma: float,
    ret_gaussian: bool = False,
    zeroed_width: float | None = None,
    rescale_amp: bool = False,
) -> ComplexArray | tuple[ComplexArray, ComplexArray]:
    """-(x / sigma) times `gaussian`, which is its derivative unless it is zeroed; with `ret_gaussian` both."""
    bell, x = gaussian(times, amp, center, sigma, zeroed_width, rescale_amp, ret_x=True)
    slope = _scaled(1, -(x / sigma) * bell)
    return (slope, bell) if ret_gaussian else slope


def gaussian_square(  # noqa: PLR0917 - Qiskit's order of arguments
    times: ArrayLike,
    amp: complex,
    center: float,
    square_width: float,
    sigma: float,
    zeroed_width: float | None = None,
) -> ComplexArray:
    """A flat top of `square_width` about `center` with Gaussian edges.

    With `zeroed_width` the edges are 0 at half of it from the center, and rescaled to meet the top.

    Raises:
        PulseError: `zeroed_width` is below `square_width`.
    """
    instants = _array(times)
    edges: float | None = None
    if zeroed_width is not None:
        edges = zeroed_width - square_width
        if edges < 0:
            raise PulseError(
                "the flat top is wider than what is zeroed",
                got=f"zeroed_width {zeroed_width}, square_width {square_width}",
                allowed="a zeroed_width of square_width or more",
            )
    nearest_top = np.clip(instants, center - square_width / 2, center + square_width / 2)
    return gaussian(instants - nearest_top, amp, 0, sigma, edges, rescale_amp=edges is not None)


@overload
def sech_deriv(
    times: ArrayLike, amp: complex, center: float, sigma: float, ret_sech: Literal[False] = ...
) -> ComplexArray: ...


@overload
def sech_deriv(
    times: ArrayLike, amp: complex, center: float, sigma: float, ret_sech: Literal[True]
) -> tuple[ComplexArray, ComplexArray]: ...


def sech_deriv(
    times: ArrayLike, amp: complex, center: float, sigma: float, ret_sech: bool = False
) -> ComplexArray | tuple[ComplexArray, ComplexArray]:
    """-(1 / sigma) tanh(x) times `sech`, its derivative; with `ret_sech` both."""
    bell, x = sech(times, amp, center, sigma, ret_x=True)
    slope = _scaled(1, -bell * np.tanh(x) / sigma)
    return (slope, bell) if ret_sech else slope


def drag(  # noqa: PLR0917 - Qiskit's order of arguments
    times: ArrayLike,
    amp: complex,
    center: float,
    sigma: float,
    beta: float,
    zeroed_width: float | None = None,
    rescale_amp: bool = False,
) -> ComplexArray:
    """`gaussian` + i beta `gaussian_deriv`."""
    slope, bell = gaussian_deriv(times, amp, center, sigma, True, zeroed_width, rescale_amp)
    return _scaled(1, bell + 1j * beta * slope)


def _array(times: ArrayLike) -> FloatArray:
    return np.asarray(times, dtype=np.float64)


def _scaled(amp: complex, envelope: FloatArray | ComplexArray) -> ComplexArray:
    return np.asarray(amp * envelope, dtype=np.complex128)
