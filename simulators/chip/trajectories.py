"""The compiled loop of one quantum trajectory."""

from __future__ import annotations

import numpy as np
from numba import njit

from simulators.chip.transmons import Complex, Int, Real

__all__ = ["trajectory"]

HALVINGS = 40
"""Of the interval in which a jump happened, to find its instant."""


@njit(cache=True, nogil=True)
def _norm_after(weights: Real, losses: Real, wait_s: float) -> float:
    total = 0.0
    for k in range(weights.size):
        loss = losses[k] * wait_s
        # Below 1e-3 three terms are exact to 1e-10, and ten times faster.
        total += weights[k] * (np.exp(-loss) if loss > 1e-3 else 1.0 - loss + 0.5 * loss * loss)
    return total


@njit(cache=True, nogil=True)
def _jump(  # noqa: C901, PLR0917 - one loop; compiled code takes no keywords
    state: Complex, at_s: float, levels: Int, energies: Real, rates: Real, generator: np.random.Generator
) -> None:
    """One of the possible jumps, drawn by its probability; the state is normalised."""
    size, count = levels.shape
    chances = np.zeros(2 * count)
    for k in range(size):
        weight = state[k].real ** 2 + state[k].imag ** 2
        for q in range(count):
            chances[2 * q] += weight * levels[k, q] * rates[q, 0]
    strides = np.ones(count, np.int64)
    tops = np.zeros(count, np.int64)
    for q in range(count):
        tops[q] = levels[size - 1, q]
    for q in range(count - 1, 0, -1):
        strides[q - 1] = strides[q] * (tops[q] + 1)
    for k in range(size):
        weight = state[k].real ** 2 + state[k].imag ** 2
        for q in range(count):
            if levels[k, q] < tops[q]:
                chances[2 * q + 1] += weight * (levels[k, q] + 1) * rates[q, 1]
    target = generator.random() * chances.sum()
    choice = 0
    while choice < chances.size - 1 and target >= chances[choice]:
        target -= chances[choice]
        choice += 1
    q, up = choice // 2, choice % 2 == 1
    new = np.zeros(size, np.complex128)
    for k in range(size):
        if up and levels[k, q] < tops[q]:
            to, factor = k + strides[q], np.sqrt(levels[k, q] + 1.0)
        elif not up and levels[k, q] > 0:
            to, factor = k - strides[q], np.sqrt(float(levels[k, q]))
        else:
            continue
        turn = (energies[to] - energies[k]) * at_s
        new[to] = state[k] * factor * complex(np.cos(turn), np.sin(turn))
    norm = np.sqrt((np.abs(new) ** 2).sum())
    state[:] = new / norm


@njit(cache=True, nogil=True)
def _factors(tops: Int, rates: Real, wait_s: float, kicks: Real, out: Complex) -> None:
    """What decay without a jump and random phases do to each state: the product over the transmons."""
    out[0] = 1.0
    size = 1
    for q in range(tops.size - 1, -1, -1):
        for level in range(tops[q], -1, -1):
            loss = level * rates[q, 0] + ((level + 1) * rates[q, 1] if level < tops[q] else 0.0)
            angle = kicks[q] * level
            factor = np.exp(-0.5 * loss * wait_s) * complex(np.cos(angle), np.sin(angle))
            # The last transmon varies fastest: each earlier one repeats what is there.
            for k in range(size):
                out[level * size + k] = out[k] * factor
        size *= tops[q] + 1


@njit(cache=True, nogil=True)
def _wait(  # noqa: C901, PLR0917 - compiled code takes no keywords
    state: Complex,
    begin_s: float,
    end_s: float,
    levels: Int,
    energies: Real,
    zz: Real,
    losses: Real,
    rates: Real,
    turned_s: Real,
    turns: Complex,
    factors: Complex,
    generator: np.random.Generator,
) -> None:
    """Silence: ZZ, random phases, decay and jumps, in place; `turns` belong to a wait of `turned_s`."""
    size, count = levels.shape
    kicks = np.zeros(count)
    now = begin_s
    while now < end_s:
        left = generator.random()
        wait_s = end_s - now
        weights = state.real**2 + state.imag**2
        jumps = _norm_after(weights, losses, wait_s) < left
        if jumps:
            low, high = 0.0, wait_s
            for _ in range(HALVINGS):
                wait_s = 0.5 * (low + high)
                if _norm_after(weights, losses, wait_s) < left:
                    high = wait_s
                else:
                    low = wait_s
        for q in range(count):
            if rates[q, 2] > 0.0:
                kicks[q] = generator.standard_normal() * np.sqrt(2.0 * rates[q, 2] * wait_s)
        if wait_s != turned_s[0]:
            turned_s[0] = wait_s
            for k in range(size):
                angle = zz[k] * wait_s
                turns[k] = complex(np.cos(angle), -np.sin(angle))
        _factors(levels[size - 1], rates, wait_s, kicks, factors)
        total = 0.0
        for k in range(size):
            state[k] *= factors[k] * turns[k]
            total += state[k].real ** 2 + state[k].imag ** 2
        state /= np.sqrt(total)
        now += wait_s
        if not jumps:
            break
        _jump(state, now, levels, energies, rates, generator)


@njit(cache=True, nogil=True)
def _kick(  # noqa: PLR0917 - compiled code takes no keywords
    state: Complex, diagonals: Complex, span: Int, bases: Int, offsets: Int, generator: np.random.Generator
) -> None:
    """One of some jumps that are diagonal in a group's states, drawn by its probability; normalised."""
    own = span[3] - span[2]
    populations = np.zeros(own)
    for b in range(span[0], span[1]):
        for j in range(own):
            element = state[bases[b] + offsets[span[2] + j]]
            populations[j] += element.real**2 + element.imag**2
    chances = np.zeros(diagonals.size // own)
    for k in range(chances.size):
        for j in range(own):
            element = diagonals[k * own + j]
            chances[k] += (element.real**2 + element.imag**2) * populations[j]
    target = generator.random() * chances.sum()
    choice = 0
    while choice < chances.size - 1 and target >= chances[choice]:
        target -= chances[choice]
        choice += 1
    for b in range(span[0], span[1]):
        for j in range(own):
            state[bases[b] + offsets[span[2] + j]] *= diagonals[choice * own + j] / np.sqrt(chances[choice])


@njit(cache=True, nogil=True)
def trajectory(  # noqa: PLR0917 - compiled code takes no keywords
    state: Complex,
    middles: Real,
    owners: Int,
    matrices: Int,
    jumps: Int,
    pool: Complex,
    ranges: Int,
    bases: Int,
    offsets: Int,
    end_s: float,
    levels: Int,
    energies: Real,
    zz: Real,
    rates: Real,
    generator: np.random.Generator,
) -> None:
    """One random history, in place: complex128 of shape (dimension,), interaction picture, normalised at the end.

    Args:
        state: the state.
        middles: float64 (events + 1,), the beginning and the middle of each event, s.
        owners: int64 (events,), group of each event.
        matrices: int64 (events,), where each event's elements begin in `pool`.
        jumps: int64 (events,), 0: the elements are a unitary; else the diagonals of so many jumps, of which one
            happens.
        pool: complex128, the elements, interaction picture.
        ranges: int64 (groups, 4), each group's part of `bases` and of `offsets`.
        bases: int64, states with the group in its lowest level.
        offsets: int64, what to add for each of the group's states.
        end_s: end of the history.
        levels: int64 (dimension, transmons).
        energies: float64 (dimension,), rad/s, of the interaction picture.
        zz: float64 (dimension,), rad/s, what it leaves out.
        rates: float64 (transmons, 3), down, up and dephasing, 1/s.
        generator: of the random numbers.
    """
    size, count = levels.shape
    losses = np.zeros(size)
    for k in range(size):
        for q in range(count):
            losses[k] += levels[k, q] * rates[q, 0]
            if levels[k, q] < levels[size - 1, q]:
                losses[k] += (levels[k, q] + 1) * rates[q, 1]
    old = np.empty(size, np.complex128)
    turned_s, turns = np.full(1, -1.0), np.empty(size, np.complex128)
    factors = np.empty(size, np.complex128)
    for event in range(owners.size):
        _wait(
            state,
            middles[event],
            middles[event + 1],
            levels,
            energies,
            zz,
            losses,
            rates,
            turned_s,
            turns,
            factors,
            generator,
        )
        group, first = owners[event], matrices[event]
        own = ranges[group, 3] - ranges[group, 2]
        if jumps[event] > 0:
            _kick(state, pool[first : first + jumps[event] * own], ranges[group], bases, offsets, generator)
            continue
        for b in range(ranges[group, 0], ranges[group, 1]):
            base = bases[b]
            for j in range(own):
                old[j] = state[base + offsets[ranges[group, 2] + j]]
            for i in range(own):
                total = 0.0j
                for j in range(own):
                    total += pool[first + i * own + j] * old[j]
                state[base + offsets[ranges[group, 2] + i]] = total
    _wait(
        state,
        middles[owners.size],
        end_s,
        levels,
        energies,
        zz,
        losses,
        rates,
        turned_s,
        turns,
        factors,
        generator,
    )
