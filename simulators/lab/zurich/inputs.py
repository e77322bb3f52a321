"""What arrives at a readout channel that a feedline's return is wired to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from simulators.chip import Chip
from simulators.lab.chiprun import Watch, noise_v
from simulators.lab.zurich.connectors import Connector, Return, synthesizer_hz
from simulators.lab.zurich.merging import Receiver, Source
from simulators.lab.zurich.pulses import Complex, Int, PulseReader
from simulators.lab.zurich.running import ReaderRun
from simulators.lab.zurich.starts import Starts
from simulators.lab.zurich.windows import WindowFinder
from simulators.labone.devices import Acquisition, SequencerDevice
from simulators.labone.devices.outputs import dbm_to_volts

__all__ = ["FeedlineInput"]

SIGMAS = 4.5
"""So many standard deviations of noise beside the signal count as the largest volts at an input."""


@dataclass
class FeedlineInput:
    """The input of a readout channel (protocol: ReadoutInput).

    Attributes:
        wire: From the feedline to the channel.
        connectors: What plays on the chip's lines.
        chip: At the other end.
        starts: Who plays what.
        tones: Frequencies of the oscillators that reach their mixers, None for those that do not.
    """

    wire: Return
    connectors: tuple[Connector, ...]
    chip: Chip
    starts: Starts
    tones: Callable[[], Mapping[str, float | None]]
    _finder: WindowFinder | None = None
    _noise_v: float | None = None
    _runs: dict[object, ReaderRun | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._watch = Watch(self.chip)

    def kernelled(self, acquisition: Acquisition, weights: Complex) -> Complex:
        """Weighted sums of each readout, with the amplifier's noise: complex128 (readouts, units)."""
        with self._lock:
            run = self._run(acquisition)
            if run is None:
                return np.zeros((acquisition.count, len(weights)), np.complex128)
            found = run.kernelled(acquisition.starts, np.ascontiguousarray(weights, np.complex128))
            self._watch_range(run, acquisition)
            return found

    def grouped(self, asked: Sequence[tuple[Acquisition, Complex]]) -> list[Complex]:
        """Weighted sums of groups of readouts with one kernel each (protocol: GroupedInput)."""
        groups = [(each.starts, np.ascontiguousarray(kernels[0], np.complex128)) for each, kernels in asked]
        with self._lock:
            run = self._run(_together([each for each, _ in asked])) if asked else None
            if run is None:
                return [np.zeros((each.count, 1), np.complex128) for each, _ in asked]
            sums = run.grouped(groups)
            self._watch_range(run, asked[0][0])
            return sums

    def traces(self, acquisition: Acquisition) -> Complex:
        """Volts at the input, cut off at the ends of its range: complex128 (readouts, samples)."""
        with self._lock:
            run = self._run(acquisition)
            if run is None:
                return np.zeros((acquisition.count, acquisition.length), np.complex128)
            found = run.traces(acquisition.starts)
            self._watch_range(run, acquisition)
            full = self._full_scale_v()
            return np.asarray(np.clip(found.real, -full, full) + 1j * np.clip(found.imag, -full, full))

    @property
    def _device(self) -> SequencerDevice:
        return self.starts.devices[self.wire.serial]

    def _run(self, acquisition: Acquisition) -> ReaderRun | None:
        """The run that an acquisition belongs to; None where the return's mixer passes nothing."""
        playback = self._device.cores[self.wire.core].playback
        if playback is None:
            return None
        if self._finder is None or self._finder.playback is not playback:
            self._finder = WindowFinder(playback, self._mode())
            self._runs.clear()
            self._clear_overload()
        delay = self._finder.delay(acquisition)
        key = (acquisition.length, delay, self._finder.monitor)
        if key not in self._runs:
            self._runs[key] = self._begin(acquisition, self._finder, delay)
        return self._runs[key]

    def _begin(self, acquisition: Acquisition, finder: WindowFinder, delay: int | None) -> ReaderRun | None:
        tones = dict(self.tones())
        lo = self.wire.lo
        lo_hz = synthesizer_hz(self._device.tree, self.wire.core) if lo is None else tones.get(lo)
        if lo_hz is None:
            return None
        readers = self._readers(tones, (delay or 0) + acquisition.length)
        fixed = acquisition.starts

        def windows(until: int) -> Int:
            return finder.windows(until, delay) if delay is not None else fixed[fixed < until]

        def sources(until_s: float) -> Sequence[Source]:
            return [
                Source(
                    connector.line,
                    lo,
                    rate,
                    connector.factor,
                    reader.read(int(np.ceil(until_s * rate))),
                    probes=connector.probes,
                )
                for connector, reader, lo, rate in readers
            ]

        empty = np.zeros(0, np.int64)
        receiver = Receiver(self.wire.line, lo_hz, acquisition.sample_rate_hz, empty, acquisition.length)
        return ReaderRun(self._watch, sources, windows, receiver, self.wire.factor)

    def _readers(
        self, tones: Mapping[str, float | None], listening: int
    ) -> list[tuple[Connector, PulseReader, float, int]]:
        """Everything that plays in this run: what is wired, has begun with it, and gets through its mixer."""
        together = self.starts.together(self.wire.serial)
        found = []
        for connector in self.connectors:
            playback = self.starts.runs.get(connector.serial, {}).get(connector.core)
            device = self.starts.devices[connector.serial]
            lo_hz = connector.lo_hz(device.tree, tones)
            if connector.serial not in together or playback is None or lo_hz is None:
                continue
            rate = self.starts.rate_hz(connector.serial)
            # An output that converts up by itself is one of an SHF instrument.
            reader = PulseReader(playback, rate, listening, interpolates=connector.lo is None)
            found.append((connector, reader, lo_hz, rate))
        return found

    def _mode(self) -> int:
        path = f"qachannels/{self.wire.channel}/mode"
        return self._device.tree.integer(path) if path in self._device.tree else 1

    def _full_scale_v(self) -> float:
        tree = self._device.tree
        if f"qachannels/{self.wire.channel}/input/range" in tree:
            return dbm_to_volts(tree.number(f"qachannels/{self.wire.channel}/input/range"))
        return min(tree.number("sigins/0/range"), tree.number("sigins/1/range"))

    def _clear_overload(self) -> None:
        tree = self._device.tree
        path = f"qachannels/{self.wire.channel}/input/overrangecount"
        if path in tree:
            tree.put(path, 0)

    def _watch_range(self, run: ReaderRun, acquisition: Acquisition) -> None:
        """Tell of volts beyond the input's range, as the instrument does."""
        tree = self._device.tree
        if self._noise_v is None:
            self._noise_v = noise_v(self.chip, self.wire.line, 1.0 / acquisition.sample_rate_hz)
        noise = run.factor * self._noise_v
        peak = (run.peak_v() + SIGMAS * noise) / self._full_scale_v()
        path = f"qachannels/{self.wire.channel}/input/overrangecount"
        if path in tree:
            if peak > 1.0:
                tree.put(path, tree.integer(path) + 1)
            return
        for side in (0, 1):
            tree.put(f"sigins/{side}/max", min(peak, 1.0))
            tree.put(f"sigins/{side}/min", -min(peak, 1.0))


def _together(asked: Sequence[Acquisition]) -> Acquisition:
    """All windows of several groups, in the order of time."""
    starts = np.concatenate([each.starts for each in asked])
    order = np.argsort(starts, kind="stable")
    numbers = np.concatenate([each.numbers for each in asked])
    return replace(asked[0], starts=starts[order], numbers=numbers[order])
