"""What is kept of each shot, or of all shots together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from runtime.results.collecting.layout import Layout

__all__ = ["AverageStore", "Kept", "ShotStore", "Store", "TraceAverageStore"]

Kept = dict[str, Any]
"""Keyword arguments of a Result: data, and what belongs to it."""


class Store(Protocol):
    """Takes the reduced records of a group, and gives each program's part of a Result."""

    def add(self, group: int, rows: NDArray[np.int64], shots: NDArray[np.int64], values: NDArray[Any]) -> None:
        """Keep `values`, shape (records, ...), of the group's programs `rows` and their `shots`."""
        ...

    def kept(self, group: int, row: int) -> Kept:
        """One program's part; to be called when every record has been added."""
        ...


class ShotStore:
    """Every shot: at level 0 complex64 traces, at level 1 complex128, at level 2 uint8."""

    def __init__(self, layout: Layout, level: int, shots: int) -> None:
        dtype = (np.complex64, np.complex128, np.uint8)[level]
        self._data: list[NDArray[Any]] = []
        for group in layout.groups:
            trace = (group.longest,) if level == 0 else ()
            self._data.append(np.empty((group.programs.size, shots, len(group.windows), *trace), dtype))

    def add(self, group: int, rows: NDArray[np.int64], shots: NDArray[np.int64], values: NDArray[Any]) -> None:
        """See `Store`."""
        self._data[group][rows, shots] = values

    def kept(self, group: int, row: int) -> Kept:
        """See `Store`."""
        return {"data": self._data[group][row]}


class AverageStore:
    """Mean and deviation of kernelled shots, from sums: memory that does not grow with their number.

    Of means that an instrument has made nobody knows the shots' deviation: it is NaN.
    """

    def __init__(self, layout: Layout, *, of_means: bool = False) -> None:
        self._of_means = of_means
        self._sums = [np.zeros((4, group.programs.size, len(group.windows))) for group in layout.groups]
        self._shots = [np.zeros(group.programs.size, np.int64) for group in layout.groups]

    def add(self, group: int, rows: NDArray[np.int64], shots: NDArray[np.int64], values: NDArray[Any]) -> None:
        """See `Store`."""
        del shots
        sums = self._sums[group]
        count = sums.shape[1]
        self._shots[group] += np.bincount(rows, minlength=count)
        for column in range(values.shape[1]):
            real, imag = values[:, column].real, values[:, column].imag
            for number, part in enumerate((real, imag, real**2, imag**2)):
                sums[number, :, column] += np.bincount(rows, weights=part, minlength=count)

    def kept(self, group: int, row: int) -> Kept:
        """See `Store`."""
        shots = int(self._shots[group][row])
        mean = self._sums[group][:2, row] / shots
        # Unbiased; rounding may leave less than nothing of a variance of zero.
        variance = np.maximum(self._sums[group][2:, row] / shots - mean**2, 0) * (shots / max(shots - 1, 1))
        deviation = np.full(mean.shape, np.nan) if self._of_means else np.sqrt(variance)
        return {"data": mean[0] + 1j * mean[1], "deviation": deviation[0] + 1j * deviation[1]}


class TraceAverageStore:
    """The mean record of each program, added up in double precision; cut into windows at the end."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._sums: list[NDArray[np.float64] | None] = [None] * len(layout.groups)
        self._shots = [np.zeros(group.programs.size, np.int64) for group in layout.groups]

    def add(self, group: int, rows: NDArray[np.int64], shots: NDArray[np.int64], values: NDArray[Any]) -> None:
        """See `Store`; `values` are volts of shape (records, inputs, samples)."""
        del shots
        sums = self._sums[group]
        if sums is None:
            sums = self._sums[group] = np.zeros((self._shots[group].size, *values.shape[1:]))
        for row, some in _runs(rows):
            sums[row] += np.add.reduce(values[some], axis=0, dtype=np.float64)
        self._shots[group] += np.bincount(rows, minlength=self._shots[group].size)

    def kept(self, group: int, row: int) -> Kept:
        """See `Store`."""
        windows, longest = self._layout.groups[group].windows, self._layout.groups[group].longest
        traces = np.full((len(windows), longest), np.nan, np.complex128)
        sums = self._sums[group]
        if sums is not None:
            mean = sums[row] / self._shots[group][row]
            for column, window in enumerate(windows):
                cut = mean[:, window.start : window.stop]
                traces[column, : cut.shape[1]] = cut[0] + (1j * cut[1] if cut.shape[0] > 1 else 0)
        return {"data": traces}


def _runs(rows: NDArray[np.int64]) -> Iterator[tuple[int, slice | NDArray[np.int64]]]:
    """Each row with where it stands in `rows`: a slice, whose records need no copy, wherever that is possible."""
    order = np.argsort(rows, kind="stable")
    edges = np.flatnonzero(np.diff(rows[order])) + 1
    for places in np.split(order, edges):
        if not places.size:
            continue
        step = int(places[1] - places[0]) if places.size > 1 else 1
        even = places.size < 3 or bool((np.diff(places) == step).all())
        yield int(rows[places[0]]), slice(int(places[0]), int(places[-1]) + 1, step) if even else places
