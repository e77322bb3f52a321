"""Figures that belong to nobody else: made without pyplot, so that no global state of matplotlib is touched."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from drivers.contract.drawing import Picture
from runtime.pulse.drawing.style import DrawingStyle
from runtime.pulse.exceptions import PulseError

__all__ = ["Canvas", "Margins", "blank", "canvas_of"]


@dataclass(frozen=True, slots=True)
class Canvas:
    """Axes to draw on, and their size in inches."""

    figure: Figure
    axes: Axes
    width_in: float
    height_in: float


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around the axes, inches."""

    left: float
    right: float
    above: float
    below: float


def canvas_of(axis: object, width_in: float, height_in: float, margins: Margins, style: DrawingStyle) -> Canvas:
    """The user's axes with the size that they have, or a new figure with axes of the given size."""
    if axis is not None:
        return _given(axis, style)
    whole = (width_in + margins.left + margins.right, height_in + margins.above + margins.below)
    figure = Picture(figsize=whole, facecolor=style.background)
    place = (margins.left / whole[0], margins.below / whole[1], width_in / whole[0], height_in / whole[1])
    return Canvas(figure, figure.add_axes(place, facecolor=style.background), width_in, height_in)


def _given(axis: object, style: DrawingStyle) -> Canvas:
    if not isinstance(axis, Axes):
        raise PulseError("axis takes the axes of a matplotlib figure", got=repr(axis))
    figure = axis.get_figure()
    while isinstance(figure, SubFigure):
        figure = figure.figure
    if figure is None:
        raise PulseError("the axes belong to no figure any more", got=repr(axis))
    axis.set_facecolor(style.background)
    extent = axis.get_window_extent()
    return Canvas(figure, axis, extent.width / figure.dpi, extent.height / figure.dpi)


def blank(canvas: Canvas, title: str, message: str, style: DrawingStyle) -> None:
    """A picture that says why there is nothing in it."""
    canvas.axes.set_title(title, loc="left", color=style.text, fontsize=11, fontweight="bold")
    canvas.axes.text(
        0.5, 0.5, message, transform=canvas.axes.transAxes, ha="center", va="center", color=style.muted
    )
    canvas.axes.set_xticks([])
    canvas.axes.set_yticks([])
    for spine in canvas.axes.spines.values():
        spine.set_color(style.muted)
        spine.set_linestyle(":")
