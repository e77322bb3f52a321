"""A whole lab over its protocols: in a thread of the test, and as a process."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulators.lab import running
from tests.simulators.alazar.doubles import EXTERNAL_TRIGGER, HANDLE, NPT, SUCCESS, client
from tests.simulators.lab.programs import TONES, boxcar, drag, measure, playback, step
from tests.simulators.lab.test_bench import LAB_FILE, X, bits


def ask(address: str, *messages: str) -> str:
    """Send SCPI lines to a raw socket; returns the reply to the last one, a query."""
    match = re.fullmatch(r"TCPIP::127\.0\.0\.1::(\d+)::SOCKET", address)
    assert match is not None
    with socket.create_connection(("127.0.0.1", int(match[1])), timeout=5) as link:
        for message in messages:
            link.sendall(message.encode() + b"\n")
        return link.makefile().readline().strip()


def ports_of(addresses: dict[str, dict[str, str]]) -> list[int]:
    """Every port in the addresses."""
    text = json.dumps(addresses)
    return [int(port) for port in re.findall(r"(?:hislip0,|127\.0\.0\.1,|127\.0\.0\.1:{1,2})(\d{4,5})", text)]


def refused(port: int) -> bool:
    """Whether nothing listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


def test_addresses_identities_and_a_clean_end() -> None:
    with running(LAB_FILE) as lab:
        addresses = dict(lab.addresses)
        assert set(addresses) == {"awg", "lo_q0", "lo_q1", "lo_readout", "digitizer"}
        assert addresses["awg"]["model"] == "AWG5208"
        assert "AWG5208" in ask(addresses["awg"]["socket"], "*IDN?")
        assert "SGS100A,101002" in ask(addresses["lo_q1"]["socket"], "*IDN?")
        assert lab.oscillators["lo_q0"].tone() is None
        ports = ports_of(addresses)
        assert len(ports) == 4 * 3 + 1
        assert not any(refused(port) for port in ports)
    assert all(refused(port) for port in ports)


def test_records_through_the_digitizer_while_scpi_stays_responsive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Oscillators set over SCPI, a play list as the generator would emit it, 2000 records over the socket."""
    with running(LAB_FILE) as lab:
        for name, tone in TONES.items():
            assert tone is not None
            commands = (f"SOUR:FREQ {tone[0]:.2f}", f"SOUR:POW {tone[1]}", "OUTP:STAT ON")
            assert ask(lab.addresses[name]["socket"], *commands, "OUTP:STAT?") == "1"
        with client(lab.addresses["digitizer"]["ats"]) as raw:
            calls = [
                ("AlazarSetCaptureClock", 1, 0x30, 0, 1),
                ("AlazarSetTriggerOperation", *EXTERNAL_TRIGGER),
                ("AlazarSetRecordSize", 0, 2560),
                ("AlazarBeforeAsyncRead", 3, 0, 2560, 500, 2000, NPT),
                *(("AlazarPostAsyncBuffer", buffer, 500 * 2560 * 4) for buffer in range(4)),
                ("AlazarStartCapture",),
            ]
            for name, *arguments in calls:
                assert raw.call(name, HANDLE, *arguments)[0] == SUCCESS, name
            played = playback(step({}, measure()), step({0: drag(*X[0])}, measure()))
            monkeypatch.setattr(lab.generators["awg"], "playback", lambda: played)
            slowest, found = 0.0, []
            for buffer in range(4):
                begin = time.perf_counter()
                assert ask(lab.addresses["lo_q0"]["socket"], "SOUR:POW?")
                slowest = max(slowest, time.perf_counter() - begin)
                code, _, payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, buffer, 20_000)
                assert code == SUCCESS
                found.append(np.frombuffer(payload, "<u2").reshape(2, 500, 2560))
            assert raw.call("AlazarAbortAsyncRead", HANDLE)[0] == SUCCESS
    codes = np.concatenate(found, axis=1)
    assert not np.any(codes & 0xF)
    volts = ((np.moveaxis(codes, 0, 1) >> 4).astype(np.float32) - 2048) * np.float32(0.8 / 4096)
    assert np.abs(boxcar(volts, 0)).min() > 0
    ones = bits(volts, 0)
    assert ones[1::2].mean() > 0.95
    assert ones[::2].mean() < 0.05
    assert slowest < 5.0


@contextmanager
def process(*options: str, path: Path = LAB_FILE) -> Iterator[subprocess.Popen[str]]:
    """`python -m simulators`, killed at the end if it still runs."""
    command = [sys.executable, "-m", "simulators", str(path), *options]
    pipe = subprocess.PIPE
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=root) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def greeting(started: subprocess.Popen[str]) -> dict[str, Any]:
    assert started.stdout is not None
    return dict(json.loads(started.stdout.readline()))


def test_the_process_ends_with_its_standard_input() -> None:
    with process("--until-stdin-closes") as started:
        hello = greeting(started)
        assert hello["simulators"] == 1
        assert hello["pid"] == started.pid
        assert hello["instruments"]["digitizer"]["model"] == "ATS9360"
        ports = ports_of(hello["instruments"])
        assert len(ports) == 13
        with client(
            hello["instruments"]["digitizer"]["ats"]
        ) as raw:  # a connection that is still open does not hold it
            assert raw.call("AlazarNumOfSystems")[0] == 1
            assert started.stdin is not None
            begin = time.monotonic()
            started.stdin.close()
            assert started.wait(timeout=5) == 0
            assert time.monotonic() - begin < 5.0
        assert all(refused(port) for port in ports)
        assert started.stderr is not None
        assert started.stderr.read() == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_ends_with_a_signal(number: signal.Signals) -> None:
    with process() as started:
        greeting(started)
        started.send_signal(number)
        assert started.wait(timeout=5) == 0


def test_fixed_ports_and_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = LAB_FILE.read_text(encoding="utf-8").replace("ats: 48805", f"ats: {port}")
        for old in ("48801", "48802", "48803", "48804"):
            text = text.replace(old, "0")
        (tmp_path / "lab.yaml").write_text(text, encoding="utf-8")
        chip = LAB_FILE.with_name("chip.yaml").read_text(encoding="utf-8")
        (tmp_path / "chip.yaml").write_text(chip, encoding="utf-8")
        with process("--fixed-ports", path=tmp_path / "lab.yaml") as started:
            _, errors = started.communicate(timeout=20)
            assert started.returncode == 2
            assert "cannot listen" in errors
            assert "Traceback" not in errors
    with process("--fixed-ports", "--until-stdin-closes", path=tmp_path / "lab.yaml") as started:
        assert greeting(started)["instruments"]["digitizer"]["ats"] == f"ats://127.0.0.1:{port}"


def test_bad_files_end_with_every_problem_and_code_2(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text("version: 2\nchip: chip.yaml\n", encoding="utf-8")
    with process(path=path) as started:
        _, errors = started.communicate(timeout=20)
    assert started.returncode == 2
    assert "lab.yaml:1: version" in errors
    assert "chip.yaml: cannot be read" in errors
    assert "instruments" in errors
    assert "Traceback" not in errors


def test_help_has_an_example() -> None:
    command = [sys.executable, "-m", "simulators", "--help"]
    text = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    ).stdout
    assert "example:" in text
    assert "--until-stdin-closes" in text
