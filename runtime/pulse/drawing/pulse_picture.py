"""Pictures of one pulse: its envelope against time, with a scale."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from runtime.pulse.drawing.canvas import Canvas, Margins, canvas_of
from runtime.pulse.drawing.changes import UNCHANGED
from runtime.pulse.drawing.device import Clock, clock_of
from runtime.pulse.drawing.envelopes import curve
from runtime.pulse.drawing.labels import amount
from runtime.pulse.drawing.program import checked_range
from runtime.pulse.drawing.scene import PlayMark
from runtime.pulse.drawing.style import DrawingStyle, style_of
from runtime.pulse.drawing.surroundings import write_above
from runtime.pulse.exceptions import UnassignedDurationError
from runtime.pulse.library.pulse import Pulse
from runtime.pulse.parameters import ParameterExpression

__all__ = ["draw_pulse"]

_WIDTH_IN, _HEIGHT_IN = 6.5, 2.6
_POINTS = 2_000


def draw_pulse(
    pulse: Pulse,
    *,
    style: object,
    backend: object,
    time_range: tuple[float, float] | None,
    time_unit: str,
    show_waveform_info: bool,
    axis: Axes | None,
) -> Figure:
    """Draw a pulse; see `Pulse.draw` for the arguments."""
    chosen = style_of(style)
    clock = clock_of(backend, time_unit)
    if isinstance(pulse.duration, ParameterExpression) and pulse.duration.parameters:
        raise UnassignedDurationError(
            "a pulse of unknown length cannot be drawn", where=repr(pulse), fix=f"Assign {pulse.duration}"
        )
    duration = int(pulse.duration)
    start, stop = checked_range(time_range, clock, duration)
    canvas = canvas_of(axis, _WIDTH_IN, _HEIGHT_IN, Margins(0.75, 0.2, 0.6, 0.55), chosen)
    axes = canvas.axes
    if pulse.open_parameters:
        span = (0.0, duration * clock.per_sample)
        axes.axvspan(*span, facecolor=chosen.opaque, edgecolor=chosen.muted, alpha=0.5, hatch="////")
        axes.set_yticks([])
    else:
        play = PlayMark(0, duration, pulse, 0.0, UNCHANGED)
        instants, values = curve(play, start, stop, _POINTS)
        times = instants * clock.per_sample
        for part, color, shade, label in (
            (values.real, chosen.real, 0.3, "real"),
            (values.imag, chosen.imaginary, 0.2, "imaginary"),
        ):
            axes.fill_between(times, part, color=color, alpha=shade, linewidth=0)
            axes.plot(times, part, color=color, linewidth=1.4, label=label)
        axes.set_ylabel("full scale", color=chosen.text, fontsize=9)
        axes.legend(
            loc="lower right", bbox_to_anchor=(1, 1), frameon=False, fontsize=8, labelcolor=chosen.text, ncols=2
        )
    axes.set_xlim(start * clock.per_sample, stop * clock.per_sample)
    _draw_scales(canvas, clock, chosen)
    _draw_title(canvas, pulse, clock, chosen, show_info=show_waveform_info)
    return canvas.figure


def _draw_scales(canvas: Canvas, clock: Clock, style: DrawingStyle) -> None:
    axes = canvas.axes
    axes.axhline(0.0, color=style.muted, linewidth=0.6, zorder=0)
    axes.set_xlabel(f"time ({clock.unit})", color=style.text, fontsize=9)
    axes.tick_params(colors=style.text, labelsize=8.5, length=3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(style.muted)


def _draw_title(canvas: Canvas, pulse: Pulse, clock: Clock, style: DrawingStyle, *, show_info: bool) -> None:
    """Name or kind, and under it the parameters."""
    kind = str(getattr(pulse, "pulse_type", type(pulse).__name__))
    parameters = {"duration": pulse.duration, **pulse.parameters}
    small = ", ".join(f"{key}={_short(value)}" for key, value in parameters.items())
    if clock.dt_s is not None:
        small += f" ({amount(round(int(pulse.duration) * clock.dt_s * 1e9, 2))} ns)"
    lines = [(pulse.name or kind, 17.0, 11.0, style.text, "bold")]
    if show_info:
        lines.append((small if pulse.name is None else f"{kind}: {small}", 4.0, 8.0, style.muted, "normal"))
    for text, above, size, color, weight in lines:
        write_above(canvas, text, above, size_pt=size, color=color, weight=weight)


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
