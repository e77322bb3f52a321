"""The chip while a play list runs: which basis state it is in, and what has driven it since."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.chip import DriveWindow, LevelPath, Stretch, Trajectory, TransmonArray
from simulators.chip.trajectory import Jump
from simulators.lab.player import Played

__all__ = ["ChipRun"]

INCOHERENT_T2 = 12.0
"""After this many of the longest T2 no coherence is left (6e-6): the chip may as well be in a basis state."""
MOST_PENDING = 512
"""Drive windows without any measurement after which the chip is collapsed to keep the work bounded."""


@dataclass(slots=True)
class ChipRun:
    """Follows the chip through played entries.

    All oscillators have phase zero at the beginning of the entry whose drive is the first one after a collapse: as
    if the lab locked them to its programs. Only the relative phase of two oscillators on one line depends on it.
    """

    array: TransmonArray
    trajectory: Trajectory
    sample_s: float
    since: int = 0
    """Sample at which the chip was last found in a basis state."""
    _reference: int = 0
    _pending: list[tuple[int, DriveWindow]] | None = None

    def play(self, played: Played) -> LevelPath:
        """Evolve through one played entry; returns the levels that its feedline signal meets."""
        path: LevelPath | None = None
        for first, window, stop in played.script.events:
            if window is not None:
                self._drive(played.start, first, window)
                continue
            before = self.trajectory.levels
            self._collapse(played.start + first)
            found = self._changes(before, first)
            levels = self.trajectory.levels
            later = self.trajectory.dwell((stop - first) * self.sample_s)
            self.since = played.start + stop
            moved = tuple((first * self.sample_s + t, q, level) for t, q, level in later)
            path = LevelPath(levels, moved) if path is None else LevelPath(path.levels, path.jumps + found + moved)
        return path or LevelPath(self.trajectory.levels)

    def _drive(self, start: int, first: int, window: DriveWindow) -> None:
        pending = self._pending
        if pending:
            silence_s = (start + first - pending[-1][0] - pending[-1][1].samples) * self.sample_s
            longest = max(transmon.t2_s for transmon in self.array.transmons)
            if silence_s > INCOHERENT_T2 * longest or len(pending) >= MOST_PENDING:
                self._collapse(start + first)
        if not self._pending:
            self._pending, self._reference = [], start
        self._pending.append((start + first, window))

    def _collapse(self, at: int) -> None:
        """Find the chip in a basis state at a sample."""
        pending = self._pending or []
        zero = self._reference if pending else self.since
        self.trajectory.pass_through(
            Stretch(
                begin_s=(self.since - zero) * self.sample_s,
                windows=tuple(((start - zero) * self.sample_s, window) for start, window in pending),
                end_s=(at - zero) * self.sample_s,
            )
        )
        self.since, self._pending = at, None

    def _changes(self, before: tuple[int, ...], first: int) -> tuple[Jump, ...]:
        after = self.trajectory.levels
        return tuple(
            (first * self.sample_s, q, level)
            for q, (old, level) in enumerate(zip(before, after, strict=True))
            if old != level
        )
