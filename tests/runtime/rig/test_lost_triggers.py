"""Triggers that the digitizer does not see, or sees late, or that nobody sent: an error, never a wrong record."""

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
from runtime import pulse
from runtime.rig import Rig
from simulators.alazar import ATS9360, Faults
from simulators.lab import Lab, running
from simulators.tektronix.player import RunState
from tests.runtime.rig.programs import after_nothing, after_x

TIMEOUT_S = 0.5
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
        with pytest.raises(AcquisitionError) as caught:
            bench.run()
        assert time.monotonic() - began < TIMEOUT_S + 3.0
        assert caught.value.instrument == "digitizer"
        if lost >= 2 * SHOTS - 2:
            # The board hands on whole buffers only, and the last one never fills.
            assert "triggers are missing" in caught.value.what
            assert caught.value.got == "800 records"
            assert caught.value.allowed == f"{2 * SHOTS} records ({SHOTS} shots of 2)"
    bench.board.faults = Faults()
    idle, excited = bench.run()
    assert idle < 0.15
    assert excited > 0.75


@pytest.mark.parametrize(
    ("faults", "record"),
    [
        (Faults(late={7: 100}), "record 7 (program 1, shot 3, slot 0, slot 1)"),
        (Faults(lose={401}, spurious={800: 100_000}), "record 401 (program 1, shot 200"),
        (Faults(exchange={900}), "record 900 (program 0, shot 450"),
    ],
    ids=["late", "one lost, one too many", "out of order"],
)
def test_the_right_number_of_wrong_records_is_an_error(bench: Bench, faults: Faults, record: str) -> None:
    """As many records as were asked for, but not those: told by their times, with record and slots."""
    bench.board.faults = faults
    with pytest.raises(AcquisitionError, match=re.escape(record)) as caught:
        bench.run()
    assert "trigger did not come when it was sent" in caught.value.what
    bench.board.faults = Faults()
    bench.run(10)


def test_a_drive_after_the_last_readout_is_played_to_its_end(bench: Bench) -> None:
    """Nobody records it, so nobody pulls it: the generator ends by the clock."""
    target = bench.rig.target
    with pulse.build(name="late drive") as program, pulse.align_sequential():
        pulse.call(pulse.macros.measure([0, 1], target))
        pulse.delay(200_000, pulse.DriveChannel(0))
        pulse.call(target.get_calibration("x", (0,)))
    result = bench.rig.run(program, shots=2000)
    assert sum(result.counts.values()) == 2000


CASES = st.integers(1, 12).flatmap(
    lambda shots: st.tuples(st.just(shots), st.sets(st.integers(0, 2 * shots - 1), max_size=3))
)


def test_requested_is_returned_or_an_error(bench: Bench) -> None:
    """Whichever triggers are lost, and however many: all shots, or AcquisitionError before the last of them."""

    @given(CASES)
    @settings(max_examples=10, deadline=None)
    def check(case: tuple[int, set[int]]) -> None:
        shots, bench.board.faults.lose = case
        lost = len(case[1])
        if not lost:
            bench.run(shots)
            return
        with pytest.raises(AcquisitionError):
            bench.run(shots)

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
