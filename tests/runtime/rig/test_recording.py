"""Several digitizers of one batch: their windows, their blocks in any sizes, and who is told what."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.contract import (
    AcquisitionError,
    AcquisitionPlan,
    AcquisitionWindow,
    Block,
    ClassifiedBlock,
    ConfigurationError,
    IntegrationWeights,
    KernelledBlock,
    PlayOrder,
    Progress,
    RecordBlock,
)
from runtime.results import Boxcar, Collector, QubitReadout
from runtime.rig.recording import Recording

RATE_HZ = 1_000_000_000
SHOTS, LENGTH = 5, 8
SLOTS: Mapping[str, list[tuple[int, ...]]] = {"one": [(0, 1), (1,)], "other": [(2,), (3, 2)]}
"""For each digitizer the slots (and qubits) that each of two programs is read into."""


def _plan(name: str, *, integrated: bool, order: PlayOrder = "cyclic") -> AcquisitionPlan:
    windows = tuple(
        AcquisitionWindow(program, slot, slot, 0, LENGTH - slot, 0.0, 0.0)
        for program, slots in enumerate(SLOTS[name])
        for slot in slots
    )
    weights = tuple(IntegrationWeights(np.ones(each.stop, np.complex128)) for each in windows)
    return AcquisitionPlan(name, RATE_HZ, LENGTH, 0, 2, SHOTS, windows, order, weights if integrated else None)


def _value(slot: int, shot: int) -> float:
    return 10.0 * slot + shot


@dataclass
class Digitizer:
    """Sends what its plan asks for, in blocks of so many records; fails after the first one if it is to."""

    size: int
    bits: bool = False
    fails: bool = False
    log: list[str] = field(default_factory=list)
    limits: Any = None

    async def acquire(
        self,
        plan: AcquisitionPlan,
        sink: Callable[[Block], None],
        armed: Callable[[], None],
        progress: Progress | None = None,
    ) -> int:
        """See `drivers.contract.Acquisition`."""
        await asyncio.sleep(0.001 * self.size)
        armed()
        self.log.append("armed")
        for first in range(0, plan.records, self.size):
            await asyncio.sleep(0)
            sink(self._block(plan, first, min(first + self.size, plan.records)))
            assert progress is not None
            progress(min(first + self.size, plan.records), plan.records)
            if self.fails:
                raise AcquisitionError("triggers are missing")
        return plan.records

    def _block(self, plan: AcquisitionPlan, first: int, stop: int) -> Block:
        records = np.arange(first, stop)
        shots, programs = plan.places(records)
        flags = shots == 3 if plan.instrument == "other" else np.zeros(records.size, np.bool_)
        if plan.integration is None:
            volts = np.zeros((records.size, 2, LENGTH), np.float32)
            for row, (shot, program) in enumerate(zip(shots, programs, strict=True)):
                volts[row, 0] = _value(SLOTS[plan.instrument][program][0], shot)
            return RecordBlock(first, volts, flags)
        columns = max(map(len, SLOTS[plan.instrument]))
        values: NDArray[np.complex128] = np.full((records.size, columns), np.nan + 0j)
        for row, (shot, program) in enumerate(zip(shots, programs, strict=True)):
            for column, slot in enumerate(SLOTS[plan.instrument][program]):
                values[row, column] = _value(slot, shot)
        if self.bits:
            there = ~np.isnan(values.real)
            bits = np.where(there, np.nan_to_num(values.real) % 2, 255).astype(np.uint8)
            return ClassifiedBlock(first, bits, flags)
        return KernelledBlock(first, values, flags)


def _recording(digitizers: Mapping[str, Digitizer], **how: Any) -> Recording:
    return Recording.of({name: _plan(name, **how) for name in digitizers}, digitizers)


@pytest.mark.parametrize("order", ["cyclic", "sequential"])
@pytest.mark.parametrize(("one", "other"), [(3, 4), (10, 1), (1, 10), (7, 7)])
async def test_sums_of_both_come_to_their_slots(one: int, other: int, order: PlayOrder) -> None:
    """Whatever the blocks' sizes, and although programs have different numbers of windows on each digitizer."""
    digitizers = {"one": Digitizer(one), "other": Digitizer(other)}
    recording = _recording(digitizers, integrated=True, order=order)
    readout = {slot: QubitReadout(Boxcar()) for slot in range(4)}
    collector = Collector(recording.plan, readout, 1)
    told: list[tuple[int, int]] = []
    armed: list[str] = []
    await recording.acquire(
        collector.take,
        lambda: armed.append(f"{len(digitizers['one'].log)} {len(digitizers['other'].log)}"),
        lambda done, total: told.append((done, total)),
    )
    first, second = collector.results(["a", "b"], {})
    assert (first.slots, second.slots) == ((0, 1, 2), (1, 2, 3))
    for result in (first, second):
        for slot in result.slots:
            assert result.memory[slot].tolist() == [_value(slot, shot) for shot in range(SHOTS)]
        assert result.overrange.tolist() == [shot == 3 for shot in range(SHOTS)]
    assert len(armed) == 1
    assert told == sorted(told)
    assert told[-1] == (2 * SHOTS, 2 * SHOTS)


async def test_bits_and_traces_are_joined_too() -> None:
    """Bits side by side; traces one behind the other, each window in its own digitizer's part."""
    blocks: list[Block] = []
    bits = _recording({"one": Digitizer(4, bits=True), "other": Digitizer(3, bits=True)}, integrated=True)
    await bits.acquire(blocks.append, lambda: None, lambda *_: None)
    seen = np.concatenate([block.bits for block in blocks if isinstance(block, ClassifiedBlock)])
    wanted = [
        [_value(slot, shot) % 2 for slot in slots] for shot in range(SHOTS) for slots in ((0, 1, 2), (1, 3, 2))
    ]
    assert seen[:, :3].tolist() == wanted
    assert set(seen[:, 3]) == {255}
    traces = _recording({"one": Digitizer(4), "other": Digitizer(3)}, integrated=False)
    assert traces.plan.record_length == 2 * LENGTH
    collector = Collector(traces.plan, {}, 0)
    await traces.acquire(collector.take, lambda: None, lambda *_: None)
    first, _ = collector.results(["a", "b"], {})
    for slot in (0, 2):
        row = first.data[:, first.slots.index(slot)]
        assert row[:, : LENGTH - slot].real == pytest.approx(
            np.array([[_value(slot, shot)] * (LENGTH - slot) for shot in range(SHOTS)])
        )
        assert np.isnan(row[:, LENGTH - slot :]).all()


async def test_one_that_fails_ends_the_others_with_its_own_error() -> None:
    digitizers = {"one": Digitizer(2), "other": Digitizer(2, fails=True)}
    with pytest.raises(AcquisitionError, match="triggers are missing"):
        await _recording(digitizers, integrated=True).acquire(lambda _: None, lambda: None, lambda *_: None)


def test_what_does_not_go_together() -> None:
    def plans() -> Iterator[dict[str, AcquisitionPlan]]:
        one, other = _plan("one", integrated=True), _plan("other", integrated=True)
        yield {}
        yield {"one": one, "other": replace(other, integration=None)}
        yield {"one": one, "other": replace(other, sample_rate_hz=RATE_HZ // 2)}

    digitizers = {"one": Digitizer(1), "other": Digitizer(1)}
    for each in plans():
        with pytest.raises(ConfigurationError, match=r"recorded|one rate"):
            Recording.of(each, digitizers)
