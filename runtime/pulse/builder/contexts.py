"""Contexts within a builder: alignments, and temporary changes of frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from runtime.pulse.builder.active import active, nested
from runtime.pulse.builder.clock import active_dt
from runtime.pulse.builder.instructions import shift_frequency, shift_phase
from runtime.pulse.channels import PulseChannel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters import ParameterExpression, ParameterValue
from runtime.pulse.transforms.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignRight,
    AlignSequential,
)

__all__ = [
    "align_equispaced",
    "align_func",
    "align_left",
    "align_right",
    "align_sequential",
    "frequency_offset",
    "phase_offset",
]

# Alignments cannot change, so one of each serves all contexts.
_LEFT, _RIGHT, _SEQUENTIAL = AlignLeft(), AlignRight(), AlignSequential()


def align_left() -> AbstractContextManager[None]:
    """Everything inside starts as early as its channels allow."""
    return nested(_LEFT)


def align_right() -> AbstractContextManager[None]:
    """Everything inside starts as late as its channels allow."""
    return nested(_RIGHT)


def align_sequential() -> AbstractContextManager[None]:
    """Everything inside follows one upon another, on whatever channels."""
    return nested(_SEQUENTIAL)


def align_equispaced(duration: ParameterValue) -> AbstractContextManager[None]:
    """Everything inside is spread with equal gaps over `duration` samples."""
    return nested(AlignEquispaced(duration))


def align_func(duration: ParameterValue, func: Callable[[int], float]) -> AbstractContextManager[None]:
    """The j-th thing inside (from 1) is centred at duration * func(j) samples."""
    return nested(AlignFunc(duration, func))


@contextmanager
def phase_offset(phase: ParameterValue, *channels: PulseChannel) -> Iterator[None]:
    """Shift the phase of channels, and shift it back at the end.

    Args:
        phase: radians.
        channels: whose frames.
    """
    active()
    for channel in channels:
        shift_phase(phase, channel)
    try:
        yield
    finally:
        for channel in channels:
            shift_phase(-phase, channel)


@contextmanager
def frequency_offset(
    frequency: ParameterValue, *channels: PulseChannel, compensate_phase: bool = False
) -> Iterator[None]:
    """Shift the frequency of channels, and shift it back at the end.

    A frame gains the phase 2 pi f T while it is off by f for a time T, and keeps it. With compensation it is taken
    off again, as a multiple of 2 pi left out; T is what the current context has grown by inside.

    Args:
        frequency: Hz.
        channels: whose frames.
        compensate_phase: whether to take off the phase gained. Needs a backend, and durations that are numbers.

    Raises:
        BackendNotSet: compensation without a backend.
        PulseError: compensation of a frequency that is a parameter, or with durations that are not assigned.
    """
    gained = _phase_gained(frequency) if compensate_phase else None

    def shift_back() -> None:
        if gained is not None:
            phase = gained()
            for channel in channels:
                shift_phase(-phase, channel)
        for channel in channels:
            shift_frequency(-frequency, channel)

    for channel in channels:
        shift_frequency(frequency, channel)
    try:
        yield
    except BaseException:
        # What went wrong inside may have left durations open; that must not hide it.
        with suppress(PulseError):
            shift_back()
        raise
    shift_back()


def _phase_gained(frequency: ParameterValue) -> Callable[[], float]:
    """What tells the phase, in radians below 2 pi, that a frame off by `frequency` gains from now on."""
    block, dt = active().block, active_dt()
    before = block.duration
    if isinstance(frequency, ParameterExpression):
        raise PulseError(
            "the phase gained is not known while the frequency is a parameter",
            where="frequency_offset(compensate_phase=True)",
            got=str(frequency),
        )
    offset = float(frequency)
    return lambda: 2 * math.pi * ((block.duration - before) * dt * offset % 1)
