"""Pictures of what channels emit.

This module loads matplotlib: import it where something is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from drivers.contract import Colours, SampleStream, colours_of
from drivers.contract.drawing import Picture, Row, draw_rows
from drivers.contract.timescale import Timescale
from runtime.lowering.timeline import Timeline
from runtime.pulse.channels import Channel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["close_range_s", "draw_streams", "draw_timeline"]

REAL, IMAGINARY = "#1f77b4", "#d95f02"
# More points than a picture has columns only cost time.
MAX_POINTS = 20_000


def draw_timeline(timeline: Timeline, *, style: Colours | str = "light", spectra: bool = True) -> Picture:
    """A row for each channel that emits something; a column of its own shows drive pulses closer.

    Args:
        timeline: what to draw; long silences are cut short.
        style: "light", "dark" or colours of your own.
        spectra: a further column shows each channel's power around its carrier.

    Raises:
        ConfigurationError: no such style.
    """
    streams = {channel: stream for channel, stream in timeline.streams().items() if stream.pieces}
    dt = float(timeline.dt)
    rows = [
        Row(channel.name, 1 / dt, [(start * dt, samples) for start, samples in stream.pieces])
        for channel, stream in streams.items()
    ]
    busy = [(start, start + samples.size * dt) for row in rows for start, samples in row.pieces]
    ranges = [close_range_s(streams, dt), (0.0, timeline.duration * dt)]
    return draw_rows(
        rows,
        timeline.name,
        [Timescale(busy, part) for part in ranges if part is not None],
        frequency_label="MHz from the carrier",
        colours=colours_of(style),
        spectra=spectra,
    )


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
        axis.set_ylabel(channel.name, rotation=0, ha="right", va="center", fontweight="bold")
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
    if axes:
        axes[-1].set_xlabel(f"time ({unit})")
        axes[0].plot([], [], color=REAL, label="real")
        axes[0].plot([], [], color=IMAGINARY, label="imaginary")
        axes[0].legend(loc="upper right", fontsize=7, frameon=False, ncols=2)
