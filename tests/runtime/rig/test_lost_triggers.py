"""A trigger that the digitizer does not see: an error with both numbers, never records that moved up by one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import AcquisitionError
from runtime.rig import Rig
from simulators.alazar import ATS9360
from simulators.lab import Lab, running
from simulators.tektronix.player import RunState
from tests.runtime.rig.programs import after_nothing, after_x

TIMEOUT_S = 2.0
"""Of the digitizer alone."""
SHOTS = 600
"""Of two programs each: 1200 records, in three buffers of 400."""


@dataclass(frozen=True)
class Bench:
    """A rig on a lab in this process, whose board can be broken."""

    rig: Rig
    lab: Lab

    @property
    def board(self) -> ATS9360:
        """The digitizer's model."""
        return self.lab.boards["digitizer"]

    def run(self, shots: int = SHOTS) -> list[float]:
        """Both programs; how often each found qubit 0 excited."""
        programs = [after_nothing(self.rig.target), after_x(self.rig.target)]
        results = self.rig.run(programs, shots=shots)
        assert [sum(result.counts.values()) for result in results] == [shots, shots]
        return [sum(n for bits, n in result.counts.items() if bits[-1] == "1") / shots for result in results]


@pytest.fixture
def bench(station: Path) -> Iterator[Bench]:
    wiring = station / "wiring.yaml"
    text = re.sub(
        r"(    adapter: alazar.*)", rf"\1\n    timeout_s: {TIMEOUT_S}", wiring.read_text(encoding="utf-8")
    )
    wiring.write_text(text, encoding="utf-8")
    with running(station / "lab.yaml") as lab:
        places = {name: where.get("hislip") or where["ats"] for name, where in lab.addresses.items()}
        with Rig.open(station, addresses=places) as rig:
            yield Bench(rig, lab)


def test_a_lost_trigger_is_an_error_soon(bench: Bench) -> None:
    """The first, the last, some between: expected and got, in the time a buffer may take; then all is well."""
    for lost in (0, 1, SHOTS, 2 * SHOTS - 2, 2 * SHOTS - 1):
        bench.board.faults.lose = {lost}
        began = time.monotonic()
        with pytest.raises(AcquisitionError, match="triggers are missing") as caught:
            bench.run()
        assert time.monotonic() - began < TIMEOUT_S + 3.0
        assert caught.value.instrument == "digitizer"
        # The board hands on whole buffers only, and the last one never fills.
        assert caught.value.got == "800 records"
        assert caught.value.allowed == f"{2 * SHOTS} records ({SHOTS} shots of 2)"
    bench.board.faults.lose = set()
    idle, excited = bench.run()
    assert idle < 0.15
    assert excited > 0.75


CASES = st.integers(1, 12).flatmap(
    lambda shots: st.tuples(st.just(shots), st.sets(st.integers(0, 2 * shots - 1), max_size=3))
)


def test_requested_is_returned_or_an_error(bench: Bench) -> None:
    """Whichever triggers are lost, and however many: all shots, or AcquisitionError."""

    @given(CASES)
    @settings(max_examples=10, deadline=None)
    def check(case: tuple[int, set[int]]) -> None:
        shots, bench.board.faults.lose = case
        lost = len(case[1])
        if not lost:
            bench.run(shots)
            return
        with pytest.raises(AcquisitionError) as caught:
            bench.run(shots)
        assert caught.value.allowed == f"{2 * shots} records ({shots} shots of 2)"
        assert int(caught.value.got.split()[0]) <= 2 * shots - lost

    check()


def test_the_generator_stops_by_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last record it is stopped, long before the clock says so: programs last a millisecond each."""
    control = bench.lab.generators["awg"]._control
    states: list[RunState] = []

    def look_and_stop() -> None:
        states.append(control.player.state)
        type(control).stop(control)

    monkeypatch.setattr(control, "stop", look_and_stop)
    began = time.monotonic()
    bench.run(5000)
    assert time.monotonic() - began < 10.0
    assert states[-1] is RunState.STOPPED
