"""Many transmons through a stage: quantum trajectories, as many as the shots that are drawn from them need.

A readout in the middle of a shot projects each trajectory and weighs it by how likely its outcome was there; of
trajectories that have become unlikely, fewer are followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulators.chip.device import Device
from simulators.chip.dissipation import Dissipation
from simulators.chip.photons import find_kicks
from simulators.chip.register import Kick, Register, Steps
from simulators.chip.shelf import Shelf
from simulators.chip.stages import Span, Stage
from simulators.chip.transmons import Complex, Int, Real, TransmonArray

__all__ = ["Ensemble", "TrajectorySolver"]

LEAST_TRAJECTORIES = 8
"""Of a state, however rare it is."""
FIRST_TRAJECTORIES = 64
"""Of a state that is common; then twice as many, until it is enough."""
MOST_TRAJECTORIES = 4096
"""Of any state."""
GOING_ON_BYTES = 1 << 21
"""Of an ensemble that is gone on from, at the least: 4854 trajectories of three transmons, 59 of seven."""
MOST_BYTES = 1 << 25
"""Of an ensemble that is gone on from."""
ENOUGH = 0.25
"""Standard error of any population, against that of as many shots at 1/2."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Trajectories at the end of a stage."""

    states: Complex
    """Normalised: complex128 (trajectories, dimension), interaction picture; none if nothing goes on."""
    weights: Real
    """float64 (trajectories,), of sum 1."""
    detunings: Real
    """Of each transmon in each trajectory: float64 (trajectories, transmons), rad/s."""
    populations: Real
    """Means over the trajectories: float64 (dimension,)."""


class TrajectorySolver:
    """Evolves and projects a cluster of three transmons or more.

    Args:
        device: the chip.
        members: the transmons.
        outside: level of each neighbour that is not among them.
    """

    def __init__(self, device: Device, members: tuple[int, ...], outside: Mapping[int, int]) -> None:
        self._members = members
        self._register = Register(device.array, members, outside)
        self._shape = self._register.array.shape
        self._wander = device.wander[list(members)]
        self._steps = Shelf(64)

    def begin(self, levels: Mapping[int, int], stage: Stage, shots: int, seed: int, *, coherent: bool) -> Ensemble:
        """To the end of a stage that begins with each member in a level, for `shots` from any levels."""
        size = int(np.prod(self._shape))
        initial = int(np.ravel_multi_index([levels[q] for q in self._members], self._shape))
        # Before the first readout levels are thermal; behind one they are what it has found, however excited.
        likely = 1.0 if stage.begin_s > 0.0 else float(self._register.array.equilibrium()[initial])
        wanted = max(LEAST_TRAJECTORIES, min(shots * likely, MOST_TRAJECTORIES))
        if coherent:
            wanted = max(LEAST_TRAJECTORIES, min(wanted, MOST_BYTES // (16 * size)))
        generator = np.random.default_rng(seed)
        if not self._random(stage):
            wanted = 1
        parts: list[Ensemble] = []
        marginals = np.zeros((0, sum(self._shape)))
        while len(marginals) < wanted:
            count = int(np.ceil(min(max(FIRST_TRAJECTORIES, len(marginals)), wanted - len(marginals))))
            states = np.zeros((count, size), np.complex128)
            states[:, initial] = 1.0
            detunings = self._wander * generator.standard_normal((count, self._wander.size))
            weights = np.full(count, 1.0 / count)
            part, found = self._through(states, weights, detunings, stage, generator, coherent=coherent)
            parts.append(part)
            marginals = np.concatenate((marginals, found))
            error = float(marginals.std(axis=0).max()) / np.sqrt(len(marginals))
            # Trajectories that go on may still differ later, however alike they are now.
            enough = not coherent or len(marginals) * 16 * size >= GOING_ON_BYTES
            if enough and error < ENOUGH * 0.5 / np.sqrt(max(1.0, shots * likely)):
                break
        shares = [part.weights.size / len(marginals) for part in parts]
        return Ensemble(
            np.concatenate([part.states for part in parts]),
            np.concatenate([part.weights * share for part, share in zip(parts, shares, strict=True)]),
            np.concatenate([part.detunings for part in parts]),
            np.asarray(sum(part.populations * share for part, share in zip(parts, shares, strict=True))),
        )

    def proceed(
        self,
        before: Ensemble,
        found: Mapping[int, int],
        held: Mapping[int, int],
        stage: Stage,
        seed: int,
        *,
        coherent: bool,
    ) -> Ensemble:
        """To the end of a stage, from what was `found` before; for `held` their levels now."""
        generator = np.random.default_rng(seed)
        tensor = before.states.reshape(-1, *self._shape)
        for axis, q in enumerate(self._members, start=1):
            if q in found:
                tensor = _kept(tensor, axis, found[q])
        chances = (np.abs(tensor) ** 2).reshape(len(tensor), -1).sum(axis=1)
        for axis, q in enumerate(self._members, start=1):
            if q in held:
                tensor = _moved(tensor, axis, held[q])
        weights = before.weights * chances
        rows, weights = _resampled(weights, generator)
        states = tensor.reshape(before.states.shape)[rows] / np.sqrt(chances[rows, None])
        return self._through(states, weights, before.detunings[rows], stage, generator, coherent=coherent)[0]

    def populations(self, state: Ensemble) -> Real:
        """Of the cluster's states: float64 (states,)."""
        return state.populations

    def _through(
        self,
        states: Complex,
        weights: Real,
        detunings: Real,
        stage: Stage,
        generator: np.random.Generator,
        *,
        coherent: bool,
    ) -> tuple[Ensemble, Real]:
        """All trajectories to the end of a stage, in place; and the level populations of each of them."""
        for span, steps in zip(
            stage.spans, self._steps.get(stage, lambda: self._steps_of(stage, coherent)), strict=False
        ):
            for state, shifts in zip(states, detunings, strict=True):
                self._register.run(state, steps, shifts, span.held, generator)
        found = np.abs(states) ** 2
        populations = np.asarray(weights @ found, np.float64)
        if not coherent:
            populations = self._relaxed(populations, stage)
        levels = self._register.array.levels_of
        marginals = [
            found @ (levels[:, axis] == level) for axis, size in enumerate(self._shape) for level in range(size)
        ]
        kept = states if coherent else states[:0]
        return Ensemble(kept, weights, detunings, populations), np.stack(marginals, axis=1)

    def _relaxed(self, populations: Real, stage: Stage) -> Real:
        """From the last window to the end of the stage: nothing is left that could interfere."""
        tensor: Real = populations.reshape(self._shape)
        begin_s = _driven_until_s(stage)
        for axis, (q, transmon) in enumerate(zip(self._members, self._register.array.transmons, strict=True)):
            free_s = sum(max(0.0, s.end_s - max(begin_s, s.begin_s)) for s in stage.spans if q not in s.held)
            moved = Dissipation(TransmonArray((transmon,), {})).populations(free_s)
            tensor = np.moveaxis(np.tensordot(moved, tensor, axes=(1, axis)), 0, axis)
        return np.asarray(tensor.ravel(), np.float64)

    def _random(self, stage: Stage) -> bool:
        """Whether trajectories differ."""
        return self._register.decays or bool(np.any(self._wander)) or bool(stage.readings)

    def _steps_of(self, stage: Stage, coherent: bool) -> tuple[Steps, ...]:
        """Of each span; if nothing need be `coherent` at the end, up to the last window."""
        until_s = stage.end_s if coherent else _driven_until_s(stage)
        return tuple(
            self._register.steps(
                span.groups,
                span.begin_s,
                min(span.end_s, until_s),
                self._kicks(stage, span, min(span.end_s, until_s)),
            )
            for span in stage.spans
            if span.begin_s < until_s or coherent
        )

    def _kicks(self, stage: Stage, span: Span, end_s: float) -> list[Kick]:
        """What photons of earlier or faint readouts do to those that are free."""
        kicks: list[Kick] = []
        for q in self._members:
            if q not in span.held:
                starts = [events.starts_s for group, events in span.groups if q in group]
                starts_s = np.sort(np.concatenate([np.zeros(0), *starts]))
                found = find_kicks(stage.readings, q, span.begin_s, end_s, starts_s)
                kicks += [(time_s, q, factors) for time_s, factors in found]
        return kicks


def _driven_until_s(stage: Stage) -> float:
    """End of a stage's last window."""
    ends = [
        float(e.starts_s[-1] + e.durations_s[-1]) for span in stage.spans for _, e in span.groups if e.which.size
    ]
    return max([stage.begin_s, *ends])


def _place(axis: int, level: int) -> tuple[Any, ...]:
    return (slice(None),) * axis + (level,)


def _kept(tensor: Complex, axis: int, level: int) -> Complex:
    """States in which a transmon is in a level; all else is zero."""
    out = np.zeros_like(tensor)
    out[_place(axis, level)] = tensor[_place(axis, level)]
    return out


def _moved(tensor: Complex, axis: int, level: int) -> Complex:
    """A transmon that has a level is put into another one."""
    out = np.zeros_like(tensor)
    out[_place(axis, level)] = tensor.sum(axis=axis)
    return out


def _resampled(weights: Real, generator: np.random.Generator) -> tuple[Int, Real]:
    """Trajectories that go on, and their weights: fewer of them, in proportion to how likely they are."""
    total = float(weights.sum())
    rows = np.flatnonzero(weights > 0.0)
    wanted = max(LEAST_TRAJECTORIES, int(np.ceil(total * weights.size)))
    if 2 * wanted >= rows.size:
        return rows, weights[rows] / total
    marks = (generator.random() + np.arange(wanted)) / wanted
    rows = np.minimum(np.searchsorted(np.cumsum(weights) / total, marks), weights.size - 1)
    return rows, np.full(wanted, 1.0 / wanted)
