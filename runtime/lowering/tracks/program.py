"""The program of one sequencer instrument."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from drivers.contract import MarkerEvent, OutputTrack, Problem, SequencerLimits, SequencerProgram
from runtime.lowering.clock import exact
from runtime.lowering.crosstalk import Coupling, feeds_of
from runtime.lowering.envelopes import EnvelopeCache
from runtime.lowering.playlist import StepGrid
from runtime.lowering.plays import Score
from runtime.lowering.ports import port_pairs
from runtime.lowering.tracks.checks import program_problems, track_problems
from runtime.lowering.tracks.heard import Leads
from runtime.lowering.tracks.output import Batch, Output, track_of
from runtime.lowering.tracks.shapes import ShapeTable
from runtime.lowering.triggers import MARKER_WIDTH_S, Trigger
from runtime.lowering.wiring import Wiring
from runtime.pulse.channels import Channel

__all__ = ["Sequencer", "sequencer_program"]


@dataclass(frozen=True, slots=True, eq=False)
class Sequencer:
    """An instrument with a sequencer, and what it has to do with others."""

    name: str
    limits: SequencerLimits
    wiring: Wiring
    grid: StepGrid
    """Lengths of programs that all instruments can play."""
    started_by: Trigger | None
    """What starts each of its programs; None: it runs by its own clock."""
    starts: tuple[Trigger, ...]
    """What its markers start."""
    coupling: Coupling

    @property
    def rate_hz(self) -> int:
        """Its sample rate."""
        return self.wiring.sample_rates_hz[self.name]


def sequencer_program(
    sequencer: Sequencer, score: Score, problems: list[Problem]
) -> tuple[SequencerProgram, dict[int, float]]:
    """What the instrument plays for a batch, and the largest magnitude on each port; problems go to `problems`."""
    batch = _batch(sequencer, score)
    tracks: list[OutputTrack] = []
    peaks: dict[int, float] = {}
    for output in _outputs(sequencer):
        track, peak = track_of(output, batch, problems)
        problems += track_problems(track, peak, output, [timeline.name for timeline in score.timelines])
        tracks.append(track)
        highest = float(peak.max(initial=0.0))
        offsets = (track.offset.real, track.offset.imag)
        peaks |= {port: highest + abs(offset) for port, offset in zip(output.ports, offsets, strict=False)}
    lengths = _lengths(sequencer, batch, tracks)
    trigger = sequencer.started_by
    program = SequencerProgram(
        instrument=sequencer.name,
        sample_rate_hz=sequencer.rate_hz,
        tracks=tuple(tracks),
        lengths=lengths,
        markers=tuple(_markers(sequencer, lengths)),
        trigger_input=None if trigger is None else trigger.line.trigger_input,
    )
    problems += program_problems(program, sequencer.limits)
    return program, peaks


def _batch(sequencer: Sequencer, score: Score) -> Batch:
    timelines = score.timelines
    carriers: dict[Channel, float] = {}
    for batch in {id(timeline.batch): timeline.batch for timeline in timelines}.values():
        carriers |= batch.carriers
    rate_hz = sequencer.rate_hz
    return Batch(
        plays=score.plays,
        shapes=ShapeTable(score.plays.pulses),
        cache=EnvelopeCache(sequencer.wiring.interpolation),
        carriers=carriers,
        dt=score.dt,
        rate_hz=rate_hz,
        edges=_edges(sequencer, len(timelines)),
        ends=_ends(sequencer, score),
        clocks={},
        leads=Leads.of(score.leads_s, rate_hz),
        restarting=sequencer.coupling.restarting,
    )


def _edges(sequencer: Sequencer, programs: int) -> NDArray[np.int64]:
    """For each program the sample from which the instrument counts."""
    trigger = sequencer.started_by
    if trigger is None:
        return np.zeros(programs, np.int64)
    return np.array([int((edge or 0) * sequencer.rate_hz) for edge in trigger.edges_s], np.int64)


def _ends(sequencer: Sequencer, score: Score) -> NDArray[np.int64]:
    """For each program the sample behind its last, on the slowest line; a multiple of the granularity."""
    cell = Fraction(sequencer.limits.granularity, sequencer.rate_hz)
    late = max(Fraction(0), *(exact(line.delay_s) for line in sequencer.wiring.outputs)) / cell
    ratio = score.dt / cell
    whole = math.lcm(ratio.denominator, late.denominator)
    # Up to a shortest silence comes before a program.
    spare = int(sequencer.grid.shortest_s / cell) if any(score.leads_s) else 0
    each, more = int(ratio * whole), int((late + spare) * whole)
    ends = [-(-(timeline.duration * each + more) // whole) for timeline in score.timelines]
    return np.array(ends, np.int64) * sequencer.limits.granularity


def _outputs(sequencer: Sequencer) -> Iterator[Output]:
    """The outputs that are wired, each with what it emits for the others' sake."""
    feeds = feeds_of(sequencer.wiring, sequencer.name)
    for pair in port_pairs(sequencer.wiring, sequencer.name):
        yield Output(pair, pair.ports, feeds[pair.ports], sequencer.limits)


def _lengths(sequencer: Sequencer, batch: Batch, tracks: Sequence[OutputTrack]) -> tuple[int, ...]:
    """Samples of each program: with its idle, or until its last event ends where a trigger starts the next one."""
    rate_hz, grid, least = sequencer.rate_hz, sequencer.grid, sequencer.limits.min_length
    stops = [_stops(track) for track in tracks]
    ends = np.max([batch.ends - batch.edges, *stops], axis=0)
    if sequencer.started_by is None:
        spacing, shortest = int(grid.spacing_s * rate_hz), int(grid.shortest_s * rate_hz)
    else:
        spacing = sequencer.limits.granularity
        shortest = -(-least // spacing) * spacing
    lengths = np.maximum(-(-ends // spacing) * spacing, shortest)
    if sequencer.started_by is None and sequencer.wiring.idle_s:
        lengths += max(1, round(exact(sequencer.wiring.idle_s) / grid.spacing_s)) * spacing
    for stop in stops:
        # A silence that is too short to be played is made longer.
        rest = lengths - stop
        lengths[(rest > 0) & (rest < least)] += shortest
    return tuple(lengths.tolist())


def _stops(track: OutputTrack) -> NDArray[np.int64]:
    """For each program the sample behind its last event; 0 without events."""
    sizes = np.array([envelope.size for envelope in track.envelopes], np.int64)
    last = track.begin[1:] - 1
    found = np.zeros(last.size, np.int64)
    busy = track.begin[1:] > track.begin[:-1]
    found[busy] = track.starts[last[busy]] + sizes[track.envelope[last[busy]]]
    return found


def _markers(sequencer: Sequencer, lengths: Sequence[int]) -> Iterator[MarkerEvent]:
    """The markers of every program, on the grid; each is low again before its program ends."""
    rate_hz, cell = sequencer.rate_hz, sequencer.limits.granularity
    width = math.ceil(MARKER_WIDTH_S * rate_hz / cell) * cell
    for trigger in sequencer.starts:
        for program, (edge_s, length) in enumerate(zip(trigger.edges_s, lengths, strict=True)):
            if edge_s is not None:
                start = int(edge_s * rate_hz)
                stop = max(start + cell, min(start + width, length - cell))
                yield MarkerEvent(program, trigger.line.port, trigger.line.marker, start, stop)
