"""Time as a picture shows it: long silences are cut short."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drivers.contract.colours import Colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Span", "Timescale"]

Span = tuple[float, float]
"""First and last instant, seconds."""

LONG = 0.3
"""A silence of more than this part of all that is not silent is cut."""
CUT = 0.07
"""To this part of it."""
NANOSECONDS_UP_TO = 2e-6
TICKS = 7
APART = 0.06
"""Part of the axis between two labels at least."""


class Timescale:
    """A map from instants to places on an axis, straight but where silence is cut.

    Args:
        busy: when something happens, in any order.
        whole: what is shown.
    """

    def __init__(self, busy: Iterable[Span], whole: Span) -> None:
        first, last = whole
        spans = _merged([(max(a, first), min(b, last)) for a, b in busy if b > first and a < last])
        filled = sum(stop - start for start, stop in spans)
        times, places = [first], [0.0]
        self._cuts: list[Span] = []
        for start, stop in [*spans, (last, last)]:
            silence = start - times[-1]
            shown = silence
            if spans and silence > LONG * filled:
                shown = CUT * filled
                self._cuts.append((times[-1], start))
            times += [start, stop]
            places += [places[-1] + shown, places[-1] + shown + stop - start]
        self._times, self._places = np.array(times), np.array(places)
        micro = last > NANOSECONDS_UP_TO
        self._unit, self._scale = ("µs", 1e6) if micro else ("ns", 1e9)

    def places(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where instants lie on the axis: float64 of the same shape, NaN for what is not shown."""
        return np.asarray(np.interp(times_s, self._times, self._places, np.nan, np.nan), np.float64)

    def shows(self, start_s: float, stop_s: float) -> bool:
        """Whether anything of a stretch is shown."""
        return bool(stop_s > self._times[0] and start_s < self._times[-1])

    def draw_on(self, axis: Axes, colours: Colours) -> None:
        """Label the axis with times, and mark what is cut."""
        from matplotlib.ticker import MaxNLocator

        whole = self._places[-1] - self._places[0]
        axis.set_xlim(self._places[0], self._places[-1] or 1.0)
        shown = self._shown()
        ticks: list[float] = []
        for start, stop in shown:
            count = max(1, round(TICKS * (stop - start) / (whole or 1.0)))
            found = MaxNLocator(count, steps=[1, 2, 5, 10]).tick_values(start * self._scale, stop * self._scale)
            # None so near to a cut that its label would reach over it.
            margin = 0.02 * whole if self._cuts else 0.0
            ticks += [tick for tick in found if start - 1e-15 <= tick / self._scale <= stop - margin + 1e-15]
        kept: list[tuple[float, float]] = []
        for tick, place in zip(ticks, self.places(np.array(ticks) / self._scale).tolist(), strict=True):
            if not kept or place - kept[-1][1] > APART * whole:
                kept.append((tick, place))
        axis.set_xticks([place for _, place in kept], [f"{tick:g}" for tick, _ in kept])
        axis.set_xlabel(f"time ({self._unit})")
        for start, stop in self._cuts:
            left, right = self.places(np.array([start, stop]))
            axis.axvspan(left, right, color=colours.muted, alpha=0.15, linewidth=0)
            length = stop - start
            text = f"{length * 1e6:.4g} µs" if length >= 1e-6 else f"{length * 1e9:.4g} ns"
            note = axis.text((left + right) / 2, 1.0, text, fontsize=7, color=colours.muted)
            note.set(transform=axis.get_xaxis_transform(), horizontalalignment="center")

    def _shown(self) -> list[Span]:
        """The stretches between cuts."""
        edges = [self._times[0], *(edge for cut in self._cuts for edge in cut), self._times[-1]]
        return [(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True) if stop > start]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap or touch as one, in order of time."""
    found: list[Span] = []
    for start, stop in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found
