"""Numbers as people read them in a picture."""

from __future__ import annotations

import math
from fractions import Fraction

from runtime.pulse.drawing.changes import Change, FrameChange

__all__ = ["amount", "change_label", "frequency_label", "frequency_text", "phase_text", "text_width_in"]

_LARGEST_DENOMINATOR = 16
_PREFIXES = ((1e9, "GHz"), (1e6, "MHz"), (1e3, "kHz"))
_THIN = "\N{THIN SPACE}"
_MINUS = "\N{MINUS SIGN}"
# Mean width of a character of the default sans-serif, in units of the font size.
_CHARACTER = 0.62


def amount(value: float) -> str:
    """A time: at most two decimals, thousands apart."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.replace(",", _THIN).replace("-", _MINUS)


def phase_text(phase: float) -> str:
    """A phase in units of pi: a fraction where it is one, else three digits."""
    turns = phase / math.pi
    fraction = Fraction(turns).limit_denominator(_LARGEST_DENOMINATOR)
    sign = _MINUS if turns < 0 else ""
    if abs(turns - fraction) > 1e-6:
        return f"{sign}{abs(turns):.3g}π"
    if fraction == 0:
        return "0"
    top = "" if abs(fraction.numerator) == 1 else str(abs(fraction.numerator))
    below = "" if fraction.denominator == 1 else f"/{fraction.denominator}"
    return f"{sign}{top}π{below}"


def frequency_text(frequency: float) -> str:
    """A frequency with the prefix that fits, at most six digits."""
    for scale, unit in _PREFIXES:
        if abs(frequency) >= scale:
            return f"{frequency / scale:.6g} {unit}".replace("-", _MINUS)
    return f"{frequency:.6g} Hz".replace("-", _MINUS)


def change_label(change: FrameChange) -> str:
    """What happens to a frame: "+π/2" for a shift, "=π/2" for a set value, frequencies with their unit."""
    parts = []
    if change.phase is not None:
        sign = "=" if change.phase.sets else ""
        parts.append(sign + _value(change.phase, phase_text(change.phase.value), "rad"))
    if change.frequency is not None:
        sign = "=" if change.frequency.sets else ""
        parts.append(sign + frequency_label(change.frequency))
    return ", ".join(parts)


def frequency_label(change: Change) -> str:
    """A frequency in Hz, with a sign if it is an offset."""
    return _value(change, frequency_text(change.value), "Hz")


def _value(change: Change, number: str, unit: str) -> str:
    """The number, with what is open added as formulas; a plus sign before what shifts."""
    if change.formulas:
        formulas = " + ".join(change.formulas)
        formulas = f"({formulas}) {unit}" if " " in formulas else f"{formulas} {unit}"
        number = formulas if change.value == 0.0 else f"{number} + {formulas}"
    return number if change.sets or number.startswith((_MINUS, "-")) else f"+{number}"


def text_width_in(text: str, size_pt: float) -> float:
    """About how wide a text will be, in inches; no renderer is at hand when labels are placed."""
    return max(len(line) for line in text.split("\n")) * _CHARACTER * size_pt / 72
