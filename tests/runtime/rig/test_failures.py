"""What goes wrong on a bench: nobody answers, somebody else answers, an instrument hangs, the lab dies, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from drivers.contract import (
    ConnectionFailed,
    InstrumentError,
    InstrumentTimeout,
    ProblemReport,
    PulserigError,
    WrongInstrument,
)
from runtime.rig import Rig, load_station
from runtime.rig.lab_process import LabProcess
from tests.runtime.rig.programs import after_nothing

TIMEOUT_S = 2.0
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="SIGSTOP and SIGKILL are POSIX signals")


@pytest.fixture
def impatient(station: Path) -> Path:
    """The demo station with waits of two seconds."""
    wiring = station / "wiring.yaml"
    text = re.sub(r"(    adapter: .*)", rf"\1\n    timeout_s: {TIMEOUT_S}", wiring.read_text(encoding="utf-8"))
    wiring.write_text(text, encoding="utf-8")
    return station


@pytest.fixture
def lab(station: Path) -> Iterator[LabProcess]:
    """A simulated lab in a process of its own."""
    process = LabProcess(station / "lab.yaml")
    yield process
    process.stop()


def addresses(process: LabProcess, station: Path) -> dict[str, str]:
    configured = load_station(station).addresses
    return {name: process.address(name, place) for name, place in configured.items()}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_addresses_where_nothing_listens_are_all_named(station: Path) -> None:
    """Without its lab nobody is there: one report with every instrument and address, in seconds."""
    ports = [free_port() for _ in range(5)]
    nowhere = {
        name: f"ats://127.0.0.1:{port}" if name == "digitizer" else f"TCPIP::127.0.0.1::hislip0,{port}::INSTR"
        for name, port in zip(load_station(station).addresses, ports, strict=True)
    }
    began = time.monotonic()
    with pytest.raises(ProblemReport) as caught:
        Rig.open(station, addresses=nowhere)
    assert time.monotonic() - began < 20
    text = str(caught.value)
    for name, address in nowhere.items():
        assert name in text
        assert address in text


def test_one_address_where_nothing_listens(station: Path, lab: LabProcess) -> None:
    """One instrument missing is one ConnectionFailed."""
    places = addresses(lab, station) | {"lo_q1": f"TCPIP::127.0.0.1::hislip0,{free_port()}::INSTR"}
    with pytest.raises(ConnectionFailed) as caught:
        Rig.open(station, addresses=places)
    assert caught.value.instrument == "lo_q1"
    assert caught.value.address == places["lo_q1"]
    assert caught.value.fix


def test_swapped_cables_are_noticed(station: Path, lab: LabProcess) -> None:
    """The generator's address leads to an oscillator, and the other way round."""
    places = addresses(lab, station)
    places["awg"], places["lo_q0"] = places["lo_q0"], places["awg"]
    with pytest.raises(PulserigError) as caught:
        Rig.open(station, addresses=places)
    text = str(caught.value)
    assert "awg" in text
    assert "lo_q0" in text
    assert "AWG5208" in text
    assert "SGS100A" in text


def test_another_serial_number_is_refused(station: Path, lab: LabProcess) -> None:
    """Same model, another box."""
    wiring = station / "wiring.yaml"
    text = wiring.read_text(encoding="utf-8")
    wiring.write_text(
        text.replace("    adapter: tektronix-awg5208", "    adapter: tektronix-awg5208\n    serial: B999999"),
        encoding="utf-8",
    )
    with pytest.raises(WrongInstrument, match="B999999"):
        Rig.open(station, addresses=addresses(lab, station))


def test_what_an_adapter_cannot_do_is_said_before_anything_is_connected(station: Path) -> None:
    """A generator as a local oscillator: its frequency would be set on nothing. Nobody listens anywhere here."""
    wiring = station / "wiring.yaml"
    text = wiring.read_text(encoding="utf-8").replace("simulation: lab.yaml", "")
    text = text.replace("    lo: lo_q0\n", "    lo: awg\n")
    text = text.replace("tektronix-awg5208\n", "tektronix-awg5208\n    frequency_hz: 5.0e+9\n    power_dbm: 10\n")
    wiring.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemReport, match="awg: the adapter 'tektronix-awg5208' cannot be tuned") as caught:
        Rig.open(station)
    assert len(caught.value.problems) == 1


@posix_only
def test_a_lab_that_stops_answering_is_a_named_timeout(impatient: Path, lab: LabProcess) -> None:
    """Stopped in its tracks, the lab still holds its sockets open: the wait ends by itself, with its name."""
    with Rig.open(impatient, addresses=addresses(lab, impatient)) as rig:
        rig.run(after_nothing(rig.target), shots=2)
        os.kill(lab.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(InstrumentTimeout) as caught:
                rig.run(after_nothing(rig.target), shots=3)
            assert time.monotonic() - began < TIMEOUT_S + 5
            assert caught.value.wait
            assert caught.value.timeout_s > 0
            assert caught.value.instrument in rig.station.instruments
        finally:
            os.kill(lab.pid, signal.SIGCONT)


@posix_only
def test_a_lab_that_is_killed_in_mid_run_leaves_nothing(station: Path) -> None:
    """The error names an instrument, closing works, no process and no thread stays (the fixture looks)."""
    rig = Rig.open(station)
    try:
        assert rig._session.lab is not None
        killer = threading.Timer(0.5, os.kill, (rig._session.lab.pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(InstrumentError) as caught:
            rig.run(after_nothing(rig.target), shots=200_000)
        killer.join()
        # What broke first: the wait for records, not the attempt to stop the generator afterwards.
        assert caught.value.instrument == "digitizer"
        assert "'fetch'" in str(caught.value)
    finally:
        began = time.monotonic()
        rig.close()
    assert time.monotonic() - began < 5
    with pytest.raises(PulserigError, match="closed"):
        rig.run(after_nothing(rig.target))


@posix_only
@pytest.mark.parametrize("delay_s", [0.2, 1.0, 2.5, 4.0])
def test_ctrl_c_leaves_nothing(tmp_path: Path, delay_s: float) -> None:
    """Whenever it comes, while starting, connecting or running: exit code 130, no process left."""
    program = (
        "import time\n"
        "def build(target):\n"
        "    from runtime.pulse.macros import measure\n"
        "    return measure([0, 1], target)\n"
    )
    schedule = tmp_path / "long.py"
    schedule.write_text(program, encoding="utf-8")
    command = [sys.executable, "-c", "from runtime.cli import main; main()", "run", "demo", str(schedule)]
    process = subprocess.Popen(
        [*command, "--shots", "2000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    time.sleep(delay_s)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    # Before the command line has started, Python itself answers to Ctrl-C.
    assert process.returncode in (130, -signal.SIGINT), errors
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


def test_a_lab_that_cannot_start_says_why(station: Path) -> None:
    """What the simulator complained about reaches the user."""
    (station / "lab.yaml").write_text("nonsense: true\n", encoding="utf-8")
    with pytest.raises(PulserigError, match="nonsense"):
        Rig.open(station)
