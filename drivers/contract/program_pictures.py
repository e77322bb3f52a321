"""Pictures of instrument programs: what each port emits during one program of a batch.

This module loads matplotlib: import it where something is drawn.
"""

from __future__ import annotations

from itertools import accumulate
from numbers import Integral

import numpy as np

from drivers.contract.colours import Colours, colours_of
from drivers.contract.drawing import Picture, Row, draw_rows
from drivers.contract.errors import ConfigurationError
from drivers.contract.program import SILENCE, InstrumentProgram
from drivers.contract.sequencer import OutputTrack, SequencerProgram
from drivers.contract.timescale import Timescale

__all__ = ["draw_play_list", "draw_tracks"]


def draw_play_list(program: InstrumentProgram, number: int, style: Colours | str) -> Picture:
    """A row for each port; see `InstrumentProgram.draw`."""
    part = _checked(number, len(program.begins), program.instrument)
    first, behind = (*program.begins, len(program.steps))[part : part + 2]
    steps, rate_hz = program.steps[first:behind], program.sample_rate_hz
    starts = [sample / rate_hz for sample in accumulate((step.length * step.repeat for step in steps), initial=0)]
    played = [
        (start, row) for start, row in zip(starts, range(first, behind), strict=False) if _plays(program, row)
    ]
    busy = [(start, start + program.steps[row].length / rate_hz) for start, row in played]
    labels = program.port_names or ("",) * len(program.ports)
    rows = [
        _port_row(program, index, f"{program.ports[index]} {label}".strip(), played)
        for index, label in enumerate(labels)
    ]
    title = f"{program.instrument}, program {number} of {len(program.begins)}"
    timescale = Timescale(busy, (0.0, max((stop for _, stop in busy), default=starts[-1])))
    return draw_rows(rows, title, [timescale], frequency_label="MHz", colours=colours_of(style))


def _plays(program: InstrumentProgram, row: int) -> bool:
    """Whether an entry is more than ports that stay at their offsets."""
    step = program.steps[row]
    waveforms = [program.waveforms[index] for index in step.waveforms if index != SILENCE]
    return bool(step.markers) or any(np.ptp(waveform) > 0 for waveform in waveforms)


def _port_row(program: InstrumentProgram, index: int, label: str, played: list[tuple[float, int]]) -> Row:
    rate_hz, port = program.sample_rate_hz, program.ports[index]
    entries = [(start, program.steps[row]) for start, row in played]
    pieces = [
        (start, program.port_samples(port, row))
        for start, row in played
        if program.steps[row].waveforms[index] != SILENCE
    ]
    markers_s = [
        (start + marker.start / rate_hz, start + marker.stop / rate_hz)
        for start, step in entries
        for marker in step.markers
        if marker.port == port
    ]
    return Row(label, rate_hz, pieces, markers_s=markers_s)


def draw_tracks(program: SequencerProgram, number: int, style: Colours | str) -> Picture:
    """A row for each output; see `SequencerProgram.draw`."""
    part = _checked(number, len(program.lengths), program.instrument)
    rows = [_track_row(program, track, part) for track in program.tracks]
    busy = [
        (start, start + samples.size / program.sample_rate_hz) for row in rows for start, samples in row.pieces
    ]
    busy += [span for row in rows for span in row.markers_s]
    end = max((stop for _, stop in busy), default=program.lengths[part] / program.sample_rate_hz)
    title = f"{program.instrument}, program {number} of {len(program.lengths)}"
    label = "MHz from the synthesizer"
    return draw_rows(rows, title, [Timescale(busy, (0.0, end))], frequency_label=label, colours=colours_of(style))


def _track_row(program: SequencerProgram, track: OutputTrack, part: int) -> Row:
    rate_hz, pieces = program.sample_rate_hz, []
    events = range(int(track.begin[part]), int(track.begin[part + 1]))
    for event in events:
        start, envelope = int(track.starts[event]), track.envelopes[track.envelope[event]]
        turns = track.oscillator_hz / rate_hz * (start + np.arange(envelope.size))
        factor = track.amplitudes[event] * np.exp(1j * track.phases_rad[event])
        pieces.append((start / rate_hz, factor * envelope * np.exp(2j * np.pi * turns) + track.offset))
    return Row(
        f"{'/'.join(map(str, track.ports))} {track.name}",
        rate_hz,
        pieces,
        ticks_s=[start for start, _ in pieces],
        markers_s=[
            (marker.start / rate_hz, marker.stop / rate_hz)
            for marker in program.markers
            if marker.program == part and marker.port in track.ports
        ],
    )


def _checked(number: object, count: int, instrument: str) -> int:
    if not isinstance(number, Integral) or not 0 <= int(number) < count:
        raise ConfigurationError("no such program", instrument, str(number), f"0 to {count - 1}")
    return int(number)
