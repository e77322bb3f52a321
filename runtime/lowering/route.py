"""From timelines to what every instrument plays and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import TYPE_CHECKING, get_args

import numpy as np

from drivers.contract import (
    AcquisitionPlan,
    Colours,
    ConfigurationError,
    InstrumentProgram,
    PlayOrder,
    Problem,
    ProblemReport,
    SequencerProgram,
)
from runtime.lowering.limits_checks import Limits, instrument_problems
from runtime.lowering.plays import Score
from runtime.lowering.readouts import acquire_problems
from runtime.lowering.stage import Stage
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import Wiring
from runtime.lowering.wiring_checks import wiring_problems

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Routed", "route"]


@dataclass(frozen=True, slots=True, eq=False)
class Routed:
    """A batch of programs, instrument by instrument."""

    programs: Mapping[str, InstrumentProgram]
    """Generator to the play list that holds every program of the batch, each followed by its idle."""
    plans: Mapping[str, AcquisitionPlan]
    """Digitizer to its plan: one record a program and pass. Empty if nothing is acquired."""
    headroom: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    """Generator and port to what is left to full scale at the port's loudest sample, percent."""
    sequencers: Mapping[str, SequencerProgram] = field(default_factory=dict)
    """Instrument with a sequencer to its program."""

    def draw(self, instrument: str, program: int = 0, *, style: Colours | str = "light") -> Figure:
        """A picture of what each port of an instrument emits in one program: `draw` of its instrument program.

        Raises:
            ConfigurationError: the instrument plays nothing, or there is no such program or style.
        """
        known: dict[str, InstrumentProgram | SequencerProgram] = {**self.programs, **self.sequencers}
        if instrument not in known:
            raise ConfigurationError("no such instrument", got=instrument, allowed=", ".join(sorted(known)))
        return known[instrument].draw(program, style=style)


def route(
    timelines: Timeline | Sequence[Timeline],
    wiring: Wiring,
    limits: Limits,
    *,
    shots: int = 1,
    order: PlayOrder = "cyclic",
) -> Routed:
    """Render a program, or a batch of them, for the instruments that they are wired to.

    For a generator of play lists each program becomes one or more entries, followed by an idle of
    `wiring.idle_s`. Entries last as long as the program, a line's delay included, rounded up to what all
    generators can play. For an instrument with a sequencer each pulse becomes an event.

    Args:
        timelines: the program or programs, all of one dt; program i is record i of a pass.
        wiring: the station's lines.
        limits: of every instrument that the wiring names.
        shots: passes to record, at least 1.
        order: cyclic plays all programs, then all again; sequential each as often as wanted, then the next.

    Raises:
        ProblemReport: everything that is wrong with the wiring; or, if nothing is, everything that the instruments
            cannot do with these programs.
    """
    timelines = [timelines] if isinstance(timelines, Timeline) else timelines
    raise_if(kind_problems(timelines, shots), "nothing to route")
    raise_if(_request_problems(timelines, shots, order), "nothing to route")
    raise_if(wiring_problems(wiring), "the wiring contradicts itself")
    raise_if(instrument_problems(wiring, limits), "the wiring asks for what its instruments lack")
    score = Score.of(timelines)
    problems = [*_unwired_problems(score, wiring), *acquire_problems(score, wiring)]
    stage = Stage(score, wiring, limits, shots, order, problems)
    programs, sequencers = stage.programs(), stage.sequencers()
    plans = stage.plans()
    raise_if(problems, "the programs cannot be routed")
    headroom = {
        name: {port: 100 * (1 - peak) for port, peak in sorted(ports.items())}
        for name, ports in stage.peaks.items()
    }
    return Routed(programs, plans, headroom, sequencers)


def raise_if(problems: Iterable[Problem], what: str) -> None:
    """Raise a ProblemReport if there are any; one fault met by many programs is told once."""
    distinct = tuple(dict.fromkeys(problems))
    if distinct:
        raise ProblemReport(what, problems=distinct)


def kind_problems(timelines: object, shots: object) -> Iterator[Problem]:
    """What of a request is not even of the kind that is wanted."""
    if not (isinstance(timelines, Sequence) and all(isinstance(one, Timeline) for one in timelines)):
        fix = "Give what lower made of several programs, or [lower(program, target)]"
        yield Problem("not timelines", got=repr(timelines)[:80], allowed="a list or tuple of Timelines", fix=fix)
    if isinstance(shots, bool) or not isinstance(shots, Integral):
        yield Problem("shots that are no whole number", got=repr(shots)[:80], allowed="1 or more")


def _request_problems(timelines: Sequence[Timeline], shots: int, order: str) -> list[Problem]:
    problems = []
    if not timelines:
        problems.append(Problem("no programs", got="0", allowed="1 or more"))
    if shots < 1:
        problems.append(Problem("no shots", got=str(shots), allowed="1 or more"))
    if order not in get_args(PlayOrder):
        problems.append(Problem("unknown order", got=str(order), allowed=", ".join(get_args(PlayOrder))))
    steps = sorted({timeline.dt for timeline in timelines})
    if len(steps) > 1:
        got = ", ".join(f"{float(dt):.6g} s" for dt in steps)
        problems.append(Problem("programs of different dt in a batch", got=got, allowed="one dt"))
    return problems


def _unwired_problems(score: Score, wiring: Wiring) -> list[Problem]:
    wired = {channel for line in wiring.outputs for channel in line.channels}
    problems = []
    for channel in [channel for channel in score.plays.channels if channel not in wired]:
        rows = score.plays.rows(channel)
        programs, first, count = np.unique(score.plays.program[rows], return_index=True, return_counts=True)
        for program, at, pulses in zip(programs.tolist(), first.tolist(), count.tolist(), strict=True):
            got = f"{pulses} pulses, the first at instant {score.plays.start[rows[at]]} dt"
            allowed = ", ".join(sorted(known.name for known in wired))
            place = f"{score.place(program)}, channel {channel.name}"
            problems.append(Problem("channel wired nowhere", place, got, allowed, "Wire it, or leave it silent"))
    return problems
