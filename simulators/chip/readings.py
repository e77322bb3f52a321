"""Readouts of a shot: signals on the feedlines, which transmons they measure when, and what their photons do."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from simulators.chip.content import Signal
from simulators.chip.feedline import Feedline, FeedlineSignal
from simulators.chip.lines import Mixer
from simulators.chip.shelf import Shelf
from simulators.chip.transmons import Complex, Real

__all__ = ["Reading", "find_readings"]

RING_DOWN = 20.0
"""A signal counts as gone this many 1/kappa after its last sample."""
RESIDUE = 12.0
"""For this many 1/kappa the photons that are left are followed."""
FAINT = 1e-5
"""rad of phase and dephasing by photons that are not worth a word."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A stretch of signal on a feedline, apart from others by more than the resonators remember."""

    line: str
    start_s: float
    signal: FeedlineSignal

    @cached_property
    def measured(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """For each resonator the intervals in which it measures its transmon, s since the shot's beginning."""
        step = self.signal.sample_s
        return tuple(
            tuple((self.start_s + a * step, self.start_s + b * step) for a, b in self.signal.filled(q))
            for q in range(len(self.signal.feedline.resonators))
        )

    def dephasing(self, resonator: int, begin_s: float, end_s: float) -> Complex | None:
        """What photons do to a transmon's coherences in an interval: complex128 (levels, levels), None: nothing.

        d rho_jk / dt = -i (w_j - w_k) alpha_j alpha_k^* rho_jk: AC Stark shift and measurement dephasing (Gambetta
        et al., Phys. Rev. A 74, 042318).
        """
        total, step = self.signal.overlaps[resonator], self.signal.sample_s
        at = np.clip((np.array([begin_s, end_s]) - self.start_s) / step, 0.0, total.shape[-1] - 1)
        low, high = np.floor(at).astype(np.int64)
        exponent = total[:, :, high] - total[:, :, low]
        return np.exp(exponent) if np.abs(exponent).max() > FAINT else None

    def at_receiver(self, start_s: float, sample_s: float, samples: int) -> Real:
        """Instants of a receiver's samples since the reading's beginning: float64 (samples,), s."""
        return np.asarray(start_s - self.start_s + np.arange(samples) * sample_s, np.float64)


def find_readings(
    name: str, feedline: Feedline, mixer: Mixer, signals: Sequence[Signal], known: Shelf | None = None
) -> tuple[Reading, ...]:
    """The stretches of signal on one feedline. Signals of one oscillator and rate are added up.

    Equal stretches of all contents share one `FeedlineSignal`, which is kept on the shelf `known`.
    """
    shelf = known or Shelf(1)
    groups: dict[tuple[float, float], list[Signal]] = {}
    for signal in signals:
        if signal.starts.size:
            groups.setdefault((signal.lo_hz, signal.sample_s), []).append(mixer.convert(signal))
    kappa = min(resonator.kappa for resonator in feedline.resonators)
    found: list[Reading] = []
    for (lo_hz, sample_s), parts in groups.items():
        starts = np.concatenate([part.starts for part in parts])
        stops = np.concatenate([part.stops for part in parts])
        order = np.argsort(starts, kind="stable")
        starts, reached = starts[order], np.maximum.accumulate(stops[order])
        apart = np.flatnonzero(starts[1:] - reached[:-1] > RING_DOWN / kappa / sample_s) + 1
        tail = np.zeros(int(RESIDUE / kappa / sample_s), np.complex128)
        for first, last in zip([0, *apart.tolist()], [*apart.tolist(), starts.size], strict=True):
            begin, end = int(starts[first]), int(reached[last - 1])
            volts = np.sum([part.dense(begin, end) for part in parts], axis=0)
            padded = np.concatenate((volts, tail))
            key = (name, lo_hz, sample_s, hashlib.blake2b(padded.tobytes(), digest_size=16).digest())
            sent = shelf.get(key, partial(FeedlineSignal, feedline, padded, sample_s, lo_hz))
            # All oscillators have phase zero at the beginning of the shot; the field's frame is counted from
            # there.
            found.append(Reading(name, begin * sample_s, sent))
    return tuple(sorted(found, key=lambda reading: reading.start_s))
