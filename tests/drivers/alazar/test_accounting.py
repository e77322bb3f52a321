"""Property: whatever a board does to its triggers, what it hands on is right, or it is an error."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.alazar import ATS9360Adapter
from drivers.alazar.limits import ATS9360 as LIMITS
from drivers.contract import (
    AcquisitionError,
    AcquisitionPlan,
    AcquisitionWindow,
    PlayOrder,
    ProblemReport,
    RecordBlock,
    TriggerTimetable,
)
from simulators.alazar import ATS9360, Faults
from tests.drivers.alazar.board import LSB_V, CountedSource
from tests.drivers.alazar.test_ats9360 import adapter_at, nothing
from tests.simulators.alazar.serving import served

RATE_HZ = 500_000_000
EDGES_S = (Fraction(1, 10**6), Fraction(3, 10**6), Fraction(2, 10**6))
LENGTHS_S = (Fraction(20, 10**6), Fraction(31, 10**6), Fraction(47, 10**6))
LIMIT_S = 0.15


def plan(programs: int, shots: int, order: PlayOrder = "cyclic") -> AcquisitionPlan:
    """Programs of different lengths, each read into slot 2."""
    windows = tuple(AcquisitionWindow(program, 0, 2, 0, 252, 0.0) for program in range(programs))
    timetable = TriggerTimetable(EDGES_S[:programs], LENGTHS_S[:programs])
    return AcquisitionPlan(
        "digitizer", RATE_HZ, 256, 16, programs, shots, windows, order=order, triggers=timetable
    )


def sent_s(asked: AcquisitionPlan) -> NDArray[np.float64]:
    """When a generator sends the triggers of a plan: by walking through it."""
    turns = [(program, shot) for shot in range(asked.shots) for program in range(asked.records_per_pass)]
    now, times = Fraction(0), []
    for program, _ in turns if asked.order == "cyclic" else sorted(turns):
        times.append(float(now + EDGES_S[program]))
        now += LENGTHS_S[program]
    return np.array(times)


@dataclass
class Bench:
    """An open digitizer, and what is behind it."""

    board: ATS9360
    source: CountedSource
    digitizer: ATS9360Adapter
    runner: asyncio.Runner

    def acquire(self, asked: AcquisitionPlan) -> list[int]:
        """The numbers of the triggers whose records came, where a generator sends those of the plan."""
        times = sent_s(asked)
        self.source.available = times.size
        self.source.sent_s = lambda numbers: times[numbers]
        blocks: list[RecordBlock] = []
        self.runner.run(self.digitizer.acquire(asked, blocks.append, nothing))
        levels = np.concatenate([block.volts[:, 0, :-4] for block in blocks])
        assert (levels == levels[:, :1]).all()
        return [int(number) for number in np.rint(levels[:, 0] / LSB_V) - 1]


@pytest.fixture
def bench() -> Iterator[Bench]:
    source = CountedSource(lowest=1)  # a record of nothing is no record of the first trigger
    board = ATS9360(source)
    with served(board) as address, asyncio.Runner() as runner:
        digitizer = adapter_at(address)
        runner.run(digitizer.open())
        digitizer.limit_s = LIMIT_S
        try:
            yield Bench(board, source, digitizer, runner)
        finally:
            runner.run(digitizer.close())


PLACES = st.integers(0, 11)
FAULTS = st.fixed_dictionaries(
    {},
    optional={
        "lose": st.sets(PLACES, max_size=2),
        # Less than what is between two triggers, more than what a clock cannot tell.
        "late": st.dictionaries(PLACES, st.integers(8, 200), max_size=2),
        "spurious": st.dictionaries(PLACES, st.integers(1000, 9000), max_size=2),
        "twice": st.sets(PLACES, max_size=2),
        "exchange": st.sets(PLACES, max_size=2),
    },
)


def test_requested_is_returned_or_an_error(bench: Bench) -> None:
    """Lost, late, invented, doubled and exchanged triggers, several at once, in both orders.

    Two records at least: a single one has no other with which its time could be compared.
    """

    @given(FAULTS, st.integers(1, 3), st.integers(2, 4), st.sampled_from(["cyclic", "sequential"]))
    @settings(max_examples=80, deadline=None)
    def check(faults: dict[str, set[int] | dict[int, int]], programs: int, shots: int, order: PlayOrder) -> None:
        asked = plan(programs, shots, order)
        bench.board.faults = found = Faults(**faults)  # type: ignore[arg-type]  # each key has its own type
        delays = {found.late.get(trigger, 0) for trigger in range(asked.records)}
        # All of them late by as much is a longer cable.
        assume(len(delays) > 1 or delays == {0})
        try:
            numbers = bench.acquire(asked)
        except AcquisitionError:
            assert found.of_triggers
            return
        assert numbers == list(range(asked.records))
        assert delays == {0}

    check()


@pytest.mark.parametrize(
    ("faults", "got"),
    [
        (Faults(lose={4}, spurious={7: 2000}), "record 4 (program 1, shot 1, slot 2)"),
        (Faults(late={5: 20}), "record 5 (program 2, shot 1, slot 2)"),
        (Faults(spurious={2: 4000}, lose={11}), "record 3 (program 0, shot 1, slot 2)"),
        (Faults(twice={1}, lose={2}), "record 2 (program 2, shot 0, slot 2)"),
        (Faults(exchange={8}), "record 8 (program 2, shot 2, slot 2)"),
    ],
    ids=["lost and invented", "late", "invented and lost", "doubled and lost", "exchanged"],
)
def test_as_many_records_as_requested_but_others(bench: Bench, faults: Faults, got: str) -> None:
    """The number is right, the records are not: the error says where and how far off."""
    bench.board.faults = faults
    with pytest.raises(AcquisitionError, match="one was lost, late, or too many") as caught:
        bench.acquire(plan(3, 4))
    assert caught.value.got.startswith(got)
    bench.board.faults = Faults()
    assert bench.acquire(plan(3, 4)) == list(range(12))


def test_a_board_without_footers(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too old, it ignores the flag: no times, no records."""
    original = bench.board.call

    def call(name: str, arguments: list[int]) -> object:
        if name == "AlazarBeforeAsyncRead":
            arguments = [*arguments[:-1], arguments[-1] & ~0x10000]
        return original(name, arguments)

    monkeypatch.setattr(bench.board, "call", call)
    with pytest.raises(AcquisitionError, match="got no footer; allowed: number 1"):
        bench.acquire(plan(1, 4))


def test_a_window_where_the_footer_is(bench: Bench) -> None:
    """The last four samples are not signal: a plan that reads them is refused."""
    assert LIMITS.footer_samples == 4
    asked = plan(1, 1)
    bad = AcquisitionPlan("digitizer", RATE_HZ, 256, 16, 1, 1, (AcquisitionWindow(0, 0, 0, 0, 253, 0.0),))
    assert bench.acquire(asked) == [0]
    with pytest.raises(ProblemReport, match="footer"):
        bench.acquire(bad)
