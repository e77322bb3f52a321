"""demo-chip.png: the resonators above, drift below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runtime.cli.demo.findings import DriftTrack, ResonatorScan
from runtime.cli.demo.style import Palette, painted

__all__ = ["draw_chip"]

COLUMNS = 4


def draw_chip(scans: Sequence[ResonatorScan], track: DriftTrack, palette: Palette, path: Path) -> None:
    """Draw the picture into `path`."""
    rows = -(-len(scans) // COLUMNS)
    with painted(palette):
        figure = Figure(figsize=(13, 2.6 * rows + 3.4), layout="constrained")
        above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[2.6 * rows, 3.4])[:, 0]
        above.suptitle("Resonators: kernelled averages against the readout tone's frequency")
        panels = above.subplots(rows, COLUMNS, squeeze=False, sharex=True, sharey=True).ravel()
        for axis, scan in zip(panels, scans, strict=False):
            _draw_scan(axis, scan, palette)
        for axis in panels[len(scans) :]:
            axis.set_axis_off()
        _draw_drift(below.subplots(), track, palette)
        figure.savefig(path, dpi=110)


def _draw_scan(axis: Axes, scan: ResonatorScan, palette: Palette) -> None:
    fine = np.linspace(scan.offsets_hz[0], scan.offsets_hz[-1], 300)
    for response, fit, colour, what in zip(
        scan.responses, scan.fits, (palette.blue, palette.orange), ("nothing", "x"), strict=True
    ):
        axis.plot(scan.offsets_hz / 1e6, np.abs(response) * 1e3, "o", ms=3, color=colour, label=f"after {what}")
        axis.plot(fine / 1e6, fit.curve(fine) * 1e3, color=colour, linewidth=1)
    axis.axvline(0, color=palette.muted, linestyle=":", linewidth=1)
    axis.set_title(f"qubit {scan.qubit} moves it by {scan.shift_hz / 1e6:+.2f} MHz")
    place = axis.get_subplotspec()
    if place is None or place.is_first_col():
        axis.set_ylabel("|mean| (mV)")
    axis.set_xlabel("MHz from the readout tone")
    # Room for the legend above the curves; all panels share this axis.
    axis.set_ylim(0, max(axis.get_ylim()[1], 1.35e3 * max(fit.height_v for fit in scan.fits)))
    if place is None or place.num1 == 0:
        axis.legend(loc="upper right", fontsize=7)


def _draw_drift(axis: Axes, track: DriftTrack, palette: Palette) -> None:
    for qubit, changes, colour in zip(track.qubits, track.changes_hz.T, palette.lines, strict=False):
        axis.plot(track.seconds, changes / 1e3, "o-", ms=4, color=colour, label=f"qubit {qubit}")
    axis.axhline(0, color=palette.muted, linestyle=":", linewidth=1)
    axis.set(
        xlabel="seconds since the first; the chip ages as in six minutes each",
        ylabel="change of frequency (kHz)",
        title="Drift, seen by Ramsey programs",
    )
    axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
