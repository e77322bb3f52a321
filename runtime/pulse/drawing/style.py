"""The colours of a picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from drivers.contract.colours import Colours, colours_of
from runtime.pulse.exceptions import PulseError

__all__ = ["DARK", "LIGHT", "DrawingStyle", "style_of"]


@dataclass(frozen=True, slots=True)
class DrawingStyle(Colours):
    """Colours, in any notation of matplotlib. Change some with `dataclasses.replace(LIGHT, real="black")`."""

    band: str = "#f5f6f8"
    """Behind every second row."""
    frame: str = "#7b3294"
    """Changes of phase and frequency."""
    acquire: str = "#2a8a57"
    opaque: str = "#c9ccd1"
    """Pulses with open parameters."""
    snapshot: str = "#c0392b"


LIGHT = DrawingStyle()
"""Dark on white, for paper and light pages."""
DARK = DrawingStyle(
    **asdict(colours_of("dark")),
    band="#1d2127",
    frame="#cf9bea",
    acquire="#6fcf97",
    opaque="#4a5059",
    snapshot="#ff7b6b",
)
"""Light on dark, for dark pages and slides."""

_NAMED = {"light": LIGHT, "dark": DARK}


def style_of(style: object) -> DrawingStyle:
    """The style that a user means: "light", "dark", one of their own, or None for light.

    Raises:
        PulseError: anything else, Qiskit's style sheets among it.
    """
    if style is None:
        return LIGHT
    if isinstance(style, DrawingStyle):
        return style
    if isinstance(style, str) and style in _NAMED:
        return _NAMED[style]
    raise PulseError("a drawing has no such style", got=repr(style), allowed="'light', 'dark' or a DrawingStyle")
