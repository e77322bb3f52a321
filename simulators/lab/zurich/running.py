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

    def grouped(self, groups: Sequence[tuple[Int, Complex]]) -> list[Complex]:
        """Weighted sums of groups of windows, (starts, kernel) each: complex128 (starts, 1), volts times samples.

        Each content is recorded with the one kernel that belongs to it. Where a content would need several, which
        differ in more than their phase, all kernels are taken of every content.
        """
        everything = np.concatenate([starts for starts, _ in groups])
        merged = self._reach(int(everything.max()))
        keys, phases = zip(*(_shape_of(kernel) for _, kernel in groups), strict=True)
        rows = {key: number for number, key in reversed(list(enumerate(keys)))}
        wanted = np.full(self.receiver.starts.size, -1, np.int64)
        for (starts, _), key in zip(groups, keys, strict=True):
            wanted[self._numbers(starts)] = rows[key]
        chosen = _kernels_of(merged, wanted)
        if chosen is None:
            kernels = np.stack([kernel for _, kernel in groups])
            return [self.kernelled(starts, kernels)[:, [k]] for k, (starts, _) in enumerate(groups)]
        recorded = [
            self._with_kernels(merged, content, [groups[number][1] for number in numbers])
            for content, numbers in enumerate(chosen)
        ]
        values = self._play_anew(merged, recorded, int(self._numbers(everything).max()))
        first_phase = {key: phases[number] for key, number in rows.items()}
        return [
            np.asarray(self.factor * values[self._numbers(starts)] * (phase / first_phase[key]))[:, None]
            for (starts, _), key, phase in zip(groups, keys, phases, strict=True)
        ]

    def _with_kernels(self, merged: Merged, content: int, kernels: Sequence[Complex]) -> Content:
        """A content with a kernel for each of its windows."""
        taken = tuple(
            self.receiver.acquisition(start_s, kernel[None, :])
            for start_s, kernel in zip(merged.windows_s[content], kernels, strict=True)
        )
        return replace(merged.contents[content], acquisitions=taken)

    def _play_anew(self, merged: Merged, recorded: Sequence[Content], last: int) -> Complex:
        """Play from the beginning up to a window; complex128 (windows,), one number of each. Forgets the rest."""
        self._weights, self._rows, self._heard, self._begun = None, {}, 0, True
        self.watch.begin()
        self.watch.judge(recorded)
        stop = int(np.searchsorted(merged.first, last, "right"))
        values = np.zeros(self.receiver.starts.size, np.complex128)
        for places, acquisition, sums in play(self.watch.chip, recorded, merged.order[:stop]):
            values[merged.first[places] + acquisition] = sums[:, 0] * merged.turns[places]
        return values

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


def _kernels_of(merged: Merged, wanted: Int) -> list[list[int]] | None:
    """For each content the kernel of each of its windows; None where shots of one content want different ones.

    Args:
        merged: The run.
        wanted: For each window of the run a kernel's number, -1 where its result is not wanted.
    """
    chosen = [[-1] * len(windows) for windows in merged.windows_s]
    for shot, content in enumerate(merged.order.tolist()):
        for place in range(len(chosen[content])):
            number = int(wanted[merged.first[shot] + place])
            if number >= 0 and chosen[content][place] not in (-1, number):
                return None
            chosen[content][place] = max(chosen[content][place], number)
    return [[max(number, 0) for number in numbers] for numbers in chosen]


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
