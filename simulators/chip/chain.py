"""The compiled loop over shots: outcomes and jumps, each shot going on from where the last one ended."""

from __future__ import annotations

import numpy as np
from numba import njit

from simulators.chip.transmons import Int, Real

__all__ = ["DONE", "FULL", "MISSING", "run_chain", "slot_of"]

EVOLVE, DWELL, NOTE = 0, 1, 2
"""Kinds of operations: to a cluster's next outcome; a readout; a look at a resonator that measures nothing."""
DONE, MISSING, FULL = 0, 1, 2
"""Why the loop came back."""
MOST_JUMPS = 16
"""Of one transmon in one readout."""


@njit(cache=True, nogil=True)
def slot_of(keys: Int, row: int, mixed: int) -> int:
    """Where a key stands in a hash table, or would stand."""
    mask = keys.shape[0] - 1
    slot: int = (row * 73856093 ^ mixed * 19349663) & mask
    while keys[slot, 0] >= 0 and (keys[slot, 0] != row or keys[slot, 1] != mixed):
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def find(keys: Int, rows: Int, row: int, mixed: int) -> int:
    """What stands under a key; -1: nothing."""
    slot = slot_of(keys, row, mixed)
    found: int = rows[slot] if keys[slot, 0] >= 0 else -1
    return found


@njit(cache=True, nogil=True)
def run_chain(  # noqa: PLR0917, PLR0912, PLR0915, C901 - one loop; compiled code takes no keywords
    levels: Int,
    begin: Int,
    position: int,
    resume: int,
    stop: int,
    firsts: Int,
    operations: Int,
    times: Real,
    members: Int,
    depends: Int,
    table: Int,
    pool: Real,
    nodes: Int,
    keys: Int,
    rows: Int,
    rates: Real,
    found: Int,
    jumps: Int,
    jump_times: Real,
    jump_count: int,
    generator: np.random.Generator,
) -> tuple[int, int, int, int, int]:
    """Play contents in turn.

    Args:
        levels: int64 (transmons,), level of each transmon; left as the last shot leaves it.
        begin: int64 (transmons,), level of each transmon at the beginning of a play that is to be resumed.
        position: which play to begin with; play p is content p % contents of shot p // contents.
        resume: operation at which that play goes on, -1 if it begins. A play that met a distribution which was not
            known yet has to go on as it was: drawn anew, states would be the rarer the fewer of them were known.
        stop: play to stop before.
        firsts: int64 (contents + 1,), first operation of each content.
        operations: int64 (operations, 8). EVOLVE: kind, range in `members`, range in `depends`, begin in `table`,
            cluster, number of held joint levels if the cluster goes on from what was found before, else 0.
            DWELL and NOTE: kind, transmon, slot in `found`, highest level.
        times: float64 (operations, 2), begin and duration of a readout, s.
        members: int64 (n, 2), those that are drawn: transmon and number of levels, the first one most significant.
        depends: int64 (n, 3), transmon, stride in the table, whether its level at the content's beginning counts.
        table: int64, where each distribution begins in `pool`; -1: not known yet.
        pool: float64, cumulative probabilities of a cluster's states.
        nodes: int64 (clusters, 2), where each cluster's last distribution begins in `pool`, and what was drawn.
        keys: int64 (capacity, 2), of a hash table: last distribution; drawn and held joint levels. -1:
            free. The capacity is a power of two.
        rows: int64 (capacity,), where in `pool` the distribution begins that follows.
        rates: float64 (transmons, 2), down and up, 1/s.
        found: int8 (slots, shots), filled with the level that each readout began with.
        jumps: int64 (n, 3), filled with shot, slot and new level.
        jump_times: float64 (n,), filled with the instant of each jump, s since the content's beginning.
        jump_count: how many jumps there are already.
        generator: of the random numbers.

    Returns:
        Why it came back, the play to go on with, the number of jumps, the operation to resume it at (-1: from its
        beginning); if MISSING, the place in the table, or the second half of the key.
    """
    contents = firsts.size - 1
    while position < stop:
        content, shot = (position % contents, position // contents) if contents > 1 else (0, position)
        first = resume
        if resume < 0:
            first = firsts[content]
            for q in range(levels.size):
                begin[q] = levels[q]
            room = MOST_JUMPS * (firsts[content + 1] - firsts[content])
            if jump_count + room > jumps.shape[0]:
                return FULL, position, jump_count, -1, 0
        resume = -1
        for op in range(first, firsts[content + 1]):
            kind = operations[op, 0]
            if kind == EVOLVE:
                place, cluster = operations[op, 5], operations[op, 6]
                if operations[op, 7]:
                    place = nodes[cluster, 1] * operations[op, 7]
                for d in range(operations[op, 3], operations[op, 4]):
                    level = begin[depends[d, 0]] if depends[d, 2] else levels[depends[d, 0]]
                    place += depends[d, 1] * level
                row = find(keys, rows, nodes[cluster, 0], place) if operations[op, 7] else table[place]
                if row < 0:
                    return MISSING, position, jump_count, op, place
                size = 1
                for m in range(operations[op, 1], operations[op, 2]):
                    size *= members[m, 1]
                draw = generator.random()
                low, high = 0, size - 1
                while low < high:
                    middle = (low + high) // 2
                    if pool[row + middle] <= draw:
                        low = middle + 1
                    else:
                        high = middle
                nodes[cluster, 0], nodes[cluster, 1] = row, low
                if operations[op, 2] == operations[op, 1] + 1:
                    # A cluster of one, without two divisions.
                    levels[members[operations[op, 1], 0]] = low
                    continue
                for m in range(operations[op, 2] - 1, operations[op, 1] - 1, -1):
                    levels[members[m, 0]] = low % members[m, 1]
                    low //= members[m, 1]
                continue
            q, slot = operations[op, 1], operations[op, 2]
            found[slot, shot] = levels[q]
            if kind == NOTE:
                continue
            now = 0.0
            for _ in range(MOST_JUMPS):
                level = levels[q]
                down = level * rates[q, 0]
                up = (level + 1) * rates[q, 1] if level < operations[op, 3] else 0.0
                if down + up <= 0.0:
                    break
                draw = generator.random()
                # Most shots end here, without a logarithm: 1 - exp(-x) < x.
                if draw >= (down + up) * (times[op, 1] - now):
                    break
                now -= np.log1p(-draw) / (down + up)
                if now >= times[op, 1]:
                    break
                if up > 0.0 and generator.random() * (down + up) >= down:
                    levels[q] += 1
                else:
                    levels[q] -= 1
                jumps[jump_count, 0] = shot
                jumps[jump_count, 1] = slot
                jumps[jump_count, 2] = levels[q]
                jump_times[jump_count] = times[op, 0] + now
                jump_count += 1
        position += 1
    return DONE, position, jump_count, -1, 0
