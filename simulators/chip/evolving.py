"""A cluster of a content: from its levels at the beginning of a stage to the distribution of the outcomes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.chip.actions import components
from simulators.chip.cluster import Cluster, Kicks
from simulators.chip.device import Device
from simulators.chip.dissipation import Dissipation
from simulators.chip.readings import Reading
from simulators.chip.register import Register
from simulators.chip.transmons import Complex, Real, Transmon, TransmonArray
from simulators.chip.windows import Events

__all__ = ["Evolver", "Stage"]

EXACT = 2
"""Up to so many transmons are evolved as a density matrix."""
NODES = {1: 21, 2: 7}
"""Gauss-Hermite nodes of the quasi-static detuning for each of so many transmons."""


@dataclass(frozen=True, eq=False)
class Stage:
    """The time from one readout of a cluster to the next one, or to the end of the shot."""

    begin_s: float
    end_s: float
    events: tuple[Events, ...]
    """Windows of each group."""
    readings: tuple[Reading, ...]

    @property
    def quiet(self) -> bool:
        """Nothing is driven."""
        return not any(events.which.size for events in self.events)


class Evolver:
    """The cluster `members` of a device, through the stages of a content."""

    def __init__(self, device: Device, members: tuple[int, ...], bonds: frozenset[tuple[int, int]]) -> None:
        self.members = members
        within = set(members)
        outside = {b for q in members for b in device.array.neighbours(q)} - within
        self.spectators = tuple(sorted(outside))
        """Neighbours outside; their levels at the beginning of the shot count."""
        self.groups = (members,) if len(members) <= EXACT else components(members, bonds)
        """Transmons that are propagated together, sample by sample."""
        self._device = device
        self._stages: list[Stage] = []
        self._outcomes: dict[object, Real] = {}

    def add(self, stage: Stage) -> int:
        """Another stage; returns its number."""
        self._stages.append(stage)
        return len(self._stages) - 1

    def depends(self, stage: int) -> tuple[tuple[int, bool], ...]:
        """Whose levels decide a stage: (transmon, whether its level at the beginning of the shot counts)."""
        own = tuple((q, False) for q in self.members)
        return own if self._stages[stage].quiet else own + tuple((q, True) for q in self.spectators)

    def outcomes(self, stage: int, levels: Mapping[int, int]) -> Real:
        """Probabilities of the cluster's states at the end of a stage: float64 (states,).

        Args:
            stage: number of the stage.
            levels: level of everything in `depends`.
        """
        key = (stage, *levels.items())
        if key not in self._outcomes:
            self._outcomes[key] = self._compute(stage, levels)
        return self._outcomes[key]

    def _compute(self, stage: int, levels: Mapping[int, int]) -> Real:
        now = self._stages[stage]
        shape = [self._device.array.transmons[q].levels for q in self.members]
        initial = int(np.ravel_multi_index([levels[q] for q in self.members], shape))
        outside = {q: levels[q] for q in self.spectators if q in levels}
        if now.quiet:
            return self._relaxed(now, initial)
        if len(self.members) > EXACT:
            register = self._register(outside)
            seed = np.random.SeedSequence([initial, stage, *outside.values()])
            return register.populations(
                now.events,
                initial,
                now.begin_s,
                now.end_s,
                seed=seed,
                wander=self._device.wander[list(self.members)],
            )
        total = np.zeros(int(np.prod(shape)))
        for weight, shifts_hz in self._nodes():
            cluster = self._cluster(outside, shifts_hz)
            kicks = self._kicks(now)
            total += weight * cluster.populations(now.events[0], initial, now.begin_s, now.end_s, kicks)
        return total

    def _relaxed(self, stage: Stage, initial: int) -> Real:
        """Silence: each transmon by itself."""
        array = TransmonArray(tuple(self._device.array.transmons[q] for q in self.members), {})
        joint: NDArray[Any] = np.ones(1)
        for level, transmon in zip(np.unravel_index(initial, array.shape), array.transmons, strict=True):
            alone = _relaxation(transmon, max(0.0, stage.end_s - stage.begin_s))
            joint = np.multiply.outer(joint, alone[:, int(level)]).reshape(-1)
        return np.asarray(joint, np.float64)

    def _nodes(self) -> list[tuple[float, tuple[float, ...]]]:
        """Weights and detunings (Hz) over which the outcomes are averaged."""
        axes = []
        for q in self.members:
            wander_hz = self._device.wander_hz[q]
            if wander_hz == 0.0:
                axes.append([(1.0, 0.0)])
                continue
            points, weights = np.polynomial.hermite_e.hermegauss(NODES[len(self.members)])
            axes.append(list(zip((weights / weights.sum()).tolist(), (wander_hz * points).tolist(), strict=True)))
        return [
            (float(np.prod([weight for weight, _ in node])), tuple(shift for _, shift in node))
            for node in itertools.product(*axes)
        ]

    def _cluster(self, outside: Mapping[int, int], shifts_hz: tuple[float, ...]) -> Cluster:
        def make() -> Cluster:
            array = self._device.array.part(self.members, outside)
            detuned = tuple(
                replace(transmon, frequency_hz=transmon.frequency_hz + shift)
                for transmon, shift in zip(array.transmons, shifts_hz, strict=True)
            )
            return Cluster(replace(array, transmons=detuned))

        return self._device.clusters.get((self.members, tuple(outside.items()), shifts_hz), make)

    def _register(self, outside: Mapping[int, int]) -> Register:
        def make() -> Register:
            place = {q: k for k, q in enumerate(self.members)}
            groups = [tuple(place[q] for q in group) for group in self.groups]
            return Register(self._device.array, self.members, dict(outside), groups)

        return self._device.clusters.get((self.members, self.groups, tuple(outside.items())), make)

    def _kicks(self, stage: Stage) -> Kicks:
        """What photons of earlier or faint readouts do to the coherences before each window."""
        events = stage.events[0]
        last_s = float(events.starts_s[-1] + events.durations_s[-1])
        kicks: list[tuple[float, Complex]] = []
        for reading in stage.readings:
            gone_s = reading.start_s + (reading.signal.volts.size + 1) * reading.signal.sample_s
            if reading.start_s >= last_s or gone_s <= stage.begin_s:
                continue
            for q, resonator in enumerate(reading.signal.feedline.resonators):
                if resonator.transmon in self.members:
                    kicks += self._kicks_of(reading, q, stage.begin_s, events.starts_s, gone_s)
        return tuple(sorted(kicks, key=lambda kick: kick[0]))

    def _kicks_of(
        self, reading: Reading, resonator: int, begin_s: float, starts_s: Real, gone_s: float
    ) -> list[tuple[float, Complex]]:
        """Of one resonator, between the beginnings of consecutive windows."""
        transmon = reading.signal.feedline.resonators[resonator].transmon
        low = int(np.searchsorted(starts_s, reading.start_s))
        high = min(int(np.searchsorted(starts_s, gone_s)) + 1, starts_s.size)
        edges = np.concatenate(([max(begin_s, starts_s[low - 1] if low else begin_s)], starts_s[low:high]))
        found = []
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            factors = reading.dephasing(resonator, first, last)
            if factors is not None:
                found.append((last, self._widened(transmon, factors)))
        return found

    def _widened(self, transmon: int, factors: Complex) -> Complex:
        """Factors of one transmon's coherences for the density matrix of the cluster."""
        total: NDArray[Any] = np.ones((1, 1), np.complex128)
        for q in self.members:
            levels = self._device.array.transmons[q].levels
            total = np.kron(total, factors if q == transmon else np.ones((levels, levels)))
        return np.asarray(total, np.complex128)


@lru_cache(maxsize=4096)
def _relaxation(transmon: Transmon, duration_s: float) -> Real:
    """Transition matrix of one transmon left alone: every shot of a batch asks for the same few."""
    return Dissipation(TransmonArray((transmon,), {})).populations(duration_s)
