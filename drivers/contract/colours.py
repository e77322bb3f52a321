"""The colours of pictures."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract.errors import ConfigurationError

__all__ = ["DARK", "LIGHT", "Colours", "colours_of"]


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours, in any notation of matplotlib. Those of signals differ in lightness, too, for grey prints."""

    background: str = "white"
    text: str = "#1a1a1a"
    muted: str = "#6b6f76"
    """Baselines, silence and side notes."""
    real: str = "#1f77b4"
    imaginary: str = "#d95f02"


LIGHT = Colours()
"""Dark on white, for paper and light pages."""
DARK = Colours(background="#15181d", text="#e8eaed", muted="#979da6", real="#62b0ea", imaginary="#ff9d4d")
"""Light on dark, for dark pages and slides."""


def colours_of(style: Colours | str) -> Colours:
    """The colours that a user means: "light", "dark" or their own.

    Raises:
        ConfigurationError: anything else.
    """
    if isinstance(style, Colours):
        return style
    if style in {"light", "dark"}:
        return LIGHT if style == "light" else DARK
    raise ConfigurationError("a drawing has no such style", got=repr(style), allowed="'light', 'dark' or Colours")
