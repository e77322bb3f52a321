"""Which transmons have to be evolved together at a time: the windows of a cluster, group by group.

Plays that overlap make one window if they reach a common transmon. The windows of many transmons that are driven
at once therefore stay small, and those of disjoint groups may overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from simulators.chip.actions import Action
from simulators.chip.events import TOGETHER_S, Plays
from simulators.chip.windows import Events

__all__ = ["EXACT", "Grouped", "find_groups"]

EXACT = 2
"""Up to so many transmons are one group at all times: they are evolved as a density matrix."""
Grouped = tuple[tuple[tuple[int, ...], Events], ...]
"""(transmons, their windows) of each group."""


def find_groups(
    actions: Sequence[Action], members: Sequence[int], free: frozenset[int], begin_s: float, end_s: float
) -> Grouped:
    """The windows of a cluster in [begin_s, end_s), those of each group in order of time.

    Args:
        actions: of the whole shot.
        members: of the cluster.
        free: those of them on which drives act; the others are being measured.
        begin_s: seconds since the beginning of the shot.
        end_s: the same.
    """
    plays = Plays.within(actions, free, begin_s, end_s)
    if len(members) <= EXACT:
        return ((tuple(members), plays.events({q: k for k, q in enumerate(members) if q in free})),)
    groups = _groups(plays, free)
    return tuple(
        (
            group,
            plays.only(np.array([each == group for each in groups])).events({q: k for k, q in enumerate(group)}),
        )
        for group in sorted(set(groups))
    )


class _Window:
    """Plays that overlap and reach common transmons."""

    __slots__ = ("members", "plays", "stop_s")

    def __init__(self) -> None:
        self.members: set[int] = set()
        self.plays: list[int] = []
        self.stop_s = 0.0

    def add(self, members: Iterable[int], plays: Iterable[int], stop_s: float) -> None:
        """More plays."""
        self.members.update(members)
        self.plays.extend(plays)
        self.stop_s = max(self.stop_s, stop_s)


def _groups(plays: Plays, members: frozenset[int]) -> list[tuple[int, ...]]:
    """Group of each play."""
    open_windows: dict[int, _Window] = {}
    windows: list[_Window] = []
    reach = [
        plays.actions[number].reach[plays.actions[number].signal.indices[row]] & members
        for number, row in zip(plays.number.tolist(), plays.row.tolist(), strict=True)
    ]
    columns = zip(reach, plays.start_s.tolist(), plays.stop_s.tolist(), strict=True)
    for k, (reached, start_s, stop_s) in enumerate(columns):
        running = {id(w): w for q in reached if (w := open_windows.get(q)) and w.stop_s > start_s + TOGETHER_S}
        window, *others = running.values() or (_Window(),)
        if not running:
            windows.append(window)
        for other in others:
            window.add(other.members, other.plays, other.stop_s)
            other.plays = []
        window.add(reached, [k], stop_s)
        open_windows |= dict.fromkeys(window.members, window)
    groups: list[tuple[int, ...]] = [()] * len(reach)
    for window in windows:
        for k in window.plays:
            groups[k] = tuple(sorted(window.members))
    return groups
