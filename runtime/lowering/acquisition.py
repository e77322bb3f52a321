"""What the digitizers record: markers that start records, and the windows of the Acquires in them.

Sample i of a record is taken `trigger_delay` + i samples after the edge that starts it, see `triggers`. An
Acquire's window begins with the first sample at or after the arrival of its first instant, and has as many samples
as fit in its duration whatever the sub-sample position, so that one kernel serves all programs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from drivers.contract import (
    AcquisitionLimits,
    AcquisitionPlan,
    AcquisitionWindow,
    MarkerPulse,
    PlayOrder,
    Problem,
)
from runtime.lowering.clock import exact
from runtime.lowering.plays import Score
from runtime.lowering.triggers import MARKER_WIDTH_S, Edges, Trigger
from runtime.lowering.wiring import InputLine
from runtime.pulse import MeasureChannel

__all__ = ["Digitizer", "make_plan", "marker_pulse"]


@dataclass(frozen=True, slots=True, eq=False)
class Digitizer:
    """A digitizer with its lines, and when its records are started."""

    name: str
    rate_hz: int
    limits: AcquisitionLimits
    lines: tuple[InputLine, ...]
    edges_s: Edges
    restarting: frozenset[int] = frozenset()
    """Qubits whose readout tone begins at phase 0 with each pulse."""


def marker_pulse(trigger: Trigger, program: int, rate_hz: int, begin: int, length: int) -> tuple[MarkerPulse, ...]:
    """A marker's pulse in a program, if it rises in this step.

    Args:
        trigger: when it rises.
        program: which one.
        rate_hz: of the generator.
        begin: of the step, generator samples from the program's start.
        length: of the step, generator samples.
    """
    edge_s = trigger.edges_s[program]
    if edge_s is None or not begin <= edge_s * rate_hz < begin + length:
        return ()
    edge = math.floor(edge_s * rate_hz) - begin
    width = max(1, math.ceil(MARKER_WIDTH_S * rate_hz))
    # Low again before the step ends, so that the next step's marker has an edge.
    stop = max(edge + 1, min(edge + width, length - 1))
    return (MarkerPulse(trigger.line.port, trigger.line.marker, edge, stop),)


def make_plan(
    digitizer: Digitizer, score: Score, shots: int, order: PlayOrder, problems: list[Problem]
) -> AcquisitionPlan | None:
    """The plan of one digitizer for a batch, None if it has nothing to record; problems go to `problems`."""
    rows = score.acquisitions.of({int(channel.index) for line in digitizer.lines for channel in line.channels})
    if not rows.size:
        return None
    fix = "Add an Acquire, or run it in a batch of its own"
    for record in np.setdiff1d(np.arange(len(score.timelines)), score.acquisitions.program[rows]).tolist():
        place = f"{score.place(record)}, digitizer {digitizer.name}"
        problems.append(Problem("program without a record in a batch that has records", place, fix=fix))
    spans = _Spans(digitizer, score, rows)
    problems += _span_problems(spans, score)
    limits, grain = digitizer.limits, digitizer.limits.trigger_delay_granularity
    delay = max(0, min(spans.start)) // grain * grain
    needed = max(spans.stop) - delay + limits.footer_samples
    length = _round_up(max(needed, limits.min_record), limits.record_granularity)
    # One that integrates by itself keeps no record: how far its weights reach, its adapter checks.
    if length > limits.max_record and not limits.integrators:
        got, allowed = f"{length} samples", f"{limits.max_record}"
        fix = "Acquire for a shorter time, or closer together"
        problems.append(Problem("record too long", f"digitizer {digitizer.name}", got, allowed, fix))
    return AcquisitionPlan(
        instrument=digitizer.name,
        sample_rate_hz=digitizer.rate_hz,
        record_length=length,
        trigger_delay=delay,
        records_per_pass=len(score.timelines),
        shots=shots,
        windows=tuple(spans.windows(delay, _tones_hz(score, rows, _offsets_hz(digitizer, score, problems)))),
        order=order,
    )


class _Spans:
    """The windows of one digitizer, counted from its edges, in the order of the acquisitions.

    Instants are whole numbers of ticks, of which a sample of either clock has a whole number.
    """

    def __init__(self, digitizer: Digitizer, score: Score, rows: NDArray[np.int64]) -> None:
        columns = score.acquisitions
        self._digitizer = digitizer
        self.record: list[int] = columns.program[rows].tolist()
        self.qubit: list[int] = columns.qubit[rows].tolist()
        self.slot: list[int] = columns.slot[rows].tolist()
        self.instant: list[int] = columns.start[rows].tolist()
        self.duration: list[int] = columns.duration[rows].tolist()
        lines = {int(channel.index): line for line in digitizer.lines for channel in line.channels}
        delays = {qubit: exact(line.delay_s) for qubit, line in lines.items()}
        self._ports = {qubit: line.port for qubit, line in lines.items()}
        edges = [edge or Fraction(0) for edge in digitizer.edges_s]
        times = [score.dt, *delays.values(), *edges, *score.leads_s]
        self._ticks_hz = math.lcm(digitizer.rate_hz, *{time.denominator for time in times})
        dt, late = self._ticks(score.dt), {qubit: self._ticks(delay) for qubit, delay in delays.items()}
        # From the start of each program's schedule to its edge.
        edge = [self._ticks(one - lead) for one, lead in zip(edges, score.leads_s, strict=True)]
        sample = self._ticks_hz // digitizer.rate_hz
        zero = _zeros(digitizer, score, rows)
        rows_of = zip(self.record, self.qubit, self.instant, self.duration, strict=True)
        self.start, self.stop = [], []
        self._origin = [edge[record] - first * dt for record, first in zip(self.record, zero, strict=True)]
        for record, qubit, instant, duration in rows_of:
            first = -((edge[record] - instant * dt - late[qubit]) // sample)
            self.start.append(first)
            self.stop.append(first + duration * dt // sample)

    def _ticks(self, time_s: Fraction) -> int:
        return time_s.numerator * (self._ticks_hz // time_s.denominator)

    def windows(self, delay: int, tones_hz: Sequence[float]) -> Iterator[AcquisitionWindow]:
        """The windows, counted from the first sample of the records; `tones_hz` are their tones in the records."""
        delayed = delay * (self._ticks_hz // self._digitizer.rate_hz)
        columns = (self.record, self.qubit, self.slot, self.start, self.stop, self._origin, tones_hz)
        for record, qubit, slot, start, stop, origin, tone_hz in zip(*columns, strict=True):
            begin_s = (origin + delayed) / self._ticks_hz
            port = self._ports[qubit]
            yield AcquisitionWindow(record, qubit, slot, start - delay, stop - delay, tone_hz, begin_s, port)


def _zeros(digitizer: Digitizer, score: Score, rows: NDArray[np.int64]) -> list[int]:
    """From where the phase of each readout tone counts, samples of dt: the program's start, or its pulse's."""
    columns, plays = score.acquisitions, score.plays
    zero = np.zeros(rows.size, np.int64)
    for qubit in digitizer.restarting & set(columns.qubit[rows].tolist()):
        same = np.flatnonzero(columns.qubit[rows] == qubit)
        program, instant = columns.program[rows[same]], columns.start[rows[same]]
        latest = plays.latest(MeasureChannel(qubit), program, instant)
        zero[same] = np.where(latest >= 0, plays.start[latest], instant) if plays.start.size else instant
    return [int(first) for first in zero]


def _offsets_hz(digitizer: Digitizer, score: Score, problems: list[Problem]) -> dict[int, float]:
    """For each qubit where its carrier stands in the down-converted record."""
    offsets: dict[int, float] = {}
    acquired = set(score.acquisitions.qubit.tolist())
    for line in digitizer.lines:
        for qubit in {int(channel.index) for channel in line.channels} & acquired:
            known = (timeline.readout_carriers.get(qubit) for timeline in score.timelines)
            carrier = next((one for one in known if one is not None), None)
            offsets[qubit] = 0.0 if carrier is None else carrier - line.lo_frequency_hz
            if carrier is None:
                fix = "Name the channel in the Target's channel_frequencies"
                problems.append(Problem("channel without a carrier frequency", f"channel m{qubit}", fix=fix))
    return offsets


def _tones_hz(score: Score, rows: NDArray[np.int64], offsets_hz: Mapping[int, float]) -> list[float]:
    """For each acquisition where its tone stands: off its carrier by the frame of the readout pulse before it."""
    columns, plays = score.acquisitions, score.plays
    qubits = columns.qubit[rows]
    tones = np.array([offsets_hz[qubit] for qubit in qubits.tolist()], np.float64)
    for qubit in offsets_hz if plays.frequency.any() else ():
        same = np.flatnonzero(qubits == qubit)
        latest = plays.latest(MeasureChannel(qubit), columns.program[rows[same]], columns.start[rows[same]])
        tones[same] += np.where(latest >= 0, plays.frequency[latest], 0.0)
    return [float(tone) for tone in tones]


def _span_problems(spans: _Spans, score: Score) -> Iterator[Problem]:
    """Windows that begin before their trigger, or hold no sample."""
    columns = (spans.record, spans.qubit, spans.instant, spans.duration, spans.start, spans.stop)
    for record, qubit, instant, duration, start, stop in zip(*columns, strict=True):
        if start >= 0 and stop > start:
            continue
        place = f"{score.place(record)}, a{qubit}, Acquire, instant {instant} dt"
        if start < 0:
            fix = "Raise the input line's delay_s"
            yield Problem("acquisition before its trigger", place, f"sample {start}", ">= 0", fix)
        if stop <= start:
            yield Problem("acquisition shorter than a digitizer's sample", place, f"{duration} dt", ">= 1 sample")


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
