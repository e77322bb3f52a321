"""demo.png: what the channels emitted above, what the qubits did below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drivers.contract import SampleStream
from runtime.cli.demo.findings import AmplitudeSweep
from runtime.cli.demo.style import Palette, painted
from runtime.lowering import Timeline
from runtime.lowering.drawing import close_range_s
from runtime.pulse.channels import Channel

__all__ = ["draw_program"]

COLUMNS = 4
ROW_INCHES = 0.42
PANEL_INCHES = 2.9
MOST_POINTS = 4000
"""Of a pulse: more than a picture has columns."""


def draw_program(timeline: Timeline, sweeps: Sequence[AmplitudeSweep], palette: Palette, path: Path) -> None:
    """Draw the picture into `path`."""
    streams = {channel: stream for channel, stream in timeline.streams().items() if stream.pieces}
    dt = float(timeline.dt)
    whole = (0.0, timeline.duration * dt)
    rows = -(-len(sweeps) // COLUMNS)
    heights = [ROW_INCHES * len(streams) + 1.0, PANEL_INCHES * rows]
    with painted(palette):
        figure = Figure(figsize=(13, sum(heights)), layout="constrained")
        above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=heights)[:, 0]
        above.suptitle(f"'{timeline.name}': what each channel emits, and its highest amplitude of full scale")
        closer, all_of_it = above.subplots(1, 2)
        _draw_streams(closer, streams, dt, close_range_s(streams, dt) or whole, palette)
        _draw_streams(all_of_it, streams, dt, whole, palette)
        below.suptitle("Amplitude sweep of x, with the fit")
        panels = below.subplots(rows, min(COLUMNS, len(sweeps)), squeeze=False, sharey=True).ravel()
        for axis, sweep in zip(panels, sweeps, strict=False):
            _draw_rabi(axis, sweep, palette)
        for axis in panels[len(sweeps) :]:
            axis.set_axis_off()
        figure.savefig(path, dpi=110)


def _draw_streams(
    axis: Axes,
    streams: Mapping[Channel, SampleStream],
    dt: float,
    range_s: tuple[float, float],
    palette: Palette,
) -> None:
    """A row for each channel, the first on top: real and imaginary part, in units of the channel's own peak."""
    unit, scale = ("µs", 1e6) if range_s[1] - range_s[0] > 2e-6 else ("ns", 1e9)
    for row, stream in enumerate(streams.values()):
        peak = max(float(np.abs(samples).max(initial=0.0)) for _, samples in stream.pieces) or 1.0
        axis.axhline(-row, color=palette.muted, linewidth=0.5)
        for start, samples in stream.pieces:
            step = max(1, samples.size // MOST_POINTS)
            times = (start + np.arange(0, samples.size, step) + 0.5) * dt * scale
            parts = 0.45 / peak * samples[::step]
            axis.fill_between(times, parts.real - row, -row, color=palette.blue, alpha=0.3, linewidth=0)
            axis.plot(times, parts.real - row, color=palette.blue, linewidth=1.0)
            axis.plot(times, parts.imag - row, color=palette.orange, linewidth=1.0)
        axis.annotate(
            f"{peak:.3f}",
            (1.0, -row),
            xycoords=("axes fraction", "data"),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=palette.muted,
        )
    axis.set_yticks([-row for row in range(len(streams))], [channel.name for channel in streams])
    axis.tick_params(axis="y", length=0)
    axis.set(
        xlim=(range_s[0] * scale, range_s[1] * scale), ylim=(0.6 - len(streams), 1.3), xlabel=f"time ({unit})"
    )
    axis.spines["left"].set_visible(False)
    axis.plot([], [], color=palette.blue, label="real")
    axis.plot([], [], color=palette.orange, label="imaginary")
    axis.legend(loc="upper right", ncols=2)


def _draw_rabi(axis: Axes, sweep: AmplitudeSweep, palette: Palette) -> None:
    # Binomial standard deviation, with a pseudo-count so that a point at 0 or 1 has some.
    share = (sweep.p1 * sweep.shots + 1) / (sweep.shots + 2)
    axis.errorbar(
        sweep.amplitudes,
        sweep.p1,
        np.sqrt(share * (1 - share) / sweep.shots),
        fmt="o",
        ms=4,
        color=palette.blue,
        label="shots",
    )
    fine = np.linspace(sweep.amplitudes[0], sweep.amplitudes[-1], 400)
    axis.plot(fine, sweep.fit.curve(fine), color=palette.orange, label="fit")
    label = f"π amplitude {sweep.fit.pi_amplitude:.4f} ± {sweep.fit.pi_amplitude_error:.4f}"
    lowest, highest = -0.05, 1.4
    # Up to P(1) = 1 only: above stands the legend.
    top = (1.0 - lowest) / (highest - lowest)
    axis.axvline(sweep.fit.pi_amplitude, 0, top, color=palette.orange, linestyle="--", linewidth=1, label=label)
    device = f"device's x {sweep.calibrated:.4f}"
    axis.axvline(sweep.calibrated, 0, top, color=palette.muted, linestyle=":", linewidth=1, label=device)
    axis.set(xlabel="amplitude (full scale)", title=f"qubit {sweep.qubit}", ylim=(lowest, highest))
    place = axis.get_subplotspec()
    if place is None or place.is_first_col():
        axis.set_ylabel("P(1)")
    axis.set_yticks(np.linspace(0, 1, 6))
    axis.legend(fontsize=7, loc="upper center", ncols=1)
