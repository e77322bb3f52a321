"""Pictures of programs: one row for each channel."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runtime.pulse.channels import Channel
from runtime.pulse.drawing.canvas import Margins, blank, canvas_of
from runtime.pulse.drawing.device import Clock, carriers_of, clock_of
from runtime.pulse.drawing.labels import amount
from runtime.pulse.drawing.layout import WIDTH_IN, Layout, is_crowded, layout_of, left_out
from runtime.pulse.drawing.painter import Painter, Wishes
from runtime.pulse.drawing.scene import Program, Row, Scene, scene_of
from runtime.pulse.drawing.style import style_of
from runtime.pulse.drawing.surroundings import (
    draw_legend,
    draw_names,
    draw_time_axis,
    draw_title,
    header_in,
    names_width_in,
    row_notes,
)
from runtime.pulse.drawing.time_axis import time_axis
from runtime.pulse.exceptions import PulseError

__all__ = ["draw_program"]

_RIGHT_IN, _BELOW_IN = 0.35, 0.55


def draw_program(
    program: Program,
    *,
    style: object,
    backend: object,
    time_range: tuple[float, float] | None,
    time_unit: str,
    disable_channels: Iterable[Channel] | None,
    channels: Iterable[Channel] | None,
    wishes: Wishes,
    axis: Axes | None,
    breaks: bool,
) -> Figure:
    """Draw a program; see `Drawable.draw` for the arguments."""
    chosen = style_of(style)
    clock = clock_of(backend, time_unit)
    scene = scene_of(program)
    start, stop = checked_range(time_range, clock, scene.duration)
    rows = _chosen_rows(scene, _channels("channels", channels), _channels("disable_channels", disable_channels))
    seen = [row for row in (row.within(start, stop) for row in rows) if channels is not None or not row.is_empty]
    if not seen:
        canvas = canvas_of(axis, WIDTH_IN, 1.2, Margins(0.3, 0.3, 0.5, 0.3), chosen)
        blank(canvas, scene.name, _why_empty(scene, time_range, clock), chosen)
        return canvas.figure
    layout = layout_of(seen)
    if time_range is None:
        # Rows that are not drawn need no time either.
        stop = float(max(1, *(row.stop for row in layout.rows)))
    time = time_axis(layout.rows, start, stop, breaks=breaks)
    carriers = carriers_of(backend)
    notes = _notes(scene, layout, clock)
    peaks = {row.channel: row.peak() for row in layout.rows}
    small_print = row_notes(layout, peaks, carriers)
    margins = Margins(names_width_in(layout, small_print), _RIGHT_IN, header_in(notes, WIDTH_IN), _BELOW_IN)
    canvas = canvas_of(axis, WIDTH_IN, layout.height * layout.row_in, margins, chosen)
    if axis is not None:
        layout = replace(layout, row_in=canvas.height_in / layout.height)
        small_print = row_notes(layout, peaks, carriers)
    draw_time_axis(canvas, time, clock, chosen)
    canvas.axes.set_ylim(layout.height, 0)
    Painter(canvas, layout, time, clock, chosen, wishes).rows()
    draw_names(canvas.axes, layout, small_print, chosen)
    draw_title(canvas, scene.name, notes, chosen)
    draw_legend(canvas, layout, wishes, chosen)
    return canvas.figure


def checked_range(time_range: object, clock: Clock, duration: int) -> tuple[float, float]:
    """First and last instant of the picture in samples; the whole program if no range is given.

    Raises:
        PulseError: not two finite numbers in rising order.
    """
    if time_range is None:
        # An axis needs some length, also for a program that is over at once.
        return 0.0, float(duration or 1)
    ends = tuple(time_range) if isinstance(time_range, Iterable) else ()
    numbers = [float(end) for end in ends if isinstance(end, int | float) and math.isfinite(end)]
    if len(ends) != 2 or len(numbers) != 2 or numbers[0] >= numbers[1]:
        raise PulseError(
            "a time range is a pair of numbers", got=repr(time_range), allowed=f"(start, stop) in {clock.unit}"
        )
    return numbers[0] / clock.per_sample, numbers[1] / clock.per_sample


def _channels(what: str, given: object) -> Collection[Channel] | None:
    if given is None:
        return None
    items: list[object] = [given] if not isinstance(given, Iterable) else list(given)
    channels = [item for item in items if isinstance(item, Channel)]
    if len(channels) < len(items):
        raise PulseError(f"{what} takes channels", got=repr(given))
    return channels


def _chosen_rows(
    scene: Scene, wanted: Collection[Channel] | None, unwanted: Collection[Channel] | None
) -> list[Row]:
    """The rows to draw, in order; those asked for also where the program leaves them empty."""
    known = {row.channel for row in scene.rows}
    missing = [Row(channel) for channel in wanted or () if channel not in known]
    return [
        row
        for row in sorted([*scene.rows, *missing], key=lambda row: row.sort_key)
        if (wanted is None or row.channel in wanted) and row.channel not in (unwanted or ())
    ]


def _notes(scene: Scene, layout: Layout, clock: Clock) -> list[str]:
    length = f"{amount(scene.duration)} dt"
    if clock.dt_s is not None:
        length += f" = {amount(round(scene.duration * clock.dt_s * 1e9, 2))} ns"
    notes = [length]
    if layout.has_text and any(
        is_crowded(mark, WIDTH_IN) for row in layout.rows for mark in (row.plays, row.changes)
    ):
        notes.append("Crowded rows have no labels; a time_range shows them.")
    if layout.hidden:
        notes.append(
            f"{len(layout.hidden)} of {len(layout.hidden) + len(layout.rows)} channels do not fit and are not "
            f"shown: {left_out(layout.hidden)}. Choose with channels= or disable_channels=."
        )
    return notes


def _why_empty(scene: Scene, time_range: tuple[float, float] | None, clock: Clock) -> str:
    if not scene.rows:
        return "no instructions"
    if time_range is not None:
        start, stop = (amount(end) for end in time_range)
        return f"nothing happens on these channels from {start} to {stop} {clock.unit}"
    return "all channels are disabled"
