"""demo-readout.png: from a raw shot to states."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from runtime.cli.demo.findings import LineLook, ReadoutLook
from runtime.cli.demo.style import Palette, painted
from runtime.results import Result
from runtime.results.kernels import demodulated

__all__ = ["draw_readout"]

SMOOTH_S = 0.2e-6
"""Of the demodulated traces: what the other tones add is gone, and a resonator's ring-up is not."""
SHOWN_S = 0.6e-6


def draw_readout(look: ReadoutLook, line: LineLook, lo_hz: float, palette: Palette, path: Path) -> None:
    """Draw the picture into `path`; `lo_hz` is the oscillator that the line is mixed down with."""
    with painted(palette):
        figure = Figure(figsize=(13, 10.5), layout="constrained")
        above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[1, 1.9])[:, 0]
        raw, ringing, spectrum = above.subplots(1, 3)
        _draw_raw(raw, line, palette)
        _draw_ringing(ringing, line.traces, palette)
        _draw_spectrum(spectrum, line, lo_hz, palette)
        below.suptitle("Single shots in the IQ plane, and the boundaries that training put between their states")
        panels = below.subplots(2, 4, squeeze=False).ravel()
        for axis, (qubit, trained) in zip(panels, look.trained.items(), strict=False):
            trained.draw_plane(axis, palette.name, legend=axis is panels[0])
            axis.set_title(f"qubit {qubit}, fidelity {trained.fidelity:.3f}")
        for axis in panels[len(look.trained) : -1]:
            axis.set_axis_off()
        look.levels.draw_plane(panels[-1], palette.name, legend=True)
        first = next(iter(look.trained))
        panels[-1].set_title(f"qubit {first}, three states, fidelity {look.levels.fidelity:.3f}")
        figure.savefig(path, dpi=110)


def _draw_raw(axis: Axes, line: LineLook, palette: Palette) -> None:
    """One shot's I, and the mean of many."""
    rate = line.shot.sample_rate_hz
    shown = slice(0, int(SHOWN_S * rate))
    shot, mean = line.shot.data[0, 0].real[shown], line.traces[0].data[0].real[shown]
    times_ns = np.arange(shot.size) / rate * 1e9
    axis.plot(times_ns, shot * 1e3, color=palette.muted, linewidth=0.7, alpha=0.7, label="one shot")
    axis.plot(times_ns, mean * 1e3, color=palette.blue, linewidth=1.2, label=f"mean of {line.traces[0].shots}")
    axis.set(xlabel="time (ns)", ylabel="I at the digitizer (mV)", title="raw: seven tones under noise")
    _legend_above(axis, 2)


def _draw_ringing(axis: Axes, traces: Sequence[Result], palette: Palette) -> None:
    """The first qubit's tone alone, after nothing and after x."""
    for result, colour, what in zip(traces, (palette.blue, palette.orange), ("nothing", "x"), strict=True):
        rate = result.sample_rate_hz
        smooth = _smooth(demodulated(result.data[0], result.windows[0], rate), int(SMOOTH_S * rate))
        times_us = (np.arange(smooth.size) + SMOOTH_S * rate / 2) / rate * 1e6
        axis.plot(times_us, smooth.real * 1e3, color=colour, label=f"I after {what}")
        axis.plot(times_us, smooth.imag * 1e3, color=colour, linestyle=":", label=f"Q after {what}")
    axis.set(xlabel="time (µs)", ylabel="mean, demodulated (mV)", title="qubit 0: its resonator's two answers")
    _legend_above(axis, 2)


def _smooth(trace: NDArray[np.complex128], samples: int) -> NDArray[np.complex128]:
    taper = np.hanning(samples + 2)[1:-1]
    return np.convolve(trace, taper / taper.sum(), "valid")


def _draw_spectrum(axis: Axes, line: LineLook, lo_hz: float, palette: Palette) -> None:
    """Each qubit's tone, named."""
    found = line.spectrum
    density = found.density[0] * 1e12
    axis.semilogy(found.frequencies_hz / 1e6, density, color=palette.blue, linewidth=0.8)
    for window in line.shot.windows:
        near = np.abs(found.frequencies_hz - window.if_frequency_hz) < 2 * found.resolution_hz
        place = window.if_frequency_hz / 1e6, density[near].max() * 1.3
        axis.annotate(f"q{window.qubit}", place, ha="center", va="bottom", fontsize=8, color=palette.orange)
    reach = 1.25 * max(abs(window.if_frequency_hz) for window in line.shot.windows) / 1e6
    axis.set(
        xlabel=f"MHz from {lo_hz / 1e9:g} GHz",
        ylabel="power spectral density (µV²/Hz)",
        title="what is on the line",
        xlim=(-reach, reach),
    )
    axis.set_ylim(top=axis.get_ylim()[1] * 2)


def _legend_above(axis: Axes, columns: int) -> None:
    """Room above the curves, and the legend in it."""
    lowest, highest = axis.get_ylim()
    axis.set_ylim(lowest, highest + 0.3 * (highest - lowest))
    axis.legend(loc="upper center", ncols=columns)
