"""Rows on the axes: what happens on each channel."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from runtime.pulse.drawing.canvas import Canvas
from runtime.pulse.drawing.device import Clock
from runtime.pulse.drawing.envelopes import curve
from runtime.pulse.drawing.labels import amount, change_label, frequency_label, text_width_in
from runtime.pulse.drawing.layout import Lane, Layout, is_crowded
from runtime.pulse.drawing.scene import AcquireMark, PlayMark, Row
from runtime.pulse.drawing.style import DrawingStyle
from runtime.pulse.drawing.time_axis import TimeAxis
from runtime.pulse.library.pulse import ComplexArray, FloatArray

__all__ = ["Painter", "Wishes"]

_LABEL_PT = 7.5
_POINTS_AN_INCH = 300
_MANY_PULSES = 400
"""From here on lines are drawn thin."""
_ROOM_FOR_SLOTS_IN = 0.2
_LINE_IN = 0.12
_AIR_IN = 0.08
_GAP = np.full(1, np.nan)
_COMPLEX_GAP = np.full(1, np.nan, np.complex128)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user wants to see."""

    frame_changes: bool = True
    waveform_info: bool = True
    barriers: bool = True
    snapshots: bool = True


@dataclass(frozen=True, slots=True)
class Painter:
    """Draws rows onto axes whose x is time in the clock's unit and whose y is that of the layout, downwards."""

    canvas: Canvas
    layout: Layout
    time: TimeAxis
    clock: Clock
    style: DrawingStyle
    wishes: Wishes

    @property
    def axes(self) -> Axes:
        """Where to draw."""
        return self.canvas.axes

    def rows(self) -> None:
        """Every row: band, baseline, what happens on it."""
        for number, row in enumerate(self.layout.rows):
            top, height = self.layout.tops[number], self.layout.heights[number]
            if number % 2:
                self.axes.axhspan(top, top + height, color=self.style.band, linewidth=0, zorder=0)
            middle = self.layout.middle(number)
            self.axes.axhline(middle, color=self.style.muted, linewidth=0.6, alpha=0.6, zorder=1)
            self._delays(row, middle)
            self._pulses(row, middle)
            self._acquisitions(row, middle, height)
            if self.wishes.barriers and row.barriers:
                self._barriers(row, top, height)
            if self.wishes.frame_changes and row.changes:
                self._changes(row, middle, height)
            if self.wishes.snapshots:
                self._snapshots(row, middle)

    # Pulses

    def _pulses(self, row: Row, middle: float) -> None:
        closed = [play for play in row.plays if not play.is_open]
        peak = row.peak()
        scale = self.layout.swing / peak if peak else 0.0
        instants, values = self._curves(closed)
        times = instants * self.clock.per_sample
        drawn = ~np.isnan(times)
        width = 1.1 if len(closed) <= _MANY_PULSES else 0.5
        for part, color, shade, depth in (
            (values.real, self.style.real, 0.3, 3),
            (values.imag, self.style.imaginary, 0.2, 4),
        ):
            heights = middle - scale * part
            # Curves end at zero, so one polygon shades them all; matplotlib takes long over many.
            area = self.axes.fill_between(times[drawn], heights[drawn], middle, color=color, linewidth=0)
            area.set(alpha=shade, zorder=depth)
            self.axes.plot(times, heights, color=color, linewidth=width, zorder=depth)
        for play in row.plays:
            if play.is_open:
                look = Rectangle((0, 0), 0, 0, facecolor=self.style.opaque, edgecolor=self.style.muted)
                look.set(alpha=0.5, linewidth=0.9, hatch="////", zorder=2)
                self._box(play, middle, self.layout.swing, look)
        if self.wishes.waveform_info and self.layout.has_text and not self._is_crowded(row.plays):
            lane = Lane()
            for play in row.plays:
                span = (play.start, play.stop)
                self._label(lane, _pulse_text(play), span, middle - 0.48, color=self.style.text, va="top")

    def _curves(self, plays: Sequence[PlayMark]) -> tuple[FloatArray, ComplexArray]:
        """All envelopes of a row as one line, with gaps of NaN."""
        start, stop = float(self.time.instants[0]), float(self.time.instants[-1])
        # As dense as where time is not shortened, because that is where an envelope changes.
        density = self.canvas.width_in * _POINTS_AN_INCH / self.time.length
        instants: list[FloatArray] = [np.empty(0)]
        values: list[ComplexArray] = [np.empty(0, np.complex128)]
        for play in plays:
            piece = curve(play, start, stop, points=max(8, int((play.stop - play.start) * density)))
            instants += [piece[0], _GAP]
            values += [piece[1], _COMPLEX_GAP]
        return np.concatenate(instants), np.concatenate(values)

    # The rest

    def _acquisitions(self, row: Row, middle: float, height: float) -> None:
        lane = Lane()
        for mark in row.acquisitions:
            look = Rectangle((0, 0), 0, 0, facecolor=_mixed(self.style.acquire, self.style.background, 0.35))
            look.set(edgecolor=self.style.acquire, linewidth=0.9, zorder=2)
            self._box(mark, middle, 0.36 * height, look)
            if self.layout.row_in * height >= _ROOM_FOR_SLOTS_IN:
                span = (mark.start, mark.stop)
                self._label(lane, f"→ {mark.slots}", span, middle, color=self.style.text, va="center")

    def _delays(self, row: Row, middle: float) -> None:
        if not row.delays:
            return
        edges = np.array(row.delays, dtype=np.float64) * self.clock.per_sample
        tick = 0.05 / self.layout.row_in
        ends = edges.ravel()
        self.axes.hlines(np.full(len(edges), middle), edges[:, 0], edges[:, 1], self.style.muted, linewidth=0.9)
        self.axes.vlines(ends, middle - tick, middle + tick, self.style.muted, linewidth=0.9)
        if not (self.layout.has_text and self.wishes.waveform_info) or self._is_crowded(row.delays):
            return
        lane = Lane()
        for start, stop in row.delays:
            text = f"{amount((stop - start) * self.clock.per_sample)} {self.clock.unit}"
            if self.time.share(start, stop) * self.canvas.width_in > text_width_in(text, _LABEL_PT):
                self._label(lane, text, (start, stop), middle - 0.04, color=self.style.muted, va="bottom")

    def _changes(self, row: Row, middle: float, height: float) -> None:
        labelled = self.layout.has_text and not self._is_crowded(row.changes)
        for is_open in (False, True):
            instants = [instant for instant, change in row.changes.items() if change.is_open is is_open]
            self.axes.plot(
                np.array(instants) * self.clock.per_sample,
                np.full(len(instants), middle),
                linestyle="none",
                marker="D" if labelled else "|",
                markersize=4.5 if labelled else 6,
                color=self.style.frame,
                markerfacecolor=self.style.background if is_open else self.style.frame,
                zorder=6,
            )
        if not labelled:
            return
        x = np.array(list(row.changes)) * self.clock.per_sample
        foot = middle + height / 2
        self.axes.vlines(x, middle, foot - 0.16, self.style.frame, linewidth=0.9, zorder=5)
        # What finds no room in the lane at the foot of the row moves up into the one above.
        lanes = [(Lane(), foot - 0.01), (Lane(), foot - 0.01 - _LINE_IN / self.layout.row_in)]
        for instant, change in sorted(row.changes.items()):
            for lane, y in lanes:
                span = (instant, instant)
                if self._label(lane, change_label(change), span, y, color=self.style.frame, va="bottom"):
                    break

    def _barriers(self, row: Row, top: float, height: float) -> None:
        x = np.array(row.barriers) * self.clock.per_sample
        line = (0, (5, 2, 1, 2))
        self.axes.vlines(x, top, top + height, self.style.muted, linewidth=1.1, linestyles=line, zorder=5)

    def _snapshots(self, row: Row, middle: float) -> None:
        lane = Lane()
        for instant, label in row.snapshots:
            x = instant * self.clock.per_sample
            self.axes.axvline(x, color=self.style.snapshot, linewidth=0.9, linestyle="--", zorder=5)
            # Beside its line: to the right, or where that would leave the axes to the left.
            width = text_width_in(f" {label} ", _LABEL_PT) / self.canvas.width_in * self.time.length
            place = float(self.time.place(instant))
            leftward = place + width > float(self.time.places[-1])
            ha: Literal["left", "right"] = "right" if leftward else "left"
            if lane.take(place - width if leftward else place, place if leftward else place + width):
                text = self.axes.text(x, middle, f"{label} " if leftward else f" {label}", ha=ha, va="center")
                text.set(color=self.style.snapshot, fontsize=_LABEL_PT, zorder=7)
                self._give_halo(text)

    def _is_crowded(self, marks: Sized) -> bool:
        return is_crowded(marks, self.canvas.width_in)

    def _box(self, mark: PlayMark | AcquireMark, middle: float, half: float, look: Rectangle) -> None:
        """A box over all of what is marked, `half` above and below the middle, that looks like `look`."""
        x, width = mark.start * self.clock.per_sample, (mark.stop - mark.start) * self.clock.per_sample
        look.set_bounds(x, middle - half, width, 2 * half)
        self.axes.add_patch(look)

    def _label(
        self,
        lane: Lane,
        text: str,
        span: tuple[float, float],
        y: float,
        *,
        color: str,
        va: Literal["top", "center", "bottom"],
    ) -> bool:
        """A text at the middle of what is seen of the span, moved to stay inside of the axes; whether it fits."""
        middle = float(self.time.place(np.clip(span, self.time.instants[0], self.time.instants[-1])).mean())
        half = (text_width_in(text, _LABEL_PT) / 2 + _AIR_IN / 2) / self.canvas.width_in * self.time.length
        low, high = float(self.time.places[0]), float(self.time.places[-1])
        middle = min(max(middle, low + half), max(high - half, low + half))
        for left, right in self.time.gaps:
            if left - half < middle < right + half:
                middle = left - half
        if not lane.take(middle - half, middle + half):
            return False
        x = float(self.time.instant(middle)) * self.clock.per_sample
        label = self.axes.text(x, y, text, color=color, fontsize=_LABEL_PT, ha="center", va=va, zorder=11)
        self._give_halo(label)
        return True

    def _give_halo(self, text: Text) -> None:
        """Keep a label legible over lines, envelopes and hatching."""
        text.set_path_effects([withStroke(linewidth=2, foreground=self.style.background, alpha=0.8)])


def _mixed(color: str, ground: str, share: float) -> tuple[float, float, float]:
    """The colour as it looks with this opacity on its ground, but hiding what is below."""
    red, green, blue = share * np.array(to_rgb(color)) + (1 - share) * np.array(to_rgb(ground))
    return float(red), float(green), float(blue)


def _pulse_text(play: PlayMark) -> str:
    """The pulse's name or kind, what is open in it, and the frame's frequency if it is not the carrier's."""
    kind = getattr(play.pulse, "pulse_type", type(play.pulse).__name__)
    text = play.pulse.name or str(kind)
    if play.is_open:
        text += f"({', '.join(sorted(p.name for p in play.pulse.open_parameters))})"
    if play.frequency.formulas or play.frequency.sets or play.frequency.value:
        text += f" at {frequency_label(play.frequency)}"
    return text
