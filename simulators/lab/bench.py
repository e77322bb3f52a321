"""The bench: everything behind the instruments' connectors, pulled by the digitizer in simulated time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.chip import ChipConfig, Trajectory, Transitions, WhiteNoise
from simulators.lab.chiprun import ChipRun
from simulators.lab.config import LabConfig
from simulators.lab.player import Player
from simulators.lab.recorder import RING_DOWN, Geometry, Record, Recorder, TraceBook
from simulators.lab.script import ScriptWriter, Tones
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
    chip: ChipRun
    recorder: Recorder
    traces: TraceBook
    noise_v: float
    ready: deque[Record]


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
        outcomes, noise = np.random.SeedSequence(lab.seed).spawn(2)
        self._lab = lab
        self._chip = chip
        self._snapshot = snapshot
        self._played_out = played_out
        self._array = chip.build_array()
        self._feedline = chip.build_feedline()
        self._trajectory = Trajectory(self._array, Transitions(self._array), outcomes)
        self._noise = WhiteNoise(noise)
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
        records = [session.ready.popleft() for _ in range(min(limit, len(session.ready)))]
        volts = np.empty((len(records), 2, self._geometry.samples), np.float32)
        if session.noise_v > 0.0:
            self._noise.fill(volts, session.noise_v)
        else:
            volts.fill(0.0)
        for k, record in enumerate(records):
            volts[k] += session.traces.trace(record)
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
            old.player.scripts = ScriptWriter(self._lab, self._chip, snapshot.tones).write(playback)
            self._open(snapshot, old.player)
        return self._session

    def _open(self, snapshot: Snapshot, player: Player | None) -> None:
        """Begin to record; with a player, go on where it stands."""
        playback, geometry = snapshot.playback, self._geometry
        if playback is None or geometry is None:
            return
        sample_s = 1.0 / playback.sample_rate_hz
        writer = ScriptWriter(self._lab, self._chip, snapshot.tones)
        if player is None:
            player = Player(writer.write(playback), playback.stages, playback.begin)
        missed = int(max(0.0, self._armed_at - self._clock) * playback.sample_rate_hz)
        self._ignored = player.skip(missed) if missed else 0
        # What happened to the chip before, nobody recorded: it starts in equilibrium.
        self._trajectory.thermalise()
        tail_s = (
            RING_DOWN / min(resonator.kappa for resonator in self._feedline.resonators) + self._feedline.delay_s
        )
        lo_hz = writer.down_conversion_hz
        self._session = _Session(
            snapshot=snapshot,
            player=player,
            chip=ChipRun(self._array, self._trajectory, sample_s, since=player.now),
            recorder=Recorder(geometry, sample_s, tail_s),
            traces=TraceBook(self._feedline, geometry, sample_s, lo_hz),
            noise_v=self._feedline.noise_v(geometry.sample_s) if lo_hz is not None else 0.0,
            ready=deque(),
        )

    def _play(self, session: _Session, limit: int) -> None:
        """Let the generator play until there are enough records, it ends, or nothing triggers any more.

        The silence after the last record is played too, so that a list that ends with it comes to its end.
        """
        player, fruitless = session.player, 0
        most = max(FRUITLESS, 2 * len(player.scripts))
        while (len(session.ready) < limit or player.quiet) and fruitless < most:
            played = player.advance()
            if played is None:
                session.ready.extend(session.recorder.finish())
                break
            path = session.chip.play(played)
            done = session.recorder.follow(played, path, self._ignored)
            session.ready.extend(done)
            fruitless = 0 if done else fruitless + 1
            self._ignored = 0
        if player.ended and session.snapshot.playback is not None:
            self._played_out(session.snapshot.playback)


def _same_run(before: Playback | None, now: Playback | None) -> bool:
    """Whether the generator has played on without a new start."""
    return before is not None and now is not None and before.started == now.started
