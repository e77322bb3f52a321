"""The readouts of a run, gathered by content: when each happened, and which were too early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.playback import PlacedShot, Playback
from simulators.labone.devices.readout import ReadoutPoint, readout_points

__all__ = ["ReadoutWindow", "gather"]

_PATIENCE = 100_000
"""Shots without a readout after which an endless program is taken to read out no more."""


@dataclass
class ReadoutWindow:
    """Readouts of equal content: the first shot with it, the instant in the shot, and when each began."""

    shot: PlacedShot
    point: ReadoutPoint
    offset: int
    starts: list[npt.NDArray[np.int64]] = field(default_factory=list)
    numbers: list[npt.NDArray[np.int64]] = field(default_factory=list)


@dataclass
class _Gathering:
    """What has been found so far; readouts are counted by the units that take part in them."""

    total: int
    windows: dict[tuple[bytes, int], ReadoutWindow] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    taken: int = 0
    holdoffs: int = 0
    busy_until: int = -(1 << 62)

    @property
    def full(self) -> bool:
        """Every set of units that was seen has had as many readouts as are wanted."""
        return bool(self.counts) and min(self.counts.values()) >= self.total


def gather(
    playback: Playback, mode: int, delay: int, length: int, total: int, *, monitor: bool = False
) -> tuple[list[ReadoutWindow], int, int]:
    """Find the readouts of a run, until every unit has had `total`.

    Returns:
        Windows of equal content, how many readouts were taken, and how many came too early.
    """
    found = _Gathering(total)
    for shot, points in _shots_with_points(playback, mode, monitor=monitor):
        overlapping = bool(points) and points[-1].time + length - points[0].time > shot.period
        for number in range(shot.count if overlapping else 1):
            passes = (number * shot.period, 1 if overlapping else shot.count)
            _take(found, shot, points, passes, (delay, length))
            if found.full and (playback.tape.endless or monitor):
                return list(found.windows.values()), found.taken, found.holdoffs
    return list(found.windows.values()), found.taken, found.holdoffs


def _take(
    found: _Gathering,
    shot: PlacedShot,
    points: list[ReadoutPoint],
    passes: tuple[int, int],
    setting: tuple[int, int],
) -> None:
    """Take the readouts of `passes[1]` equal shots, the first of them `passes[0]` samples after the placed one."""
    (late, many), (delay, length) = passes, setting
    begin = shot.start + late
    accepted = []
    for point in points:
        if begin + point.time >= found.busy_until:
            accepted.append(point)
            found.busy_until = begin + point.time + length
    found.holdoffs += len(points) - len(accepted)
    each: dict[int, int] = {}
    for point in accepted:
        each[_units(point)] = each.get(_units(point), 0) + 1
    wanted = (-(-(found.total - found.counts.get(units, 0)) // number) for units, number in each.items())
    count = min(many, max(wanted, default=0))
    if count <= 0:
        return
    steps = np.arange(count, dtype=np.int64)
    for order, point in enumerate(accepted):
        window = found.windows.setdefault((shot.key, point.time), ReadoutWindow(shot, point, point.time + delay))
        window.starts.append(begin + steps * shot.period + point.time + delay)
        window.numbers.append(found.taken + steps * len(accepted) + order)
    for units, number in each.items():
        found.counts[units] = found.counts.get(units, 0) + number * count
    found.taken += count * len(accepted)
    found.holdoffs += (len(points) - len(accepted)) * (count - 1)
    found.busy_until += (count - 1) * shot.period


def _units(point: ReadoutPoint) -> int:
    return 0 if point.readout is None else point.readout.integrators


def _shots_with_points(
    playback: Playback, mode: int, *, monitor: bool
) -> Iterator[tuple[PlacedShot, list[ReadoutPoint]]]:
    known: dict[int, list[ReadoutPoint]] = {}
    idle = 0
    for shot in playback.shots():
        if id(shot.events) not in known:
            known[id(shot.events)] = readout_points(shot.events, mode, monitor=monitor)
        points = known[id(shot.events)]
        idle = 0 if points else idle + 1
        if playback.tape.endless and idle > _PATIENCE:
            return
        yield shot, points
