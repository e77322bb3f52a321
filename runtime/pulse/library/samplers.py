"""From functions to pulses: samplers of functions of time, and functions that give samples themselves.

::

    wave = samplers.midpoint(continuous.gaussian)(160, 0.2, center=80, sigma=40, name="g")
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from numbers import Integral
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.waveform import Waveform

__all__ = ["PulseMaker", "functional_pulse", "left", "midpoint", "right"]


class PulseMaker(Protocol):
    """What the decorators here make."""

    def __call__(self, duration: int, *args: object, name: str | None = None, **kwargs: object) -> Waveform:
        """A pulse of `duration` samples; the other arguments are the function's own."""
        ...


def functional_pulse(func: Callable[..., ArrayLike]) -> PulseMaker:
    """A function that gives samples as one that gives a `Waveform`.

    Args:
        func: its first argument is the duration in samples; gives a complex array of shape (duration,).

    Returns:
        A function of the same arguments, and `name`. It raises PulseError if the duration is no whole number above
        0, or the samples are none of a Waveform.
    """

    def pulse(duration: int, *args: object, name: str | None = None, **kwargs: object) -> Waveform:
        return Waveform(func(_checked(duration), *args, **kwargs), name=name)

    update_wrapper(pulse, func)
    return pulse


def left(continuous_pulse: Callable[..., ArrayLike]) -> PulseMaker:
    """Sample a function of time at the start of each sample: 0, 1, 2, ..."""
    return _sampled(continuous_pulse, 0.0)


def midpoint(continuous_pulse: Callable[..., ArrayLike]) -> PulseMaker:
    """Sample a function of time at the middle of each sample, where named pulses are: 0.5, 1.5, 2.5, ..."""
    return _sampled(continuous_pulse, 0.5)


def right(continuous_pulse: Callable[..., ArrayLike]) -> PulseMaker:
    """Sample a function of time at the end of each sample: 1, 2, 3, ..."""
    return _sampled(continuous_pulse, 1.0)


def _sampled(function: Callable[..., ArrayLike], at: float) -> PulseMaker:
    def samples(duration: int, *args: object, **kwargs: object) -> ArrayLike:
        return function(np.arange(duration) + at, *args, **kwargs)

    update_wrapper(samples, function)
    return functional_pulse(samples)


def _checked(duration: object) -> int:
    if isinstance(duration, bool) or not isinstance(duration, Integral) or duration <= 0:
        raise PulseError("a sampled pulse needs a duration", got=repr(duration), allowed="whole numbers above 0")
    return int(duration)
