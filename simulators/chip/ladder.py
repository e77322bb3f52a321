"""The driven evolution of a single transmon, whose Hamiltonian is tridiagonal: here sweeps spend their time.

H = diag(energies + n shift) + sum_n sqrt(n) / 2 (rate |n-1><n| + h.c.); exact exponentials by their series.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from simulators.chip.transmons import Complex, Int, Real
from simulators.chip.unity import make_unit

__all__ = ["ladder_propagators"]

LARGEST = 1.5
"""Norm of H dt above which a step is cut: the series would lose digits."""
SMALLEST_TERM = 1e-14
"""Where the series of the exponential ends."""


@njit(cache=True, nogil=True)
def _three(  # noqa: PLR0917 - compiled code takes no keywords
    e0: complex, e1: complex, e2: complex, up: complex, down: complex, order: int, out: Complex
) -> None:
    """Exponential of a skew-Hermitian tridiagonal 3 x 3 matrix by its series, each column in registers.

    `up` stands beside |0>, `down` below it; beside and below |1> they are sqrt(2) times as large. The result is
    unitary: its last column is the conjugate of the cross product of the others, times the determinant.
    """
    root = np.sqrt(2.0)
    up2, down2 = up * root, down * root
    for column in range(2):
        x, y, z = 0.0j, 0.0j, 0.0j
        if column == 0:
            x = 1.0 + 0.0j
        else:
            y = 1.0 + 0.0j
        sx, sy, sz = x, y, z
        for k in range(1, order + 1):
            scale = 1.0 / k
            nx = (e0 * x + up * y) * scale
            ny = (down * x + e1 * y + up2 * z) * scale
            z = (down2 * y + e2 * z) * scale
            x, y = nx, ny
            sx += x
            sy += y
            sz += z
        out[0, column], out[1, column], out[2, column] = sx, sy, sz
    trace = (e0 + e1 + e2).imag
    determinant = complex(np.cos(trace), np.sin(trace))
    out[0, 2] = determinant * (out[1, 0] * out[2, 1] - out[2, 0] * out[1, 1]).conjugate()
    out[1, 2] = determinant * (out[2, 0] * out[0, 1] - out[0, 0] * out[2, 1]).conjugate()
    out[2, 2] = determinant * (out[0, 0] * out[1, 1] - out[1, 0] * out[0, 1]).conjugate()


@njit(cache=True, nogil=True)
def _any(diagonal: Complex, up: complex, down: complex, order: int, out: Complex) -> None:
    """The same for any number of levels."""
    size = diagonal.size
    term, new = np.empty(size, np.complex128), np.empty(size, np.complex128)
    for column in range(size):
        term[:] = 0.0
        term[column] = 1.0
        out[:, column] = term
        for k in range(1, order + 1):
            for i in range(size):
                total = diagonal[i] * term[i]
                if i > 0:
                    total += np.sqrt(float(i)) * down * term[i - 1]
                if i + 1 < size:
                    total += np.sqrt(i + 1.0) * up * term[i + 1]
                new[i] = total / k
            term[:] = new
            out[:, column] += term


@njit(cache=True, nogil=True)
def _step(  # noqa: PLR0917 - compiled code takes no keywords
    energies: Real, shift: float, rate: complex, duration: float, diagonal: Complex, out: Complex
) -> None:
    """Propagator of one step."""
    size = energies.size
    norm = np.abs(rate) * np.sqrt(size - 1.0)
    largest = 0.0
    for n in range(size):
        largest = max(largest, abs(energies[n] + n * shift))
    norm = (norm + largest) * duration
    parts = max(1, int(np.ceil(norm / LARGEST)))
    order, term = 1, norm / parts
    while term > SMALLEST_TERM:
        order += 1
        term *= norm / parts / order
    factor = -1j * duration / parts
    for n in range(size):
        diagonal[n] = factor * (energies[n] + n * shift)
    up, down = 0.5 * factor * rate, 0.5 * factor * rate.conjugate()
    if size == 3:
        _three(diagonal[0], diagonal[1], diagonal[2], up, down, order, out)
    else:
        _any(diagonal, up, down, order, out)
    if parts > 1:
        one = out.copy()
        for _ in range(parts - 1):
            out[:] = one @ out


@njit(cache=True, nogil=True)
def _multiply(left: Complex, right: Complex, work: Complex) -> None:
    """`right` = left @ right."""
    size = len(left)
    for i in range(size):
        for j in range(size):
            total = 0.0j
            for k in range(size):
                total += left[i, k] * right[k, j]
            work[i, j] = total
    right[:] = work


@njit(cache=True, nogil=True)
def ladder_propagators(  # noqa: PLR0917 - compiled code takes no keywords
    energies: Real, shifts: Real, rates: Complex, durations: Real, bounds: Int, out: Complex
) -> None:
    """Unitary of each chunk of samples.

    Args:
        energies: float64 (levels,), rad/s, in the drive's frame.
        shifts: float64 (steps,), of the frequency, rad/s.
        rates: complex128 (steps,), rad/s.
        durations: float64 (steps,), seconds.
        bounds: int64 (chunks + 1,), first step of each chunk.
        out: complex128 (chunks, levels, levels), filled with the unitaries.
    """
    size = energies.size
    step, work = np.empty((size, size), np.complex128), np.empty((size, size), np.complex128)
    diagonal = np.empty(size, np.complex128)
    for chunk in range(bounds.size - 1):
        unitary = out[chunk]
        make_unit(unitary)
        k = bounds[chunk]
        while k < bounds[chunk + 1]:
            _step(energies, shifts[k], rates[k], durations[k], diagonal, step)
            equal = k + 1
            while (
                equal < bounds[chunk + 1]
                and rates[equal] == rates[k]
                and shifts[equal] == shifts[k]
                and durations[equal] == durations[k]
            ):
                equal += 1
            count, k = equal - k, equal
            while True:
                if count & 1:
                    _multiply(step, unitary, work)
                count >>= 1
                if count == 0:
                    break
                _multiply(step.copy(), step, work)
