"""Spectra of records as they arrive, by Welch's method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan, AcquisitionWindow, Block, ConfigurationError, RecordBlock
from runtime.results.collecting.layout import Layout
from runtime.results.collecting.ledger import Ledger
from runtime.results.collecting.readout import Reading
from runtime.results.spectroscopy.spectrum import Spectrum

__all__ = ["SpectrumCollector"]

MOST_SAMPLES = 1 << 20
"""Complex samples that are transformed at once: 16 MiB."""


class SpectrumCollector:
    """Takes the records of one digitizer and keeps the power spectral density of each window.

    Each window is cut into segments that overlap by half, each is weighted with a Hann window and transformed; the
    squares are averaged over segments and shots (P. D. Welch, IEEE Trans. Audio Electroacoust. 15, 70 (1967)).
    Nothing is subtracted, so a tone at zero frequency stays. Memory: one number a bin, however many shots.

    Args:
        plan: What the digitizer was asked to record.
        segment: Samples of a segment; None: the shortest window's. Longer ones resolve finer, 1.5 sample rates
            over their length; shorter ones leave more of them to average.

    Raises:
        ConfigurationError: A segment longer than the shortest window, or shorter than two samples.
        ProblemReport: Windows outside their record, slots written twice.
    """

    def __init__(self, plan: AcquisitionPlan, *, segment: int | None = None) -> None:
        self.plan = plan
        self._layout = Layout.of(plan, Reading({}), reuse_slots=False)
        self._ledger = Ledger(plan, self._layout.windows)
        shortest = min((window.stop - window.start for window in plan.windows), default=0)
        self._segment = shortest if segment is None else segment
        if not 2 <= self._segment <= shortest:
            raise ConfigurationError(
                "the windows cannot be cut into such segments",
                got=f"{self._segment} samples",
                allowed=f"2 to {shortest}, the shortest window",
            )
        # Periodic, so that a tone in the middle of a bin leaks into its two neighbours only.
        self._taper = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self._segment) / self._segment)
        self._sums: dict[tuple[int, int], NDArray[np.float64]] = {}
        self._segments: dict[tuple[int, int], int] = {}
        self._inputs = 0

    def take(self, block: Block) -> None:
        """Add one block; raises AcquisitionError if it does not continue the acquisition, or has no traces."""
        _, programs = self._ledger.admit(block)
        if not isinstance(block, RecordBlock):
            self._ledger.fail("spectra need records", type(block).__name__, "RecordBlock")
            return
        self._inputs = block.volts.shape[1]
        for program in np.unique(programs).tolist():
            rows = np.flatnonzero(programs == program)
            for window in self._layout.windows[program]:
                self._add(program, window, block.volts, rows)

    def results(self, names: Sequence[str]) -> tuple[Spectrum, ...]:
        """One Spectrum a program. Raises AcquisitionError unless every record has been taken."""
        self._ledger.require_complete()
        return tuple(self._spectrum(program, name) for program, name in enumerate(names))

    def _add(
        self, program: int, window: AcquisitionWindow, volts: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> None:
        step = max(1, self._segment // 2)
        at_once = max(1, MOST_SAMPLES // (2 * (window.stop - window.start)))
        total = np.zeros(self._segment)
        count = 0
        for first in range(0, rows.size, at_once):
            cut = volts[rows[first : first + at_once], :, window.start : window.stop].astype(np.float64)
            signal = cut[:, 0] + 1j * cut[:, 1] if cut.shape[1] > 1 else cut[:, 0]
            pieces = np.lib.stride_tricks.sliding_window_view(signal, self._segment, axis=1)[:, ::step]
            total += (np.abs(np.fft.fft(pieces * self._taper, axis=2)) ** 2).sum(axis=(0, 1))
            count += pieces.shape[0] * pieces.shape[1]
        if not np.isfinite(total).all():
            self._ledger.fail("records are damaged", "NaN or infinity among the samples", "finite numbers")
        key = program, window.slot
        self._sums[key] = self._sums.get(key, 0.0) + total
        self._segments[key] = self._segments.get(key, 0) + count

    def _spectrum(self, program: int, name: str) -> Spectrum:
        rate = float(self.plan.sample_rate_hz)
        slots = tuple(window.slot for window in self._layout.windows[program])
        segments = np.array([self._segments[program, slot] for slot in slots], np.int64)
        sums = np.array([self._sums[program, slot] for slot in slots]).reshape(len(slots), self._segment)
        power = float((self._taper**2).sum())
        density: NDArray[np.float64] = sums / segments[:, None] / (rate * power)
        frequencies = np.asarray(np.fft.fftfreq(self._segment, 1 / rate), np.float64)
        if self._inputs > 1:
            density, frequencies = np.fft.fftshift(density, axes=1), np.fft.fftshift(frequencies)
        else:
            density, frequencies = _one_sided(density, rate)
        resolution = rate * power / float(self._taper.sum()) ** 2
        return Spectrum(name, slots, frequencies, density, segments, resolution, self.plan.shots)


def _one_sided(density: NDArray[np.float64], rate: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of a real voltage: positive frequencies, with the power of their negatives."""
    samples = density.shape[1]
    kept = density[:, : samples // 2 + 1].copy()
    kept[:, 1 : (samples + 1) // 2] *= 2
    return kept, np.arange(kept.shape[1]) * rate / samples
