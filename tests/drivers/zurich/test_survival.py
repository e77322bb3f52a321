"""What goes wrong on a bench: each has a named error, nothing hangs, and what lives has its outputs off."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from drivers.contract import (
    AcquisitionError,
    ConfigurationError,
    ConnectionFailed,
    InstrumentError,
    LinkLost,
    ProblemReport,
    WrongInstrument,
)
from drivers.zurich import SHFQCAdapter, UHFQAAdapter
from drivers.zurich.addresses import labone_address
from drivers.zurich.sequencing import SequencingAdapter
from tests.drivers.zurich.bench import program, track
from tests.drivers.zurich.live import GAUSS, adapter_at, experiment, in_mid_run, opened, outputs, run, sums
from tests.simulators.labone.process import DEVICES, Served, serving
from tests.simulators.labone.vendor import ziDAQServer

MODELS = ("SHFQC", "UHFQA")


@pytest.fixture
def server() -> Iterator[Served]:
    """A server that a test may break."""
    with contextlib.suppress(AssertionError), serving(*(f"--device={DEVICES[m]}:{m}" for m in MODELS)) as served:
        yield served


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _shfqc_under(adapter: type[SequencingAdapter], server: Served, serial: str) -> SequencingAdapter:
    """An SHFQC of some serial number, under an adapter that may be for another family."""
    address = f"labone://{server.host}:{server.port}/{serial}"

    def load() -> object:
        from drivers.zurich import SHFQC

        return SHFQC("device", address)

    return adapter("device", address, load, 5.0)


async def test_nobody_listens() -> None:
    """ConnectionFailed at once, with the place."""
    adapter = SHFQCAdapter("qc", f"labone://127.0.0.1:{_unused_port()}/dev1", lambda: None, 5.0)
    with pytest.raises(ConnectionFailed, match="no data server answers there"):
        await adapter.open()
    await adapter.close()


async def test_somebody_else_listens() -> None:
    """A port that accepts and says nothing is no data server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        adapter = SHFQCAdapter("qc", f"labone://127.0.0.1:{port}/dev1", lambda: None, 5.0)
        began = time.monotonic()
        with pytest.raises(ConnectionFailed):
            await adapter.open()
        assert time.monotonic() - began < 4.0
        await adapter.close()


@pytest.mark.parametrize("text", ["dev1234", "labone://host/dev", "labone://:1/dev1", "TCPIP::host::INSTR"])
def test_addresses_that_are_none(text: str) -> None:
    """ConfigurationError says what an address looks like."""
    with pytest.raises(ConfigurationError, match="labone://HOST:PORT/dev12345"):
        labone_address(text)


async def test_no_such_device(server: Served) -> None:
    """A server without the device."""
    adapter = _shfqc_under(SHFQCAdapter, server, "dev99999")
    with pytest.raises(ConnectionFailed, match="cannot be connected"):
        await adapter.open()
    await adapter.close()


async def test_another_model(server: Served) -> None:
    """WrongInstrument tells what is there."""
    adapter = _shfqc_under(UHFQAAdapter, server, DEVICES["SHFQC"])
    with pytest.raises(WrongInstrument, match="SHFQC"):
        await adapter.open()
    await adapter.close()


async def test_device_in_use_and_old_firmware(server: Served) -> None:
    """Both are told as what they are; afterwards it opens."""
    server.control(fault="in-use", device=DEVICES["SHFQC"])
    adapter = adapter_at(server, "SHFQC")
    with pytest.raises(ConnectionFailed, match=r"(?i)in use"):
        await adapter.open()
    server.control(fault="none")
    server.control(fault="firmware", device=DEVICES["SHFQC"])
    with pytest.raises(InstrumentError, match=r"(?i)firmware"):
        await adapter.open()
    server.control(fault="none")
    assert (await adapter.open()).model == "SHFQC"
    await adapter.close()


async def test_a_dropped_connection_is_told(server: Served) -> None:
    """The vendor's client would connect again by itself, and what it had just set would be lost without a word."""
    adapter, wanted, plan, task = await in_mid_run(server)
    server.control(fault="drop")
    with pytest.raises(LinkLost):
        await task
    with pytest.raises(LinkLost):
        await adapter.play()
    with pytest.raises(LinkLost):
        await adapter.safe()
    await adapter.open()
    try:
        await adapter.configure_outputs(2_000_000_000, outputs("SHFQC"))
        assert len(sums(await run(adapter, wanted, plan))) == plan.records
    finally:
        await adapter.close()


@pytest.mark.parametrize("way", ["safe", "close"])
async def test_a_lost_link_leaves_no_output_on(way: str, server: Served) -> None:
    """The server lives, and so does the device: another connection switches it off."""
    adapter = adapter_at(server, "SHFQC")
    assert isinstance(adapter, SHFQCAdapter)
    await adapter.open()
    switches = [f"{channel}/output/on" for channel in ("sgchannels/0", "qachannels/0")]
    try:
        await adapter.configure_outputs(2_000_000_000, outputs("SHFQC"))
        wanted, plan = experiment("SHFQC", [[800]])
        await adapter.load(wanted, plan)
        await adapter.play()
        assert _switched(server, "SHFQC", switches) == [1, 1]
        server.control(fault="drop")
        with pytest.raises(LinkLost):
            await adapter.require_ended()
        if way == "safe":
            with pytest.raises(LinkLost):
                await adapter.safe()
        else:
            await adapter.close()
        assert _switched(server, "SHFQC", switches) == [0, 0]
    finally:
        await adapter.close()


def _switched(server: Served, model: str, paths: list[str]) -> list[int]:
    """The state of nodes, as another client sees it."""
    client = ziDAQServer(server.host, server.port, 6)
    try:
        return [int(client.getInt(f"/{DEVICES[model]}/{path}")) for path in paths]
    finally:
        client.disconnect()


async def test_a_server_that_dies_in_mid_run(server: Served) -> None:
    """LinkLost, every later call is refused, and closing takes no time."""
    adapter, _, _, task = await in_mid_run(server, limit_s=3.0)
    server.process.kill()
    began = time.monotonic()
    with pytest.raises(LinkLost):
        await task
    with pytest.raises(LinkLost):
        await adapter.play()
    await adapter.close()
    assert time.monotonic() - began < 5.0


async def test_a_server_that_is_started_again() -> None:
    """It knows nothing of what the last one was sent: the link is lost, and once opened again all is sent anew."""
    device = f"--device={DEVICES['UHFQA']}:UHFQA"
    wanted, plan = experiment("UHFQA", [[800]])
    port = _unused_port()
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(serving(device, f"--port={port}"))
        adapter = adapter_at(first, "UHFQA")
        assert isinstance(adapter, UHFQAAdapter)
        await adapter.open()
        try:
            await adapter.configure_outputs(1_800_000_000, outputs("UHFQA"))
            await run(adapter, wanted, plan)
            stack.close()
            stack.enter_context(serving(device, f"--port={port}"))
            with pytest.raises(LinkLost):
                await adapter.load(wanted, plan)
            await adapter.open()
            await adapter.configure_outputs(1_800_000_000, outputs("UHFQA"))
            assert len(sums(await run(adapter, wanted, plan))) == plan.records
        finally:
            await adapter.close()


async def test_triggers_that_do_not_come(server: Served) -> None:
    """Results are missing: expected and got, after the limit, nothing armed any more."""
    async with opened(server, "SHFQC", limit_s=3.0) as adapter:
        wanted, plan = experiment("SHFQC", [[800]])
        await adapter.load(wanted, plan)
        with pytest.raises(AcquisitionError, match="triggers are missing") as caught:
            await adapter.acquire(plan, lambda _: None, lambda: None)
        assert caught.value.got == "0 results"
        assert caught.value.allowed.startswith("100 results")
        assert adapter._device.nodes.number("qachannels/0/readout/result/enable") == 0


@pytest.mark.parametrize("model", MODELS)
async def test_an_overflow_is_heard(model: str, server: Served) -> None:
    """Results that the device says are damaged are not handed on; the next run is good."""
    async with opened(server, model) as adapter:
        wanted, plan = experiment(model, [[800]])
        await adapter.load(wanted, plan)
        server.control(fault="overflow", device=DEVICES[model])
        with pytest.raises(AcquisitionError, match="overflowed"):
            await run(adapter, wanted, plan)
        assert len(sums(await run(adapter, wanted, plan))) == plan.records


async def test_a_sequencer_that_never_ends(server: Served) -> None:
    """All results are there and it plays on: an error, and it can be stopped."""
    async with opened(server, "SHFQC") as adapter:
        wanted, plan = experiment("SHFQC", [[800]])
        await adapter.load(wanted, plan)
        server.control(fault="stall", device=DEVICES["SHFQC"])
        with pytest.raises(AcquisitionError, match="still running"):
            await run(adapter, wanted, plan)
        await adapter.stop()
        assert len(sums(await run(adapter, wanted, plan))) == plan.records


async def test_a_table_that_is_too_long(server: Served) -> None:
    """Told with output and pulse before anything is sent."""
    async with opened(server, "SHFQC") as adapter:
        events = [[(160 * n, 0, (n + 1) / 5000, 0.0) for n in range(4097)]]
        line = track((1,), events, [GAUSS], 1e8, "drive_q0")
        before = adapter.sets
        with pytest.raises(ProblemReport, match="command table") as caught:
            await adapter.load(program("SHFQC", [line], [160 * 4200]), None)
        problem = caught.value.problems[0]
        assert "drive_q0" in problem.where
        assert "pulse pulse0" in problem.where
        assert (problem.got, problem.allowed) == ("4097 entries", "4096")
        assert adapter.sets == before


async def test_two_devices_open_at_once(server: Served) -> None:
    """Each on a thread of its own; QCoDeS knows both by their names."""
    first, second = adapter_at(server, "SHFQC", name="qc"), adapter_at(server, "UHFQA", name="uhf")
    identities = await asyncio.gather(first.open(), second.open())
    assert [each.model for each in identities] == ["SHFQC", "UHFQA"]
    await asyncio.gather(first.close(), second.close())
