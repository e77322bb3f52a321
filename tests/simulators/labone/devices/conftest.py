"""Programs compiled by the vendor's compiler, and a server with devices that run them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from zhinst.toolkit import Session

from simulators.labone.device import DeviceSetup
from simulators.labone.devices import SequencerDevice, build_device
from tests.simulators.labone.devices.bench import Compiler
from tests.simulators.labone.devices.nodes import Make
from tests.simulators.labone.process import DEVICES, Served, serving

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="session")
def seqc() -> Iterator[Compiler]:
    """Compiles; one process for all tests of a worker."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.simulators.labone.devices.compile_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        yield Compiler(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=10)


@pytest.fixture
def make() -> Iterator[Make]:
    """Builds device models, and ends them."""
    made: list[SequencerDevice] = []

    def build(model: str, surroundings: Any = None, serial: str = "dev1") -> SequencerDevice:
        device = build_device(DeviceSetup(serial=serial, model=model), surroundings)
        assert isinstance(device, SequencerDevice)
        made.append(device)
        return device

    yield build
    for device in made:
        device.stop()


@pytest.fixture(scope="module")
def session(server: Served) -> Iterator[Session]:
    """The vendor's toolkit, connected."""
    session = Session(server.host, server.port)
    yield session
    for serial in DEVICES.values():
        session.daq_server.disconnectDevice(serial)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    words = [word for model, serial in DEVICES.items() for word in ("--device", f"{serial}:{model}")]
    with serving(*words, module="tests.simulators.labone.devices.playing") as served:
        yield served
    assert served.process.returncode == 0
