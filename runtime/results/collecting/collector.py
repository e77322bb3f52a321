"""From blocks of records to memory slots, as the blocks arrive."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from drivers.contract import (
    AcquisitionPlan,
    Block,
    ConfigurationError,
    Problem,
    ProblemReport,
)
from runtime.results.collecting.flags import FlagStore
from runtime.results.collecting.layout import Layout
from runtime.results.collecting.ledger import Ledger
from runtime.results.collecting.readout import QubitReadout, Reading
from runtime.results.collecting.reduction import Reduction
from runtime.results.collecting.stores import AverageStore, ShotStore, Store, TraceAverageStore
from runtime.results.collecting.tallies import TallyStore
from runtime.results.collecting.tap import Chunk, Consumer, ConsumerReport, Tap
from runtime.results.dataset import LEVELS, RETURNS, Result

__all__ = ["Collector"]

CONSUMER_LIMIT_S = 2.0
"""How long `results` waits for consumers to work off what is queued."""


class Collector:
    """Takes the blocks of one digitizer and keeps what the measurement level asks for.

    Single shots above level 0 are reduced as soon as they arrive: memory grows with shots times slots, not with
    samples. Averages are added up as they arrive: memory does not grow with shots at all.

    `take` raises AcquisitionError for a block that does not continue the acquisition, and `results` when records
    are missing: no array is ever filled with something else than what was asked for.

    Args:
        plan: What the digitizer was asked to record.
        readout: Kernel and discriminator by qubit.
        level: 0 raw, 1 kernelled, 2 classified.
        returns: "single" keeps every shot; "avg" means of traces and of kernelled numbers, and counts of states.
        reuse_slots: Let the latest acquisition of a memory slot overwrite earlier ones in the same program.
        overrides: Kernel and discriminator of single windows, by (program, slot), in place of their qubit's.
        consumers: Each gets the shots while they come in, on a thread of its own; see `Tap`.
        progress: Called with (records so far, records) after each block. What it raises ends its calls only.

    Raises:
        ConfigurationError: There is no such level, or no such return.
        ProblemReport: A qubit without a discriminator at level 2, a window outside its record, a slot written
            twice; all of them at once.
    """

    def __init__(
        self,
        plan: AcquisitionPlan,
        readout: Mapping[int, QubitReadout],
        level: int,
        *,
        returns: Literal["single", "avg"] = "single",
        reuse_slots: bool = False,
        overrides: Mapping[tuple[int, int], QubitReadout] | None = None,
        consumers: Sequence[Consumer] = (),
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        _require_known(level, returns)
        self.plan = plan
        self.level = level
        self.returns = returns
        self.seconds = 0.0
        """Time spent on kernels and discriminators."""
        reading = Reading(readout, overrides or {})
        self._layout = Layout.of(plan, reading, reuse_slots=reuse_slots)
        states = _states(plan, reading) if level == 2 else 2
        self._ledger = Ledger(plan, self._layout.windows)
        self._reduction = Reduction(self._layout, reading, level, float(plan.sample_rate_hz))
        self._store = _store(self._layout, level, returns, plan, states)
        self._whole_records = level == 0 and returns == "avg"
        self._flags = FlagStore(plan.records_per_pass, plan.shots if returns == "single" else None)
        self._states = states
        self._taps = [Tap(consumer) for consumer in consumers]
        self._progress = progress

    def take(self, block: Block) -> None:
        """Reduce one block. Blocks come in order and do not overlap; raises AcquisitionError if they do not."""
        started = time.perf_counter()
        shots, programs = self._ledger.admit(block)
        try:
            for number, some in self._of_groups(programs):
                self._keep(number, block, some, programs[some], shots[some])
        except ValueError as error:
            self._ledger.fail("records are damaged", str(error), "finite numbers, and states that there are")
        self._flags.add(block, shots, programs)
        self.seconds += time.perf_counter() - started
        self._report_progress()

    def results(
        self,
        names: Sequence[str],
        timing_s: Mapping[str, float],
        metadata: Mapping[str, str | int | float] | None = None,
    ) -> tuple[Result, ...]:
        """One Result a program, in the order of the batch.

        Raises AcquisitionError with expected and got, per slot, unless every record has been taken. Consumers are
        given two seconds to work off what is queued.
        """
        self.close()
        self._ledger.require_complete()
        return tuple(
            Result(
                name,
                self.level,
                tuple(window.slot for window in windows),
                sample_rate_hz=float(self.plan.sample_rate_hz),
                timing_s=timing_s,
                returns=self.returns,
                shots=self.plan.shots,
                states=self._states,
                windows=windows,
                metadata={"digitizer": self.plan.instrument, "order": self.plan.order, **(metadata or {})},
                **self._store.kept(int(self._layout.group_of[program]), int(self._layout.row_of[program])),
                **self._flags.kept(program),
            )
            for program, (name, windows) in enumerate(zip(names, self._layout.windows, strict=True))
        )

    def close(self, limit_s: float = CONSUMER_LIMIT_S) -> tuple[ConsumerReport, ...]:
        """End the consumers' threads, waiting at most `limit_s` for each; what became of them."""
        return tuple(tap.close(limit_s) for tap in self._taps)

    @property
    def received(self) -> int:
        """Records so far."""
        return self._ledger.received

    def _of_groups(self, programs: NDArray[np.int64]) -> list[tuple[int, Any]]:
        """Each group with its records in a block; all of them, without a copy, where there is one group."""
        if len(self._layout.groups) == 1:
            return [(0, slice(None))]
        groups = self._layout.group_of[programs]
        return [(number, np.flatnonzero(groups == number)) for number in np.unique(groups).tolist()]

    def _keep(
        self,
        number: int,
        block: Block,
        some: Any,  # noqa: ANN401 - a slice or an array of indices
        programs: NDArray[np.int64],
        shots: NDArray[np.int64],
    ) -> None:
        group = self._layout.groups[number]
        rows = self._layout.row_of[programs]
        if self._whole_records:
            self._store.add(number, rows, shots, self._reduction.records(block, some))
            if not self._taps:
                return
        values = self._reduction.reduced(number, block, some, rows)
        if not self._whole_records:
            self._store.add(number, rows, shots, values)
        for tap in self._taps:
            tap.offer(Chunk(programs, shots, group.slots, values, np.array(block.overrange[some])))

    def _report_progress(self) -> None:
        if self._progress is None:
            return
        try:
            self._progress(self._ledger.received, self.plan.records)
        except Exception:  # noqa: BLE001 - a picture that fails must not cost the acquisition
            self._progress = None


def _store(layout: Layout, level: int, returns: str, plan: AcquisitionPlan, states: int) -> Store:
    if returns == "single":
        return ShotStore(layout, level, plan.shots)
    if level == 0:
        return TraceAverageStore(layout)
    return AverageStore(layout, of_means=plan.averaged) if level == 1 else TallyStore(layout, states)


def _require_known(level: int, returns: str) -> None:
    if level not in LEVELS:
        raise ConfigurationError(
            "there is no such measurement level", got=repr(level), allowed=", ".join(map(str, LEVELS))
        )
    if returns not in RETURNS:
        raise ConfigurationError(
            "there is no such kind of return", got=repr(returns), allowed=" or ".join(map(repr, RETURNS))
        )


def _states(plan: AcquisitionPlan, reading: Reading) -> int:
    """The most states that a discriminator tells apart; level 2 needs one for every qubit that is acquired."""
    found: dict[int, int] = {}
    unread: set[int] = set()
    for window in plan.windows:
        discriminator = reading.of(window).discriminator
        if discriminator is None:
            unread.add(window.qubit)
        else:
            found[window.qubit] = max(discriminator.states, found.get(window.qubit, 2))
    if unread:
        raise ProblemReport(
            "Shots cannot be classified",
            problems=tuple(
                Problem(
                    "no discriminator is known",
                    where=f"qubit {qubit}",
                    fix="Train one with rig.train_readout, give it in wiring.yaml, or ask for level 1",
                )
                for qubit in sorted(unread)
            ),
        )
    return max(found.values(), default=2)
