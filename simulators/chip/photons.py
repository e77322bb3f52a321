"""What residual photons do to transmons that are not measured: before a readout, behind it, and by faint tones."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from simulators.chip.readings import Reading
from simulators.chip.transmons import Complex, Real

__all__ = ["find_kicks"]


def find_kicks(
    readings: Iterable[Reading], transmon: int, begin_s: float, end_s: float, starts_s: Real
) -> list[tuple[float, Complex]]:
    """Factors of a transmon's coherences in [begin_s, end_s]: (instant, complex128 (levels, levels)).

    What happens between the beginnings of consecutive windows, `starts_s`, counts at the later one; what happens
    behind the last one counts at the end.
    """
    found: list[tuple[float, Complex]] = []
    for reading in readings:
        gone_s = reading.start_s + (reading.signal.volts.size + 1) * reading.signal.sample_s
        if reading.start_s >= end_s or gone_s <= begin_s:
            continue
        for k, resonator in enumerate(reading.signal.feedline.resonators):
            if resonator.transmon != transmon:
                continue
            edges = np.concatenate(([begin_s], starts_s[(starts_s > begin_s) & (starts_s < end_s)], [end_s]))
            low = max(0, int(np.searchsorted(edges, reading.start_s, "right")) - 1)
            high = int(np.searchsorted(edges, gone_s)) + 1
            for first, last in pairwise(edges[low:high].tolist()):
                factors = reading.dephasing(k, first, last)
                if factors is not None:
                    found.append((last, factors))
    return sorted(found, key=lambda kick: kick[0])
