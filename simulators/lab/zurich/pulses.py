"""From a core's run to pulses: columns of instants and waveforms in volts, whatever loops they came from.

What plays again and again is understood once: a shot by its events and the phases that it begins with, a playback
by what decides its samples. Only then are the columns written out, by array arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulators.lab.stretches import stretches
from simulators.lab.zurich.interpolation import flattened
from simulators.labone.devices import PlacedShot, Playback
from simulators.labone.devices.commandtable import PHASE_TURN
from simulators.labone.devices.events import Event, Play, Readout
from simulators.labone.devices.oscillators import TURN, OscillatorBank
from simulators.labone.devices.outputs import SgOutput
from simulators.labone.devices.readout import READOUT, QaOutput, readout_points
from simulators.labone.devices.window import HOLD, ZEROS

__all__ = ["Complex", "Int", "PulseReader", "Pulses", "placed"]

Complex = NDArray[np.complex128]
Int = NDArray[np.int64]
Row = tuple[int, int, float]
"""(first sample since the shot's start, number of the waveform, phase in rad)."""


@dataclass(frozen=True, slots=True, eq=False)
class Pulses:
    """What one output sends, a row a pulse, by start.

    Attributes:
        starts: First samples since the run began, int64 of shape (pulses,).
        which: Number of the waveform, int64 of shape (pulses,).
        phases_rad: By which each is turned, float64 of shape (pulses,).
        waveforms: I + iQ in volts, complex128, without zeros at their ends.
    """

    starts: Int
    which: Int
    phases_rad: NDArray[np.float64]
    waveforms: tuple[Complex, ...]


RING_UP_S = 4e-6
"""A continuous tone is looked at from so long before each readout on; the resonators remember less."""


@dataclass
class PulseReader:
    """Reads the runs of one core.

    Attributes:
        playback: The run.
        sample_rate_hz: Of the instrument.
        listening: Samples from a readout to the end of its window; a continuous tone lasts until then.
        interpolates: The instrument interpolates between its samples, see `simulators.lab.zurich.interpolation`.
    """

    playback: Playback
    sample_rate_hz: int
    listening: int = 0
    interpolates: bool = False
    _waveforms: list[Complex] = field(default_factory=list)
    _pieces: dict[object, tuple[tuple[tuple[int, int], ...], float]] = field(default_factory=dict)
    _rows: dict[object, tuple[tuple[Event, ...], tuple[Row, ...]]] = field(default_factory=dict)

    def read(self, until: int) -> Pulses:
        """All pulses that begin before an instant, samples since the run began."""
        starts: list[Int] = []
        which: list[Int] = []
        phases: list[NDArray[np.float64]] = []
        for shot in self.playback.shots():
            if shot.start >= until:
                break
            rows = self._shot(shot)
            if not rows:
                continue
            begins = shot.start + placed(shot, until)
            starts.append((begins[:, None] + np.array([row[0] for row in rows], np.int64)).reshape(-1))
            which.append(np.tile(np.array([row[1] for row in rows], np.int64), begins.size))
            phases.append(np.tile(np.array([row[2] for row in rows], np.float64), begins.size))
        all_starts = np.concatenate([*starts, np.zeros(0, np.int64)])
        order = np.argsort(all_starts, kind="stable")
        order = order[all_starts[order] < until]
        return Pulses(
            all_starts[order],
            np.concatenate([*which, np.zeros(0, np.int64)])[order],
            np.concatenate([*phases, np.zeros(0)])[order],
            tuple(self._waveforms),
        )

    def _shot(self, shot: PlacedShot) -> tuple[Row, ...]:
        key = (id(shot.events), shot.oscillators)
        if key not in self._rows:
            # The events are kept, so that no others can get their identity.
            self._rows[key] = (shot.events, tuple(self._find(shot)))
        return self._rows[key][1]

    def _find(self, shot: PlacedShot) -> Iterator[Row]:
        bank = OscillatorBank.through(shot.oscillators, shot.events)
        output = self.playback.output
        if isinstance(output, QaOutput):
            for begin, stop, content in self._readouts(shot, output):
                heard: object = ()
                turn = 0.0
                if output.mode != READOUT:
                    heard = _phases(bank, frozenset({0}), begin, stop)
                    if not any(begin < time < stop for time, _ in bank.changes) and _never_clips(output):
                        oscillator = bank.at(begin)[0]
                        turn, heard = 2.0 * np.pi * oscillator.phase / TURN, oscillator.word
                yield from self._place((content, stop - begin, heard), shot, begin, stop - begin, turn)
            return
        before: Play | None = None
        for event in shot.events:
            if isinstance(event, Play):
                if event.slot != ZEROS:
                    yield from self._play(shot, event, before, bank)
                before = event

    def _play(self, shot: PlacedShot, play: Play, before: Play | None, bank: OscillatorBank) -> Iterator[Row]:
        output = self.playback.output
        delays = output.delays()
        neighbour = None
        if before is not None and (play.slot == HOLD or len(set(delays)) > 1):
            neighbour = before._replace(time=before.time - play.time)
        state, turn = play.state, 0.0
        heard: object = _phases(bank, output.followed(state), play.time, play.time + play.length)
        if isinstance(output, SgOutput) and _turns_only(output, play):
            oscillator = bank.at(play.time)[state.oscillator]
            steady = not any(play.time < time < play.time + play.length for time, _ in bank.changes)
            if steady:
                turn = 2.0 * np.pi * (oscillator.phase / TURN + state.phases[0] / PHASE_TURN)
                state, heard = state._replace(phases=()), oscillator.word
        key = (play._replace(time=0, state=state), neighbour, heard)
        # Where two outputs are delayed differently, the window of each playback begins with the earlier one.
        yield from self._place(key, shot, play.time + min(delays), play.length, turn)

    def _place(self, key: object, shot: PlacedShot, begin: int, length: int, turn: float) -> Iterator[Row]:
        """The rows of what stands in a window of a shot; rendered once for each key."""
        if key not in self._pieces:
            volts = self.playback.render_shot(shot, begin, length).volts
            whole = np.asarray(volts if volts.ndim == 1 else volts[0] + 1j * volts[1], np.complex128)
            self._pieces[key] = (self._store(whole), turn)
        pieces, first = self._pieces[key]
        for offset, number in pieces:
            yield begin + offset, number, turn - first

    def _readouts(self, shot: PlacedShot, output: QaOutput) -> Iterator[tuple[int, int, object]]:
        """(begin, stop, what is in it) of all that a readout channel sends; what overlaps stays together."""
        spans: list[tuple[int, int, object]] = []
        if output.mode == READOUT:
            sizes = {slot: wave.size for slot, wave in output.slots.items()}
            for event in shot.events:
                if isinstance(event, Readout):
                    length = max((n for slot, n in sizes.items() if event.generators >> slot & 1), default=0)
                    begin = event.time + output.delay
                    spans += [(begin, begin + length, event.generators)] if length else []
        else:
            ring_up = round(RING_UP_S * self.sample_rate_hz)
            for point in readout_points(shot.events, output.mode):
                if output.envelope is not None:
                    begin = point.time + output.envelope_delay
                    spans.append((begin, begin + output.envelope.size, "envelope"))
                else:
                    begin = max(point.time - ring_up, spans[-1][1] if spans else point.time - ring_up)
                    spans.append((begin, point.time + self.listening, "tone"))
        together: list[tuple[int, int, list[tuple[int, object]]]] = []
        for begin, stop, content in sorted(spans, key=lambda span: span[0]):
            if together and begin < together[-1][1]:
                first, reached, parts = together[-1]
                together[-1] = (first, max(reached, stop), [*parts, (begin - first, content)])
            else:
                together.append((begin, stop, [(0, content)]))
        for begin, stop, parts in together:
            yield begin, stop, tuple(parts)

    def _store(self, volts: Complex) -> tuple[tuple[int, int], ...]:
        """Keep the parts that are no silence; (offset, number) of each."""
        parts = []
        for first, stop in stretches(volts != 0.0):
            parts.append((first, len(self._waveforms)))
            samples = np.ascontiguousarray(volts[first:stop])
            self._waveforms.append(flattened(samples) if self.interpolates else samples)
        return tuple(parts)


def placed(shot: PlacedShot, until: int) -> Int:
    """Starts of the equal shots that begin before an instant, since the first of them: int64."""
    count = shot.count
    if shot.period:
        count = min(count, -((shot.start - until) // shot.period))
    return np.arange(max(count, 0), dtype=np.int64) * shot.period


def _phases(bank: OscillatorBank, followed: frozenset[int], begin: int, stop: int) -> object:
    """All that decides the oscillators' phases in a window."""
    now = bank.at(begin)
    changes = tuple((time - begin, state) for time, state in bank.changes if begin < time < stop)
    return tuple((k, now[k]) for k in sorted(followed)), changes if followed else ()


def _never_clips(output: QaOutput) -> bool:
    """Whether a tone stays within the range of both parts, whatever its phase: then the phase only turns it."""
    peak = 1.0 if output.envelope is None else float(np.abs(output.envelope).max(initial=0.0))
    return abs(output.gain) * peak <= 1.0


def _turns_only(output: SgOutput, play: Play) -> bool:
    """Whether the oscillator's phase turns the signal and does nothing else."""
    g00, g01, g10, g11 = play.state.amplitudes
    plain = output.on and output.modulated and output.sines is None and output.harmonic == 1
    # With these gains it is (g00 A + i g11 B) exp(i theta); within the range of both parts nothing is cut off.
    return plain and g00 == g10 and g01 == -g11 and abs(output.gain) * float(np.hypot(g00, g11)) <= 1.0
