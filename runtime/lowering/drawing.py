"""Pictures of what channels emit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drivers.contract import InstrumentProgram, SampleStream, SequencerProgram
from runtime.lowering.timeline import Timeline
from runtime.pulse.channels import Channel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["close_range_s", "draw_program", "draw_streams", "draw_timeline"]

REAL, IMAGINARY = "#1f77b4", "#d95f02"
# More points than a picture has columns only cost time.
MAX_POINTS = 20_000
MAX_PIECES = 200


def draw_timeline(timeline: Timeline, *, spectra: bool = False) -> Figure:
    """A figure with a row for each channel that emits something; a column of its own shows drive pulses closer.

    Args:
        timeline: what to draw.
        spectra: a further column shows each channel's power around its carrier.
    """
    from matplotlib.figure import Figure

    streams = {channel: stream for channel, stream in timeline.streams().items() if stream.pieces}
    dt, rows = float(timeline.dt), max(len(streams), 1)
    closer = close_range_s(streams, dt)
    columns = 1 + (closer is not None) + spectra
    figure = Figure(figsize=(4 + 3.5 * columns, 1.0 + 1.1 * rows), layout="constrained")
    figure.suptitle(timeline.name)
    grid = figure.subplots(rows, columns, sharex="col", squeeze=False)
    if closer is not None:
        draw_streams(streams, dt, list(grid[:, 0]), closer)
    draw_streams(streams, dt, list(grid[:, -2 if spectra else -1]), (0.0, timeline.duration * dt))
    if spectra:
        for axis, stream in zip(grid[:, -1], streams.values(), strict=False):
            _draw_spectrum(axis, joined(stream), 1 / dt)
        grid[-1, -1].set_xlabel("MHz from the carrier")
    return figure


def draw_program(program: InstrumentProgram | SequencerProgram, part: int = 0) -> Figure:
    """A figure with a row for each port or output of a generator: what it emits in time, and its spectrum.

    Args:
        program: what to draw.
        part: which entry of a play list, or which program of a sequencer's batch; a sequencer's idle is left out.
    """
    from matplotlib.figure import Figure

    rows = len(program.ports if isinstance(program, InstrumentProgram) else program.tracks)
    figure = Figure(figsize=(11, 1.0 + 1.1 * max(rows, 1)), layout="constrained")
    grid = figure.subplots(max(rows, 1), 2, sharex="col", squeeze=False)
    if isinstance(program, InstrumentProgram):
        entry = program.steps[part]
        figure.suptitle(f"{program.instrument}, entry {part} of {len(program.steps)}, {entry.repeat} times")
        _draw_entry(program, part, list(grid))
    else:
        figure.suptitle(f"{program.instrument}, program {part} of {len(program.lengths)}")
        _draw_tracks(program, part, list(grid))
    grid[-1, 0].set_xlabel("time (ns)")
    grid[-1, 1].set_xlabel("MHz")
    return figure


def _draw_entry(program: InstrumentProgram, part: int, grid: Sequence[Sequence[Axes]]) -> None:
    rate_hz, labels = program.sample_rate_hz, program.port_names or tuple(map(str, program.ports))
    for (time_axis, spectrum_axis), port, label in zip(grid, program.ports, labels, strict=True):
        samples = program.port_samples(port, part)
        _draw_samples(time_axis, samples, rate_hz, REAL)
        for marker in program.steps[part].markers:
            if marker.port == port:
                _draw_marker(time_axis, marker.start, marker.stop, rate_hz)
        _name(time_axis, f"{port} {label}")
        _draw_spectrum(spectrum_axis, samples, rate_hz)
        spectrum_axis.set_xlim(0, rate_hz / 2e6)


def _draw_tracks(program: SequencerProgram, part: int, grid: Sequence[Sequence[Axes]]) -> None:
    """I and Q of each output, a tick where an event begins; the spectrum around its synthesizer."""
    rate_hz = program.sample_rate_hz
    ends = [
        int(track.starts[row]) + track.envelopes[track.envelope[row]].size
        for track in program.tracks
        for row in range(int(track.begin[part]), int(track.begin[part + 1]))
    ]
    length = max(ends, default=program.lengths[part])
    for (time_axis, spectrum_axis), track in zip(grid, program.tracks, strict=False):
        samples = track.samples(part, length, rate_hz)
        _draw_samples(time_axis, samples.real, rate_hz, REAL)
        _draw_samples(time_axis, samples.imag, rate_hz, IMAGINARY)
        starts = track.starts[int(track.begin[part]) : int(track.begin[part + 1])]
        time_axis.plot(starts / rate_hz * 1e9, np.full(starts.size, -0.85), "|", color="0.3", markersize=9)
        for marker in program.markers:
            if marker.program == part and marker.port in track.ports:
                _draw_marker(time_axis, marker.start, marker.stop, rate_hz)
        _name(time_axis, f"{'/'.join(map(str, track.ports))} {track.name}")
        _draw_spectrum(spectrum_axis, samples, rate_hz)
        spectrum_axis.set_xlim(-rate_hz / 2e6, rate_hz / 2e6)


def _draw_samples(axis: Axes, samples: NDArray[np.float64], rate_hz: float, color: str) -> None:
    shown = slice(None, None, max(1, samples.size // MAX_POINTS))
    times_ns = (np.arange(samples.size) + 0.5)[shown] / rate_hz * 1e9
    axis.plot(times_ns, samples[shown], color=color, linewidth=0.8)
    axis.set_ylim(-1.05, 1.05)


def _draw_marker(axis: Axes, start: int, stop: int, rate_hz: float) -> None:
    axis.axvspan(start / rate_hz * 1e9, stop / rate_hz * 1e9, color=IMAGINARY, alpha=0.3, linewidth=0)


def joined(stream: SampleStream) -> NDArray[np.complex128]:
    """The pieces of a stream with no more silence around each than its own length: enough for a spectrum.

    The phase between pieces is kept by the pieces themselves; leaving out silence only makes lines less sharp.
    """
    parts = [np.pad(samples, samples.size // 2) for _, samples in stream.pieces[:MAX_PIECES]]
    return np.concatenate(parts).astype(np.complex128)


def _draw_spectrum(axis: Axes, samples: NDArray[np.float64] | NDArray[np.complex128], rate_hz: float) -> None:
    """Power in dB below the largest, against MHz."""
    size = max(4096, 1 << (samples.size - 1).bit_length()) if samples.size else 4096
    power = np.abs(np.fft.fftshift(np.fft.fft(samples, size))) ** 2
    decibels = 10 * np.log10(np.maximum(power / (power.max() or 1.0), 1e-10))
    frequencies_mhz = np.fft.fftshift(np.fft.fftfreq(size, 1 / rate_hz)) / 1e6
    step = max(1, size // MAX_POINTS)
    axis.plot(frequencies_mhz[::step], decibels[::step], color=REAL, linewidth=0.7)
    axis.set_ylim(-90, 5)
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8)


def _name(axis: Axes, label: str) -> None:
    axis.set_ylabel(label, rotation=0, ha="right", va="center", fontweight="bold")
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize=8)


def close_range_s(streams: Mapping[Channel, SampleStream], dt: float) -> tuple[float, float] | None:
    """The time that drive and control channels fill, if it is short beside the whole; None otherwise."""
    stops = [
        start + samples.size
        for channel, stream in streams.items()
        if channel.name[0] in "du"
        for start, samples in stream.pieces
    ]
    whole = max((stream.duration for stream in streams.values()), default=0)
    if not stops or max(stops) > whole / 4:
        return None
    return 0.0, 1.15 * max(stops) * dt


def draw_streams(
    streams: Mapping[Channel, SampleStream], dt: float, axes: Sequence[Axes], range_s: tuple[float, float]
) -> None:
    """Draw each stream into one of `axes`: real and imaginary part in units of full scale against time.

    Args:
        streams: What to draw, in order.
        dt: Seconds a sample.
        axes: One for each stream.
        range_s: First and last instant to show, seconds.
    """
    unit, scale = ("µs", 1e6) if range_s[1] - range_s[0] > 2e-6 else ("ns", 1e9)
    for axis, (channel, stream) in zip(axes, streams.items(), strict=False):
        peak = 0.0
        for start, samples in stream.pieces:
            step = max(1, samples.size // MAX_POINTS)
            times = (start + np.arange(0, samples.size, step) + 0.5) * dt * scale
            shown = samples[::step]
            axis.fill_between(times, shown.real, color=REAL, alpha=0.3, linewidth=0)
            axis.plot(times, shown.real, color=REAL, linewidth=1.0)
            axis.plot(times, shown.imag, color=IMAGINARY, linewidth=1.0)
            peak = max(peak, float(np.abs(samples).max(initial=0.0)))
        axis.axhline(0.0, color="0.6", linewidth=0.6, zorder=0)
        axis.set_xlim(range_s[0] * scale, range_s[1] * scale)
        axis.set_ylim(-1.2 * peak or -1.0, 1.2 * peak or 1.0)
        _name(axis, channel.name)
    if axes:
        axes[-1].set_xlabel(f"time ({unit})")
        axes[0].plot([], [], color=REAL, label="real")
        axes[0].plot([], [], color=IMAGINARY, label="imaginary")
        axes[0].legend(loc="upper right", fontsize=7, frameon=False, ncols=2)
