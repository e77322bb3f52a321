"""Pictures on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from drivers.contract import colours_of

__all__ = ["PALETTES", "Palette", "painted"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours that also differ in lightness, so that colour-blind people and grey prints tell them."""

    name: str
    """As `TrainedReadout.draw` calls it."""
    background: str
    text: str
    muted: str
    blue: str
    orange: str
    green: str

    @property
    def lines(self) -> tuple[str, ...]:
        """For several lines in one panel."""
        return (self.blue, self.orange, self.green, "#b07aa1", "#9c755f", "#8cb9bd", "#d4a017")


def _palette(name: str, green: str) -> Palette:
    shared = colours_of(name)
    return Palette(name, shared.background, shared.text, shared.muted, shared.real, shared.imaginary, green)


PALETTES = {"light": _palette("light", "#2a8a57"), "dark": _palette("dark", "#6fcf97")}


@contextmanager
def painted(palette: Palette) -> Iterator[None]:
    """Figures that are made and saved meanwhile have the palette's ground and text."""
    from matplotlib import rc_context

    with rc_context(
        {
            "figure.facecolor": palette.background,
            "savefig.facecolor": palette.background,
            "axes.facecolor": palette.background,
            "axes.edgecolor": palette.muted,
            "axes.labelcolor": palette.text,
            "axes.titlesize": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "text.color": palette.text,
            "xtick.color": palette.muted,
            "ytick.color": palette.muted,
            "legend.frameon": False,
            "legend.fontsize": 8,
        }
    ):
        yield
