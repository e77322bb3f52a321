"""Sizes: which rows fit, how high they are, and where labels find room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass

from runtime.pulse.channels import Channel
from runtime.pulse.drawing.scene import Row

__all__ = ["WIDTH_IN", "Lane", "Layout", "is_crowded", "layout_of", "left_out"]

WIDTH_IN = 11.0
_HIGHEST_ROW_IN = 0.85
_LOWEST_ROW_IN = 0.16
"""The channel's name in 7 pt just fits."""
_COMFORTABLE_IN = 13.0
"""Rows shrink before a picture grows higher than this."""
_HIGHEST_IN = 24.0
"""A picture never grows higher than this: what does not fit is left out, and the title says so."""
_SLIM = 0.55
"""Height of a row that carries no envelope, beside one that does."""
_ROOM_FOR_TEXT_IN = 0.5
_LISTED_RUNS = 4
_LABELS_AN_INCH = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows from above; one unit of y is the height of a row with an envelope, y grows downwards."""

    rows: tuple[Row, ...]
    tops: tuple[float, ...]
    heights: tuple[float, ...]
    row_in: float
    """Inches a unit of y."""
    hidden: tuple[Channel, ...]
    """Channels that found no room."""

    @property
    def height(self) -> float:
        """Height of all rows, in units."""
        return self.tops[-1] + self.heights[-1] if self.rows else 1.0

    @property
    def has_text(self) -> bool:
        """Whether there is room for labels above and below the envelopes."""
        return self.row_in >= _ROOM_FOR_TEXT_IN

    @property
    def swing(self) -> float:
        """How far an envelope may reach from its baseline, in units."""
        return 0.29 if self.has_text else 0.42

    def middle(self, row: int) -> float:
        """The baseline of a row."""
        return self.tops[row] + self.heights[row] / 2


def layout_of(rows: Sequence[Row]) -> Layout:
    """Rows that fit, in order; those with pulses and acquisitions come first when some must go."""
    room = _HIGHEST_IN / _LOWEST_ROW_IN
    kept: set[int] = set()
    for number in sorted(range(len(rows)), key=lambda i: (not rows[i].is_loud, i)):
        height = _height(rows[number])
        if height > room:
            break
        room -= height
        kept.add(number)
    shown = [row for number, row in enumerate(rows) if number in kept]
    heights = [_height(row) for row in shown]
    total = sum(heights) or 1.0
    tops = [sum(heights[:number]) for number in range(len(heights))]
    row_in = min(max(_COMFORTABLE_IN / total, _LOWEST_ROW_IN), _HIGHEST_ROW_IN)
    hidden = tuple(row.channel for number, row in enumerate(rows) if number not in kept)
    return Layout(tuple(shown), tuple(tops), tuple(heights), row_in, hidden)


def is_crowded(marks: Sized, width_in: float) -> bool:
    """Whether there are too many to label: a few labels picked by chance would only confuse."""
    return len(marks) > _LABELS_AN_INCH * width_in


def left_out(channels: Iterable[Channel]) -> str:
    """Names for people: "u3-u9, a0-a126"; where too many stretches would follow, "60 of u0-u200"."""
    by_prefix: dict[str, list[int]] = {}
    other = []
    for channel in channels:
        if isinstance(channel.index, int):
            by_prefix.setdefault(channel.prefix or "", []).append(channel.index)
        else:
            other.append(channel.name)
    parts = []
    for prefix, indices in by_prefix.items():
        indices.sort()
        runs: list[list[int]] = []
        for index in indices:
            if runs and index == runs[-1][-1] + 1:
                runs[-1][1:] = [index]
            else:
                runs.append([index])
        if len(runs) > _LISTED_RUNS:
            parts.append(f"{len(indices)} of {prefix}{indices[0]}-{prefix}{indices[-1]}")
        else:
            parts += ["-".join(f"{prefix}{index}" for index in run) for run in runs]
    return ", ".join(parts + other)


def _height(row: Row) -> float:
    return 1.0 if row.plays else _SLIM


class Lane:
    """A line of labels: each takes its place unless another one stands there already."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken = float("-inf")

    def take(self, left: float, right: float) -> bool:
        """Whether the label fits; labels come in order of their left edge."""
        if left < self._taken:
            return False
        self._taken = right
        return True
