"""Whether the simulated data server stays as it is while clients come and go: ten thousand times by default.

    python benchmarks/labone_connects.py [--connects 10000] [--rude]

Each time the vendor's compiled client connects, connects a device, sets and reads a node, and disconnects; with
--rude its sockets are cut off instead. Printed for each tenth of it: connects a second, and of the server its
memory, file handles and threads. It fails when the server holds more handles or threads at the end than after the
first tenth, or over 2 % and 8 MB more memory.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import psutil

SERIAL = "dev12001"
NODE = f"/{SERIAL}/sgchannels/0/oscs/0/freq"
SPARE_BYTES, SPARE_SHARE = 8 << 20, 0.02


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    memory: int
    handles: int
    threads: int

    @classmethod
    def by(cls, process: psutil.Process) -> Held:
        """At this moment."""
        handles = process.num_handles() if sys.platform == "win32" else process.num_fds()
        return cls(process.memory_info().rss, handles, process.num_threads())

    def outgrows(self, before: Held) -> bool:
        """Whether more than noise has come on top."""
        more = self.memory - before.memory > SPARE_BYTES and self.memory > (1 + SPARE_SHARE) * before.memory
        return more or self.handles > before.handles or self.threads > before.threads


def main() -> int:
    """Connect, print, compare; 1 when something grew."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--connects", type=int, default=10_000)
    options.add_argument("--rude", action="store_true", help="cut the clients off instead of letting them leave")
    chosen = options.parse_args()
    command = [sys.executable, "-m", "simulators.labone", f"--device={SERIAL}:SHFQC"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            at = json.loads(server.stdout.readline())["labone"]
            grown = _watched(at, psutil.Process(server.pid), chosen.connects, rude=chosen.rude)
        finally:
            server.stdin.close()
    return int(grown)


def _watched(at: dict[str, str | int], server: psutil.Process, connects: int, *, rude: bool) -> bool:
    print(f"{'connects':>10}{'a second':>10}{'MB':>8}{'handles':>9}{'threads':>9}")
    first: Held | None = None
    held = Held.by(server)
    for part in range(10):
        began = time.perf_counter()
        for number in range(connects // 10):
            _visit(at, float(part * connects + number + 1), rude=rude)
        rate = connects // 10 / (time.perf_counter() - began)
        held = _settled(server)
        first = first or held
        done = (part + 1) * (connects // 10)
        print(f"{done:10}{rate:10.0f}{held.memory / 1e6:8.1f}{held.handles:9}{held.threads:9}", flush=True)
    return first is not None and held.outgrows(first)


def _visit(at: dict[str, str | int], value: float, *, rude: bool) -> None:
    from zhinst.core import ziDAQServer

    client = ziDAQServer(str(at["host"]), int(at["port"]), 6)
    client.connectDevice(SERIAL, "1GbE")
    client.syncSetDouble(NODE, value)
    if client.getDouble(NODE) != value:
        raise SystemExit(f"{value} was set, and is not there")
    if rude:
        with socket.create_connection((str(at["host"]), int(at["control_port"]))) as control:
            control.sendall(b'{"fault": "drop"}\n')
            control.recv(64)
    else:
        client.disconnect()


def _settled(server: psutil.Process) -> Held:
    """What is held once the last connections have been put away."""
    time.sleep(0.5)
    return Held.by(server)


if __name__ == "__main__":
    sys.exit(main())
