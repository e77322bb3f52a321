"""Which readouts a plan asks of one analyzer channel, and which integrators make them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan, IntegrationWeights

if TYPE_CHECKING:
    from drivers.zurich.seqc.probing import Probe

__all__ = ["Integrator", "Readout", "ReadoutLayout", "ResultKind", "layout_of"]

ResultKind = Literal["traces", "sums", "bits", "tones"]
"""Tones are sums that the channel's oscillator makes, without weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Integrator:
    """One weighted integration unit, as it is set up for a whole acquisition."""

    weights: NDArray[np.complex128]
    """Within the unit square: real and imaginary part at most 1 in magnitude; zeros in front included."""
    scale: float
    """What its results are multiplied with to be sums with the wanted weights."""
    threshold: float | None
    """Of the sum with `weights`, not with the wanted ones."""


@dataclass(frozen=True, slots=True)
class Readout:
    """Integrations that start together, in one program."""

    program: int
    time: int
    """Samples from the program's start at which the analyzer is started."""
    units: tuple[int, ...]
    """The integrators whose results are wanted."""
    columns: tuple[int, ...]
    """For each of `units` the column of the program's record in which its result belongs."""
    factor: complex = 1.0
    """What its results are multiplied with to be the wanted sums."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadoutLayout:
    """What one analyzer channel records."""

    kind: ResultKind
    delay: int
    """Samples between the start of the analyzer and the first that counts."""
    length: int
    """Samples of an integration, or of a trace."""
    integrators: tuple[Integrator, ...]
    readouts: tuple[Readout, ...]
    """By program, then by time."""
    columns: int
    """Most windows of one record."""
    probe: Probe | None = None
    """Of tones: how they are made."""

    @property
    def results(self) -> int:
        """Results of one pass."""
        return len(self.readouts)

    @property
    def mask(self) -> int:
        """All integrators in use.

        Each readout starts all of them, wanted or not: so all have equally many results, and which is which hangs
        on no rule of the firmware for integrators that were left out.
        """
        return (1 << len(self.integrators)) - 1

    @property
    def overlap(self) -> Readout | None:
        """The first readout that starts while integrators still run; None where there is none."""
        for earlier, later in pairwise(self.readouts):
            if earlier.program == later.program and later.time - earlier.time < self.length:
                return later
        return None


def layout_of(
    plan: AcquisitionPlan,
    starts: Sequence[Sequence[int]],
    edges: Sequence[int],
    *,
    grid: int,
    delay_grid: int,
    weight_samples: int,
) -> ReadoutLayout:
    """How one channel makes what the plan asks for.

    Args:
        plan: The plan; `integration` decides between traces, sums and bits.
        starts: For each program the instants, samples from its start, at which a readout pulse begins.
        edges: For each program the instant, samples from its start, at which its record is triggered.
        grid: Instants at which the analyzer can be started.
        delay_grid: Step of the integration's delay.
        weight_samples: Most samples of an integration.

    One delay holds for all integrations of a channel. Where each window follows a pulse at nearly the same
    distance, the delay is that distance and the rest becomes zeros before the weights, so that one instruction
    starts pulse and integration; else integrations are started by themselves.
    """
    if plan.integration is None:
        return _traces(plan, starts, edges, grid, delay_grid)
    kernels = _kernels(plan.integration)
    begins = [
        edges[window.record] + plan.trigger_delay + window.start + silent
        for window, (silent, _) in zip(plan.windows, kernels, strict=True)
    ]
    anchors = [
        _anchor(begin, starts[window.record], grid) for begin, window in zip(begins, plan.windows, strict=True)
    ]
    lengths = [weights.size for _, weights in kernels]
    distances = [begin - anchor for begin, anchor in zip(begins, anchors, strict=True)]
    delay = min(distances) // delay_grid * delay_grid if distances else 0
    longest = max((d - delay + n for d, n in zip(distances, lengths, strict=True)), default=0)
    if longest > max([weight_samples, *lengths]):
        delay = 0
        anchors = [begin // grid * grid for begin in begins]
    return _integrations(plan, kernels, begins, anchors, delay)


def _kernels(integration: Sequence[IntegrationWeights]) -> list[tuple[int, NDArray[np.complex128]]]:
    """For each window how many samples its kernel waits, and its weights from there to the last that counts.

    An analyzer integrates a shorter time than many an Acquire lasts. Sweeps hand the same arrays over for each
    point, and get the same arrays back.
    """
    known: dict[int, tuple[int, NDArray[np.complex128]]] = {}
    for entry in integration:
        if id(entry.weights) not in known:
            counting = np.flatnonzero(entry.weights)
            first, last = (int(counting[0]), int(counting[-1]) + 1) if counting.size else (0, 1)
            known[id(entry.weights)] = (first, entry.weights[first:last])
    return [known[id(entry.weights)] for entry in integration]


def _anchor(begin: int, starts: Sequence[int], grid: int) -> int:
    """The last readout pulse that begins no later than the window; without one, the window's grid point."""
    earlier = [start for start in starts if start <= begin]
    return max(earlier) if earlier else begin // grid * grid


def _traces(
    plan: AcquisitionPlan, starts: Sequence[Sequence[int]], edges: Sequence[int], grid: int, delay_grid: int
) -> ReadoutLayout:
    """A trace a record: the first pulse starts it."""
    begins = np.asarray(edges, np.int64) + plan.trigger_delay
    times = [
        max((start for start in starts[program] if start <= begin), default=int(begin) // grid * grid)
        for program, begin in enumerate(begins)
    ]
    distances = begins - np.array(times)
    delay = int(distances.min()) // delay_grid * delay_grid if distances.size else 0
    if distances.size and int(distances.max()) - delay >= delay_grid:
        times = [int(begin) // grid * grid for begin in begins]
        delay = 0
    readouts = tuple(Readout(program, time, (), ()) for program, time in enumerate(times))
    return ReadoutLayout("traces", delay, plan.record_length, (), readouts, 0)


def _integrations(
    plan: AcquisitionPlan,
    kernels: Sequence[tuple[int, NDArray[np.complex128]]],
    begins: list[int],
    anchors: list[int],
    delay: int,
) -> ReadoutLayout:
    integrators: list[Integrator] = []
    numbers: dict[tuple[bytes, float | None], int] = {}
    columns = [0] * plan.records_per_pass
    groups: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    wanted = plan.integration or ()
    # Sweeps hand the same arrays over for each point: they are compared once.
    seen: dict[tuple[int, int, float | None], int] = {}
    rows = zip(plan.windows, begins, anchors, wanted, kernels, strict=True)
    for window, begin, anchor, integration, (_, kernel) in rows:
        zeros = begin - anchor - delay
        known = (id(kernel), zeros, integration.threshold)
        if known not in seen:
            weights = np.concatenate([np.zeros(zeros), kernel])
            seen[known] = numbers.setdefault((weights.tobytes(), integration.threshold), len(integrators))
            if seen[known] == len(integrators):
                integrators.append(_integrator(weights, integration.threshold))
        number = seen[known]
        units, places = groups.setdefault((window.record, anchor), ([], []))
        units.append(number)
        places.append(columns[window.record])
        columns[window.record] += 1
    readouts = tuple(
        Readout(program, time, tuple(units), tuple(places))
        for (program, time), (units, places) in sorted(groups.items())
    )
    length = max((unit.weights.size for unit in integrators), default=0)
    kind: ResultKind = "bits" if any(unit.threshold is not None for unit in integrators) else "sums"
    return ReadoutLayout(kind, delay, length, tuple(integrators), readouts, max(columns, default=0))


def _integrator(weights: NDArray[np.complex128], threshold: float | None) -> Integrator:
    largest = float(max(np.abs(weights.real).max(initial=0.0), np.abs(weights.imag).max(initial=0.0)))
    scale = largest or 1.0
    return Integrator(weights / scale, scale, None if threshold is None else threshold / scale)
