"""The local oscillator on a simulated SGS100A."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from drivers.contract import (
    Adapter,
    ConfigurationError,
    InstrumentError,
    InstrumentTimeout,
    LocalOscillator,
    WrongInstrument,
)
from drivers.rohde_schwarz import SGS100AAdapter
from simulators.rohde_schwarz import SGS100A
from simulators.scpi import Addresses, serving


@pytest.fixture
def model() -> SGS100A:
    return SGS100A()


@pytest.fixture
def addresses(model: SGS100A) -> Iterator[Addresses]:
    with serving(model) as (server,):
        yield server.addresses


def adapter_at(address: str, limit_s: float = 3.0) -> SGS100AAdapter:
    def load() -> object:
        from qcodes.instrument_drivers.rohde_schwarz import RohdeSchwarzSGS100A

        return RohdeSchwarzSGS100A("lo", address, visalib="@py")

    return SGS100AAdapter("lo", address, load, limit_s)


@asynccontextmanager
async def open_lo(address: str, limit_s: float = 3.0) -> AsyncIterator[SGS100AAdapter]:
    lo = adapter_at(address, limit_s)
    await lo.open()
    try:
        yield lo
    finally:
        await lo.close()


@pytest.mark.parametrize("transport", ["hislip", "vxi11", "socket"])
async def test_a_tone_from_tune_to_safe(model: SGS100A, addresses: Addresses, transport: str) -> None:
    """Off after open, tuned while off, on, off again; off after close too."""
    model.handle(b"OUTP ON")
    lo = adapter_at(getattr(addresses, transport))
    assert isinstance(lo, Adapter)
    assert isinstance(lo, LocalOscillator)
    assert (await lo.open()).model == "SGS100A"
    assert model.tone() is None
    await lo.tune(5.186573217536762e9, 13.0)
    assert model.tone() is None
    await lo.on()
    tone = model.tone()
    assert tone is not None
    assert tone == (pytest.approx(5.186573217536762e9, abs=0.01), 13.0)
    await lo.safe()
    await lo.safe()
    assert model.tone() is None
    await lo.on()
    await lo.close()
    assert model.tone() is None


@pytest.mark.parametrize(("frequency", "power"), [(25e9, 0.0), (5e9, 40.0), (float("nan"), 0.0), (1.0, 0.0)])
async def test_out_of_range_is_told_with_the_range(addresses: Addresses, frequency: float, power: float) -> None:
    """The driver's validators become an error that names the instrument."""
    async with open_lo(addresses.hislip) as lo:
        with pytest.raises(ConfigurationError, match=r"lo .*cannot be tuned there") as caught:
            await lo.tune(frequency, power)
    assert caught.value.allowed


async def test_what_the_instrument_refuses_is_heard(addresses: Addresses) -> None:
    """The driver allows 20 GHz, this instrument 12.75: its error queue says so."""
    async with open_lo(addresses.hislip) as lo:
        with pytest.raises(InstrumentError, match="-222"):
            await lo.tune(15e9, 0.0)


async def test_a_value_that_does_not_take_is_found(model: SGS100A, addresses: Addresses) -> None:
    """Read back otherwise, without any error in the queue."""
    model.tree.add("SOURce:FREQuency", on_set=lambda _: None, on_query=lambda _: "1000000000")
    async with open_lo(addresses.hislip) as lo:
        with pytest.raises(
            InstrumentError,
            match=r"frequency is not what was set; got 1000000000 Hz; allowed: 5000000000 Hz, within 0\.01 Hz",
        ):
            await lo.tune(5e9, 0.0)


async def test_another_model(model: SGS100A, addresses: Addresses) -> None:
    """The driver itself takes any instrument at all."""
    model.faults.identity = "Rohde&Schwarz,SMB100A,1,2"
    with pytest.raises(WrongInstrument, match="got Rohde&Schwarz SMB100A; allowed: SGS100A"):
        await adapter_at(addresses.hislip).open()


async def test_silence_is_a_named_timeout(model: SGS100A, addresses: Addresses) -> None:
    """It ends in time, and closing afterwards is no trouble."""
    async with open_lo(addresses.hislip, limit_s=1.0) as lo:
        model.faults.silent = True
        began = time.monotonic()
        with pytest.raises(InstrumentTimeout) as caught:
            await lo.tune(5e9, 0.0)
        assert time.monotonic() - began < 1.5
        assert caught.value.wait == "tune"
        model.faults.silent = False
