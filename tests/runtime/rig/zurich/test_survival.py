"""What goes wrong on a bench of Zurich instruments, seen from the rig.

Each time: an error with the instrument's name, within its time limit; every output off, which another session with
the data server sees; and the rig can be opened again.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.contract import (
    AcquisitionError,
    ConnectionFailed,
    InstrumentError,
    ProblemReport,
    PulserigError,
)
from drivers.zurich.compiling import Compiled, CompileRequest, SeqcCompiler
from drivers.zurich.sequencing import SequencingAdapter
from runtime.pulse import Constant, Play, Schedule
from runtime.pulse.macros import measure
from runtime.rig import Rig
from tests.runtime.rig.programs import after_nothing, after_x
from tests.runtime.rig.zurich.labs import RunningLab, copied, impatient, outputs_on, serving

TIMEOUT_S = 2.0
SHFQC, HDAWG, FOUR = "zurich-shfqc", "zurich-hdawg-uhfqa", "zurich-four-shfqc"


@pytest.fixture(scope="module")
def shfqc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, RunningLab]]:
    """A station with an SHFQC, waited for two seconds, and its lab, which lives through the module."""
    station = impatient(copied(SHFQC, tmp_path_factory.mktemp("shfqc")), TIMEOUT_S)
    with serving(station) as lab:
        yield station, lab


@pytest.fixture
def rig(shfqc: tuple[Path, RunningLab]) -> Iterator[Rig]:
    """The station with an SHFQC."""
    station, lab = shfqc
    with Rig.open(station, addresses=lab.addresses) as opened:
        yield opened


def require_works(rig: Rig) -> None:
    """Both states of both qubits come back, apart from one another."""
    ground, excited = rig.run([after_nothing(rig.target), after_x(rig.target)], shots=100, level=1)
    for slot in (0, 1):
        apart = abs(np.median(excited.memory[slot]) - np.median(ground.memory[slot]))
        assert apart > 2 * np.std(ground.memory[slot].real)


@pytest.mark.parametrize("name", [SHFQC, HDAWG])
def test_a_server_that_is_killed_in_mid_run_and_started_again(name: str, tmp_path: Path) -> None:
    """An error of the link, soon; the rig closes at once. The new server is quiet, and it opens again."""
    station = impatient(copied(name, tmp_path), TIMEOUT_S)
    _use_free_ports(station)
    with serving(station, fixed_ports=True) as lab:
        opened = Rig.open(station, addresses=lab.addresses)
        try:
            _kill_while_it_plays(opened, lab)
            with serving(station, fixed_ports=True) as new:
                assert new.addresses == lab.addresses
                # What was sent is lost with the old one, so an open rig does not go on as if nothing had happened.
                with pytest.raises(PulserigError, match=r"again|reopen|lost"):
                    opened.run(after_nothing(opened.target), shots=10, level=1)
                closing = time.monotonic()
                opened.close()
                assert time.monotonic() - closing < 5
                assert outputs_on(new) == []
                with Rig.open(station, addresses=new.addresses) as again:
                    require_works(again)
                    assert outputs_on(new) == []
        finally:
            opened.close()


def _kill_while_it_plays(rig: Rig, lab: RunningLab) -> None:
    """The server dies between two looks for results: an error with an instrument's name, soon."""
    killed: list[float] = []

    def look(stage: str, done: int, total: int) -> None:
        if stage == "fetch" and not killed:
            assert done < total
            killed.append(time.monotonic())
            lab.process.kill()

    programs = [after_nothing(rig.target), after_x(rig.target)]
    with pytest.raises(InstrumentError) as caught:
        rig.run(programs, shots=200_000, level=1, report=look)
    assert time.monotonic() - killed[0] < TIMEOUT_S + 5
    assert caught.value.instrument in rig.station.instruments


@pytest.mark.parametrize(
    ("wish", "kind", "says"),
    [
        ({"fault": "in-use"}, ConnectionFailed, r"(?i)in use"),
        ({"fault": "firmware"}, InstrumentError, r"(?i)firmware"),
        ({"fault": "firmware", "needed": True}, InstrumentError, r"(?i)firmware"),
    ],
    ids=["busy", "old firmware", "firmware that cannot work"],
)
def test_a_device_that_cannot_be_had(
    wish: dict[str, object], kind: type[PulserigError], says: str, shfqc: tuple[Path, RunningLab]
) -> None:
    """Opening says which device, and why; nothing stays open, and it opens when the reason is gone."""
    station, lab = shfqc
    lab.control(**wish, device="dev12003")
    began = time.monotonic()
    with pytest.raises(kind, match=says) as caught:
        Rig.open(station, addresses=lab.addresses)
    assert time.monotonic() - began < 10
    assert isinstance(caught.value, InstrumentError)
    assert (caught.value.instrument, caught.value.address) == ("shfqc", lab.addresses["shfqc"])
    assert caught.value.fix
    lab.control(fault="none")
    assert outputs_on(lab) == []
    with Rig.open(station, addresses=lab.addresses) as opened:
        require_works(opened)


def test_source_that_does_not_compile(
    rig: Rig, shfqc: tuple[Path, RunningLab], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our generator makes none, so it is spoilt on its way to the compiler: what that says comes back."""
    compile_good = SeqcCompiler.compile

    def spoilt(self: SeqcCompiler, request: CompileRequest) -> Compiled:
        return compile_good(self, replace(request, source=request.source + "playNothing(3);\n"))

    with monkeypatch.context() as patched:
        patched.setattr(SeqcCompiler, "compile", spoilt)
        began = time.monotonic()
        with pytest.raises(ProblemReport, match="shfqc cannot play the program") as caught:
            rig.run(after_x(rig.target), shots=10, level=1)
        assert time.monotonic() - began < 10
    assert [problem.where for problem in caught.value.problems] == ["drive_q0", "drive_q1", "feedline"]
    assert all("compiler" in problem.what and "playNothing" in problem.what for problem in caught.value.problems)
    assert outputs_on(shfqc[1]) == []
    require_works(rig)


def test_a_command_table_that_is_too_long(
    rig: Rig, shfqc: tuple[Path, RunningLab], monkeypatch: pytest.MonkeyPatch
) -> None:
    """4097 amplitudes on one output: a problem with output, number and limit; no instrument is asked."""
    many = Schedule(name="many")
    drive = rig.target.drive(0)
    for number in range(4097):
        many.insert(144 * number, Play(Constant(144, 0.01 + number / 5000), drive), inplace=True)
    many = many.insert(many.duration, measure([0], rig.target))
    loads: list[object] = []

    async def load(self: SequencingAdapter, *given: object) -> None:
        loads.extend((self.name, given))

    began = time.monotonic()
    with monkeypatch.context() as patched:
        patched.setattr(SequencingAdapter, "load", load)
        with pytest.raises(ProblemReport, match="command table") as caught:
            rig.run(many, shots=10, level=1)
    assert time.monotonic() - began < 15
    found = [problem for problem in caught.value.problems if "command table" in str(problem)]
    assert "drive_q0" in found[0].where
    assert found[0].got.startswith("4097")
    assert found[0].allowed == "4096"
    assert loads == []
    assert outputs_on(shfqc[1]) == []
    require_works(rig)


def test_a_trigger_that_gets_lost_between_two_devices(tmp_path: Path) -> None:
    """HDAWG to UHFQA: expected and got, within the limit; then all is well."""
    station = impatient(copied(HDAWG, tmp_path), TIMEOUT_S)
    with serving(station) as lab, Rig.open(station, addresses=lab.addresses) as opened:
        require_works(opened)
        lab.control(fault="lost-trigger", device="dev2001")
        seen: list[str] = []
        programs = [after_nothing(opened.target), after_x(opened.target)]
        began = time.monotonic()
        with pytest.raises(AcquisitionError, match="triggers are missing") as caught:
            opened.run(programs, shots=50, level=1, report=lambda *_: seen.extend(outputs_on(lab)))
        assert time.monotonic() - began < TIMEOUT_S + 5
        assert caught.value.instrument == "uhfqa"
        assert caught.value.got == "99 results"
        assert caught.value.allowed == "100 results (50 shots of 2 records)"
        # That they are off says something, because they were seen on meanwhile.
        assert {"/dev8001/sigouts/0/on", "/dev2001/sigouts/1/on"} <= set(seen)
        assert outputs_on(lab) == []
        require_works(opened)
        assert outputs_on(lab) == []


def test_a_trigger_that_one_of_three_followers_loses(tmp_path: Path) -> None:
    """Four devices record; one of them comes too short: its name, expected and got; then all is well again."""
    station = impatient(copied(FOUR, tmp_path), 2 * TIMEOUT_S)
    with serving(station) as lab, Rig.open(station, addresses=lab.addresses) as opened:
        read = Schedule((0, measure(list(range(20)), opened.target)), name="nothing")
        opened.run(read, shots=20)
        lab.control(fault="lost-trigger", device="dev12012")
        with pytest.raises(AcquisitionError, match="missing") as caught:
            opened.run(read, shots=20)
        assert caught.value.instrument == "qc2"
        assert caught.value.got == "19 results"
        assert outputs_on(lab) == []
        assert sum(opened.run(read, shots=20).counts.values()) == 20


def _use_free_ports(station: Path) -> None:
    """Let a lab that is started again listen where it did, on ports that nobody else has."""
    lab = station / "lab.yaml"
    text = lab.read_text(encoding="utf-8")
    first = 48820 if "zurich-shfqc" in text else 48830
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        more = [socket.socket() for _ in range(6)]
        try:
            free = []
            for listener in (one, two, three, *more):
                listener.bind(("127.0.0.1", 0))
                free.append(listener.getsockname()[1])
        finally:
            for listener in more:
                listener.close()
    for number, port in enumerate(free):
        text = text.replace(str(first + number), str(port))
    lab.write_text(text, encoding="utf-8")
