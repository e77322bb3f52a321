"""The digitizer on a simulated ATS9360, through the unmodified driver and a forwarded API."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from drivers.alazar import ATS9360Adapter
from drivers.contract import (
    Acquisition,
    AcquisitionError,
    AcquisitionPlan,
    Adapter,
    ConfigurationError,
    ConnectionFailed,
    InstrumentTimeout,
    LinkLost,
    ProblemReport,
    RecordBlock,
    WrongInstrument,
)
from simulators.alazar import ATS9360
from tests.drivers.alazar.board import LSB_V, CountedSource
from tests.simulators.alazar.serving import served

RATE_HZ = 500_000_000


def plan(shots: int, per_pass: int = 1, length: int = 256, delay: int = 16) -> AcquisitionPlan:
    return AcquisitionPlan("digitizer", RATE_HZ, length, delay, per_pass, shots, ())


@pytest.fixture
def source() -> CountedSource:
    return CountedSource()


@pytest.fixture
def board(source: CountedSource) -> ATS9360:
    return ATS9360(source)


@pytest.fixture
def address(board: ATS9360) -> Iterator[str]:
    with served(board) as where:
        yield where


def adapter_at(address: str, limit_s: float = 3.0) -> ATS9360Adapter:
    def load() -> object:
        from drivers.alazar import NetworkATS9360

        return NetworkATS9360("digitizer", address)

    return ATS9360Adapter("digitizer", address, load, limit_s)


@asynccontextmanager
async def open_board(address: str, limit_s: float = 3.0) -> AsyncIterator[ATS9360Adapter]:
    digitizer = adapter_at(address, limit_s)
    await digitizer.open()
    try:
        yield digitizer
    finally:
        await digitizer.close()


def nothing() -> None:
    """For `armed`."""


@pytest.mark.parametrize(
    ("shots", "per_pass", "length"), [(1, 1, 256), (2, 1, 2560), (100, 21, 2560), (97, 1, 2560)]
)
async def test_every_record_comes_once_and_in_order(
    source: CountedSource, address: str, shots: int, per_pass: int, length: int
) -> None:
    """Volts of each record and input, in order, whatever the buffers; the board is set as the plan says."""
    blocks: list[RecordBlock] = []
    events: list[str] = []
    reports: list[tuple[int, int]] = []
    async with open_board(address) as digitizer:
        assert isinstance(digitizer, Adapter)
        assert isinstance(digitizer, Acquisition)
        count = await digitizer.acquire(
            plan(shots, per_pass, length),
            lambda block: (events.append("block"), blocks.append(block))[1],
            lambda: events.append("armed"),
            lambda *report: reports.append(report),
        )
    total = shots * per_pass
    assert count == total
    assert events[0] == "armed"
    assert events.count("armed") == 1
    assert source.armed == [(length, RATE_HZ, 16)]
    assert [block.first for block in blocks] == list(np.cumsum([0] + [block.count for block in blocks[:-1]]))
    volts = np.concatenate([block.volts for block in blocks])
    assert volts.shape == (total, 2, length)
    assert volts.dtype == np.float32
    # The last four samples of each input hold the footer.
    assert not volts[:, :, -4:].any()
    volts = volts[:, :, :-4]
    triggered = np.concatenate([block.triggered for block in blocks if block.triggered is not None])
    assert triggered.tolist() == [int(RATE_HZ * 0.1234567) + 500_000 * record for record in range(total)]
    # The converter ends at its range.
    expected = np.clip(np.arange(total), None, 2047) * LSB_V
    assert np.abs(volts[:, 0] - expected[:, None]).max() < 1e-6
    assert np.abs(volts[:, 1] + np.clip(np.arange(total), None, 2048)[:, None] * LSB_V).max() < 1e-6
    assert reports[-1] == (total, total)
    assert [done for done, _ in reports] == sorted(done for done, _ in reports)


async def test_overrange_is_flagged_on_the_record(source: CountedSource, address: str) -> None:
    """One sample at an end of the range marks its record and no other."""
    source.peak_v = -LSB_V * 2048 + LSB_V * 2
    blocks: list[RecordBlock] = []
    async with open_board(address) as digitizer:
        await digitizer.acquire(plan(6), blocks.append, nothing)
    flags = np.concatenate([block.overrange for block in blocks])
    # Record k holds 2 - 2048 - k steps: the lowest code from k = 2 on.
    assert flags.tolist() == [False, False, True, True, True, True]


async def test_it_acquires_again_and_after_reopening(address: str) -> None:
    """A closed API is not handed out again by the driver's cache, even while it is alive."""
    counts = []
    for _ in range(2):
        async with open_board(address) as digitizer:
            counts += [await digitizer.acquire(plan(40), lambda _: None, nothing) for _ in range(2)]
    assert counts == [40] * 4


async def test_a_missing_trigger_is_an_error_with_both_numbers(source: CountedSource, address: str) -> None:
    """One trigger too few: never fewer records without a word."""
    source.available = 2099
    taken: list[int] = []
    async with open_board(address, limit_s=0.4) as digitizer:
        began = time.monotonic()
        with pytest.raises(AcquisitionError) as caught:
            await digitizer.acquire(plan(100, 21, 2560), lambda block: taken.append(block.count), nothing)
        assert time.monotonic() - began < 3
        assert "triggers are missing" in caught.value.what
        assert caught.value.got == f"{sum(taken)} records"
        assert caught.value.allowed == "2100 records (100 shots of 21)"
        source.available = 10_000
        assert await digitizer.acquire(plan(50), lambda _: None, nothing) == 50


@pytest.mark.parametrize("shots", [10, 2000])
async def test_time_stands_still_while_records_are_computed(
    source: CountedSource, address: str, shots: int
) -> None:
    """Records that take longer to compute than any limit allows come all the same: the limits are the board's."""
    source.computes_s, limit_s = 1.5, 0.3
    volts: list[float] = []
    async with open_board(address, limit_s) as digitizer:
        await digitizer.acquire(plan(shots), lambda block: volts.extend(block.volts[:, 0, 0]), nothing)
    assert np.rint(np.array(volts) / LSB_V).tolist() == list(range(shots))


async def test_a_search_for_triggers_is_no_computation(source: CountedSource, address: str) -> None:
    """Without triggers the limit holds, however long the simulated board looks for them each time."""
    source.available, source.looks_s = 3, 0.15
    async with open_board(address, limit_s=0.5) as digitizer:
        began = time.monotonic()
        with pytest.raises(AcquisitionError, match=r"did not fill within 0\.5 s"):
            await digitizer.acquire(plan(10), lambda _: None, nothing)
        assert time.monotonic() - began < 1.5


async def test_a_computation_without_an_end_is_given_up(
    source: CountedSource, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A named timeout, though the board says that it is alive."""
    from drivers.alazar import network

    monkeypatch.setattr(network, "LONGEST_STANDSTILL_S", 0.4)
    source.computes_s = 1.2
    async with open_board(address, limit_s=0.3) as digitizer:
        with pytest.raises(InstrumentTimeout):
            await digitizer.acquire(plan(10), lambda _: None, nothing)


async def test_an_overflow_is_an_error(board: ATS9360, address: str) -> None:
    """The board's memory overflows after some records."""
    board.faults.overflow_after = 300
    async with open_board(address) as digitizer:
        with pytest.raises(AcquisitionError, match="overflowed"):
            await digitizer.acquire(plan(10_000, 1, 2560), lambda _: None, nothing)


async def test_what_the_sink_raises_comes_out(address: str) -> None:
    """As it is, and the board is idle again, also where it looks like an error of the driver or of the link."""
    async with open_board(address) as digitizer:
        for error in (KeyError("sink"), RuntimeError("error 579: from a sink"), OSError(28, "no space left")):

            def fail(_block: RecordBlock, error: Exception = error) -> None:
                raise error

            with pytest.raises(type(error)) as caught:
                await digitizer.acquire(plan(1000), fail, nothing)
            assert caught.value is error
        assert await digitizer.acquire(plan(5), lambda _: None, nothing) == 5


async def test_cancelled_while_no_trigger_comes(source: CountedSource, board: ATS9360, address: str) -> None:
    """The wait is given up in between, nothing stays armed, the link is whole."""
    source.available = 0
    async with open_board(address, limit_s=30.0) as digitizer:
        armed = asyncio.Event()
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(
            digitizer.acquire(plan(10), lambda _: None, lambda: loop.call_soon_threadsafe(armed.set))
        )
        await armed.wait()
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await digitizer.safe()
        assert time.monotonic() - began < 1
        assert board.capture is None
        source.available = 100
        assert await digitizer.acquire(plan(10), lambda _: None, nothing) == 10


async def test_safe_ends_an_acquisition(source: CountedSource, address: str) -> None:
    """Whoever waits for the records is told that they will not come."""
    source.available = 0
    async with open_board(address, limit_s=30.0) as digitizer:
        task = asyncio.ensure_future(digitizer.acquire(plan(10), lambda _: None, nothing))
        await asyncio.sleep(0.1)
        await digitizer.safe()
        with pytest.raises(AcquisitionError, match="given up; got 0 records"):
            await task


async def test_every_problem_of_a_plan_at_once(address: str) -> None:
    """Rate, length, delay and number of records in one report."""
    bad = AcquisitionPlan("digitizer", 123, 300, 5, 1, 0, ())
    async with open_board(address) as digitizer:
        with pytest.raises(ProblemReport) as caught:
            await digitizer.acquire(bad, lambda _: None, nothing)
    assert len(caught.value.problems) == 4


async def test_nobody_listens() -> None:
    """Known at once, with the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(ConnectionFailed, match=f"ats://127.0.0.1:{port}"):
        await adapter_at(f"ats://127.0.0.1:{port}").open()
    assert time.monotonic() - began < 3


async def test_another_board(board: ATS9360, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver's constructor raises a bare Exception; what comes out names both models."""
    original = board.call
    kind_of_ats9870 = 13

    def call(name: str, arguments: list[int]) -> object:
        reply = original(name, arguments)
        return type(reply)(kind_of_ats9870) if name == "AlazarGetBoardKind" else reply

    monkeypatch.setattr(board, "call", call)
    with pytest.raises(WrongInstrument, match="got AlazarTech ATS9870; allowed: ATS9360"):
        await adapter_at(address).open()


@pytest.fixture
def deaf_address() -> Iterator[tuple[str, threading.Event]]:
    """A relay to nowhere: it accepts, and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"ats://127.0.0.1:{server.getsockname()[1]}", threading.Event()


async def test_a_server_that_never_answers(deaf_address: tuple[str, threading.Event]) -> None:
    """A named timeout in time, and no thread left."""
    began = time.monotonic()
    with pytest.raises(InstrumentTimeout) as caught:
        await adapter_at(deaf_address[0], limit_s=0.3).open()
    assert time.monotonic() - began < 1
    assert caught.value.wait == "identify"


async def test_a_board_that_stops_answering(
    source: CountedSource, board: ATS9360, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of an acquisition the server falls silent: a named timeout within the limit."""
    source.available = 0
    silent = threading.Event()
    original = board.call

    def call(name: str, arguments: list[int]) -> object:
        if name == "AlazarWaitAsyncBufferComplete":
            silent.wait(10)
        return original(name, arguments)

    monkeypatch.setattr(board, "call", call)
    async with open_board(address, limit_s=0.5) as digitizer:
        began = time.monotonic()
        with pytest.raises(InstrumentTimeout) as caught:
            await digitizer.acquire(plan(10), lambda _: None, nothing)
        assert time.monotonic() - began < 0.5 * 1.1 + 0.3
        assert caught.value.wait == "fetch"
        with pytest.raises(LinkLost, match="refused"):
            await digitizer.acquire(plan(10), lambda _: None, nothing)
        silent.set()


async def test_the_server_dies(source: CountedSource) -> None:
    """The connection breaks in mid-acquisition: LinkLost, at once."""
    source.available = 0
    with served(ATS9360(source)) as where:
        digitizer = adapter_at(where)
        await digitizer.open()
        task = asyncio.ensure_future(digitizer.acquire(plan(10), lambda _: None, nothing))
        await asyncio.sleep(0.2)
    with pytest.raises((LinkLost, AcquisitionError)):
        await task
    await digitizer.close()


async def test_a_station_file_loads_it(tmp_path: Path, address: str) -> None:
    """`type: drivers.alazar.NetworkATS9360` in a genuine QCoDeS Station."""
    from qcodes.station import Station

    file = tmp_path / "station.yaml"
    file.write_text(
        f"instruments:\n  digitizer:\n    type: drivers.alazar.NetworkATS9360\n    address: {address}\n"
    )
    station = Station(config_file=str(file), use_monitor=False, default=False)
    digitizer = ATS9360Adapter("digitizer", address, lambda: station.load_instrument("digitizer"), 3.0)
    identity = await digitizer.open()
    assert (identity.vendor, identity.model, identity.serial) == ("AlazarTech", "ATS9360", "970001")
    await digitizer.close()
    station.close_all_registered_instruments()
    gc.collect()


async def test_a_board_in_this_machine_without_its_library() -> None:
    """The vendor's library is not installed: a matter of configuration, told as such."""

    def load() -> object:
        from qcodes.instrument_drivers.AlazarTech import AlazarTechATS9360

        return AlazarTechATS9360("digitizer", dll_path="/nowhere/libATSApi.so")

    with pytest.raises(ConfigurationError, match="libATSApi"):
        await ATS9360Adapter("digitizer", "", load, 3.0).open()


async def test_the_drivers_own_class_does_as_well(address: str) -> None:
    """AlazarTechATS9360 with an API that is given to it: the same adapter."""

    def load() -> object:
        from qcodes.instrument_drivers.AlazarTech import AlazarTechATS9360

        from drivers.alazar.network import NetworkATSAPI

        return AlazarTechATS9360("digitizer", api=NetworkATSAPI.over(address, 3.0))

    digitizer = ATS9360Adapter("digitizer", "", load, 3.0)
    await digitizer.open()
    driver = digitizer._session.driver
    assert await digitizer.acquire(plan(40), lambda _: None, nothing) == 40
    assert "allocate_and_post_buffer" not in vars(driver)
    connection = driver.api.connection
    await digitizer.close()
    connection.close()
