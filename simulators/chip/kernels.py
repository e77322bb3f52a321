"""The hot loops of the driven evolution, compiled by numba and kept on disk.

Hamiltonians come as the non-zero elements of one pattern,
H_p = energy_p + sum_m (rate_m low_mp + rate_m^* high_mp): a drive connects neighbouring excitation numbers only,
which leaves half of the elements of a coupled pair.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from simulators.chip.transmons import Complex, Int, Real
from simulators.chip.unity import make_unit

__all__ = ["chunk_propagators", "split_evolution", "walk"]

LARGEST = 1.5
"""Norm of H dt above which a step is cut: the series would lose digits."""
SMALLEST_TERM = 1e-14
"""Where the series of the exponential ends."""


@njit(cache=True, nogil=True)
def _multiply(  # noqa: PLR0917 - compiled code takes no keywords
    rows: Int, columns: Int, values: Complex, matrix: Complex, scale: float, out: Complex
) -> None:
    """`out` = scale * (sparse matrix) @ matrix."""
    size = matrix.shape[1]
    out[:] = 0.0
    for p in range(rows.size):
        i, k, value = rows[p], columns[p], values[p] * scale
        for j in range(size):
            out[i, j] += value * matrix[k, j]


@njit(cache=True, nogil=True)
def _exponential_times(  # noqa: PLR0917 - compiled code takes no keywords
    rows: Int, columns: Int, values: Complex, norm: float, matrix: Complex, work: Complex
) -> None:
    """`matrix` = exp(values) @ matrix by the exponential's series, for a norm of at most `LARGEST` a part."""
    parts = max(1, int(np.ceil(norm / LARGEST)))
    size = norm / parts
    order, term = 1, size
    while term > SMALLEST_TERM:
        order += 1
        term *= size / order
    for _ in range(parts):
        work[0] = matrix
        now = 0
        for k in range(1, order + 1):
            _multiply(rows, columns, values, work[now], 1.0 / (k * parts), work[1 - now])
            now = 1 - now
            matrix += work[now]


@njit(cache=True, nogil=True)
def chunk_propagators(  # noqa: C901, PLR0912, PLR0917 - one loop; compiled code takes no keywords
    rows: Int,
    columns: Int,
    energies: Complex,
    low: Complex,
    high: Complex,
    weights: Real,
    rates: Complex,
    durations: Real,
    bounds: Int,
    out: Complex,
) -> None:
    """Unitary of each chunk of samples.

    Args:
        rows: int64 (elements,), row of each non-zero element of the Hamiltonian.
        columns: the same for columns.
        energies: complex128 (elements,), static part, rad/s.
        low: complex128 (drives, elements), what a drive's rate multiplies.
        high: complex128 (drives, elements), what its conjugate multiplies.
        weights: float64 (drives + 1,), bound of each drive operator's norm; the last of the static part, rad/s.
        rates: complex128 (drives, steps), rad/s, constant during a step.
        durations: float64 (steps,), seconds.
        bounds: int64 (chunks + 1,), first step of each chunk.
        out: complex128 (chunks, dimension, dimension), filled with the unitaries.
    """
    drives, size = rates.shape[0], out.shape[1]
    values = np.empty(rows.size, np.complex128)
    work = np.empty((2, size, size), np.complex128)
    power = np.empty((size, size), np.complex128)
    for chunk in range(bounds.size - 1):
        unitary = out[chunk]
        make_unit(unitary)
        step = bounds[chunk]
        while step < bounds[chunk + 1]:
            norm = float(weights[drives])
            for m in range(drives):
                norm += abs(rates[m, step]) * float(weights[m])
            factor = -1j * durations[step]
            for p in range(rows.size):
                value = energies[p]
                for m in range(drives):
                    rate = rates[m, step]
                    value += rate * low[m, p] + rate.conjugate() * high[m, p]
                values[p] = factor * value
            norm *= float(durations[step])
            equal = step + 1
            while equal < bounds[chunk + 1] and durations[equal] == durations[step]:
                same = True
                for m in range(drives):
                    same = same and rates[m, equal] == rates[m, step]
                if not same:
                    break
                equal += 1
            count = equal - step
            if count < 3:
                for _ in range(count):
                    _exponential_times(rows, columns, values, norm, unitary, work)
            else:
                make_unit(power)
                _exponential_times(rows, columns, values, norm, power, work)
                while count:
                    if count & 1:
                        unitary[:] = power @ unitary
                    count >>= 1
                    if count:
                        power = power @ power
            step = equal


@njit(cache=True, nogil=True)
def split_evolution(  # noqa: C901, PLR0917 - one loop; compiled code takes no keywords
    states: Complex, unitaries: Complex, kinds: Int, pointers: Int, columns: Int, decays: Real
) -> None:
    """Density matrices through chunks: decay, unitary, decay, unitary, ..., decay, in place.

    Args:
        states: complex128 (batch, dimension, dimension).
        unitaries: complex128 (chunks, dimension, dimension).
        kinds: int64 (chunks + 1,), which decay stands before each chunk and behind the last.
        pointers: int64 (dimension**2 + 1,), where each row of the decays' superoperators begins.
        columns: int64 (elements,), their columns.
        decays: float64 (kinds, elements), their elements.
    """
    size = states.shape[1]
    half = np.empty((size, size), np.complex128)
    flat = np.empty(size * size, np.complex128)
    for b in range(states.shape[0]):
        state = states[b]
        vector = state.reshape(size * size)
        for chunk in range(kinds.size):
            data = decays[kinds[chunk]]
            for i in range(size * size):
                total = 0.0j
                for p in range(pointers[i], pointers[i + 1]):
                    total += data[p] * vector[columns[p]]
                flat[i] = total
            vector[:] = flat
            if chunk == unitaries.shape[0]:
                break
            unitary = unitaries[chunk]
            half[:] = 0.0
            for i in range(size):
                for k in range(size):
                    value = unitary[i, k]
                    for j in range(size):
                        half[i, j] += value * state[k, j]
            for i in range(size):
                for j in range(size):
                    total = 0.0j
                    for k in range(size):
                        total += half[i, k] * unitary[j, k].conjugate()
                    state[i, j] = total


@njit(cache=True, nogil=True)
def walk(states: Complex, which: Int, angles: Real, superoperators: Complex, order: Int) -> None:
    """Flattened density matrices through a list of superoperators, turned about N before each of them, in place.

    Args:
        states: complex128 (batch, dimension**2).
        which: int64 (events,), superoperator of each event.
        angles: float64 (events + 1,), turn before each event and behind the last one, rad.
        superoperators: complex128 (distinct, dimension**2, dimension**2).
        order: int64 (dimension**2,), excitations of an element's row less those of its column.
    """
    size = order.size
    most = order.max()
    turns = np.empty(2 * most + 1, np.complex128)
    flat = np.empty(size, np.complex128)
    for event in range(which.size + 1):
        angle = angles[event]
        if angle != 0.0:
            turn = complex(np.cos(angle), np.sin(angle))
            turns[most] = 1.0
            for k in range(1, most + 1):
                turns[most + k] = turns[most + k - 1] * turn
                turns[most - k] = turns[most + k].conjugate()
        for b in range(states.shape[0]):
            vector = states[b]
            if angle != 0.0:
                for i in range(size):
                    vector[i] *= turns[most + order[i]]
            if event == which.size:
                continue
            matrix = superoperators[which[event]]
            for i in range(size):
                total = 0.0j
                for k in range(size):
                    total += matrix[i, k] * vector[k]
                flat[i] = total
            vector[:] = flat
