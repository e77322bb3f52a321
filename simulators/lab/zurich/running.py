"""One run of a readout channel with all that plays beside it, played by the chip as far as readouts are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from simulators.chip.content import Content
from simulators.lab.chiprun import Watch, play
from simulators.lab.zurich.merging import Merged, Receiver, Source, merge
from simulators.lab.zurich.pulses import Complex, Int

__all__ = ["ReaderRun"]


@dataclass
class ReaderRun:
    """Readouts of one run.

    The first weights that are asked for decide what is kept of every readout so far, so that readouts of one shot
    that are asked for one after another belong to the same shot.

    Attributes:
        watch: Over the chip, which plays.
        sources: The pulses that begin before an instant (s since the runs began).
        windows: All windows that open before an instant (samples), as the channel opens them.
        receiver: What records; without its windows.
        factor: By which volts get through to the input.
    """

    watch: Watch
    sources: Callable[[float], Sequence[Source]]
    windows: Callable[[int], Int]
    receiver: Receiver
    factor: float
    _merged: Merged | None = None
    _horizon: int = -1
    _heard: int = 0
    _rows: dict[bytes, tuple[int, complex]] = field(default_factory=dict)
    _weights: Complex | None = None
    _values: Complex = field(default_factory=lambda: np.zeros((0, 0), np.complex128))
    _peak_v: float | None = None
    _begun: bool = False

    def kernelled(self, starts: Int, weights: Complex) -> Complex:
        """Weighted sums of windows that open at `starts`: complex128 (starts, kernels), volts times samples."""
        merged = self._reach(int(starts.max()))
        keys, phases = zip(*(_shape_of(row) for row in weights), strict=True)
        if self._weights is None or any(key not in self._rows for key in keys):
            self._begin(weights, dict(zip(keys, zip(range(len(keys)), phases, strict=True), strict=True)))
        self._advance(merged, int(self._numbers(starts).max()))
        columns = [self._rows[key][0] for key in keys]
        turned = np.array([now / self._rows[key][1] for key, now in zip(keys, phases, strict=True)])
        found = self._values[self._numbers(starts)][:, columns] * turned
        return np.asarray(self.factor * found, np.complex128)

    def traces(self, starts: Int) -> Complex:
        """Volts of windows that open at `starts`: complex128 of shape (starts, samples)."""
        merged = self._reach(int(starts.max()))
        if not self._begun:
            self.watch.begin()
            self._begun = True
        numbers = self._numbers(starts)
        shots = np.searchsorted(merged.first, numbers, "right") - 1
        wanted = np.zeros(merged.order.size, np.bool_)
        wanted[shots] = True
        first, stop = int(shots.min()), int(shots.max()) + 1
        # Shots in between are played without being recorded.
        silent = len(merged.contents)
        contents = [*(self._recording(merged, k, None) for k in range(silent)), *merged.contents]
        order = merged.order[first:stop] + np.where(wanted[first:stop], 0, silent)
        found = np.zeros((starts.size, self.receiver.length), np.complex128)
        place = {number: k for k, number in enumerate(numbers.tolist())}
        for places, acquisition, values in play(self.watch.chip, contents, order):
            for shot, trace in zip(places.tolist(), values, strict=True):
                number = int(merged.first[first + shot]) + acquisition
                if number in place:
                    found[place[number]] = trace * merged.turns[first + shot]
        return np.asarray(self.factor * found, np.complex128)

    def peak_v(self) -> float:
        """Largest noiseless volts at the input so far."""
        merged = self._merged
        if merged is None:
            return 0.0
        if self._peak_v is None:
            recorded = (self._recording(merged, k, None) for k in range(len(merged.contents)))
            self._peak_v = max((v for content in recorded for v in self.watch.chip.peak_v(content)), default=0.0)
        return self.factor * self._peak_v

    def _reach(self, start: int) -> Merged:
        """Look at the run up to a window that opens at an instant."""
        if self._merged is None or start > self._horizon:
            # Twice as far each time: an endless run is asked for piece by piece.
            windows = self.windows(2 * start + 1)
            self._horizon = int(windows[-1]) if windows.size else start
            self._peak_v = None
            receiver = replace(self.receiver, starts=windows)
            until_s = (self._horizon + receiver.length) / receiver.sample_rate_hz
            self._merged = merge(self.sources(until_s), receiver)
            self.receiver = receiver
        return self._merged

    def _numbers(self, starts: Int) -> Int:
        return np.asarray(np.searchsorted(self.receiver.starts, starts), np.int64)

    def _begin(self, weights: Complex, rows: dict[bytes, tuple[int, complex]]) -> None:
        self._weights, self._rows = weights, rows
        self._values = np.zeros((0, len(weights)), np.complex128)
        self._heard = 0
        self._begun = True
        self.watch.begin()

    def _advance(self, merged: Merged, number: int) -> None:
        """Play on until a window has been recorded."""
        windows = self.receiver.starts.size
        if self._values.shape[0] < windows:
            more = np.zeros((windows - self._values.shape[0], self._values.shape[1]), np.complex128)
            self._values = np.concatenate((self._values, more))
        if number < self._heard:
            return
        # Shots are counted by their windows: with more of the run in view they may have been cut otherwise.
        first = int(np.searchsorted(merged.first, self._heard, "right")) - 1
        stop = int(np.searchsorted(merged.first, number, "right"))
        contents = [self._recording(merged, k, self._weights) for k in range(len(merged.contents))]
        self.watch.judge(contents)
        for places, acquisition, values in play(self.watch.chip, contents, merged.order[first:stop]):
            turns = merged.turns[first + places][:, None]
            self._values[merged.first[first + places] + acquisition] = values * turns
        self._heard = int(merged.first[stop])

    def _recording(self, merged: Merged, content: int, weights: Complex | None) -> Content:
        taken = tuple(self.receiver.acquisition(start_s, weights) for start_s in merged.windows_s[content])
        return replace(merged.contents[content], acquisitions=taken)


def _shape_of(weights: Complex) -> tuple[bytes, complex]:
    """Integration weights without their common phase, to 1e-7 of the largest, as a key; and that phase."""
    sizes = np.abs(weights)
    scale = float(sizes.max(initial=0.0))
    if not scale:
        return b"", 1.0 + 0.0j
    first = int(np.argmax(sizes > 0.5 * scale))
    phase = complex(weights[first] / sizes[first])
    plain = np.round(weights * (np.conj(phase) / scale), 7) + 0.0
    return f"{scale:.9g}".encode() + plain.tobytes(), phase
