"""One output of a sequencer instrument: from the channels that it carries to its track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack, Problem, SequencerLimits
from runtime.lowering.clock import LineClock, exact
from runtime.lowering.crosstalk import Feed
from runtime.lowering.distortion import filter_memory
from runtime.lowering.envelopes import EnvelopeCache
from runtime.lowering.plays import Plays
from runtime.lowering.ports import PortPair
from runtime.lowering.tracks.checks import envelope_samples, table_entries
from runtime.lowering.tracks.heard import Carrier, Heard, Leads, Source, heard
from runtime.lowering.tracks.pieces import Pieces, rendered
from runtime.lowering.tracks.runs import Grid, Runs, cut, runs_of
from runtime.lowering.tracks.shapes import ShapeTable
from runtime.lowering.tracks.store import Manner, stored
from runtime.lowering.wiring import Predistortion
from runtime.pulse.channels import Channel

__all__ = ["Batch", "Output", "track_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What all outputs of an instrument share."""

    plays: Plays
    shapes: ShapeTable
    cache: EnvelopeCache
    carriers: dict[Channel, float]
    dt: Fraction
    rate_hz: int
    edges: NDArray[np.int64]
    """For each program the sample from which the instrument counts."""
    ends: NDArray[np.int64]
    """For each program the sample behind its last, idle left out; a multiple of the granularity."""
    clocks: dict[Fraction, LineClock]
    """Delay to the clock of lines that delay by it."""
    leads: Leads | None
    restarting: frozenset[str]
    """Lines whose carrier begins with each pulse."""


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """The ports of one output, and whose signals reach it."""

    pair: PortPair
    ports: tuple[int, ...]
    feeds: tuple[Feed, ...]
    """Pairs of ports whose signals it emits: its own, and others to cancel crosstalk."""
    limits: SequencerLimits

    @property
    def reads_out(self) -> bool:
        """Whether it is a readout output, whose carrier restarts with each pulse."""
        return self.ports in self.limits.readout_outputs

    @property
    def has_table(self) -> bool:
        """Whether amplitude and phase of an event need not be in its envelope."""
        return not self.reads_out and self.limits.max_table_entries > 0


def track_of(output: Output, batch: Batch, problems: list[Problem]) -> tuple[OutputTrack, NDArray[np.float64]]:
    """The track of an output, and the largest magnitude of each event; problems go to `problems`."""
    sources = _sources(output, batch)
    carrier = Carrier(_oscillator_hz(output, sources), output.reads_out)
    found = heard(batch.plays, sources, carrier, batch.leads, problems)
    pieces = rendered(found, batch.plays, sources, batch.shapes, batch.cache, problems)
    sounds = np.array([samples.size > 0 for samples in pieces.samples], np.bool_)[pieces.row]
    if not sounds.all():
        found, pieces = found.part(sounds), pieces.part(sounds)
    grid = Grid(output.limits.granularity, output.limits.min_length)
    runs = runs_of(found, grid, _tail(output, batch, found))

    def made(events: Runs) -> tuple[OutputTrack, NDArray[np.float64]]:
        return _track(output, batch, found, pieces, carrier, events)

    if not output.has_table:
        return made(runs)
    if output.pair.lines[0].predistortion == Predistortion():
        # A part of a pulse serves many sequences. It takes more events than the sequence in one.
        track, peak = made(cut(found, runs, grid))
        if _fits(track, output):
            return track, peak
    track, peak = made(runs)
    if _fits(track, output) or table_entries(track) <= output.limits.max_table_entries:
        return track, peak
    # Gates that follow one another without a silence become one event, as far as the memory goes.
    longer, its_peak = made(runs_of(found, grid, _tail(output, batch, found), long=True))
    return (longer, its_peak) if envelope_samples(longer) <= output.limits.memory_samples else (track, peak)


def _fits(track: OutputTrack, output: Output) -> bool:
    """Whether table, memory and sequencer have room for a track."""
    limits = output.limits
    return (
        table_entries(track) <= limits.max_table_entries
        and envelope_samples(track) <= limits.memory_samples
        and len(track.envelopes) <= limits.max_envelopes
        and track.starts.size <= limits.max_events
    )


def _track(  # noqa: PLR0917 - private, called by `track_of` alone
    output: Output, batch: Batch, found: Heard, pieces: Pieces, carrier: Carrier, runs: Runs
) -> tuple[OutputTrack, NDArray[np.float64]]:
    edges = batch.edges[runs.program]
    # The oscillator's phase is 0 where the instrument begins to count.
    late = np.asarray(carrier.oscillator_hz / batch.rate_hz * edges, np.float64)
    events = stored(found, pieces, runs, _manner(output, batch), late)
    mixer = output.pair.mixer
    track = OutputTrack(
        name="+".join(one.name for one in output.pair.lines),
        ports=output.ports,
        oscillator_hz=carrier.oscillator_hz,
        envelopes=tuple(events.envelopes),
        begin=np.searchsorted(runs.program, np.arange(batch.edges.size + 1)).astype(np.int64),
        starts=runs.start - edges,
        envelope=events.envelope,
        amplitudes=events.amplitude,
        phases_rad=events.phase,
        sources=tuple(events.names),
        offset=complex(mixer.offset_i, mixer.offset_q),
    )
    return track, events.peak


def _manner(output: Output, batch: Batch) -> Manner:
    """What has to be in the envelopes of an output."""
    mixer = output.pair.mixer
    return Manner(
        amplitude=not output.has_table,
        phase=not output.has_table or (mixer.gain, mixer.phase_rad) != (1.0, 0.0),
        mixer=mixer,
        predistortion=output.pair.lines[0].predistortion,
        rate_hz=batch.rate_hz,
    )


def _sources(output: Output, batch: Batch) -> list[Source]:
    """The channels that reach an output."""
    found = []
    mixer_hz = output.pair.lines[0].lo_frequency_hz
    for feed in output.feeds:
        victim = "" if feed.pair == output.pair else output.pair.lines[0].name
        for line in feed.pair.lines:
            delay = exact(line.delay_s)
            clock = batch.clocks.get(delay)
            if clock is None:
                also = 1 if batch.leads is None else batch.leads.denominator
                clock = batch.clocks[delay] = LineClock(batch.rate_hz, batch.dt, delay, also)
            for channel in line.channels:
                carrier = batch.carriers.get(channel)
                source = Source(
                    line=line,
                    channel=channel,
                    if_hz=None if carrier is None else carrier - mixer_hz,
                    share=feed.share,
                    clock=clock,
                    own_hz=0.0 if carrier is None else carrier - line.lo_frequency_hz,
                    restarts=line.name in batch.restarting,
                    victim=victim,
                )
                found.append(source)
    return found


def _oscillator_hz(output: Output, sources: Sequence[Source]) -> float:
    """The intermediate frequency of the first channel, where the instrument's oscillator can make it."""
    line, mixer = output.pair.lines[0], output.pair.mixer
    plain = (mixer.gain, mixer.phase_rad) == (1.0, 0.0) and line.predistortion == Predistortion()
    if not plain or output.reads_out or not output.limits.oscillators:
        return 0.0
    if any(one.carrier == "rendered" for one in output.pair.lines):
        return 0.0
    own = {channel for one in output.pair.lines for channel in one.channels}
    known = (source.if_hz for source in sources if source.channel in own and source.if_hz is not None)
    return float(next(known, 0.0))


def _tail(output: Output, batch: Batch, found: Heard) -> NDArray[np.int64]:
    """How long the filter of a line goes on after each pulse, samples; at most to the end of the program."""
    shape = output.pair.lines[0].predistortion
    if shape == Predistortion():
        return np.zeros(found.first.size, np.int64)
    rest = np.maximum(batch.ends[found.program] - found.first - found.count, 0)
    memory = filter_memory(shape, batch.rate_hz)
    return rest if memory is None else np.asarray(np.minimum(rest, memory), np.int64)
