"""The bench: everything behind the instruments' connectors, pulled by the digitizer in simulated time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.alazar import Records
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
    origin: float
    """Where the digitizer's time begins: samples since the start of playing, when it was armed."""
    ready: deque[tuple[NDArray[np.float32], float]]
    """Records that nobody has pulled yet: volts of I and Q, and when they were triggered, seconds."""


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
        ends: Callable[[Playback, float], None] = lambda _, __: None,
    ) -> None:
        """`ends` is told when a play list has come to its end, or in how many seconds it will."""
        self._lab = lab
        self._snapshot = snapshot
        self._ends = ends
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

    def pull(self, limit: int) -> Records:
        """The next records at the digitizer's inputs, at most `limit`: I and Q of the return.

        No records when nothing triggers at present.
        """
        if self._geometry is None:
            raise RuntimeError("the bench was pulled before it was armed")
        session = self._current()
        if session is None:
            return Records(np.zeros((0, 2, self._geometry.samples), np.float32), np.zeros(0))
        self._play(session, limit)
        count = min(limit, len(session.ready))
        volts = np.empty((count, 2, self._geometry.samples), np.float32)
        triggered_s = np.empty(count)
        for k in range(count):
            volts[k], triggered_s[k] = session.ready.popleft()
        self._clock = time.monotonic()
        return Records(volts, triggered_s)

    def rest(self) -> None:
        """The digitizer has all that it wanted: nobody pulls any more, so the generator plays on by the clock."""
        session = self._session
        if session is None or session.snapshot.playback is None or session.player.ended:
            return
        left = session.player.left
        if left is not None:
            self._ends(session.snapshot.playback, left / session.snapshot.playback.sample_rate_hz)

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
            self._open(snapshot, old.player, old)
        return self._session

    def _open(self, snapshot: Snapshot, player: Player | None, before: _Session | None = None) -> None:
        """Begin to record; with a player, go on where it stands, and with a session in the same acquisition."""
        playback, geometry = snapshot.playback, self._geometry
        if playback is None or geometry is None:
            return
        writer = ScriptWriter(self._lab, snapshot.tones)
        early_s = 0.0
        if player is None:
            player = Player(writer.write(playback), playback.stages, playback.begin)
            early_s = max(0.0, playback.started - self._armed_at)
        missed = int(max(0.0, self._armed_at - self._clock) * playback.sample_rate_hz)
        self._ignored = player.skip(missed) if missed else 0
        origin = player.now + self._ignored - early_s * playback.sample_rate_hz
        # What happened to the chip before, nobody recorded.
        self._watch.begin()
        lo_hz = writer.down_conversion_hz
        recorder = Recorder(geometry, 1.0 / playback.sample_rate_hz, lo_hz)
        self._session = _Session(snapshot, player, recorder, lo_hz is None, origin, deque())
        if before is not None:
            self._session.origin, self._session.ready = before.origin, before.ready

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
            self._ends(session.snapshot.playback, 0.0)

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
        triggers, session.recorder.triggers = session.recorder.triggers, []
        triggered_s = (np.array(triggers) - session.origin) * session.recorder.sample_s
        session.ready.extend(zip(volts, triggered_s.tolist(), strict=True))


def _add(shots: list[Shot], shot: Shot | None) -> int:
    """Take a shot up; the number of its records."""
    if shot is None:
        return 0
    shots.append(shot)
    return shot.records


def _same_run(before: Playback | None, now: Playback | None) -> bool:
    """Whether the generator has played on without a new start."""
    return before is not None and now is not None and before.started == now.started
