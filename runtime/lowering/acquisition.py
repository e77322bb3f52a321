"""What the digitizers record: markers that start records, and the windows of the Acquires in them.

The marker rises with the generator's sample that holds the instant of the program's first Acquire. Sample i of a
record is taken `trigger_delay` + i samples after that edge. An Acquire's window begins with the first sample at or
after the arrival of its first instant, and has as many samples as fit in its duration whatever the sub-sample
position, so that one kernel serves all programs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from drivers.contract import AcquisitionLimits, AcquisitionPlan, AcquisitionWindow, MarkerPulse, Problem
from runtime.lowering.clock import exact
from runtime.lowering.timeline import Timeline
from runtime.lowering.wiring import InputLine, TriggerLine
from runtime.pulse import AcquireChannel

__all__ = ["MARKER_WIDTH_S", "Digitizer", "make_plan", "marker_pulse"]

MARKER_WIDTH_S = Fraction(100, 10**9)
"""How long a trigger marker stays high: wide enough for any digitizer's trigger input."""


@dataclass(frozen=True, slots=True)
class Digitizer:
    """A digitizer with its lines and its trigger."""

    name: str
    rate_hz: int
    limits: AcquisitionLimits
    lines: tuple[InputLine, ...]
    trigger: TriggerLine
    generator_rate_hz: int

    def rows(self, timeline: Timeline) -> list[int]:
        """The rows of a timeline's acquisitions that this digitizer records."""
        mine = {int(channel.index) for line in self.lines for channel in line.channels}
        return [row for row, qubit in enumerate(timeline.acquisitions.qubit.tolist()) if qubit in mine]

    def edge(self, timeline: Timeline) -> int | None:
        """The generator's sample with which the marker rises; None if the digitizer records nothing."""
        rows = self.rows(timeline)
        if not rows:
            return None
        first = int(timeline.acquisitions.start[rows].min())
        return math.floor(first * timeline.dt * self.generator_rate_hz)

    def edge_s(self, timeline: Timeline) -> Fraction:
        """When the marker rises, counted from the program's start; 0 if the digitizer records nothing."""
        return Fraction(self.edge(timeline) or 0, self.generator_rate_hz)


def marker_pulse(digitizer: Digitizer, timeline: Timeline, begin: int, length: int) -> tuple[MarkerPulse, ...]:
    """The marker that starts a timeline's record, if it rises in this step.

    Args:
        digitizer: whose trigger it is.
        timeline: the program.
        begin: of the step, generator samples from the program's start.
        length: of the step, generator samples.
    """
    found = digitizer.edge(timeline)
    if found is None or not begin <= found < begin + length:
        return ()
    edge = found - begin
    width = max(1, math.ceil(MARKER_WIDTH_S * digitizer.generator_rate_hz))
    # Low again before the step ends, so that the next step's marker has an edge.
    stop = max(edge + 1, min(edge + width, length - 1))
    return (MarkerPulse(digitizer.trigger.port, digitizer.trigger.marker, edge, stop),)


def make_plan(
    digitizer: Digitizer, timelines: Sequence[Timeline], shots: int, problems: list[Problem]
) -> AcquisitionPlan:
    """The plan of one digitizer for a batch; what stands in its way goes to `problems`."""
    windows: list[AcquisitionWindow] = []
    for record, timeline in enumerate(timelines):
        rows = digitizer.rows(timeline)
        if not rows:
            place = f"program {record} ({timeline.name}), digitizer {digitizer.name}"
            fix = "Add an Acquire, or run it in a batch of its own"
            problems.append(Problem("program without a record in a batch that has records", place, fix=fix))
        windows += [_window(digitizer, timeline, row, record, problems) for row in rows]
    limits = digitizer.limits
    earliest = min((window.start for window in windows), default=0)
    grain = limits.trigger_delay_granularity
    delay = max(0, earliest) // grain * grain
    latest = max((window.stop for window in windows), default=delay)
    length = _round_up(max(latest - delay, limits.min_record), limits.record_granularity)
    if length > limits.max_record:
        got, allowed = f"{length} samples", f"{limits.max_record}"
        fix = "Acquire for a shorter time, or closer together"
        problems.append(Problem("record too long", f"digitizer {digitizer.name}", got, allowed, fix))
    return AcquisitionPlan(
        instrument=digitizer.name,
        sample_rate_hz=digitizer.rate_hz,
        record_length=length,
        trigger_delay=delay,
        records_per_pass=len(timelines),
        shots=shots,
        windows=tuple(_in_record(window, digitizer, timelines[window.record], delay) for window in windows),
    )


def _in_record(
    window: AcquisitionWindow, digitizer: Digitizer, timeline: Timeline, delay: int
) -> AcquisitionWindow:
    """A window that was counted from the marker's edge, counted from the record's first sample."""
    start_s = digitizer.edge_s(timeline) + Fraction(delay, digitizer.rate_hz)
    return replace(window, start=window.start - delay, stop=window.stop - delay, record_start_s=float(start_s))


def _window(
    digitizer: Digitizer, timeline: Timeline, row: int, record: int, problems: list[Problem]
) -> AcquisitionWindow:
    """An Acquire's window, counted from the marker's edge."""
    columns = timeline.acquisitions
    qubit, instant = int(columns.qubit[row]), int(columns.start[row])
    line = next(line for line in digitizer.lines if AcquireChannel(qubit) in line.channels)
    arrival_s = instant * timeline.dt - digitizer.edge_s(timeline) + exact(line.delay_s)
    start = math.ceil(arrival_s * digitizer.rate_hz)
    count = math.floor(int(columns.duration[row]) * timeline.dt * digitizer.rate_hz)
    place = f"program {record} ({timeline.name}), a{qubit}, Acquire, instant {instant} dt"
    if start < 0:
        fix = "Raise the input line's delay_s"
        problems.append(Problem("acquisition before its trigger", place, f"sample {start}", ">= 0", fix))
    if count < 1:
        got = f"{columns.duration[row]} dt"
        problems.append(Problem("acquisition shorter than a digitizer's sample", place, got, ">= 1 sample"))
    carrier = timeline.readout_carriers.get(qubit)
    if carrier is None:
        fix = "Name the channel in the Target's channel_frequencies"
        problems.append(Problem("channel without a carrier frequency", f"channel m{qubit}", fix=fix))
        carrier = line.lo_frequency_hz
    slot = int(columns.slot[row])
    return AcquisitionWindow(record, qubit, slot, start, start + count, carrier - line.lo_frequency_hz)


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
