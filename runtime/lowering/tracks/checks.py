"""Tracks against what the instrument has: full scale, memory, table, events."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack, Problem, SequencerLimits, SequencerProgram

if TYPE_CHECKING:
    from runtime.lowering.tracks.output import Output

__all__ = ["CAPACITY", "envelope_samples", "program_problems", "table_entries", "track_problems"]

CAPACITY = (
    "envelope memory exceeded",
    "too many envelopes",
    "command table too small",
    "too many events",
)
"""Problems of a batch that fewer programs at a time may not have."""
FEWER = "Run fewer programs at a time"
TOLERANCE = 1e-12
"""How far rounding may take an amplitude beyond full scale."""


def track_problems(
    track: OutputTrack, peak: NDArray[np.float64], output: Output, names: Sequence[str]
) -> Iterator[Problem]:
    """What the emission and the contents of one output ask too much of.

    Args:
        track: what it plays.
        peak: largest magnitude of each event, units of full scale.
        output: which output.
        names: of the programs.
    """
    place = _place(output.pair.instrument, track)
    yield from _scale_problems(track, peak, place, names)
    yield from _memory_problems(track, output, place)
    entries = table_entries(track)
    if output.has_table and entries > output.limits.max_table_entries:
        got, allowed = f"{entries} of envelope, amplitude and phase", str(output.limits.max_table_entries)
        yield Problem(CAPACITY[2], place, got, allowed, FEWER)


def _scale_problems(
    track: OutputTrack, peak: NDArray[np.float64], place: str, names: Sequence[str]
) -> Iterator[Problem]:
    """Finite, and within full scale at every phase; told once for each program, of its loudest event."""
    total = peak + max(abs(track.offset.real), abs(track.offset.imag))
    bad = np.flatnonzero(~(total <= 1.0 + TOLERANCE))  # written so that NaN fails
    programs = np.searchsorted(track.begin, bad, side="right") - 1
    for program in np.unique(programs).tolist():
        rows = bad[programs == program]
        row = int(rows[np.argmax(np.nan_to_num(total[rows], nan=np.inf))])
        where = f"{place}, program {program} ({names[program]})"
        source, start = track.sources[track.envelope[row]], int(track.starts[row])
        if not np.isfinite(total[row]):
            got = f"{total[row]} in the event at sample {start}: {source}"
            yield Problem("samples that are not finite", where, got, "finite numbers")
            continue
        room = 100 * (1 - float(total[row]))
        got = f"|output| = {total[row]:.6g} in the event at sample {start}: {source}, headroom {room:.3g} %"
        fix = "Lower the amplitude, the line's scale, or the mixer's correction"
        yield Problem("over full scale", where, got, "|output| <= 1", fix)


def _memory_problems(track: OutputTrack, output: Output, place: str) -> Iterator[Problem]:
    limits = output.limits
    if output.reads_out and limits.one_shape_sweeps and _has_one_shape(track):
        return
    used = envelope_samples(track)
    if used > limits.memory_samples:
        got, allowed = f"{used} samples", f"{limits.memory_samples} samples"
        largest = max(range(len(track.envelopes)), key=lambda row: track.envelopes[row].size)
        fix = f"{FEWER}, or shorter ones; the longest envelope is {track.sources[largest]}"
        yield Problem(CAPACITY[0], place, got, allowed, fix)
    count, each = len(track.envelopes), ""
    if output.reads_out and limits.max_readout_samples:
        # A waveform that is too long for one slot goes on in the next.
        count = sum(math.ceil(envelope.size / limits.max_readout_samples) for envelope in track.envelopes)
        each = f" of {limits.max_readout_samples} samples at most"
    if count > limits.max_envelopes:
        yield Problem(CAPACITY[1], place, f"{count}{each}", f"{limits.max_envelopes}", FEWER)


def _has_one_shape(track: OutputTrack) -> bool:
    """One pulse a program, of one shape throughout, whatever its carrier and amplitude."""
    if len(track.envelopes) < 2 or not (np.diff(track.begin) == 1).all():
        return False
    sizes = {envelope.size for envelope in track.envelopes}
    if len(sizes) > 1:
        return False
    shapes = np.abs(np.stack(track.envelopes))
    peaks = shapes.max(axis=1, keepdims=True)
    return bool(peaks.all() and np.allclose(shapes / peaks, shapes[0] / peaks[0], rtol=0, atol=1e-9))


def program_problems(program: SequencerProgram, limits: SequencerLimits) -> Iterator[Problem]:
    """Events of a whole pass beyond what the sequencer can hold."""
    for track in program.tracks:
        if track.starts.size > limits.max_events:
            place = _place(program.instrument, track)
            yield Problem(CAPACITY[3], place, f"{track.starts.size}", f"{limits.max_events}", FEWER)
    if program.trigger_input is not None and any(track.oscillator_hz for track in program.tracks):
        yield from _soon_problems(program, limits)


def _soon_problems(program: SequencerProgram, limits: SequencerLimits) -> Iterator[Problem]:
    """Pulses for which the edge would have to come before the program begins, beside play lists."""
    for track in program.tracks:
        soon = np.flatnonzero(track.starts < limits.trigger_lead)
        if soon.size:
            yield Problem(
                "pulse too soon after the trigger that starts the instrument",
                _place(program.instrument, track),
                f"{int(track.starts[soon[0]])} samples",
                f"{limits.trigger_lead} samples, in which its oscillators start again",
                "Begin the programs later, or render the carriers (carrier: rendered in wiring.yaml)",
            )


def envelope_samples(track: OutputTrack) -> int:
    """Samples that the envelopes of an output have together."""
    return sum(envelope.size for envelope in track.envelopes)


def table_entries(track: OutputTrack) -> int:
    """Distinct (envelope, amplitude, phase)."""
    if not track.starts.size:
        return 0
    order = np.lexsort((track.phases_rad, track.amplitudes, track.envelope))
    columns = (track.envelope[order], track.amplitudes[order], track.phases_rad[order])
    return 1 + int(np.count_nonzero(np.any([column[1:] != column[:-1] for column in columns], axis=0)))


def _place(instrument: str, track: OutputTrack) -> str:
    return f"{instrument} output {'/'.join(map(str, track.ports))} ({track.name})"
