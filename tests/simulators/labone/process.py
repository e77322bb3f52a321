"""A data server in a process of its own, as the tests of clients need it."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]

DEVICES = {
    "HDAWG8": "dev8123",
    "HDAWG4": "dev8124",
    "SHFSG8": "dev12101",
    "SHFSG4": "dev12102",
    "SHFQA4": "dev12201",
    "SHFQA2": "dev12202",
    "SHFQC": "dev12301",
    "UHFQA": "dev2345",
}
"""A device of every model."""


@dataclass(frozen=True)
class Served:
    """A running server."""

    host: str
    port: int
    control_port: int
    process: subprocess.Popen[str]

    def control(self, **wish: object) -> dict[str, Any]:
        """Ask for a fault at the control port."""
        return self.control_line(json.dumps(wish))

    def control_line(self, line: str) -> dict[str, Any]:
        """Send a line to the control port and read the answer."""
        with socket.create_connection((self.host, self.control_port), timeout=10) as connection:
            connection.sendall(line.encode() + b"\n")
            with connection.makefile() as stream:
                answer: dict[str, Any] = json.loads(stream.readline())
        return answer


@contextlib.contextmanager
def serving(*arguments: str, module: str = "simulators.labone") -> Iterator[Served]:
    """Run a module that prints {"labone": {...}} and ends with its standard input; it must end by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            address = json.loads(process.stdout.readline())["labone"]
            yield Served(**address, process=process)
            process.stdin.close()
            process.wait(timeout=20)
        finally:
            process.kill()
