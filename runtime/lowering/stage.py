"""A batch of programs on the instruments of a station: who plays, who records, who starts whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from drivers.contract import (
    AcquisitionPlan,
    InstrumentProgram,
    PlaybackLimits,
    PlayOrder,
    Problem,
    SequencerLimits,
    SequencerProgram,
    TriggerTimetable,
)
from runtime.lowering.acquisition import Digitizer, make_plan
from runtime.lowering.alignment import leads
from runtime.lowering.crosstalk import Coupling, start_period_s
from runtime.lowering.generator import Generator
from runtime.lowering.limits_checks import Limits, acquisition_limits, program_problems, sequencer_limits
from runtime.lowering.playlist import step_grid
from runtime.lowering.plays import Score
from runtime.lowering.ports import port_pairs
from runtime.lowering.records_checks import pace_problems, program_pace_problems
from runtime.lowering.starts import started_together
from runtime.lowering.tracks import Sequencer, sequencer_program
from runtime.lowering.triggers import (
    Edges,
    Trigger,
    acquire_edges,
    first_lines,
    program_edges,
    qubits_of,
    start_lead_s,
)
from runtime.lowering.wiring import OutputLine, TriggerLine, Wiring
from runtime.pulse import MeasureChannel

__all__ = ["Stage"]


class Stage:
    """Makes the programs and plans of one batch; what cannot be done goes to `problems`."""

    def __init__(  # noqa: PLR0917 - called once, by `route`
        self,
        score: Score,
        wiring: Wiring,
        limits: Limits,
        shots: int,
        order: PlayOrder,
        problems: list[Problem],
    ) -> None:
        self.peaks: dict[str, dict[int, float]] = {}
        """Instrument and port to the largest magnitude that it emits, units of full scale."""
        self._wiring, self._limits = wiring, limits
        self._shots, self._order, self._problems = shots, order, problems
        names = tuple(dict.fromkeys(line.instrument for line in wiring.outputs))
        self._players = {name: limit for name in names if isinstance(limit := limits[name], PlaybackLimits)}
        found = {name: sequencer_limits(limits[name]) for name in names}
        self._sequencing = {name: own for name, own in found.items() if own is not None}
        self._grid = step_grid({**self._players, **self._sequencing}, wiring.sample_rates_hz)
        restarting = frozenset(line.name for line in self._restarting_lines())
        self._coupling = Coupling(restarting, self._period_s())
        self._score = replace(score, leads_s=self._leads_s(score))
        self._triggers = {line.started: Trigger(line, self._edges(line)) for line in wiring.triggers}
        self._lengths_s: dict[str, list[Fraction]] = {}
        self._own_edges: dict[str, Edges] = {}

    def _leads_s(self, score: Score) -> tuple[Fraction, ...]:
        """How much later each program begins; play lists begin on time.

        So much that its readout lies on the grid, and that what is triggered can be started early enough.
        """
        started = [line.started for line in self._wiring.triggers if line.started in self._sequencing]
        found = list(score.leads_s if self._players else leads(score, list(self._restarting_lines()), self._grid))
        begun, spacing_s = replace(score, leads_s=tuple(found)), self._grid.spacing_s
        self._firsts = {name: first_lines(begun, self._wiring, name, spacing_s) for name in started}
        if self._players:
            return score.leads_s
        later: dict[int, Fraction] = {}
        for name, firsts in self._firsts.items():
            lead_s = self._start_lead_s(name)
            for program, first_s in firsts.items():
                if first_s < lead_s - later.get(program, 0):
                    later[program] = lead_s - first_s
        for program, more_s in later.items():
            found[program] += more_s
            for firsts in self._firsts.values():
                if program in firsts:
                    firsts[program] += more_s
        return tuple(found)

    def _period_s(self) -> Fraction | None:
        """Of what programs' lengths have to be multiples, see `start_period_s`."""
        paced = bool(self._players)
        return start_period_s(self._wiring, self._grid.spacing_s, self._problems, paced=paced)

    def _start_lead_s(self, name: str) -> Fraction:
        """How long an instrument that is triggered needs before it plays."""
        return start_lead_s(self._wiring, name, self._sequencing[name], self._grid.spacing_s)

    def _edges(self, line: TriggerLine) -> Edges:
        """When a marker rises: for each program on both grids, or for each record on the generator's alone."""
        own = self._sequencing.get(line.instrument)
        cell_s = Fraction(own.granularity if own else 1, self._wiring.sample_rates_hz[line.instrument])
        if line.started in self._sequencing:
            lead_s = self._start_lead_s(line.started)
            return program_edges(self._firsts[line.started], len(self._score.timelines), lead_s)
        return acquire_edges(self._score, qubits_of(self._wiring, line.started), cell_s)

    def programs(self) -> dict[str, InstrumentProgram]:
        """Of the generators of play lists."""
        programs = {}
        for name, limit in self._players.items():
            triggers = tuple(self._triggers.values())
            generator = Generator(name, limit, self._wiring, self._grid, triggers, self._coupling)
            made = generator.program(self._score.timelines)
            programs[name] = program = replace(made, passes=self._shots, order=self._order)
            self.peaks[name] = generator.peaks
            self._problems += [*generator.problems, *program_problems(program, limit)]
            ends = [step.length * step.repeat for step in program.steps]
            bounds = pairwise([*program.begins, len(ends)])
            self._lengths_s[name] = [Fraction(sum(ends[a:b]), program.sample_rate_hz) for a, b in bounds]
        return started_together(programs, self._wiring)

    def sequencers(self) -> dict[str, SequencerProgram]:
        """Of the instruments with a sequencer."""
        programs = {}
        for name, limit in self._sequencing.items():
            starts = tuple(one for one in self._triggers.values() if one.line.instrument == name)
            trigger = self._triggers.get(name)
            sequencer = Sequencer(name, limit, self._wiring, self._grid, trigger, starts, self._coupling)
            made, self.peaks[name] = sequencer_program(sequencer, self._score, self._problems)
            programs[name] = program = replace(made, passes=self._shots, order=self._order)
            self._lengths_s[name] = [Fraction(length, program.sample_rate_hz) for length in program.lengths]
            if trigger is None and acquisition_limits(self._limits[name]) is not None:
                self._own_edges[name] = self._self_started(program, limit)
        for name, trigger in self._triggers.items():
            if name in programs:
                lengths_s = self._lengths_s[trigger.line.instrument]
                own_s = self._lengths_s[name]
                self._problems += program_pace_problems(name, own_s, trigger.edges_s, lengths_s, self._order)
        return programs

    def _self_started(self, program: SequencerProgram, limits: SequencerLimits) -> Edges:
        """When an instrument that records what it plays starts its records: with its first readout event."""
        cell_s = Fraction(limits.granularity, program.sample_rate_hz)
        edges_s = acquire_edges(self._score, qubits_of(self._wiring, program.instrument), cell_s)
        started: dict[int, Fraction] = {}
        for track in program.tracks:
            if track.ports not in limits.readout_outputs:
                continue
            busy = np.flatnonzero(track.begin[1:] > track.begin[:-1])
            for index, start in zip(busy.tolist(), track.starts[track.begin[busy]].tolist(), strict=True):
                begin_s = Fraction(start, program.sample_rate_hz)
                started[index] = min(begin_s, started.get(index, begin_s))
        return tuple(None if edge is None else started.get(index, edge) for index, edge in enumerate(edges_s))

    def plans(self) -> dict[str, AcquisitionPlan]:
        """Of the digitizers that record something; call it after `programs` and `sequencers`."""
        plans = {}
        for name in dict.fromkeys(line.instrument for line in self._wiring.inputs):
            limit = acquisition_limits(self._limits[name])
            if limit is None:
                continue
            lines = tuple(line for line in self._wiring.inputs if line.instrument == name)
            trigger = self._triggers.get(name)
            edges_s = self._own_edges[name] if trigger is None else trigger.edges_s
            rate_hz = self._wiring.sample_rates_hz[name]
            digitizer = Digitizer(name, rate_hz, limit, lines, edges_s, self._restarting())
            plan = make_plan(digitizer, self._score, self._shots, self._order, self._problems)
            if plan is None:
                continue
            source = name if trigger is None else trigger.line.instrument
            plans[name] = replace(plan, triggers=self._timetable(edges_s, source))
            self._problems += pace_problems(plan, edges_s, self._lengths_s[source], self._order)
        return plans

    def _timetable(self, edges_s: Edges, source: str) -> TriggerTimetable | None:
        """When an instrument sends triggers; how long a sequencer takes between shots, nobody can tell."""
        if source not in self._players:
            return None
        return TriggerTimetable(tuple(edge or Fraction(0) for edge in edges_s), tuple(self._lengths_s[source]))

    def _restarting_lines(self) -> Iterator[OutputLine]:
        """Those to readout outputs, whose carrier begins with each pulse."""
        for name, limit in self._sequencing.items():
            for pair in port_pairs(self._wiring, name):
                if pair.ports in limit.readout_outputs:
                    yield from pair.lines

    def _restarting(self) -> frozenset[int]:
        """Qubits whose readout tone begins at phase 0 with each pulse."""
        channels = [channel for line in self._restarting_lines() for channel in line.channels]
        return frozenset(int(channel.index) for channel in channels if isinstance(channel, MeasureChannel))
