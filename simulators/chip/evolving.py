"""A cluster of a content: from what is known of it in a shot to the distribution of what is drawn next."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulators.chip.device import Device
from simulators.chip.dissipation import Dissipation
from simulators.chip.ensembles import TrajectorySolver
from simulators.chip.exact import ExactSolver
from simulators.chip.grouping import EXACT
from simulators.chip.shelf import Shelf
from simulators.chip.stages import Stage
from simulators.chip.transmons import Real, Transmon, TransmonArray

__all__ = ["Begin", "Evolver", "Found", "Node"]

State = TypeVar("State")

KEPT_MATRICES, KEPT_ENSEMBLES = 1024, 8
"""States of one cluster that are kept, to go on from; a state that is gone is computed again."""
KEPT = 1 << 14
"""Distributions that are kept."""
FEW_SHOTS = 1024
"""Ensembles are never made for fewer."""
MORE = 4
"""When so many times as many shots are asked for, ensembles are drawn anew."""


class Begin(NamedTuple):
    """A stage at whose beginning all members are in a level."""

    stage: int
    levels: tuple[tuple[int, int], ...]
    """(transmon, level) of everything in `Evolver.depends`."""


class Found(NamedTuple):
    """A stage that goes on from what was found at the end of another one."""

    stage: int
    before: Begin | Found
    choice: int
    """Which of the joint levels of those that were drawn."""
    held: tuple[tuple[int, int], ...]
    """(transmon, level now) of those that are held."""


Node = Begin | Found
"""What is known of a cluster in a shot."""


class _Solver(Protocol[State]):
    """States are density matrices for few transmons, trajectories for many."""

    def begin(
        self, levels: Mapping[int, int], stage: Stage, shots: int, seed: int, *, coherent: bool
    ) -> State: ...
    def proceed(
        self,
        before: State,
        found: Mapping[int, int],
        held: Mapping[int, int],
        stage: Stage,
        seed: int,
        *,
        coherent: bool,
    ) -> State: ...
    def populations(self, state: State) -> Real: ...


class Evolver:
    """The cluster `members` of a device, through the stages of a content; `seed` is that of its trajectories."""

    def __init__(self, device: Device, members: tuple[int, ...], seed: int = 0) -> None:
        self.members = members
        within = set(members)
        outside = {b for q in members for b in device.array.neighbours(q)} - within
        self.spectators = tuple(sorted(outside))
        """Neighbours outside; their levels at the beginning of the shot count."""
        self._device = device
        self._seed = seed
        self._shape = tuple(device.array.transmons[q].levels for q in members)
        self._stages: list[Stage] = []
        self._outcomes = Shelf(KEPT)
        self._states = Shelf(KEPT_MATRICES if len(members) <= EXACT else KEPT_ENSEMBLES)
        self._shots = self._drawn_for = FEW_SHOTS

    def add(self, stage: Stage) -> int:
        """Another stage; returns its number."""
        self._stages.append(stage)
        return len(self._stages) - 1

    def stage(self, number: int) -> Stage:
        """A stage by its number."""
        return self._stages[number]

    def expect(self, shots: int) -> None:
        """So many shots will be played: ensembles are made large enough for all that there have been."""
        self._shots += shots
        if len(self.members) > EXACT and self._shots > MORE * self._drawn_for:
            self._drawn_for = self._shots
            self._outcomes.clear()
            self._states.clear()

    def depends(self, stage: int) -> tuple[tuple[int, bool], ...]:
        """Whose levels decide a stage: (transmon, whether its level at the beginning of the shot counts)."""
        now = self._stages[stage]
        if not now.fresh:
            return tuple((q, False) for q in now.held)
        own = tuple((q, False) for q in self.members)
        known = now.quiet and len(now.drawn) == len(self.members)
        return own if known else own + tuple((q, True) for q in self.spectators)

    def outcomes(self, node: Node) -> Real:
        """Probabilities of the joint levels of those that are drawn at the end of the node's stage: (choices,)."""
        return self._outcomes.get(node, lambda: self._chances(node))

    def levels_of(self, stage: int, choice: int) -> dict[int, int]:
        """Level of each one that is drawn at a stage's end."""
        drawn = self._stages[stage].drawn
        shape = [self._device.array.transmons[q].levels for q in drawn]
        return dict(zip(drawn, (int(k) for k in np.unravel_index(choice, shape)), strict=True))

    def _chances(self, node: Node) -> Real:
        stage = self._stages[node.stage]
        if isinstance(node, Begin) and stage.quiet:
            joint = self._relaxed(stage, dict(node.levels))
        else:
            joint = self._solver(node).populations(self._state(node))
        others = tuple(axis for axis, q in enumerate(self.members) if q not in stage.drawn)
        found = joint.reshape(self._shape).sum(axis=others).ravel()
        return np.asarray(found / found.sum(), np.float64)

    def _state(self, node: Node) -> object:
        """Of the cluster at the end of the node's stage."""
        return self._states.get(node, lambda: self._advanced(node))

    def _advanced(self, node: Node) -> object:
        stage, solver = self._stages[node.stage], self._solver(node)
        settled = stage.spans[-1].held.union(stage.drawn)
        coherent = len(settled) < len(self.members)
        seed = zlib.crc32(repr(node).encode(), self._seed)
        if isinstance(node, Begin):
            return solver.begin(dict(node.levels), stage, self._shots, seed, coherent=coherent)
        found = self.levels_of(node.before.stage, node.choice)
        return solver.proceed(self._state(node.before), found, dict(node.held), stage, seed, coherent=coherent)

    def _solver(self, node: Node) -> _Solver[Any]:
        while isinstance(node, Found):
            node = node.before
        levels = dict(node.levels)
        outside = {q: levels[q] for q in self.spectators if q in levels}

        def make() -> _Solver[Any]:
            kind = ExactSolver if len(self.members) <= EXACT else TrajectorySolver
            return kind(self._device, self.members, outside)

        return self._device.clusters.get(("solver", self.members, tuple(outside.items())), make)

    def _relaxed(self, stage: Stage, levels: Mapping[int, int]) -> Real:
        """Silence: each transmon by itself, from when it is free."""
        joint: NDArray[Any] = np.ones(1)
        for q in self.members:
            transmon = self._device.array.transmons[q]
            free_s = next((span.begin_s for span in stage.spans if q not in span.held), stage.end_s)
            alone = _relaxation(transmon, max(0.0, stage.end_s - free_s))
            joint = np.multiply.outer(joint, alone[:, levels[q]]).reshape(-1)
        return np.asarray(joint, np.float64)


@lru_cache(maxsize=4096)
def _relaxation(transmon: Transmon, duration_s: float) -> Real:
    """Transition matrix of one transmon left alone: every shot of a batch asks for the same few."""
    return Dissipation(TransmonArray((transmon,), {})).populations(duration_s)
