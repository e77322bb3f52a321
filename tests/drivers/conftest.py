"""Simulated instruments on loopback, and adapters on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psutil
import pytest

from drivers.contract import PortSettings
from drivers.tektronix import AWG5208Adapter
from simulators.scpi import Addresses, serving
from simulators.tektronix import AWG5208
from tests.drivers.programs import PORTS, RATE_HZ


@pytest.fixture(autouse=True)
def no_connection_left() -> Iterator[None]:
    """Fail a test that leaves a socket open."""
    before = {c.fd for c in psutil.Process().net_connections("tcp")}
    yield
    assert [c for c in psutil.Process().net_connections("tcp") if c.fd not in before] == []


@pytest.fixture
def awg_model() -> AWG5208:
    """The simulated generator; its faults are for tests to set."""
    return AWG5208()


@pytest.fixture
def awg_addresses(awg_model: AWG5208) -> Iterator[Addresses]:
    """Where the simulated generator listens."""
    with serving(awg_model) as (server,):
        yield server.addresses


def awg_at(address: str, limit_s: float = 5.0) -> AWG5208Adapter:
    """An adapter on the unmodified driver."""

    def load() -> object:
        from qcodes.instrument_drivers.tektronix import TektronixAWG5208

        return TektronixAWG5208("awg", address, visalib="@py")

    return AWG5208Adapter("awg", address, load, limit_s)


@asynccontextmanager
async def open_awg(
    address: str, ports: tuple[PortSettings, ...] = PORTS, limit_s: float = 5.0
) -> AsyncIterator[AWG5208Adapter]:
    """An open and configured adapter, closed afterwards."""
    awg = awg_at(address, limit_s)
    await awg.open()
    try:
        await awg.configure(RATE_HZ, ports)
        yield awg
    finally:
        await awg.close()
