"""A window in which many transmons are driven at once, as a product of what few of them do.

Strongly connected transmons are a unit. The units' propagators are applied first; then, for each pair of units
that is connected at all, what the two together do beyond that, U_ab (U_a x U_b)^-1. With one pair this is exact;
with more of them, terms of the order of the product of two weak angles are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from simulators.chip.actions import components
from simulators.chip.content import Signal
from simulators.chip.reach import NEGLECTED, neighbours
from simulators.chip.transmons import TransmonArray
from simulators.chip.windows import Drive, DriveWindow

__all__ = ["Factor", "factors"]

LARGEST_WHOLE = 3
"""Transmons up to which a window is one factor."""
STRONG = 0.1
"""rad, by which one transmon's drive turns another one; from here on the two are a unit."""
WEAK = 0.1 * NEGLECTED
"""rad; what is less is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """What some transmons do in a window."""

    members: tuple[int, ...]
    window: DriveWindow
    parts: tuple[Factor, ...] = ()
    """What has been applied already, and is taken away again."""


def factors(array: TransmonArray, group: tuple[int, ...], window: DriveWindow) -> tuple[Factor, ...]:
    """The factors of a window in the order in which they are applied.

    Args:
        array: all transmons of the chip.
        group: those of the window, whose positions its drives name.
        window: the drives.
    """
    if len(group) <= LARGEST_WHOLE:
        return (Factor(group, window),)
    links = _links(array, group, window)
    units = components(group, [pair for pair, turned in links.items() if turned > STRONG])
    single = {unit: part for unit in units if (part := _part(group, window, unit))}
    found = list(single.values())
    for one, other in combinations(units, 2):
        joined = any((min(a, b), max(a, b)) in links for a in one for b in other)
        both = _part(group, window, tuple(sorted(one + other))) if joined else None
        if both is not None:
            found.append(replace(both, parts=tuple(single[unit] for unit in (one, other) if unit in single)))
    return tuple(found)


def _links(array: TransmonArray, group: Sequence[int], window: DriveWindow) -> dict[tuple[int, int], float]:
    """Angle by which one of two coupled transmons is turned through the other one, where it counts."""
    found: dict[tuple[int, int], float] = {}
    for drive in window.drives:
        q = group[drive.transmon]
        turned = dict.fromkeys(array.neighbours(q), np.inf) if drive.flux else _turned(array, q, drive, window)
        for other, angle in turned.items():
            pair = min(q, other), max(q, other)
            if other in group and angle > WEAK:
                found[pair] = max(found.get(pair, 0.0), angle)
    return found


def _turned(array: TransmonArray, q: int, drive: Drive, window: DriveWindow) -> dict[int, float]:
    # Samples of several durations are taken as if all had the mean of them: this decides only what is exact.
    sample_s, none = window.duration_s / window.samples, np.zeros(1, np.int64)
    signal = Signal("", drive.lo_hz, sample_s, (drive.rate,), none, none, np.zeros(1))
    return {other: float(angle[0]) for other, angle in neighbours(array, signal, q, 1.0).items()}


def _part(group: Sequence[int], window: DriveWindow, members: tuple[int, ...]) -> Factor | None:
    """Some transmons by themselves; None if nothing drives them."""
    place = {q: k for k, q in enumerate(members)}
    drives = tuple(
        replace(drive, transmon=place[group[drive.transmon]])
        for drive in window.drives
        if group[drive.transmon] in place
    )
    return Factor(members, DriveWindow(drives, window.sample_s, window.durations_s)) if drives else None
