"""demo.png: what the channels emitted above, what the qubits did below."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runtime.cli.amplitude_sweep import AmplitudeSweep
from runtime.lowering import Timeline
from runtime.lowering.drawing import close_range_s, draw_streams

__all__ = ["draw_demo"]

COLUMNS = 4
ROW_INCHES = 0.7
PANEL_INCHES = 2.9


def draw_demo(timeline: Timeline, sweeps: list[AmplitudeSweep], path: Path) -> Path:
    """Draw the picture into `path` and return it."""
    streams = {channel: stream for channel, stream in timeline.streams().items() if stream.pieces}
    rows = -(-len(sweeps) // COLUMNS)
    heights = [ROW_INCHES * len(streams), PANEL_INCHES * rows]
    figure = Figure(figsize=(13, sum(heights)), layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=heights)[:, 0]
    above.suptitle(f"'{timeline.name}': streams per channel, units of full scale (left: the drive pulses, closer)")
    grid = above.subplots(len(streams), 2, sharex="col", squeeze=False)
    dt = float(timeline.dt)
    whole = (0.0, timeline.duration * dt)
    draw_streams(streams, dt, list(grid[:, 0]), close_range_s(streams, dt) or whole)
    draw_streams(streams, dt, list(grid[:, 1]), whole)
    below.suptitle("Amplitude sweep of x, with the fit")
    panels = below.subplots(rows, min(COLUMNS, len(sweeps)), squeeze=False, sharey=True).ravel()
    for axis, sweep in zip(panels, sweeps, strict=False):
        _draw_rabi(axis, sweep)
    for axis in panels[len(sweeps) :]:
        axis.set_axis_off()
    figure.savefig(path, dpi=120)
    return path


def _draw_rabi(axis: Axes, sweep: AmplitudeSweep) -> None:
    # Binomial standard deviation, with a pseudo-count so that a point at 0 or 1 has some.
    share = (sweep.p1 * sweep.shots + 1) / (sweep.shots + 2)
    axis.errorbar(
        sweep.amplitudes,
        sweep.p1,
        np.sqrt(share * (1 - share) / sweep.shots),
        fmt="o",
        ms=4,
        color="#1f77b4",
        label="shots",
    )
    fine = np.linspace(sweep.amplitudes[0], sweep.amplitudes[-1], 400)
    axis.plot(fine, sweep.fit.curve(fine), color="#d95f02", label="fit")
    label = f"π amplitude {sweep.fit.pi_amplitude:.4f} ± {sweep.fit.pi_amplitude_error:.4f}"
    lowest, highest = -0.05, 1.4
    # Up to P(1) = 1 only: above stands the legend.
    top = (1.0 - lowest) / (highest - lowest)
    axis.axvline(sweep.fit.pi_amplitude, 0, top, color="#d95f02", linestyle="--", linewidth=1, label=label)
    device = f"device's x {sweep.calibrated:.4f}"
    axis.axvline(sweep.calibrated, 0, top, color="0.4", linestyle=":", linewidth=1, label=device)
    axis.set(xlabel="amplitude (full scale)", title=f"qubit {sweep.qubit}", ylim=(lowest, highest))
    place = axis.get_subplotspec()
    if place is None or place.is_first_col():
        axis.set_ylabel("P(1)")
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_yticks(np.linspace(0, 1, 6))
    axis.legend(fontsize=7, frameon=False, loc="upper center", ncols=1)
