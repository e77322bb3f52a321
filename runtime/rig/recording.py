"""Who records a batch: one digitizer, or several whose records belong together and are handed on as one."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.contract import (
    Acquisition,
    AcquisitionPlan,
    AcquisitionWindow,
    Block,
    ClassifiedBlock,
    ConfigurationError,
    KernelledBlock,
    Progress,
    RecordBlock,
)
from runtime.rig.causes import first_cause

__all__ = ["Recording"]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The digitizers of one batch, as if they were one.

    Attributes:
        digitizers: By name.
        plans: What each of them records.
        plan: What they record together: the windows of all of them, one digitizer after the other in each record.
    """

    digitizers: Mapping[str, Acquisition]
    plans: Mapping[str, AcquisitionPlan]
    plan: AcquisitionPlan

    @classmethod
    def of(cls, plans: Mapping[str, AcquisitionPlan], digitizers: Mapping[str, Acquisition]) -> Recording:
        """Several digitizers have to send one kind of blocks, sampled at one rate.

        Raises:
            ConfigurationError: There is none, or they do not go together.
        """
        if not plans:
            raise ConfigurationError(
                "nothing is recorded",
                got="no Acquire in any program",
                fix="Put an Acquire into every program, on channels that a digitizer records",
            )
        if len({(plan.sample_rate_hz, plan.integration is None) for plan in plans.values()}) > 1:
            kinds = ", ".join(f"{name}: {_kind(plan)}" for name, plan in plans.items())
            raise ConfigurationError(
                "the digitizers of one program have to sample at one rate, and all integrate or none",
                got=kinds,
                fix="Read these qubits in batches of their own",
            )
        return cls({name: digitizers[name] for name in plans}, plans, _joined(list(plans.values())))

    async def acquire(
        self, sink: Callable[[Block], None], armed: Callable[[], None], progress: Progress | None = None
    ) -> None:
        """As `Acquisition.acquire`, for all of them: armed when the last of them is; blocks joined, in order."""
        if len(self.plans) == 1:
            ((name, plan),) = self.plans.items()
            await self.digitizers[name].acquire(plan, sink, armed, progress)
            return
        joiner = _Joiner(self.plan, _columns(list(self.plans.values())), tuple(self.plans), sink, armed, progress)
        async with first_cause(), asyncio.TaskGroup() as group:
            for name, plan in self.plans.items():
                heard = (partial(joiner.take, name), partial(joiner.arm, name), partial(joiner.proceed, name))
                group.create_task(self.digitizers[name].acquire(plan, *heard))


@dataclass(slots=True)
class _Joiner:
    """Puts the blocks of several digitizers together; called on the threads of all of them."""

    plan: AcquisitionPlan
    columns: NDArray[np.int64]
    names: tuple[str, ...]
    sink: Callable[[Block], None]
    armed: Callable[[], None]
    progress: Progress | None
    _waiting: dict[str, deque[Block]] = field(init=False)
    _armed: set[str] = field(default_factory=set)
    _done: dict[str, int] = field(init=False)
    _next: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._waiting = {name: deque() for name in self.names}
        self._done = dict.fromkeys(self.names, 0)

    def arm(self, name: str) -> None:
        with self._lock:
            self._armed.add(name)
            if len(self._armed) == len(self.names):
                self.armed()

    def proceed(self, name: str, done: int, total: int) -> None:
        with self._lock:
            self._done[name] = done
            if self.progress is not None:
                self.progress(min(self._done.values()), total)

    def take(self, name: str, block: Block) -> None:
        with self._lock:
            if block.count:
                self._waiting[name].append(block)
            while all(self._waiting.values()):
                self._hand_on()

    def _hand_on(self) -> None:
        """As many records as all of them have."""
        heads = [self._waiting[name][0] for name in self.names]
        stop = min(head.first + head.count for head in heads)
        records = np.arange(self._next, stop)
        _, programs = self.plan.places(records)
        parts = [_cut(head, self._next, stop) for head in heads]
        self.sink(_join(parts, self.columns[programs]))
        self._next = stop
        for name, head in zip(self.names, heads, strict=True):
            if head.first + head.count == stop:
                self._waiting[name].popleft()


def _kind(plan: AcquisitionPlan) -> str:
    return f"{'traces' if plan.integration is None else 'sums'} at {plan.sample_rate_hz} Hz"


def _joined(plans: Sequence[AcquisitionPlan]) -> AcquisitionPlan:
    """The windows of all, as if their records lay one behind the other."""
    if len(plans) == 1:
        return plans[0]
    ends = [0, *accumulate(plan.record_length for plan in plans)]
    weights = [plan.integration or () for plan in plans]
    return replace(
        plans[0],
        instrument=", ".join(plan.instrument for plan in plans),
        record_length=ends[-1],
        windows=tuple(
            _later(window, offset, plan.sample_rate_hz)
            for plan, (offset, _) in zip(plans, pairwise(ends), strict=True)
            for window in plan.windows
        ),
        integration=tuple(each for some in weights for each in some) or None,
    )


def _later(window: AcquisitionWindow, samples: int, rate_hz: int) -> AcquisitionWindow:
    """The window in a record that begins so much earlier."""
    return replace(
        window,
        start=window.start + samples,
        stop=window.stop + samples,
        record_start_s=window.record_start_s - samples / rate_hz,
    )


def _columns(plans: Sequence[AcquisitionPlan]) -> NDArray[np.int64]:
    """Int64 of shape (programs, columns): of all columns side by side, those that hold windows, in order.

    A digitizer's columns that a program does not use stand behind those that it does; so they do afterwards.
    """
    programs = plans[0].records_per_pass
    unused = []
    for plan in plans:
        counts = np.bincount([window.record for window in plan.windows], minlength=programs)
        unused.append(np.arange(counts.max(initial=0)) >= counts[:, None])
    return np.argsort(np.concatenate(unused, axis=1), axis=1, kind="stable")


def _cut(block: Block, first: int, stop: int) -> Block:
    """Some of a block's records."""
    part = slice(first - block.first, stop - block.first)
    overrange = block.overrange[part]
    lost = None if block.clock_lost is None else block.clock_lost[part]
    if isinstance(block, RecordBlock):
        triggered = None if block.triggered is None else block.triggered[part]
        return RecordBlock(first, block.volts[part], overrange, lost, triggered)
    if isinstance(block, KernelledBlock):
        return KernelledBlock(first, block.values[part], overrange, lost)
    return ClassifiedBlock(first, block.bits[part], overrange, lost)


def _join(blocks: Sequence[Block], columns: NDArray[np.int64]) -> Block:
    """Blocks of the same records side by side; a record is flagged where any of them is.

    When the triggers came is what the first one says: their clocks have nothing in common.
    """
    first = blocks[0].first
    overrange = np.any([block.overrange for block in blocks], axis=0)
    lost = [block.clock_lost for block in blocks if block.clock_lost is not None]
    clock_lost = np.any(lost, axis=0) if lost else None
    records = [block for block in blocks if isinstance(block, RecordBlock)]
    sums = [block.values for block in blocks if isinstance(block, KernelledBlock)]
    bits = [block.bits for block in blocks if isinstance(block, ClassifiedBlock)]
    if len(records) == len(blocks):
        volts = np.concatenate([block.volts for block in records], axis=2)
        return RecordBlock(first, volts, overrange, clock_lost, records[0].triggered)
    if len(sums) == len(blocks):
        values = np.take_along_axis(np.concatenate(sums, axis=1), columns, axis=1)
        return KernelledBlock(first, values, overrange, clock_lost)
    if len(bits) == len(blocks):
        told = np.take_along_axis(np.concatenate(bits, axis=1), columns, axis=1)
        return ClassifiedBlock(first, told, overrange, clock_lost)
    raise ConfigurationError("digitizers of one program sent different kinds of blocks")
