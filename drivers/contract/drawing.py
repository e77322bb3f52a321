"""Pictures of signals: a row for each channel or port, in time and as spectrum.

Rows share one pair of axes, so that a device of hundreds of channels takes no longer to draw than its samples do.
This module loads matplotlib: import it where something is drawn.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from drivers.contract.colours import Colours
from drivers.contract.timescale import Span, Timescale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Picture", "Row", "draw_rows"]

Samples = NDArray[np.float64] | NDArray[np.complex128] | NDArray[np.complex64]

TOP_INCHES, ROW_INCHES, LEAST_INCHES, SPACIOUS = 1.1, 0.75, 0.21, 8
"""A figure's margins; a row where there are no more than the last number, and one of very many."""
COLUMN_INCHES = 4.2
FILL = 0.42
"""How far a signal reaches from the middle of its row."""
MOST_POINTS = 2400
"""Of a piece; a longer one is drawn as its highest and lowest points, or a picture would show beats."""
MOST_LINES = 1200
"""Of a spectrum, likewise."""
LEAST_SAMPLES, MOST_SAMPLES = 1 << 14, 1 << 16
"""That a spectrum is taken of; silence makes up for less."""
FLOOR_DB = -80.0
LOUD_DB = -30.0
"""The spectrum is shown as far as any row has more than this."""


class Picture(Figure):
    """A figure that shows itself in a notebook, whether or not pyplot is in use there."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What one channel or port emits."""

    label: str
    rate_hz: float
    pieces: Sequence[tuple[float, Samples]]
    """Start in seconds and samples, in order of time; silence is left out."""
    ticks_s: Sequence[float] = ()
    """Where events begin."""
    markers_s: Sequence[Span] = ()
    """When a marker is high."""

    @property
    def peak(self) -> float:
        """The largest magnitude of a real or imaginary part, units of full scale."""
        parts = [part for _, samples in self.pieces for part in _parts(samples)]
        return float(np.max([np.abs(part).max(initial=0.0) for part in parts], initial=0.0))


def draw_rows(
    rows: Sequence[Row],
    title: str,
    timescales: Sequence[Timescale],
    *,
    frequency_label: str,
    colours: Colours,
    spectra: bool = True,
) -> Picture:
    """A figure of signals.

    Args:
        rows: from top to bottom.
        title: above all.
        timescales: a column of axes for each; the last one stands beside the spectra.
        frequency_label: what stands below the spectra.
        colours: of everything.
        spectra: a further column with the power of each row, dB below its largest.
    """
    height = _row_inches(len(rows))
    columns = len(timescales) + spectra
    size = (1.6 + COLUMN_INCHES * columns, TOP_INCHES + height * max(len(rows), 1))
    figure = Picture(figsize=size, facecolor=colours.background, layout="constrained")
    figure.suptitle(title, color=colours.text)
    grid = figure.subplots(1, columns, squeeze=False, sharey=True)[0]
    for axis, timescale in zip(grid, timescales, strict=False):
        _frame(axis, rows, colours, height)
        timescale.draw_on(axis, colours)
        for number, row in enumerate(rows):
            _draw_signal(axis, len(rows) - 1 - number, row, timescale, colours)
    _draw_peaks(grid[len(timescales) - 1], rows, colours)
    if spectra:
        _frame(grid[-1], rows, colours, height)
        _draw_spectra(grid[-1], rows, colours)
        grid[-1].set_xlabel(f"{frequency_label} (dB below the largest, {-FLOOR_DB:.0f} dB a row)")
    if any(np.iscomplexobj(samples) for row in rows for _, samples in row.pieces):
        handles = [grid[0].plot([], [], color=color)[0] for color in (colours.real, colours.imaginary)]
        figure.legend(handles, ["real", "imaginary"], loc="outside upper right", frameon=False, ncols=2)
        for text in figure.legends[0].get_texts():
            text.set_color(colours.text)
    return figure


def _row_inches(count: int) -> float:
    """Rows of a few have room; many get less each, but never less than a line of text."""
    return max(LEAST_INCHES, ROW_INCHES * min(1.0, math.sqrt(SPACIOUS / max(count, 1))))


def _frame(axis: Axes, rows: Sequence[Row], colours: Colours, height: float) -> None:
    """Labels at the left, a baseline a row, and how large its signal is."""
    size = float(np.clip(22 * height, 5.5, 10))
    places = np.arange(len(rows))[::-1]
    axis.set_facecolor(colours.background)
    axis.set_ylim(-0.5, max(len(rows), 1) - 0.5)
    axis.set_yticks(places, [row.label for row in rows], fontsize=size, fontweight="bold", color=colours.text)
    axis.tick_params(axis="y", length=0)
    axis.tick_params(axis="x", labelsize=8, colors=colours.text, which="both")
    axis.xaxis.label.set_color(colours.text)
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.spines["bottom"].set_color(colours.muted)
    axis.hlines(places[:-1] - 0.5, 0, 1, transform=axis.get_yaxis_transform(), color=colours.muted, linewidth=0.2)


def _draw_signal(axis: Axes, place: int, row: Row, timescale: Timescale, colours: Colours) -> None:
    """One row in time, as high as its largest sample, which is written beside it."""
    peak = row.peak
    axis.axhline(place, color=colours.muted, linewidth=0.5, zorder=0)
    for start, stop in row.markers_s:
        left, right = timescale.places(np.array([start, stop]))
        axis.fill_between(
            [left, right], place - FILL, place - FILL / 2, color=colours.imaginary, alpha=0.3, linewidth=0
        )
    colors = (colours.real, colours.imaginary)
    lines: list[list[NDArray[np.float64]]] = [[], []]
    for start, samples in row.pieces:
        if not timescale.shows(start, start + samples.size / row.rate_hz):
            continue
        for line, part in zip(lines, _parts(samples), strict=False):
            times, values = _thinned(part)
            line.append(np.array([timescale.places(start + times / row.rate_hz), values]))
            line.append(np.full((2, 1), np.nan))
    for line, color, order in zip(lines, colors, (2, 3), strict=True):
        if line:
            x, y = np.concatenate(line, axis=1)
            axis.plot(x, place + FILL / (peak or 1.0) * y, color=color, linewidth=0.8, zorder=order)
    if len(row.ticks_s):
        ticks = timescale.places(np.array(row.ticks_s))
        axis.plot(ticks, np.full(ticks.size, place - FILL), "|", color=colours.text, markersize=5)


def _draw_peaks(axis: Axes, rows: Sequence[Row], colours: Colours) -> None:
    """How large each signal is, behind its row."""
    for number, row in enumerate(rows):
        place = len(rows) - 1 - number
        note = axis.text(1.0, place, f" {row.peak:.2g}", transform=axis.get_yaxis_transform(), va="center")
        note.set(fontsize=6, color=colours.muted)


def _draw_spectra(axis: Axes, rows: Sequence[Row], colours: Colours) -> None:
    spectra = [_spectrum(row) if row.pieces else (np.zeros(1), np.zeros(1)) for row in rows]
    widest = max(
        (np.abs(frequencies[power > LOUD_DB]).max(initial=0.0) for frequencies, power in spectra), default=0
    )
    limit = max((row.rate_hz / 2 for row in rows), default=1.0)
    right = min(limit, 1.3 * float(widest)) or limit
    for number, (row, (frequencies, power)) in enumerate(zip(rows, spectra, strict=True)):
        if row.pieces:
            shown = np.abs(frequencies) <= right
            at, decibels = _thinned(power[shown], MOST_LINES)
            height = len(rows) - 1 - number - FILL + 2 * FILL * (1 - decibels / FLOOR_DB)
            places = np.interp(at - 0.5, np.arange(np.count_nonzero(shown)), frequencies[shown])
            axis.plot(places / 1e6, height, color=colours.real, linewidth=0.7)
    two_sided = any(np.iscomplexobj(samples) for row in rows for _, samples in row.pieces)
    axis.set_xlim(-right / 1e6 if two_sided else 0.0, right / 1e6)


def _spectrum(row: Row) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies in Hz, and dB below the largest; of real signals only from 0 on.

    Each piece is taken with as much silence around it as it is long: the phase between pieces is in the pieces,
    and leaving out silence only makes lines less sharp.
    """
    kept: list[NDArray[Any]] = []
    for _, samples in row.pieces:
        kept.append(np.pad(samples, samples.size // 2))
        if sum(one.size for one in kept) >= MOST_SAMPLES:
            break
    joined = np.concatenate(kept)[:MOST_SAMPLES]
    size = max(LEAST_SAMPLES, 1 << (joined.size - 1).bit_length())
    power = np.abs(np.fft.fftshift(np.fft.fft(joined, size))) ** 2
    decibels = 10 * np.log10(np.maximum(power / (power.max() or 1.0), 10 ** (FLOOR_DB / 10)))
    frequencies = np.fft.fftshift(np.fft.fftfreq(size, 1 / row.rate_hz))
    first = 0 if np.iscomplexobj(joined) else size // 2
    return frequencies[first:], decibels[first:]


def _parts(samples: Samples) -> tuple[NDArray[np.float64], ...]:
    parts = (samples.real, samples.imag) if np.iscomplexobj(samples) else (samples,)
    return tuple(np.asarray(part, np.float64) for part in parts)


def _thinned(
    values: NDArray[np.float64], most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The middles of samples and their values; of very many the lowest and the highest of each handful."""
    size = -(-2 * values.size // most)
    if size <= 2:
        return np.arange(values.size, dtype=np.float64) + 0.5, values
    groups = np.pad(values, (0, -values.size % size), mode="edge").reshape(-1, size)
    middles = (np.arange(len(groups), dtype=np.float64) + 0.5) * size
    return np.repeat(middles, 2), np.stack([groups.min(axis=1), groups.max(axis=1)], axis=1).ravel()
