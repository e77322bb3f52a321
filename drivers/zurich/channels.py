"""One acquisition on several analyzer channels: a plan cut into those of the channels, and joined again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan, Problem
from drivers.zurich.seqc import Core, ReadoutLayout

__all__ = ["Channels", "Recorded", "channel_plans", "channel_problems", "columns_of"]

Channels = Mapping[int, tuple[int, ...]]
"""For each input that a plan names, from 1, the output of the same analyzer channel."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What one analyzer channel records."""

    core: Core
    """Its sequencer, which starts it."""
    plan: AcquisitionPlan
    """The part of the plan whose windows come in there."""
    layout: ReadoutLayout


def channel_plans(plan: AcquisitionPlan) -> dict[int, AcquisitionPlan]:
    """For each input the plan of its windows, in the order of the inputs."""
    inputs = sorted({window.port for window in plan.windows})
    if len(inputs) < 2:
        return {inputs[0] if inputs else 1: plan}
    return {port: _of_input(plan, port) for port in inputs}


def channel_problems(plan: AcquisitionPlan, channels: Channels) -> Iterator[Problem]:
    """Windows of inputs that there are not, and what several channels do not record together."""
    plans = channel_plans(plan)
    for port in plans:
        if port not in channels:
            allowed = ", ".join(map(str, sorted(channels))) or "none"
            yield Problem("there is no such input", plan.instrument, f"input {port}", allowed)
    taken = [channels[port] for port in plans if port in channels]
    if len(set(taken)) < len(taken):
        yield Problem(
            "two inputs of one analyzer channel", plan.instrument, f"inputs {', '.join(map(str, plans))}"
        )
    if len(plans) > 1 and plan.integration is None:
        yield Problem(
            "traces of several channels at once",
            plan.instrument,
            f"inputs {', '.join(map(str, plans))}",
            "one",
            "Ask for level 1 or 2, or read the qubits of each channel in a batch of their own",
        )


def columns_of(plan: AcquisitionPlan, parts: Sequence[AcquisitionPlan]) -> list[NDArray[np.int64]]:
    """For each part, int64 of shape (programs, its columns): the column of the whole that each of its own is.

    The column behind the last stands for what a program's record does not have.
    """
    counts = np.zeros(plan.records_per_pass, np.int64)
    places: dict[int, list[list[int]]] = {}
    for window in plan.windows:
        of_input = places.setdefault(window.port, [[] for _ in range(plan.records_per_pass)])
        of_input[window.record].append(int(counts[window.record]))
        counts[window.record] += 1
    found = []
    for part in parts:
        of_part = places[part.windows[0].port]
        table = np.full((plan.records_per_pass, max(map(len, of_part))), counts.max(initial=0), np.int64)
        for program, columns in enumerate(of_part):
            table[program, : len(columns)] = columns
        found.append(table)
    return found


def _of_input(plan: AcquisitionPlan, port: int) -> AcquisitionPlan:
    rows = [row for row, window in enumerate(plan.windows) if window.port == port]
    weights = None if plan.integration is None else tuple(plan.integration[row] for row in rows)
    return replace(plan, windows=tuple(plan.windows[row] for row in rows), integration=weights)
