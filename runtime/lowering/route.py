"""From timelines to what every instrument plays and records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from drivers.contract import (
    AcquisitionLimits,
    AcquisitionPlan,
    InstrumentProgram,
    PlaybackLimits,
    Problem,
    ProblemReport,
)
from runtime.lowering.acquisition import Digitizer, make_plan
from runtime.lowering.generator import Generator
from runtime.lowering.limits_checks import Limits, instrument_problems, program_problems
from runtime.lowering.playlist import step_grid
from runtime.lowering.readouts import acquire_problems
from runtime.lowering.records_checks import pace_problems
from runtime.lowering.starts import started_together
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import Wiring
from runtime.lowering.wiring_checks import wiring_problems

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


def route(timelines: Sequence[Timeline], wiring: Wiring, limits: Limits, *, shots: int) -> Routed:
    """Render a batch of programs for the instruments that they are wired to.

    Each program becomes one entry of every generator's play list, followed by an idle of `wiring.idle_s`. Entries
    last as long as the program, a line's delay included, rounded up to what all generators can play.

    Args:
        timelines: the programs, all of one dt; program i is record i of a pass.
        wiring: the station's lines.
        limits: of every instrument that the wiring names.
        shots: passes to record, at least 1.

    Raises:
        ProblemReport: everything that is wrong with the wiring; or, if nothing is, everything that the instruments
            cannot do with these programs.
    """
    _raise_if(_request_problems(timelines, shots), "nothing to route")
    _raise_if(wiring_problems(wiring), "the wiring contradicts itself")
    _raise_if(instrument_problems(wiring, limits), "the wiring asks for what its instruments lack")
    players = {name: limit for name in _generators(wiring) if isinstance(limit := limits[name], PlaybackLimits)}
    grid = step_grid(players, wiring.sample_rates_hz)
    digitizers = _digitizers(wiring, limits)
    problems = [*_unwired_problems(timelines, wiring), *acquire_problems(timelines, wiring)]
    programs, headroom = {}, {}
    for name, limit in players.items():
        generator = Generator(name, limit, wiring, grid, digitizers)
        programs[name] = program = replace(generator.program(timelines), passes=shots)
        headroom[name] = {port: 100 * (1 - peak) for port, peak in sorted(generator.peaks.items())}
        problems += [*generator.problems, *program_problems(program, limit)]
    used = [digitizer for digitizer in digitizers if any(digitizer.rows(timeline) for timeline in timelines)]
    plans = {digitizer.name: make_plan(digitizer, timelines, shots, problems) for digitizer in used}
    for digitizer in used:
        program = programs[digitizer.trigger.instrument]
        problems += pace_problems(program, digitizer.trigger, plans[digitizer.name])
    _raise_if(problems, "the programs cannot be routed")
    return Routed(started_together(programs, wiring), plans, headroom)


def _raise_if(problems: Iterable[Problem], what: str) -> None:
    # One fault met by many programs is told once.
    distinct = tuple(dict.fromkeys(problems))
    if distinct:
        raise ProblemReport(what, problems=distinct)


def _request_problems(timelines: Sequence[Timeline], shots: int) -> list[Problem]:
    problems = []
    if not timelines:
        problems.append(Problem("no programs", got="0", allowed="1 or more"))
    if shots < 1:
        problems.append(Problem("no shots", got=str(shots), allowed="1 or more"))
    steps = sorted({timeline.dt for timeline in timelines})
    if len(steps) > 1:
        got = ", ".join(f"{float(dt):.6g} s" for dt in steps)
        problems.append(Problem("programs of different dt in a batch", got=got, allowed="one dt"))
    return problems


def _generators(wiring: Wiring) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.instrument for line in wiring.outputs))


def _digitizers(wiring: Wiring, limits: Limits) -> list[Digitizer]:
    found = []
    for name in dict.fromkeys(line.instrument for line in wiring.inputs):
        limit = limits[name]
        trigger = next(trigger for trigger in wiring.triggers if trigger.digitizer == name)
        if isinstance(limit, AcquisitionLimits):
            lines = tuple(line for line in wiring.inputs if line.instrument == name)
            rates = wiring.sample_rates_hz
            found.append(Digitizer(name, rates[name], limit, lines, trigger, rates[trigger.instrument]))
    return found


def _unwired_problems(timelines: Sequence[Timeline], wiring: Wiring) -> list[Problem]:
    wired = {channel for line in wiring.outputs for channel in line.channels}
    problems = []
    for index, timeline in enumerate(timelines):
        for row, channel in enumerate(timeline.channels):
            rows = timeline.rows(row)
            if channel in wired or rows.start == rows.stop:
                continue
            place = f"program {index} ({timeline.name}), channel {channel.name}"
            got = f"{rows.stop - rows.start} pulses, the first at instant {timeline.plays.start[rows.start]} dt"
            allowed = ", ".join(sorted(known.name for known in wired))
            problems.append(Problem("channel wired nowhere", place, got, allowed, "Wire it, or leave it silent"))
    return problems
