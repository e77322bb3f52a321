"""Pictures of readout: clouds in the IQ plane with the boundaries between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError
from runtime.results.discriminators.discriminator import Discriminator, Threshold
from runtime.results.discriminators.fitting import Cloud

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from runtime.results.discriminators.training import TrainedReadout

__all__ = ["draw_clouds", "draw_plane"]

MOST_DOTS = 600
"""Of each state: more only fill the paper."""
GRID = 400
"""Points along each axis at which the boundary is looked for."""


@dataclass(frozen=True, slots=True)
class _Colours:
    background: str
    text: str
    muted: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    volts: float
    name: str


_STYLES = {
    # Blue, orange and green that also differ in lightness, so that colour-blind people and grey prints tell them.
    "light": _Colours("white", "#1a1a1a", "#6b6f76", ("#1f77b4", "#d95f02", "#2a8a57")),
    "dark": _Colours("#15181d", "#e8eaed", "#979da6", ("#62b0ea", "#ff9d4d", "#6fcf97")),
}


def draw_clouds(trained: TrainedReadout, style: str = "light", title: str = "") -> Figure:
    """The IQ plane with clouds, centres and boundaries, and beside it how well they are told apart.

    That is the shots' distribution across a boundary that is one line, or else the confusion matrix.

    Args:
        trained: With the clouds that it was trained from.
        style: "light" or "dark".
        title: Above, such as the qubit's name.

    Returns:
        A matplotlib figure without a window; `savefig` writes it.

    Raises:
        ConfigurationError: A style that there is not; a readout that was loaded from a file, without its shots.
    """
    from matplotlib.figure import Figure

    colours = _colours(trained, style)
    figure = Figure(figsize=(9, 4.2), layout="constrained", facecolor=colours.background)
    plane, across = figure.subplots(1, 2)
    unit = _unit(trained.clouds)
    _draw_plane(plane, trained, unit, colours)
    line = trained.discriminator.as_threshold()
    if line is None:
        _draw_confusion(across, trained, colours)
    else:
        _draw_across(across, trained, line, unit, colours)
    for axis in (plane, across):
        _dress(axis, colours)
    parts = [title, f"fidelity {trained.fidelity:.4f}", f"SNR {trained.snr:.2f}"]
    if trained.qndness is not None:
        parts.append(f"QNDness {trained.qndness.value:.4f}")
    figure.suptitle(", ".join(part for part in parts if part), color=colours.text)
    return figure


def draw_plane(axis: Axes, trained: TrainedReadout, style: str = "light", *, legend: bool = True) -> None:
    """The IQ plane alone, into axes of somebody's own figure; see `draw_clouds`."""
    colours = _colours(trained, style)
    _draw_plane(axis, trained, _unit(trained.clouds), colours, legend=legend)
    _dress(axis, colours)


def _colours(trained: TrainedReadout, style: str) -> _Colours:
    if style not in _STYLES:
        raise ConfigurationError("there is no such style", got=repr(style), allowed="'light' or 'dark'")
    if not trained.clouds:
        raise ConfigurationError("there are no shots to draw", fix="Train the readout again: files keep no shots")
    return _STYLES[style]


def _draw_plane(
    axis: Axes, trained: TrainedReadout, unit: _Unit, colours: _Colours, *, legend: bool = True
) -> None:
    for state, (cloud, colour) in enumerate(zip(trained.clouds, _cycled(colours, trained), strict=True)):
        dots = np.asarray(cloud[:: max(1, cloud.size // MOST_DOTS)] / unit.volts)
        axis.scatter(dots.real, dots.imag, s=5, alpha=0.35, linewidths=0, color=colour, label=f"prepared {state}")
    everything = np.concatenate(trained.clouds) / unit.volts
    centre = complex(*(np.mean([part.min(), part.max()]) for part in (everything.real, everything.imag)))
    reach = 0.55 * float(max(np.ptp(everything.real), np.ptp(everything.imag)))
    axis.set(xlim=(centre.real - reach, centre.real + reach), ylim=(centre.imag - reach, centre.imag + reach))
    _draw_boundary(axis, trained.discriminator, unit, colours)
    centres = np.asarray(trained.centres_v, np.complex128) / unit.volts
    axis.scatter(centres.real, centres.imag, s=70, marker="+", color=colours.text, zorder=4, label="medians")
    axis.set(
        xlabel=f"I ({unit.name})",
        ylabel=f"Q ({unit.name})",
        aspect="equal",
        title="shots in the IQ plane",
    )
    if legend:
        _legend(axis, colours, "best", 1)


def _draw_boundary(axis: Axes, discriminator: Discriminator, unit: _Unit, colours: _Colours) -> None:
    x, y = np.linspace(*axis.get_xlim(), GRID), np.linspace(*axis.get_ylim(), GRID)
    plane = np.asarray((x[None, :] + 1j * y[:, None]) * unit.volts, np.complex128)
    states = discriminator.classify(plane).astype(float)
    edges = np.arange(discriminator.states - 1) + 0.5
    if states.min() == states.max():
        return  # the boundary lies outside
    shades = [*colours.states[: discriminator.states]]
    axis.contourf(x, y, states, levels=[-0.5, *edges, edges[-1] + 1], colors=shades, alpha=0.08)
    axis.contour(x, y, states, levels=edges, colors=colours.text, linewidths=1.2)
    axis.plot([], [], color=colours.text, linewidth=1.2, label="boundary")


def _draw_across(axis: Axes, trained: TrainedReadout, line: Threshold, unit: _Unit, colours: _Colours) -> None:
    """Histograms across a boundary that is a line; logarithmic, where decays show."""
    turned = [line.projected(cloud) / unit.volts for cloud in trained.clouds]
    bins = np.histogram_bin_edges(np.concatenate(turned), 80)
    for state, (values, colour) in enumerate(zip(turned, _cycled(colours, trained), strict=True)):
        heights = np.histogram(values, bins)[0] / values.size
        axis.stairs(heights, bins, color=colour, linewidth=1.6, label=f"prepared {state}")
        axis.stairs(heights, bins, color=colour, fill=True, alpha=0.15)
    label = f"threshold {line.threshold_v / unit.volts:.3g} {unit.name}"
    axis.axvline(line.threshold_v / unit.volts, color=colours.text, linestyle="--", linewidth=1.2, label=label)
    axis.set(
        xlabel=f"along the line between the clouds ({unit.name})",
        ylabel="share of shots in a bin",
        yscale="log",
        title="across the boundary",
    )
    lowest, highest = axis.get_ylim()
    axis.set_ylim(lowest, highest * 20)  # room for the legend above the curves
    _legend(axis, colours, "upper center", 2)


def _draw_confusion(axis: Axes, trained: TrainedReadout, colours: _Colours) -> None:
    """P(read i | prepared j), where no one direction shows all boundaries."""
    from matplotlib.colors import LinearSegmentedColormap

    probabilities = trained.confusion.probabilities
    shade = LinearSegmentedColormap.from_list("shade", [colours.background, colours.states[0]])
    axis.imshow(probabilities, cmap=shade, vmin=0, vmax=1.3)
    for (row, column), probability in np.ndenumerate(probabilities):
        axis.text(column, row, f"{probability:.4f}", ha="center", va="center", color=colours.text)
    states = range(trained.confusion.states)
    axis.set(
        xlabel="prepared", ylabel="read", xticks=list(states), yticks=list(states), title="P(read | prepared)"
    )


def _legend(axis: Axes, colours: _Colours, place: Literal["best", "upper center"], columns: int) -> None:
    """With a background of its own: lines run behind it."""
    legend = axis.legend(
        fontsize=8,
        loc=place,
        ncols=columns,
        markerscale=2,
        labelcolor=colours.text,
        facecolor=colours.background,
        edgecolor="none",
        frameon=True,
        framealpha=0.85,
    )
    for handle in legend.legend_handles:
        if handle is not None:
            handle.set_alpha(1)


def _dress(axis: Axes, colours: _Colours) -> None:
    axis.set_facecolor(colours.background)
    axis.title.set_color(colours.text)
    axis.title.set_fontsize(10)
    axis.tick_params(colors=colours.muted, which="both")
    for label in (axis.xaxis.label, axis.yaxis.label):
        label.set_color(colours.text)
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color(colours.muted)


def _cycled(colours: _Colours, trained: TrainedReadout) -> list[str]:
    return [colours.states[state % len(colours.states)] for state in range(len(trained.clouds))]


def _unit(clouds: tuple[Cloud, ...]) -> _Unit:
    """The unit in which the shots are numbers of ordinary size."""
    largest = max(_reach(cloud) for cloud in clouds)
    for unit in (_Unit(1.0, "V"), _Unit(1e-3, "mV"), _Unit(1e-6, "µV")):
        if largest >= unit.volts:
            return unit
    return _Unit(1e-9, "nV")


def _reach(cloud: Cloud) -> float:
    parts: NDArray[np.float64] = np.abs(cloud)
    return float(parts.max())
