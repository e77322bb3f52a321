"""Opening, configuring, playing, stopping and breaking a simulated AWG5208."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from drivers.contract import (
    AcquisitionError,
    Adapter,
    ConnectionFailed,
    InstrumentError,
    InstrumentTimeout,
    LinkLost,
    Playback,
    PortSettings,
    ProblemReport,
    PulserigError,
    WrongInstrument,
)
from drivers.tektronix import upload
from simulators.rohde_schwarz import SGS100A
from simulators.scpi import Addresses, serving
from simulators.tektronix import AWG5208
from tests.drivers.conftest import awg_at, open_awg
from tests.drivers.programs import PORTS, RATE_HZ, program


def outputs(model: AWG5208) -> list[bool]:
    return [model.settings.on("output", port) for port in range(1, 9)]


async def test_open_identifies_and_leaves_outputs_off(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """The identity is the instrument's, the limits are those it tells, and nothing is on."""
    awg_model.handle(b"OUTP3 ON")
    awg = awg_at(awg_addresses.hislip)
    assert isinstance(awg, Adapter)
    assert isinstance(awg, Playback)
    identity = await awg.open()
    assert (identity.vendor, identity.model, identity.serial) == ("TEKTRONIX", "AWG5208", "B020001")
    assert (awg.limits.min_length, awg.limits.max_length) == (2400, 2_000_000_000)
    assert not any(outputs(awg_model))
    await awg.close()
    await awg.close()


async def test_it_can_be_opened_again(awg_addresses: Addresses) -> None:
    """After close, the same adapter opens anew."""
    awg = awg_at(awg_addresses.hislip)
    for _ in range(2):
        await awg.open()
        await awg.close()
    with pytest.raises(LinkLost, match="not open"):
        await awg.stop()


async def test_configure_sets_and_reads_back(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """Clock, amplitude, offset and resolution stand in the instrument."""
    async with open_awg(awg_addresses.hislip, (PortSettings(3, 0.75, 0.1, markers=2),)):
        value = awg_model.settings.number
        assert value("sample rate") == RATE_HZ
        assert (value("amplitude", 3), value("offset", 3), value("resolution", 3)) == (0.75, 0.1, 14)


async def test_configure_tells_every_problem(awg_addresses: Addresses) -> None:
    """Amplitude, port, markers and clock in one report."""
    async with open_awg(awg_addresses.hislip) as awg:
        with pytest.raises(ProblemReport) as caught:
            await awg.configure(5_000_000_000, (PortSettings(9, 0.5), PortSettings(1, 3.0, markers=5)))
    assert len(caught.value.problems) == 4


async def test_an_instrument_that_rounds_too_far_is_an_error(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """A set value that does not read back is not taken for granted."""
    async with open_awg(awg_addresses.hislip) as awg:
        awg_model.tree.add("SOURce{1-8}:VOLTage", on_set=lambda _: None, on_query=lambda _: "0.3")
        with pytest.raises(
            InstrumentError, match=r"amplitude of port 1 is not what was set; got 0.3; allowed: 0.5"
        ):
            await awg.configure(RATE_HZ, PORTS)


async def test_play_switches_on_only_the_programs_ports(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """Ports 1, 2 and 7 are on while it plays, none afterwards; safe can be said twice."""
    async with open_awg(awg_addresses.hislip) as awg:
        await awg.upload(program())
        await awg.play()
        assert outputs(awg_model) == [True, True, False, False, False, False, True, False]
        began = time.monotonic()
        await awg.safe()
        await awg.safe()
        assert time.monotonic() - began < 1
        assert not any(outputs(awg_model))
        assert awg_model.playback() is None
        await awg.play()
        assert awg_model.playback() is not None
    assert not any(outputs(awg_model))


async def test_play_that_never_runs_ends_in_time_with_outputs_off(
    awg_model: AWG5208, awg_addresses: Addresses
) -> None:
    """The driver's own wait would never end; ours names itself, and the adapter is not used again."""
    async with open_awg(awg_addresses.hislip, limit_s=2.0) as awg:
        await awg.upload(program())
        awg_model.load_faults.run_s = 3600.0
        began = time.monotonic()
        with pytest.raises(InstrumentTimeout) as caught:
            await awg.play()
        assert time.monotonic() - began < 3.0
        assert (caught.value.wait, caught.value.timeout_s) == ("play", 2.0)
        assert not any(outputs(awg_model))
        with pytest.raises(LinkLost, match="refused"):
            await awg.play()


async def test_a_program_may_end_before_anybody_looks(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """One pass takes a millisecond: it has run, so it is no timeout, and it stopped by itself."""
    async with open_awg(awg_addresses.hislip, limit_s=2.0) as awg:
        await awg.upload(program(passes=1))
        for _ in range(3):
            await awg.play()
            await awg.require_ended()
            assert awg_model.handle(b"AWGC:RST?") == b"0\n"
            assert awg_model.playback() is not None
        await awg.stop()
        assert awg_model.playback() is None


async def test_passes_that_are_still_to_come_are_told(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """All records are there and the generator plays on: somebody else triggered the digitizer."""
    async with open_awg(awg_addresses.hislip) as awg:
        await awg.upload(program(passes=1_000_000))
        await awg.play()
        began = time.monotonic()
        with pytest.raises(AcquisitionError, match="triggers were seen that nobody sent") as caught:
            await awg.require_ended()
        assert time.monotonic() - began < 1.0
        assert caught.value.got.startswith("run state Running")
        assert caught.value.allowed == "ended, after 1000000 passes"
        playback = awg_model.playback()
        assert playback is not None
        awg_model.ends(playback, 0.0)
        await awg.require_ended()


async def test_play_says_what_the_instrument_says(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """What keeps it from running comes out of its error queue at once, not as a timeout."""
    async with open_awg(awg_addresses.hislip) as awg:
        await awg.upload(program())
        awg_model.library.delete_sequences(*awg_model.library.sequences)
        began = time.monotonic()
        with pytest.raises(InstrumentError, match="-221"):
            await awg.play()
        assert time.monotonic() - began < 1.0
        assert not any(outputs(awg_model))


async def test_cancelled_play_leaves_outputs_off(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """Cancelling while it waits for running switches everything off, and the link stays whole."""
    async with open_awg(awg_addresses.hislip) as awg:
        await awg.upload(program())
        awg_model.load_faults.run_s = 3600.0
        task = asyncio.ensure_future(awg.play())
        await asyncio.sleep(0.1)
        assert any(outputs(awg_model))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not any(outputs(awg_model))
        await awg.stop()


async def test_cancelled_upload_cannot_be_played(awg_addresses: Addresses) -> None:
    """Cancelled between two pieces: nothing is loaded; the next upload is whole."""
    async with open_awg(awg_addresses.hislip) as awg:
        await awg.upload(program(seed=2))
        task: asyncio.Task[object]

        def cancel(_done: int, _total: int) -> None:
            task.cancel()

        big = program(waveforms=8, length=40_000)
        task = asyncio.ensure_future(awg.upload(big, cancel))
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(PulserigError, match="no verified program"):
            await awg.play()
        assert (await awg.upload(big)).verified
        await awg.play()


async def test_nobody_listens() -> None:
    """A refused connection is known at once, with address and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for address in (f"TCPIP::127.0.0.1::hislip0,{port}::INSTR", f"TCPIP::127.0.0.1::{port}::SOCKET"):
        awg = awg_at(address)
        began = time.monotonic()
        with pytest.raises(ConnectionFailed) as caught:
            await awg.open()
        assert time.monotonic() - began < 3
        assert caught.value.address == address
        assert str(port) in caught.value.fix


@pytest.mark.parametrize("transport", ["hislip", "socket"])
async def test_another_instrument_answers(transport: str) -> None:
    """The driver's constructor raises from its depths; what comes out names both models."""
    with serving(SGS100A()) as (server,), pytest.raises(WrongInstrument) as caught:
        await awg_at(getattr(server.addresses, transport)).open()
    assert "SGS100A" in caught.value.got
    assert caught.value.allowed == "AWG5208"


async def test_a_sibling_of_the_same_family_answers(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """The driver takes any AWG70000; the adapter does not."""
    awg_model.faults.identity = "TEKTRONIX,AWG70002B,B1,FV:1.0"
    with pytest.raises(WrongInstrument, match="got TEKTRONIX AWG70002B; allowed: AWG5208"):
        await awg_at(awg_addresses.hislip).open()


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A server that accepts, never reads and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        peers: list[socket.socket] = []
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    peers.append(server.accept()[0])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join()
        for peer in peers:
            peer.close()


@pytest.mark.parametrize("form", ["hislip0,{}::INSTR", "{}::SOCKET"])
async def test_a_server_that_never_answers(deaf_port: int, form: str) -> None:
    """Connected, and no word: a named end in time, and the thread has ended with it."""
    awg = awg_at(f"TCPIP::127.0.0.1::{form.format(deaf_port)}", limit_s=0.5)
    began = time.monotonic()
    with pytest.raises(InstrumentTimeout) as caught:
        await awg.open()
    assert time.monotonic() - began < 1
    assert (caught.value.instrument, caught.value.wait) == ("awg", "identify")
    assert [thread.name for thread in threading.enumerate() if thread.name == "pulserig-awg"] == []


@pytest.mark.parametrize("transport", ["hislip", "vxi11", "socket"])
async def test_an_instrument_that_stops_answering(
    awg_model: AWG5208, awg_addresses: Addresses, transport: str
) -> None:
    """A named timeout in time, further calls refused, the thread gone after close."""
    limit = 3.0
    async with open_awg(getattr(awg_addresses, transport), limit_s=limit) as awg:
        await awg.upload(program())
        awg_model.faults.silent = True
        began = time.monotonic()
        with pytest.raises(InstrumentTimeout) as caught:
            await awg.stop()
        assert time.monotonic() - began < limit * 1.1 + 0.1
        assert (caught.value.instrument, caught.value.wait) == ("awg", "stop")
        with pytest.raises(LinkLost, match="refused"):
            await awg.play()
        awg_model.faults.silent = False


@pytest.mark.parametrize("transport", ["hislip", "socket"])
async def test_an_instrument_that_stops_in_mid_upload(
    awg_model: AWG5208, awg_addresses: Addresses, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes no more bytes: the wait ends, the stuck write is cut, nothing can be played."""
    monkeypatch.setattr(upload, "SLOWEST_LINK_BYTES_PER_S", 1e7)
    async with open_awg(getattr(awg_addresses, transport), limit_s=3.0) as awg:

        def stall(_done: int, _total: int) -> None:
            awg_model.faults.silent = True

        began = time.monotonic()
        with pytest.raises(InstrumentTimeout) as caught:
            await awg.upload(program(waveforms=16, length=200_000), stall)
        assert caught.value.wait == "upload"
        assert time.monotonic() - began < 8
        with pytest.raises(PulserigError):
            await awg.play()
        awg_model.faults.silent = False


async def test_the_link_breaks(awg_model: AWG5208) -> None:
    """The server goes away in the middle: LinkLost or a timeout, and closing is no trouble."""
    with serving(awg_model) as (server,):
        awg = awg_at(server.addresses.hislip, limit_s=1.0)
        await awg.open()
    with pytest.raises((LinkLost, InstrumentTimeout)):
        await awg.stop()
    await awg.close()
