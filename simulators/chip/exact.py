"""One or two transmons through a stage: density matrices, one for each node of the quasi-static detuning."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.chip.cluster import Cluster, Kicks
from simulators.chip.device import Device
from simulators.chip.photons import find_kicks
from simulators.chip.stages import Span, Stage
from simulators.chip.transmons import Complex, Real, Transmon

__all__ = ["ExactSolver", "Mixture"]

NODES = {1: 21, 2: 7}
"""Gauss-Hermite nodes of the quasi-static detuning for each of so many transmons."""


@dataclass(frozen=True, slots=True)
class _Node:
    """Transmons with some detunings."""

    weight: float
    shifts_hz: tuple[float, ...]
    state: Complex
    """Density matrix, dressed basis, of trace 1: complex128 (dimension, dimension)."""


Mixture = tuple[_Node, ...]


class ExactSolver:
    """Evolves and projects a cluster of one or two transmons.

    Args:
        device: the chip.
        members: the transmons.
        outside: level of each neighbour that is not among them.
    """

    def __init__(self, device: Device, members: tuple[int, ...], outside: Mapping[int, int]) -> None:
        self._device = device
        self._members = members
        self._outside = dict(outside)
        self._shape = tuple(device.array.transmons[q].levels for q in members)

    def begin(
        self,
        levels: Mapping[int, int],
        stage: Stage,
        shots: int,  # noqa: ARG002 - nothing is random here
        seed: int,  # noqa: ARG002 - nothing is random here
        *,
        coherent: bool,
    ) -> Mixture:
        """To the end of a stage that begins with each member in a level."""
        size = int(np.prod(self._shape))
        state = np.zeros((size, size), np.complex128)
        initial = int(np.ravel_multi_index([levels[q] for q in self._members], self._shape))
        state[initial, initial] = 1.0
        mixture = tuple(_Node(weight, shifts_hz, state) for weight, shifts_hz in self._nodes())
        return self._advanced(mixture, stage, coherent=coherent)

    def proceed(
        self,
        before: Mixture,
        found: Mapping[int, int],
        held: Mapping[int, int],
        stage: Stage,
        seed: int,  # noqa: ARG002 - nothing is random here
        *,
        coherent: bool,
    ) -> Mixture:
        """To the end of a stage, from what was `found` before; for `held` their levels now."""
        mixture = tuple(
            replace(node, state=self._moved(node.state, held)) for node in self._projected(before, found)
        )
        return self._advanced(mixture, stage, coherent=coherent)

    def populations(self, mixture: Mixture) -> Real:
        """Of the cluster's states: float64 (states,)."""
        total = np.zeros(int(np.prod(self._shape)))
        for node in mixture:
            total += node.weight * np.clip(np.diagonal(node.state).real, 0.0, None)
        return np.asarray(total / total.sum(), np.float64)

    def _advanced(self, mixture: Mixture, stage: Stage, *, coherent: bool) -> Mixture:
        for number, span in enumerate(stage.spans):
            kicks = self._kicks(stage, span)
            last = number == len(stage.spans) - 1
            mixture = tuple(
                replace(node, state=self._through(node, span, kicks, coherent=coherent or not last))
                for node in mixture
            )
        return mixture

    def _projected(self, mixture: Mixture, levels: Mapping[int, int]) -> Mixture:
        """The state in which some members have been found in some levels."""
        kept = np.ones(self._shape, np.bool_)
        for axis, q in enumerate(self._members):
            if q in levels:
                kept &= (np.arange(self._shape[axis]) == levels[q]).reshape(
                    [-1 if k == axis else 1 for k in range(len(self._shape))]
                )
        mask = np.logical_and.outer(kept.ravel(), kept.ravel())
        found = []
        for node in mixture:
            state = np.asarray(np.where(mask, node.state, 0.0), np.complex128)
            chance = float(np.trace(state).real)
            if chance > 0.0:
                found.append(_Node(node.weight * chance, node.shifts_hz, state / chance))
        total = sum(node.weight for node in found)
        return tuple(replace(node, weight=node.weight / total) for node in found)

    def _moved(self, state: Complex, levels: Mapping[int, int]) -> Complex:
        """A member that is held has all its population in one level, and no coherence: that moves."""
        count = len(self._shape)
        tensor = state.reshape(self._shape * 2)
        for axis, q in enumerate(self._members):
            if q in levels:
                rest = np.trace(tensor, axis1=axis, axis2=axis + count)
                tensor = np.zeros_like(tensor)
                place: list[Any] = [slice(None)] * (2 * count)
                place[axis] = place[axis + count] = levels[q]
                tensor[tuple(place)] = rest
        return np.asarray(tensor.reshape(state.shape), np.complex128)

    def _through(self, node: _Node, span: Span, kicks: Kicks, *, coherent: bool) -> Complex:
        ((_, events),) = span.groups
        cluster = self._cluster(node.shifts_hz, span.held)
        return cluster.advance(node.state, events, span.begin_s, span.end_s, kicks, coherent=coherent)

    def _nodes(self) -> list[tuple[float, tuple[float, ...]]]:
        """Weights and detunings (Hz) over which the outcomes are averaged."""
        axes = []
        for q in self._members:
            wander_hz = self._device.wander_hz[q]
            if wander_hz == 0.0:
                axes.append([(1.0, 0.0)])
                continue
            points, weights = np.polynomial.hermite_e.hermegauss(NODES[len(self._members)])
            axes.append(list(zip((weights / weights.sum()).tolist(), (wander_hz * points).tolist(), strict=True)))
        return [
            (float(np.prod([weight for weight, _ in node])), tuple(shift for _, shift in node))
            for node in itertools.product(*axes)
        ]

    def _cluster(self, shifts_hz: tuple[float, ...], held: frozenset[int]) -> Cluster:
        def make() -> Cluster:
            array = self._device.array.part(self._members, self._outside)
            transmons = tuple(
                replace(
                    transmon if q not in held else _frozen(transmon), frequency_hz=transmon.frequency_hz + shift
                )
                for q, transmon, shift in zip(self._members, array.transmons, shifts_hz, strict=True)
            )
            return Cluster(replace(array, transmons=transmons))

        key = (self._members, tuple(self._outside.items()), shifts_hz, held)
        return self._device.clusters.get(key, make)

    def _kicks(self, stage: Stage, span: Span) -> Kicks:
        """What photons of earlier or faint readouts do to the coherences of those that are free."""
        kicks: list[tuple[float, Complex]] = []
        ((_, events),) = span.groups
        for q in self._members:
            if q not in span.held:
                found = find_kicks(stage.readings, q, span.begin_s, span.end_s, events.starts_s)
                kicks += [(time_s, self._widened(q, factors)) for time_s, factors in found]
        return tuple(sorted(kicks, key=lambda kick: kick[0]))

    def _widened(self, transmon: int, factors: Complex) -> Complex:
        """Factors of one transmon's coherences for the density matrix of the cluster."""
        total: NDArray[Any] = np.ones((1, 1), np.complex128)
        for q, levels in zip(self._members, self._shape, strict=True):
            total = np.kron(total, factors if q == transmon else np.ones((levels, levels)))
        return np.asarray(total, np.complex128)


@lru_cache(maxsize=256)
def _frozen(transmon: Transmon) -> Transmon:
    """A transmon that is being measured: it jumps elsewhere."""
    return replace(transmon, t1_s=np.inf, t2_s=np.inf, thermal_population=0.0)
