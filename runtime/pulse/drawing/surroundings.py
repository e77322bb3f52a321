"""What stands around the rows: their names, the time axis with its breaks, title and legend."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from runtime.pulse.channels import Channel
from runtime.pulse.drawing.canvas import Canvas
from runtime.pulse.drawing.device import Clock
from runtime.pulse.drawing.labels import amount, frequency_text, text_width_in
from runtime.pulse.drawing.layout import Lane, Layout
from runtime.pulse.drawing.painter import Wishes
from runtime.pulse.drawing.style import DrawingStyle
from runtime.pulse.drawing.time_axis import TimeAxis

__all__ = [
    "draw_legend",
    "draw_names",
    "draw_time_axis",
    "draw_title",
    "header_in",
    "names_width_in",
    "row_notes",
    "write_above",
]

_NOTE_PT = 7.0
_TICK_PT = 8.5
_TITLE_PT = 11.0
_SUBTITLE_PT = 8.5
_BREAKS_ABOVE_PT = 3.0
_SUBTITLE_ABOVE_PT = 15.0


def row_notes(layout: Layout, peaks: Mapping[Channel, float], carriers: Mapping[Channel, float]) -> list[str]:
    """The small print under each channel's name: what its full height stands for, and its carrier."""
    notes = []
    for row in layout.rows:
        parts = []
        if peaks.get(row.channel):
            parts.append(f"±{peaks[row.channel]:.3g}")
        if row.channel in carriers:
            parts.append(frequency_text(carriers[row.channel]))
        notes.append("\n".join(parts) if layout.has_text else "")
    return notes


def names_width_in(layout: Layout, notes: list[str]) -> float:
    """Room that names and notes need left of the axes, inches."""
    names = [text_width_in(row.channel.name, _name_pt(layout)) * 1.15 for row in layout.rows]
    return max([0.3, *names, *(text_width_in(note, _NOTE_PT) for note in notes)]) + 0.2


def draw_names(axes: Axes, layout: Layout, notes: list[str], style: DrawingStyle) -> None:
    """Each channel's name left of its row."""
    axes.set_yticks([])
    for number, (row, note) in enumerate(zip(layout.rows, notes, strict=True)):
        middle = layout.middle(number)
        lift = 0.0 if not note else 0.1 * (1 + note.count("\n"))
        across = axes.get_yaxis_transform()
        name = axes.text(-0.008, middle - lift, row.channel.name, transform=across, ha="right", va="center")
        name.set(color=style.text, fontweight="bold", fontsize=_name_pt(layout))
        if note:
            small = axes.text(-0.008, middle - lift + 0.12, note, transform=across, ha="right", va="top")
            small.set(color=style.muted, fontsize=_NOTE_PT)


def draw_time_axis(canvas: Canvas, time: TimeAxis, clock: Clock, style: DrawingStyle) -> None:
    """Limits, ticks, unit, and a mark for each stretch that is shortened."""
    axes = canvas.axes
    if time.shortened:
        scale = clock.per_sample
        axes.set_xscale(
            "function",
            functions=(lambda x: time.place(np.asarray(x) / scale), lambda x: time.instant(x) * scale),
        )
    # A little air, so that what stands at the ends is not cut.
    air = 0.006 * time.length
    ends = time.instant([time.places[0] - air, time.places[-1] + air]) * clock.per_sample
    axes.set_xlim(ends[0], ends[1])
    ticks = np.array(time.ticks(clock.per_sample)) * clock.per_sample
    axes.set_xticks(ticks, [amount(round(tick, 6)) for tick in ticks], fontsize=_TICK_PT)
    axes.minorticks_off()
    axes.tick_params(colors=style.text, length=3)
    axes.set_xlabel(f"time ({clock.unit})", color=style.text, fontsize=_TICK_PT + 0.5)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(style.muted)
    _draw_breaks(canvas, time, clock, style)


def draw_title(canvas: Canvas, title: str, notes: list[str], style: DrawingStyle) -> None:
    """The title, and under it lines of small print."""
    lines = wrapped(notes, canvas.width_in)
    above = _SUBTITLE_ABOVE_PT + len(lines) * _SUBTITLE_PT * 1.35 + 3
    for text, height, size, color, weight in (
        (title, above, _TITLE_PT, style.text, "bold"),
        ("\n".join(lines), _SUBTITLE_ABOVE_PT, _SUBTITLE_PT, style.muted, "normal"),
    ):
        write_above(canvas, text, height, size_pt=size, color=color, weight=weight)


def write_above(canvas: Canvas, text: str, height_pt: float, *, size_pt: float, color: str, weight: str) -> None:
    """Text above the left end of the axes."""
    canvas.axes.annotate(
        text,
        (0, 1),
        (0, height_pt),
        xycoords="axes fraction",
        textcoords="offset points",
        color=color,
        fontsize=size_pt,
        fontweight=weight,
        va="bottom",
    )


def header_in(notes: list[str], width_in: float) -> float:
    """Room that title, notes and breaks need above the axes, inches."""
    lines = len(wrapped(notes, width_in))
    return (_SUBTITLE_ABOVE_PT + lines * _SUBTITLE_PT * 1.35 + 3 + _TITLE_PT * 1.4 + 5) / 72


def wrapped(notes: list[str], width_in: float) -> list[str]:
    """The notes, broken into lines that leave the legend its room."""
    characters = int((width_in - 5.0) / text_width_in("x", _SUBTITLE_PT) * 1.15)
    return [line for note in notes for line in textwrap.wrap(note, max(characters, 20))]


def draw_legend(canvas: Canvas, layout: Layout, wishes: Wishes, style: DrawingStyle) -> None:
    """What the colours mean, for what is in the picture."""
    rows = layout.rows
    entries: list[Artist] = []
    if any(not play.is_open for row in rows for play in row.plays):
        entries.append(Line2D([], [], color=style.real, label="real"))
        entries.append(Line2D([], [], color=style.imaginary, label="imaginary"))
    if any(play.is_open for row in rows for play in row.plays):
        entries.append(
            Patch(facecolor=style.opaque, edgecolor=style.muted, alpha=0.6, hatch="////", label="open parameters")
        )
    if wishes.frame_changes and any(row.changes for row in rows):
        entries.append(
            Line2D([], [], color=style.frame, marker="D", markersize=4, linestyle="none", label="frame change")
        )
    if any(row.acquisitions for row in rows):
        entries.append(Patch(facecolor=style.acquire, alpha=0.5, label="acquisition"))
    if wishes.barriers and any(row.barriers for row in rows):
        entries.append(Line2D([], [], color=style.muted, linestyle=(0, (5, 2, 1, 2)), label="barrier"))
    if not entries:
        return
    figure = canvas.figure
    lifted = canvas.axes.transAxes + ScaledTranslation(0, _SUBTITLE_ABOVE_PT / 72, figure.dpi_scale_trans)
    canvas.axes.legend(
        handles=entries,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        bbox_transform=lifted,
        borderaxespad=0,
        frameon=False,
        fontsize=7.5,
        labelcolor=style.text,
        ncols=min(len(entries), 5),
        handlelength=1.4,
        columnspacing=1.2,
    )


def _draw_breaks(canvas: Canvas, time: TimeAxis, clock: Clock, style: DrawingStyle) -> None:
    axes = canvas.axes
    lane = Lane()
    across = axes.get_xaxis_transform()
    for (low, high), gap in zip(time.shortened, time.gaps, strict=True):
        middle = sum(gap) / 2
        edges = time.instant(gap) * clock.per_sample
        axes.axvspan(*edges, color=style.background, linewidth=0, zorder=8)
        for edge in edges:
            axes.axvline(edge, color=style.muted, linewidth=0.8, linestyle=(0, (1, 2)), zorder=9)
        for edge in edges:
            axes.plot(
                edge, 0, marker=[(-0.5, -1), (0.5, 1)], markersize=9, color=style.text, transform=across,
                linestyle="none", clip_on=False, zorder=10,
            )  # fmt: skip
        text = f"{amount((high - low) * clock.per_sample)} {clock.unit}"
        width = text_width_in(text, _NOTE_PT) / canvas.width_in * time.length
        if lane.take(middle - width / 2, middle + width / 2):
            x = float(time.instant(middle)) * clock.per_sample
            axes.annotate(
                text, (x, 1), (0, _BREAKS_ABOVE_PT), xycoords=across, textcoords="offset points",
                ha="center", va="bottom", fontsize=_NOTE_PT, color=style.muted, annotation_clip=False,
            )  # fmt: skip


def _name_pt(layout: Layout) -> float:
    return min(10.0, max(layout.row_in * 72 * 0.62, 6.0))
