"""The bench: everything behind the instruments' connectors, pulled by the digitizer in simulated time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.chip import Chip, ChipConfig
from simulators.lab.chiprun import Watch, play
from simulators.lab.config import LabConfig, passed
from simulators.lab.mixers import Tones
from simulators.lab.player import Player
from simulators.lab.recorder import Geometry, Recorder, Shot
from simulators.lab.script import ScriptWriter
from simulators.tektronix.playback import Playback

__all__ = ["Bench", "Snapshot"]

FRUITLESS = 1024
"""Entries without a record after which a pull gives up for now, at least two passes of the list."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the instruments put out at this moment."""

    playback: Playback | None
    tones: Tones


@dataclass(slots=True)
class _Session:
    """One acquisition of one running play list."""

    snapshot: Snapshot
    player: Player
    recorder: Recorder
    silent: bool
    """The return's mixer passes nothing."""
    ready: deque[NDArray[np.float32]]
    """Volts of I and Q of records that nobody has pulled yet."""


class Bench:
    """Wires, mixers and chip. Not thread-safe: one digitizer pulls from one thread.

    Time is simulated: asking for records lets the generator play on, as fast as it can be computed. Only a
    digitizer that is armed after the generator was started misses what was played meanwhile, by the clock on the
    wall.
    """

    def __init__(
        self,
        lab: LabConfig,
        chip: ChipConfig,
        snapshot: Callable[[], Snapshot],
        played_out: Callable[[Playback], None] = lambda _: None,
    ) -> None:
        """`played_out` is told when a play list has come to its end."""
        self._lab = lab
        self._snapshot = snapshot
        self._played_out = played_out
        self._chip = Chip(chip, lab.seed)
        self._watch = Watch(self._chip)
        self._factor = np.float32(passed(lab.wires.returns.attenuation_db))
        self._session: _Session | None = None
        self._geometry: Geometry | None = None
        self._armed_at = 0.0
        self._clock = 0.0
        self._ignored = 0

    def arm(self, record_length: int, sample_rate_hz: float, delay: int, now: float) -> None:
        """The digitizer waits for triggers from now on (`time.monotonic()` seconds)."""
        self._geometry = Geometry(record_length, 1.0 / sample_rate_hz, delay)
        self._armed_at = now
        snapshot, session = self._snapshot(), self._session
        if session is not None and _same_run(session.snapshot.playback, snapshot.playback):
            self._open(session.snapshot, session.player)
        else:
            self._session = None

    def pull(self, limit: int) -> NDArray[np.float32]:
        """Volts of the next records at the digitizer's inputs, at most `limit`.

        Float32 of shape (records, 2, samples): I and Q of the return. No records when nothing triggers at present.
        """
        if self._geometry is None:
            raise RuntimeError("the bench was pulled before it was armed")
        session = self._current()
        if session is None:
            return np.zeros((0, 2, self._geometry.samples), np.float32)
        self._play(session, limit)
        count = min(limit, len(session.ready))
        volts = np.empty((count, 2, self._geometry.samples), np.float32)
        for k in range(count):
            volts[k] = session.ready.popleft()
        self._clock = time.monotonic()
        return volts

    def _current(self) -> _Session | None:
        """The session of what is playing now: a new one after a start, the old one's place after other changes."""
        snapshot, old = self._snapshot(), self._session
        playback = snapshot.playback
        if playback is None:
            self._session = None
        elif old is None or not _same_run(old.snapshot.playback, playback):
            self._clock = playback.started
            self._open(snapshot, None)
        elif old.snapshot.playback is not playback or old.snapshot.tones != snapshot.tones:
            old.player.scripts = ScriptWriter(self._lab, snapshot.tones).write(playback)
            self._open(snapshot, old.player)
        return self._session

    def _open(self, snapshot: Snapshot, player: Player | None) -> None:
        """Begin to record; with a player, go on where it stands."""
        playback, geometry = snapshot.playback, self._geometry
        if playback is None or geometry is None:
            return
        writer = ScriptWriter(self._lab, snapshot.tones)
        if player is None:
            player = Player(writer.write(playback), playback.stages, playback.begin)
        missed = int(max(0.0, self._armed_at - self._clock) * playback.sample_rate_hz)
        self._ignored = player.skip(missed) if missed else 0
        # What happened to the chip before, nobody recorded.
        self._watch.begin()
        lo_hz = writer.down_conversion_hz
        recorder = Recorder(geometry, 1.0 / playback.sample_rate_hz, lo_hz)
        self._session = _Session(snapshot, player, recorder, lo_hz is None, deque())

    def _play(self, session: _Session, limit: int) -> None:
        """Let the generator play until there are enough records, it ends, or nothing triggers any more.

        The silence after the last record is played too, so that a list that ends with it comes to its end.
        """
        player, recorder = session.player, session.recorder
        shots: list[Shot] = []
        count, fruitless = len(session.ready), 0
        most = max(FRUITLESS, 2 * len(player.scripts))
        while fruitless < most:
            if not player.quiet and recorder.complete(player.now):
                count += _add(shots, recorder.finish(player.now))
            if count >= limit and not player.quiet and not recorder.open:
                break
            played = player.advance()
            if played is None:
                _add(shots, recorder.finish(player.now))
                break
            recorder.follow(played, self._ignored)
            fruitless = 0 if played.edges else fruitless + 1
            self._ignored = 0
        self._receive(session, shots)
        if player.ended and session.snapshot.playback is not None:
            self._played_out(session.snapshot.playback)

    def _receive(self, session: _Session, shots: list[Shot]) -> None:
        """Let the chip play the shots, and keep the records in their order."""
        if not shots or self._geometry is None:
            return
        self._watch.judge(shot.content for shot in shots)
        numbers: dict[int, int] = {}
        order = np.array([numbers.setdefault(id(shot), len(numbers)) for shot in shots], np.int64)
        distinct = {id(shot): shot for shot in shots}
        firsts = np.cumsum([0, *(shot.records for shot in shots)])
        volts = np.zeros((int(firsts[-1]), 2, self._geometry.samples), np.float32)
        if not session.silent:
            for places, record, traces in play(self._chip, [distinct[key].content for key in numbers], order):
                volts[firsts[places] + record, 0] = self._factor * traces.real
                volts[firsts[places] + record, 1] = self._factor * traces.imag
        session.ready.extend(volts)


def _add(shots: list[Shot], shot: Shot | None) -> int:
    """Take a shot up; the number of its records."""
    if shot is None:
        return 0
    shots.append(shot)
    return shot.records


def _same_run(before: Playback | None, now: Playback | None) -> bool:
    """Whether the generator has played on without a new start."""
    return before is not None and now is not None and before.started == now.started
