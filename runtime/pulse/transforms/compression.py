"""One object for equal pulses."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterable

from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Play
from runtime.pulse.library import Pulse, ScalableSymbolicPulse, Waveform
from runtime.pulse.parameters import ParameterExpression
from runtime.pulse.schedule import Schedule

__all__ = ["compress_pulses"]

# numpy.isclose's defaults, by which amplitudes are compared, with room for rounding.
_RELATIVE, _ABSOLUTE = 2e-5, 2e-8


def compress_pulses(schedules: Iterable[Schedule]) -> list[Schedule]:
    """The schedules with one object in place of equal pulses, across all of them and all channels.

    Raises:
        PulseError: something that is no schedule.
    """
    pool = _Pool()
    return [_compressed(schedule, pool) for schedule in schedules]


def _compressed(schedule: Schedule, pool: _Pool) -> Schedule:
    if not isinstance(schedule, Schedule):
        raise PulseError("pulses are compressed in schedules", got=repr(schedule))
    new = Schedule.initialize_from(schedule)
    for start, instruction in schedule.instructions:
        kept = instruction
        if isinstance(instruction, Play):
            pulse = pool.one_for(instruction.pulse)
            if pulse is not instruction.pulse:
                kept = type(instruction)(pulse, instruction.channel, instruction.name)
        new.insert(start, kept, inplace=True)
    return new


class _Pool:
    """The pulses that were met first. Equality forgives rounding, so neighbours on a line are looked at."""

    def __init__(self) -> None:
        self._exact: dict[Hashable, Pulse] = {}
        self._lines: dict[Hashable, list[tuple[float, int]]] = {}
        self._met: list[Pulse] = []

    def one_for(self, pulse: Pulse) -> Pulse:
        """The first pulse that equals this one."""
        known = self._exact.get(pulse.key)
        if known is None:
            known = self._exact[pulse.key] = self._near(pulse)
        return known

    def _near(self, pulse: Pulse) -> Pulse:
        line, at, reach = _place(pulse)
        others = self._lines.setdefault(line, [])
        first = bisect_left(others, (at - reach, -1))
        for position, number in others[first:]:
            if position > at + reach:
                break
            if self._met[number] == pulse:
                return self._met[number]
        insort(others, (at, len(self._met)))
        self._met.append(pulse)
        return pulse


def _place(pulse: Pulse) -> tuple[Hashable, float, float]:
    """What equal pulses share exactly, a number that differs little between them, and by how much."""
    if isinstance(pulse, Waveform):
        return ("Waveform", pulse.duration), float(pulse.samples.real.sum()), pulse.duration * pulse.epsilon * 2
    if isinstance(pulse, ScalableSymbolicPulse):
        amp, angle = pulse.amp, pulse.angle
        if not isinstance(amp, ParameterExpression) and not isinstance(angle, ParameterExpression):
            return hash(pulse), abs(float(amp)), _RELATIVE * abs(float(amp)) + _ABSOLUTE
    return hash(pulse), 0.0, 0.0
