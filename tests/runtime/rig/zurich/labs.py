"""Simulated labs in processes of their own, with the control port where faults are asked for."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import configs

__all__ = ["RunningLab", "copied", "impatient", "outputs_on", "serving"]

SWITCHES = (
    "sigouts/*/on",
    "awgs/*/enable",
    "sgchannels/*/output/on",
    "sgchannels/*/awg/enable",
    "qachannels/*/output/on",
    "qachannels/*/generator/enable",
)
"""What has to be 0 for a device to be quiet."""

END_LIMIT_S = 10.0


@dataclass(frozen=True)
class RunningLab:
    """A lab that listens."""

    process: subprocess.Popen[bytes]
    addresses: Mapping[str, str]
    host: str
    port: int
    control_port: int

    def control(self, **wish: object) -> None:
        """Ask for a fault; see simulators/labone/control.py."""
        with socket.create_connection((self.host, self.control_port), timeout=10) as connection:
            connection.sendall(json.dumps(wish).encode() + b"\n")
            with connection.makefile() as stream:
                answer: dict[str, Any] = json.loads(stream.readline())
        assert answer == {"ok": True}, answer


@contextlib.contextmanager
def serving(station: Path, *, fixed_ports: bool = False) -> Iterator[RunningLab]:
    """The lab of a station's folder; it ends with the block, however often it has been killed before."""
    command = [sys.executable, "-m", "simulators", str(station / "lab.yaml"), "--until-stdin-closes"]
    process = subprocess.Popen(
        [*command, "--fixed-ports"] if fixed_ports else command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            told = json.loads(process.stdout.readline())
            places = {
                name: next(entry[kind] for kind in ("labone", "hislip") if kind in entry)
                for name, entry in told["instruments"].items()
            }
            yield RunningLab(process, places, **told["labone"])
        finally:
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(END_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def copied(name: str, folder: Path) -> Path:
    """A copy of an installed station that a test may change, with all that its files name."""
    for each in ("demo", "jakarta", name):
        shutil.copytree(configs.ROOT / each, folder / each, dirs_exist_ok=True)
    return folder / name


def impatient(station: Path, timeout_s: float) -> Path:
    """Let every Zurich instrument of a station be waited for that long."""
    wiring = station / "wiring.yaml"
    text = wiring.read_text(encoding="utf-8")
    wiring.write_text(re.sub(r"timeout_s: 30\b", f"timeout_s: {timeout_s}", text), encoding="utf-8")
    return station


def outputs_on(lab: RunningLab) -> list[str]:
    """The switches of all devices that are on, seen through another session with the data server."""
    from tests.simulators.labone.vendor import ziDAQServer

    devices = {place.rsplit("/", 1)[1] for place in lab.addresses.values() if place.startswith("labone://")}
    server = ziDAQServer(lab.host, lab.port, 6)
    try:
        found: dict[str, Any] = {}
        for device in sorted(devices):
            for switch in SWITCHES:
                if server.listNodes(f"/{device}/{switch}"):
                    found |= server.get(f"/{device}/{switch}", settingsonly=False, flat=True)
    finally:
        server.disconnect()
    assert found
    return [path for path, held in found.items() if int(held["value"][-1]) != 0]
