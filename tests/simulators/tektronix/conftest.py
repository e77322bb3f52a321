"""A served generator and the unmodified vendor driver."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from qcodes.instrument import Instrument
from qcodes.instrument_drivers.tektronix import TektronixAWG5208

from simulators.scpi import serving
from simulators.tektronix import AWG5208


@pytest.fixture
def model() -> AWG5208:
    """The simulated generator."""
    return AWG5208("B020777")


@pytest.fixture
def driver(model: AWG5208, transport: str) -> Iterator[TektronixAWG5208]:
    """The QCoDeS driver, connected over the transport that the test names."""
    with serving(model) as (server,):
        yield TektronixAWG5208("awg", server.addresses.as_dict()[transport], visalib="@py", timeout=5)
        Instrument.close_all()
