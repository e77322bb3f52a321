"""The least that the simulated chip has to do: the physics alone as bare numba and numpy loops, unchecked."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["floor_chain", "floor_damped", "floor_product", "floor_propagator", "floor_sampler", "floor_states"]

Complex = NDArray[np.complex128]
ORDER = 10


@numba.njit(cache=True)
def _taylor(hamiltonian: Complex, matrix: Complex, term: Complex, other: Complex) -> None:
    """`matrix` = exp(-i hamiltonian) @ matrix, ten terms."""
    size, columns = matrix.shape
    term[:] = matrix
    for k in range(1, ORDER + 1):
        for i in range(size):
            for j in range(columns):
                total = 0.0j
                for m in range(size):
                    total += hamiltonian[i, m] * term[m, j]
                other[i, j] = total * (-1j / k)
        term[:] = other
        matrix += term


@numba.njit(cache=True)
def floor_states(static: Complex, lowering: Complex, rates: Complex, dt: float) -> Complex:
    """State vectors of a sweep: (points, dimension) for rates (points, samples)."""
    size = len(static)
    out = np.zeros((len(rates), size), np.complex128)
    hamiltonian = np.empty((size, size), np.complex128)
    state, term, other = np.zeros((size, 1), np.complex128), hamiltonian[:, :1].copy(), hamiltonian[:, :1].copy()
    for point in range(len(rates)):
        state[:] = 0.0
        state[0, 0] = 1.0
        for rate in rates[point]:
            for i in range(size):
                for j in range(size):
                    drive = 0.5 * (rate * lowering[i, j] + (rate * lowering[j, i]).conjugate())
                    hamiltonian[i, j] = dt * (static[i, j] + drive)
            _taylor(hamiltonian, state, term, other)
        out[point] = state[:, 0]
    return out


@numba.njit(cache=True)
def floor_propagator(static: Complex, lowering: Complex, rates: Complex, dt: float, chunk: int) -> Complex:
    """Propagators of consecutive chunks: (chunks, dimension, dimension)."""
    size = len(static)
    out = np.zeros(((len(rates) + chunk - 1) // chunk, size, size), np.complex128)
    hamiltonian, term, other = out[0].copy(), out[0].copy(), out[0].copy()
    for first in range(len(out)):
        for i in range(size):
            out[first, i, i] = 1.0
        for rate in rates[first * chunk : (first + 1) * chunk]:
            for i in range(size):
                for j in range(size):
                    drive = 0.5 * (rate * lowering[i, j] + (rate * lowering[j, i]).conjugate())
                    hamiltonian[i, j] = dt * (static[i, j] + drive)
            _taylor(hamiltonian, out[first], term, other)
    return out


@numba.njit(cache=True)
def floor_damped(  # noqa: PLR0917 - compiled code takes no keywords
    static: Complex, lowering: Complex, rates: Complex, dt: float, chunk: int, half: Complex, mixing: Complex
) -> Complex:
    """Density matrices of a sweep: chunk by chunk half of the decay, the unitary, the other half."""
    size = len(static)
    out = np.zeros((len(rates), size, size), np.complex128)
    populations = np.empty(size, np.complex128)
    for point in range(len(rates)):
        state = out[point]
        state[0, 0] = 1.0
        unitaries = floor_propagator(static, lowering, rates[point], dt, chunk)
        for number in range(len(unitaries)):
            unitary = unitaries[number].copy()
            for side in range(2):
                for i in range(size):
                    populations[i] = 0.0
                    for j in range(size):
                        populations[i] += mixing[i, j] * state[j, j]
                for i in range(size):
                    for j in range(size):
                        state[i, j] = populations[i] if i == j else state[i, j] * half[i, j]
                if side == 0:
                    turned = unitary.conj().T.copy()
                    state[:] = unitary @ state.copy() @ turned
    return out


@numba.njit(cache=True)
def floor_chain(  # noqa: C901 - one loop
    state: Complex, sites: Complex, bond: Complex, levels: int
) -> None:
    """Strang splitting of a chain, all sites in one frame: site exponentials given, one bond matrix, in place."""
    count, samples = sites.shape[0], sites.shape[1]
    size = state.size
    old = np.empty(levels * levels, np.complex128)
    for sample in range(samples):
        for q in range(count):
            stride = levels ** (count - 1 - q)
            matrix = sites[q, sample]
            for high in range(0, size, levels * stride):
                for k in range(high, high + stride):
                    x, y, z = state[k], state[k + stride], state[k + 2 * stride]
                    state[k] = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z
                    state[k + stride] = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z
                    state[k + 2 * stride] = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z
        for q in range(count - 1):
            stride = levels ** (count - 2 - q)
            pair = levels * levels
            for high in range(0, size, pair * stride):
                for k in range(high, high + stride):
                    for j in range(pair):
                        old[j] = state[k + j * stride]
                    for i in range(pair):
                        total = 0.0j
                        for j in range(pair):
                            if bond[i, j] != 0.0:
                                total += bond[i, j] * old[j]
                        state[k + i * stride] = total


@numba.njit(cache=True)
def floor_product(superoperators: Complex, which: NDArray[np.int64], state: Complex) -> Complex:
    """The bare product of cached propagators on one flattened density matrix."""
    size = state.size
    new = np.empty(size, np.complex128)
    for index in which:
        matrix = superoperators[index]
        for i in range(size):
            total = 0.0j
            for k in range(size):
                total += matrix[i, k] * state[k]
            new[i] = total
        state[:] = new
    return state


def floor_sampler(  # noqa: PLR0917 - as the compiled ones
    chance: float,
    t1_s: float,
    duration_s: float,
    clouds: Complex,
    slopes: Complex,
    sigma: float,
    shots: int,
    generator: np.random.Generator,
) -> Complex:
    """Kernelled shots of one qubit: outcome, decay during the readout, cloud and noise, all as arrays."""
    excited = generator.random(shots) < chance
    jump = generator.standard_exponential(shots) * t1_s
    decays = excited & (jump < duration_s)
    values = clouds[excited.astype(np.int64)]
    index = (jump[decays] / duration_s * (slopes.size - 1)).astype(np.int64)
    values[decays] += slopes[index]
    values += sigma * generator.standard_normal((shots, 2)).view(np.complex128)[:, 0]
    return np.asarray(values, np.complex128)
