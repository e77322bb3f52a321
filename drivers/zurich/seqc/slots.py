"""Generator slots of an SHF analyzer channel: which of them play each readout pulse.

A slot has no gain of its own, so that a pulse of another amplitude is another pulse. But slots that are started
together are added up: of pulses with one shape and evenly spaced amplitudes the lowest is one slot, and steps of
1, 2, 4, ... spacings are the others. Eight slots play 128 amplitudes, each exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack
from drivers.zurich.seqc.waves import StoredWave

__all__ = ["SlotPlan", "slots_of"]

SAME = 1e-6
"""Relative; shapes that differ by less are one, and spacings even. A step of 16 bits is 3e-5."""

Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class SlotPlan:
    """Which generator slots each readout pulse is played from."""

    slots: tuple[StoredWave, ...]
    of_row: tuple[tuple[int, ...], ...]
    """For each row of the track the masks of slots that are started together, one after another."""
    sources: tuple[str, ...] = ()
    """For each row the pulse it comes from."""


def slots_of(track: OutputTrack, slot_samples: int, most: int) -> SlotPlan:
    """The slots of all distinct readout pulses; what is longer than a slot goes on in the next one.

    Args:
        track: The readout output.
        slot_samples: Most samples of a slot.
        most: How many slots there are: amplitudes are made of steps where there are too few for each pulse.
    """
    pulses: list[Complexes] = []
    sources: list[str] = []
    known: dict[tuple[int, float, float], int] = {}
    rows = []
    columns = zip(track.envelope.tolist(), track.amplitudes.tolist(), track.phases_rad.tolist(), strict=True)
    for index, amplitude, phase in columns:
        key = (index, round(amplitude, 9), round(phase, 9))
        if key not in known:
            known[key] = len(pulses)
            pulses.append(np.asarray(amplitude * np.exp(1j * phase) * track.envelopes[index], np.complex128))
            sources.append(track.sources[index] if index < len(track.sources) else f"envelope {index}")
        rows.append(known[key])
    needed = sum(-(-pulse.size // slot_samples) for pulse in pulses)
    store = _Store(slot_samples)
    groups = [[number] for number in range(len(pulses))] if needed <= most else _alike(pulses)
    masks: dict[int, tuple[int, ...]] = {}
    for group in groups:
        masks |= store.added([pulses[number] for number in group], group, sources[group[0]])
    of_row = tuple(masks[number] for number in rows)
    return SlotPlan(tuple(store.slots), of_row, tuple(sources[number] for number in rows))


@dataclass(slots=True)
class _Store:
    slot_samples: int
    slots: list[StoredWave] = field(default_factory=list)

    def added(self, pulses: list[Complexes], numbers: list[int], source: str) -> dict[int, tuple[int, ...]]:
        """Store pulses of one shape; for each number the masks that play its pulse."""
        steps = _steps(pulses)
        if steps is None:
            return {
                number: self._stored([pulse], source, [1])[0]
                for number, pulse in zip(numbers, pulses, strict=True)
            }
        waves, masks = steps
        return dict(zip(numbers, self._stored(waves, source, masks), strict=True))

    def _stored(self, waves: list[Complexes], source: str, masks: list[int]) -> list[tuple[int, ...]]:
        """Store waves piece by piece; for each mask of waves the masks of slots, one for each piece."""
        places = []
        for begin in range(0, waves[0].size, self.slot_samples):
            first = len(self.slots)
            self.slots += [StoredWave(wave[begin : begin + self.slot_samples], None, source) for wave in waves]
            places.append(first)
        return [tuple(mask << first for first in places) for mask in masks]


def _alike(pulses: list[Complexes]) -> list[list[int]]:
    """The numbers of those pulses that differ by a real factor only, group by group."""
    groups: list[list[int]] = []
    for number, pulse in enumerate(pulses):
        for group in groups:
            reference = pulses[group[0]]
            if reference.size == pulse.size and _ratio(reference, pulse) is not None:
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def _ratio(reference: Complexes, pulse: Complexes) -> float | None:
    """The real factor between two pulses; None where they differ by more."""
    power = float(np.vdot(reference, reference).real)
    factor = float(np.vdot(reference, pulse).real) / power if power else 0.0
    largest = max(float(np.abs(reference).max()), float(np.abs(pulse).max()))
    return factor if float(np.abs(pulse - factor * reference).max()) <= SAME * largest else None


def _steps(pulses: list[Complexes]) -> tuple[list[Complexes], list[int]] | None:
    """Waves that add up to every one of some pulses of one shape, and for each pulse the mask of its waves.

    None where amplitudes are not evenly spaced, or waves of their own are no more.
    """
    factors = np.array([_ratio(pulses[0], pulse) or 0.0 for pulse in pulses])
    levels = np.unique(np.round(factors, 12))
    if levels.size < 3:
        return None
    spacing = float(np.diff(levels).min())
    lowest = float(levels[0])
    if abs(lowest / spacing - round(lowest / spacing)) <= SAME and lowest >= 0:
        lowest = 0.0
    counts = (factors - lowest) / spacing
    whole = np.round(counts).astype(np.int64)
    bits = int(whole.max()).bit_length()
    base = int(lowest != 0.0)
    if np.abs(counts - whole).max() > SAME or bits + base >= levels.size:
        return None
    heights = [lowest] * base + [spacing * 2.0**bit for bit in range(bits)]
    waves = [np.asarray(height * pulses[0], np.complex128) for height in heights]
    if max(float(np.abs(wave).max()) for wave in waves) > 1.0 + SAME:
        return None
    return waves, [(count << base) | base for count in whole.tolist()]
