"""Clients that come and go leave nothing behind; benchmarks/labone_connects.py does it 10,000 times."""

from __future__ import annotations

import sys
import time

import psutil
import pytest

from tests.simulators.labone.process import DEVICES, serving
from tests.simulators.labone.vendor import ziDAQServer

DEVICE = DEVICES["SHFQC"]
NODE = f"/{DEVICE}/sgchannels/0/oscs/0/freq"


@pytest.mark.parametrize("rude", [False, True], ids=["leaving", "cut off"])
def test_handles_threads_and_memory_stay(rude: bool) -> None:
    """After 200 clients the server holds what it held after 20, up to 4 MB of memory."""
    with serving(f"--device={DEVICE}:SHFQC") as served:
        process = psutil.Process(served.process.pid)
        held = []
        for count in (20, 180):
            for number in range(count):
                client = ziDAQServer(served.host, served.port, 6)
                client.connectDevice(DEVICE, "1GbE")
                client.syncSetDouble(NODE, float(number + 1))
                assert client.getDouble(NODE) == number + 1
                if rude:
                    served.control(fault="drop")
                else:
                    client.disconnect()
            del client
            held.append(_held(process))
        (handles, threads, memory), later = held
        assert later[:2] == (handles, threads)
        assert later[2] - memory < 4 << 20


def _held(process: psutil.Process) -> tuple[int, int, int]:
    """Handles, threads and memory once they have come to rest."""
    before = (-1, -1)
    while True:
        handles = process.num_handles() if sys.platform == "win32" else process.num_fds()
        now = (handles, process.num_threads())
        if now == before:
            return *now, process.memory_info().rss
        before = now
        time.sleep(0.3)
