"""Shots of several contents in turn: the compiled loop is fed with distributions as it asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.chip.chain import DONE, EVOLVE, FULL, MOST_JUMPS, run_chain, slot_of
from simulators.chip.device import Device
from simulators.chip.evolving import Begin, Evolver, Found, Node
from simulators.chip.plan import Operation, Plan
from simulators.chip.receiver import History
from simulators.chip.transmons import Int, Real

__all__ = ["Outcomes", "ShotLoop"]

MOST_FOLLOWING = 1 << 16
"""Distributions after readouts in the middle of a shot that are kept from one lot of shots to the next one."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Levels and jumps of all readouts."""

    shots: int
    found: NDArray[np.int8]
    """int8 of shape (slots of all contents, shots)."""
    jumps: Int
    """int64 of shape (jumps, 3): shot, slot, new level."""
    times_s: Real
    """float64 of shape (jumps,), seconds since the content's beginning."""
    first_slots: tuple[int, ...]
    """Of each content."""

    def history(self, content: int, slots: Sequence[int], slot_times_s: Sequence[float]) -> History:
        """Levels through the slots of a reading's resonator; changes between two slots jump at the later one."""
        numbers = [self.first_slots[content] + slot for slot in slots]
        levels = self.found[numbers[0]]
        rows = np.flatnonzero(np.isin(self.jumps[:, 1], numbers)) if len(self.jumps) else np.zeros(0, np.int64)
        shots, times, moved = self.jumps[rows, 0], self.times_s[rows], self.jumps[rows, 2]
        if len(numbers) > 1:
            of_slot = self.jumps[rows, 1]
            extra = [self._steps(numbers[k : k + 2], shots, of_slot, moved) for k in range(len(numbers) - 1)]
            added_times = [np.full(s.size, slot_times_s[slots[k + 1]]) for k, (s, _) in enumerate(extra)]
            shots = np.concatenate((shots, *(s for s, _ in extra)))
            moved = np.concatenate((moved, *(m for _, m in extra)))
            times = np.concatenate((times, *added_times))
        order = np.lexsort((times, shots))
        return History(levels, shots[order], times[order], moved[order])

    def _steps(self, pair: Sequence[int], shots: Int, of_slot: Int, moved: Int) -> tuple[Int, Int]:
        """Shots in which the second of two slots begins in another level than the first one ended in."""
        last = self.found[pair[0]].astype(np.int64)
        mine = of_slot == pair[0]
        last[shots[mine]] = moved[mine]
        changed = np.flatnonzero(last != self.found[pair[1]])
        return changed, self.found[pair[1]][changed].astype(np.int64)


class ShotLoop:
    """The loop over the shots of some contents, with the distributions that it has asked for.

    Args:
        device: the chip.
        plans: of the contents.
        levels: int64 (transmons,), the chip's state; changed in place.
        shots: how many will be played in all: distributions are computed as well as that needs.
    """

    def __init__(self, device: Device, plans: Sequence[Plan], levels: Int, shots: int = 1) -> None:
        self._device = device
        self._plans = plans
        self._levels = levels
        self._lines: list[Operation] = [operation for plan in plans for operation in plan.operations]
        self._first_slots = np.cumsum([0, *(len(plan.slot_times_s) for plan in plans)]).tolist()
        self._firsts = np.cumsum([0, *(len(plan.operations) for plan in plans)]).astype(np.int64)
        self._members: list[tuple[int, int]] = []
        self._depends: list[tuple[int, int, int]] = []
        self._clusters: dict[Evolver, int] = {}
        self._size = 0
        self._operations = self._compile()
        self._times = np.array([(line.time_s, line.duration_s) for line in self._lines], np.float64).reshape(-1, 2)
        self._known = Known(self._size)
        for plan in plans:
            for evolver in plan.evolvers:
                evolver.expect(shots)

    def play(self, shots: int, generator: np.random.Generator) -> Outcomes:
        """Play every content `shots` times in turn."""
        slots = self._first_slots[-1]
        found = np.zeros((max(1, slots), shots), np.int8)
        room = 4 * MOST_JUMPS * len(self._lines) + shots // 4
        jumps, jump_times, count = np.zeros((room, 3), np.int64), np.zeros(room), 0
        position, resume, stop = 0, -1, shots * len(self._plans)
        begin = self._levels.copy()
        members = np.array(self._members, np.int64).reshape(-1, 2)
        depends = np.array(self._depends, np.int64).reshape(-1, 3)
        nodes = np.zeros((max(1, len(self._clusters)), 2), np.int64)
        known = self._known
        known.forget_some()
        while True:
            why, position, count, resume, place = run_chain(
                self._levels,
                begin,
                position,
                resume,
                stop,
                self._firsts,
                self._operations,
                self._times,
                members,
                depends,
                known.table,
                known.pool,
                nodes,
                known.keys,
                known.rows,
                self._device.jump_rates,
                found,
                jumps,
                jump_times,
                count,
                generator,
            )
            if why == DONE:
                break
            if why == FULL:
                jumps = np.concatenate((jumps, np.zeros_like(jumps)))
                jump_times = np.concatenate((jump_times, np.zeros_like(jump_times)))
            else:
                self._fill(int(resume), int(place), nodes)
        return Outcomes(shots, found, jumps[:count], jump_times[:count], tuple(self._first_slots[:-1]))

    def _compile(self) -> Int:
        rows = np.zeros((len(self._lines), 8), np.int64)
        slots = np.repeat(self._first_slots[:-1], [len(plan.operations) for plan in self._plans])
        for k, line in enumerate(self._lines):
            if line.kind != EVOLVE:
                highest = self._device.array.transmons[line.transmon].levels - 1
                rows[k, :4] = line.kind, line.transmon, line.slot + slots[k], highest
            elif line.evolver is not None:
                rows[k] = self._compile_evolution(line.evolver, line.stage)
        return rows

    def _compile_evolution(self, evolver: Evolver, number: int) -> tuple[int, ...]:
        transmons, stage = self._device.array.transmons, evolver.stage(number)
        first, first_dependence, begin = len(self._members), len(self._depends), self._size
        self._members += [(q, transmons[q].levels) for q in stage.drawn]
        size = 1
        for q, at_begin in evolver.depends(number):
            self._depends.append((q, size, int(at_begin)))
            size *= transmons[q].levels
        if stage.fresh:
            self._size += size
        cluster = self._clusters.setdefault(evolver, len(self._clusters))
        goes_on = 0 if stage.fresh else size
        return EVOLVE, first, len(self._members), first_dependence, len(self._depends), begin, cluster, goes_on

    def _fill(self, operation: int, place: int, nodes: Int) -> None:
        """Compute the distribution that the loop has asked for."""
        line, row = self._lines[operation], self._operations[operation]
        if line.evolver is None:
            raise RuntimeError("only evolutions have distributions")
        fresh = not row[7]
        rest = place - int(row[5]) if fresh else place % int(row[7])
        levels = tuple(
            (q, rest // stride % self._device.array.transmons[q].levels)
            for q, stride, _ in self._depends[int(row[3]) : int(row[4])]
        )
        if fresh:
            begin = Begin(line.stage, levels)
            self._known.add(place, begin, line.evolver.outcomes(begin))
        else:
            before = int(nodes[row[6], 0])
            node = Found(line.stage, self._known.nodes[before], place // int(row[7]), levels)
            self._known.add_following(before, place, node, line.evolver.outcomes(node))


class Known:
    """Distributions, and which of them follows which one."""

    def __init__(self, size: int) -> None:
        self.table: Int = np.full(max(1, size), -1, np.int64)
        """Where each fresh stage's distributions begin in `pool`."""
        self.pool: Real = np.zeros(0)
        """Cumulative probabilities."""
        self.keys: Int = np.zeros((0, 2), np.int64)
        """Hash table: the distribution before, and what was drawn from it."""
        self.rows: Int = np.zeros(0, np.int64)
        """Where the distribution that follows begins in `pool`."""
        self.nodes: dict[int, Node] = {}
        """By the place in `pool`."""
        self._used = self._following = 0
        self._clear()

    def add(self, place: int, node: Node, chances: Real) -> None:
        """The distribution of a fresh stage."""
        self.table[place] = self._put(node, chances)

    def add_following(self, before: int, mixed: int, node: Node, chances: Real) -> None:
        """A distribution that follows another one."""
        if 2 * self._following >= len(self.keys):
            old = self.keys, self.rows
            self.keys, self.rows = np.full((2 * len(old[0]), 2), -1, np.int64), np.zeros(2 * len(old[0]), np.int64)
            for key, row in zip(*old, strict=True):
                if key[0] >= 0:
                    slot = slot_of(self.keys, int(key[0]), int(key[1]))
                    self.keys[slot], self.rows[slot] = key, row
        slot = slot_of(self.keys, before, mixed)
        self.keys[slot], self.rows[slot] = (before, mixed), self._put(node, chances)
        self._following += 1

    def forget_some(self) -> None:
        """Begin anew if it has become too much; no shot may be under way."""
        if self._following > MOST_FOLLOWING:
            self._clear()

    def _put(self, node: Node, chances: Real) -> int:
        place = self._used
        if place + chances.size > self.pool.size:
            self.pool = np.concatenate((self.pool, np.zeros(max(chances.size, self.pool.size, 1024))))
        cumulative = np.cumsum(chances)
        self.pool[place : place + chances.size] = cumulative / cumulative[-1]
        self._used += chances.size
        self.nodes[place] = node
        return place

    def _clear(self) -> None:
        self.table[:] = -1
        self.nodes.clear()
        self.pool, self.keys, self.rows = np.zeros(0), np.full((64, 2), -1, np.int64), np.zeros(64, np.int64)
        self._used = self._following = 0
