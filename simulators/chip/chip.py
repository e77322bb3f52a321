"""The chip as a lab sees it: contents in, volts out."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulators.chip.config import ChipConfig
from simulators.chip.content import Content
from simulators.chip.device import Device
from simulators.chip.drift import Drift
from simulators.chip.plan import Plan, make_plan
from simulators.chip.receiver import History
from simulators.chip.shots import Outcomes, ShotLoop
from simulators.chip.transmons import Int

__all__ = ["Chip"]

CACHED_PLANS = 1024
"""Contents whose distributions are kept."""
MEAN_CHUNK = 1 << 16
"""Shots at a time where only means are asked for."""

Order = Literal["cyclic", "sequential"]
Taken = tuple[tuple[NDArray[np.complexfloating[Any, Any]], ...], ...]
"""For each content and each of its acquisitions."""


class Chip:
    """A simulated chip with its state, its noise and its drifting parameters. Not thread-safe.

    Args:
        config: the chip file.
        seed: everything random follows from it.
    """

    def __init__(self, config: ChipConfig, seed: int | np.random.SeedSequence = 0) -> None:
        sequence = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
        outcomes, noise, drift, ensembles = sequence.spawn(4)
        self._config = config
        self._outcomes = np.random.default_rng(outcomes)
        self._noise = np.random.default_rng(noise)
        self._drift = Drift(config, drift)
        self._ensembles = int(ensembles.generate_state(1)[0])
        self._device = config.build_device()
        self._plans: OrderedDict[bytes, Plan] = OrderedDict()
        self._levels: Int = np.zeros(len(self._device.array.transmons), np.int64)
        self.thermalise()

    @property
    def config(self) -> ChipConfig:
        """The chip file."""
        return self._config

    @property
    def device(self) -> Device:
        """The chip's parts at this moment."""
        return self._device

    @property
    def levels(self) -> tuple[int, ...]:
        """Level in which the last shot has left each transmon."""
        return tuple(self._levels.tolist())

    def thermalise(self) -> None:
        """Draw the state from thermal equilibrium, as if the chip had been left alone for long."""
        for q, transmon in enumerate(self._device.array.transmons):
            ladder = np.array(
                [
                    (transmon.thermal_population / (1.0 - transmon.thermal_population)) ** n
                    for n in range(transmon.levels)
                ]
            )
            self._levels[q] = np.searchsorted(np.cumsum(ladder / ladder.sum()), self._outcomes.random(), "right")
        self._levels = np.minimum(self._levels, [t.levels - 1 for t in self._device.array.transmons])

    def advance(self, seconds: float) -> None:
        """Let laboratory time pass between experiments: parameters drift and jump as the chip file says."""
        if self._drift.advance(seconds):
            self._device = self._drift.config().build_device()
            self._plans.clear()
            # Ensembles of the same contents are others from now on.
            self._ensembles = zlib.crc32(b"drift", self._ensembles)

    def run(
        self, contents: Sequence[Content], shots: int, *, order: Order = "cyclic", average: bool = False
    ) -> Taken:
        """Play contents and receive.

        Args:
            contents: one or more.
            shots: how often each is played.
            order: "cyclic" plays all of them in turn, "sequential" each one `shots` times.
            average: means over the shots instead of single shots.

        Returns:
            For each content and each of its acquisitions: with weights complex128 (shots, kernels), without
            complex64 (shots, samples), volts; with `average` complex128 without the first axis.

        Raises:
            ValueError: if a content names a line that the chip does not have.
        """
        if order == "sequential" and len(contents) > 1:
            return tuple(self.run([content], shots, average=average)[0] for content in contents)
        plans = [self.plan(content) for content in contents]
        loop = ShotLoop(self._device, plans, self._levels, shots)
        if not average:
            outcomes = loop.play(shots, self._outcomes)
            return tuple(
                self._single(c, plan, content, outcomes)
                for c, (plan, content) in enumerate(zip(plans, contents, strict=True))
            )
        means: list[list[Any]] = [[0.0 for _ in content.acquisitions] for content in contents]
        for first in range(0, shots, MEAN_CHUNK):
            part = min(MEAN_CHUNK, shots - first)
            outcomes = loop.play(part, self._outcomes)
            for c, (plan, content) in enumerate(zip(plans, contents, strict=True)):
                for a, mean in enumerate(self._mean(c, plan, content, outcomes)):
                    means[c][a] = means[c][a] + mean * (part / shots)
        return tuple(tuple(row) for row in means)

    def peak_v(self, content: Content) -> tuple[float, ...]:
        """Largest noiseless volts of I or Q in each acquisition, for a receiver that wants to know of clipping."""
        return tuple(receiver.peak_v for receiver in self.plan(content).receivers)

    def plan(self, content: Content) -> Plan:
        """The content understood; computed once for equal contents."""
        plan = self._plans.get(content.key)
        if plan is None:
            plan = self._plans[content.key] = make_plan(
                self._device, content, zlib.crc32(content.key, self._ensembles)
            )
            if len(self._plans) > CACHED_PLANS:
                self._plans.popitem(last=False)
        return plan

    def _single(
        self, number: int, plan: Plan, content: Content, outcomes: Outcomes
    ) -> tuple[NDArray[np.complexfloating[Any, Any]], ...]:
        found: list[NDArray[np.complexfloating[Any, Any]]] = []
        for receiver, taken in zip(plan.receivers, content.acquisitions, strict=True):
            histories = self._histories(number, plan, receiver.numbers, outcomes)
            make = receiver.traces if taken.weights is None else receiver.values
            found.append(make(histories, outcomes.shots, self._noise))
        return tuple(found)

    def _mean(
        self, number: int, plan: Plan, content: Content, outcomes: Outcomes
    ) -> list[NDArray[np.complexfloating[Any, Any]]]:
        found: list[NDArray[np.complexfloating[Any, Any]]] = []
        for receiver, taken in zip(plan.receivers, content.acquisitions, strict=True):
            histories = self._histories(number, plan, receiver.numbers, outcomes)
            if taken.weights is None:
                found.append(receiver.mean_trace(histories, outcomes.shots, self._noise))
            else:
                found.append(receiver.values(histories, outcomes.shots, self._noise).mean(axis=0))
        return found

    @staticmethod
    def _histories(number: int, plan: Plan, readings: Sequence[int], outcomes: Outcomes) -> list[list[History]]:
        return [
            [
                outcomes.history(number, slots, plan.slot_times_s)
                for (reading, _), slots in plan.slots.items()
                if reading == wanted
            ]
            for wanted in readings
        ]
