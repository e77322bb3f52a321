"""Measurement groups: qubits that a device can only acquire together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["AcquireRow", "without_companions"]

AcquireRow = tuple[int, int, int, int]
"""Start, duration, qubit, and what else belongs to it."""


def without_companions(
    rows: Sequence[AcquireRow], read_out: set[int], groups: Iterable[Iterable[int]]
) -> list[AcquireRow]:
    """Leave out Acquires that are there for their group's sake only.

    A device's published `measure` of one qubit acquires its whole meas_map group, as the device's digitizers
    do. Companions that no readout pulse asks about would fill their memory slots with noise. Where such a qubit's
    group has no member that is read at the same time, its Acquire stays, and routing refuses it.

    Args:
        rows: the Acquires of a schedule.
        read_out: qubits on whose MeasureChannel something is played.
        groups: the Target's meas_map.
    """
    together = {qubit: set(group) for group in map(tuple, groups) for qubit in group}
    asked = {(start, duration, qubit) for start, duration, qubit, _ in rows if qubit in read_out}

    def companion(start: int, duration: int, qubit: int) -> bool:
        members = together.get(qubit, set())
        return qubit not in read_out and any((start, duration, member) in asked for member in members)

    return [row for row in rows if not companion(*row[:3])]
