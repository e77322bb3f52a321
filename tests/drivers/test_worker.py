"""The worker: one thread, named limits, links that are cut, cancellation, and nothing left behind."""

from __future__ import annotations

import asyncio
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pyvisa.constants import StatusCode
from pyvisa.errors import VisaIOError

from drivers.contract import InstrumentTimeout, LinkLost
from drivers.worker import InstrumentWorker

ADDRESS = "TCPIP::127.0.0.1::5025::SOCKET"


def worker(sever: object = None) -> InstrumentWorker:
    return InstrumentWorker("awg", ADDRESS, sever) if callable(sever) else InstrumentWorker("awg", ADDRESS)


async def test_calls_run_in_order_on_one_thread() -> None:
    """Every function sees the same thread, and the answers come back to their callers."""
    w = worker()
    seen: list[int] = []

    def note(i: int) -> tuple[int, int]:
        seen.append(i)
        return i, threading.get_ident()

    answers = await asyncio.gather(*(w.call("note", note, i, timeout_s=1) for i in range(20)))
    assert [i for i, _ in answers] == seen == list(range(20))
    assert len({thread for _, thread in answers}) == 1
    assert answers[0][1] != threading.get_ident()
    assert await w.close()
    assert not w.alive


async def test_errors_of_the_function_pass_unchanged() -> None:
    """An error that is not the link's reaches the caller as it is, and the worker goes on."""
    w = worker()
    with pytest.raises(ZeroDivisionError):
        await w.call("divide", lambda: 1 / 0, timeout_s=1)
    assert await w.call("again", lambda: 7, timeout_s=1) == 7
    assert await w.close()


async def test_a_wait_that_is_over_names_itself_and_cuts_the_link() -> None:
    """The error names instrument, address, wait and limit; it comes in time; later calls are refused."""
    hang = threading.Event()
    w = worker(hang.set)
    began = time.monotonic()
    with pytest.raises(InstrumentTimeout) as caught:
        await w.call("fetch", hang.wait, timeout_s=0.2)
    assert time.monotonic() - began < 0.22 + 0.1
    error = caught.value
    assert (error.instrument, error.address, error.wait, error.timeout_s) == ("awg", ADDRESS, "fetch", 0.2)
    assert error.fix
    with pytest.raises(LinkLost, match="'play' is refused: the link was cut after 'fetch'"):
        await w.call("play", lambda: None, timeout_s=1)
    assert await w.close()


async def test_time_that_stands_still_does_not_count() -> None:
    """A call may take its limit and what is excused meanwhile, and no more."""
    own = worker()
    began = time.monotonic()
    assert (
        await own.call("slow", time.sleep, 0.5, timeout_s=0.2, excused=lambda: 0.9 * (time.monotonic() - began))
        is None
    )
    with pytest.raises(InstrumentTimeout):
        await own.call("slow", time.sleep, 0.6, timeout_s=0.2, excused=lambda: 0.1)
    await own.close()


async def test_calls_in_the_queue_of_a_cut_link_do_not_run() -> None:
    """What waited behind the hanging call never reaches the instrument."""
    hang, ran = threading.Event(), []
    w = worker(hang.set)
    first = asyncio.ensure_future(w.call("fetch", hang.wait, timeout_s=0.1))
    second = asyncio.ensure_future(w.call("play", ran.append, 1, timeout_s=5))
    results = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(result) for result in results] == [InstrumentTimeout, LinkLost]
    assert ran == []
    assert await w.close()


@contextmanager
def deaf_server() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection whose other end accepts and never reads, like a stopped instrument."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        peer, _ = server.accept()
        with client, peer:
            yield client, peer


def endless_write(client: socket.socket) -> None:
    """As pyvisa-py's SOCKET session writes: select without a limit."""
    while True:
        select.select([], [client], [])
        client.send(bytes(4096))


def shut(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_RDWR)
    client.close()


async def test_a_write_that_nobody_reads_is_severed_and_its_thread_ends() -> None:
    """The stuck thread ends because its socket is cut, not because the instrument wakes up."""
    with deaf_server() as (client, _):
        w = worker(lambda: shut(client))
        with pytest.raises(InstrumentTimeout, match="upload"):
            await w.call("upload", endless_write, client, timeout_s=0.3)
        assert await w.close(timeout_s=1)
        assert not w.alive


async def test_close_cuts_a_thread_that_hangs() -> None:
    """Closing in the middle of a hanging call cuts the link and joins the thread."""
    hang, last = threading.Event(), []
    w = worker(hang.set)
    call = asyncio.ensure_future(w.call("fetch", hang.wait, timeout_s=30))
    await asyncio.sleep(0.05)
    assert await w.close(lambda: last.append(threading.get_ident()), timeout_s=0.2)
    assert len(last) == 1
    assert await call is True


async def test_close_drops_errors_of_the_last_function() -> None:
    """A link that is broken already makes no error in close."""
    w = worker()
    assert await w.close(lambda: 1 / 0)


async def test_cancelled_before_it_began_leaves_the_link_whole() -> None:
    """A call that still waits in the queue is taken out of it."""
    gate, ran = threading.Event(), []
    w = worker()
    first = asyncio.ensure_future(w.call("first", gate.wait, timeout_s=5))
    second = asyncio.ensure_future(w.call("second", ran.append, 1, timeout_s=5))
    await asyncio.sleep(0.05)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    gate.set()
    assert await first
    assert ran == []
    assert not w.broken
    assert await w.close()


async def test_cancelled_while_it_runs_ends_on_request() -> None:
    """`stop` tells the function to end; it does, and the link stays usable."""
    stop = threading.Event()
    w = worker()
    call = asyncio.ensure_future(w.call("fetch", stop.wait, timeout_s=30, stop=stop.set))
    await asyncio.sleep(0.05)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not w.broken
    assert await w.call("again", lambda: 1, timeout_s=1) == 1
    assert await w.close()


async def test_cancelled_and_deaf_to_stop_is_cut() -> None:
    """A function that does not end on request loses its link within the grace."""
    hang = threading.Event()
    w = worker(hang.set)
    call = asyncio.ensure_future(w.call("upload", hang.wait, timeout_s=30))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert time.monotonic() - began < 0.7
    assert w.broken
    assert await w.close()


VISA_TIMEOUT = VisaIOError(StatusCode.error_timeout)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (VISA_TIMEOUT, InstrumentTimeout),
        (TimeoutError("timed out"), InstrumentTimeout),
        (VisaIOError(StatusCode.error_connection_lost), LinkLost),
        (ConnectionResetError(104, "reset"), LinkLost),
        (BrokenPipeError(32, "pipe"), LinkLost),
        (OSError(9, "bad descriptor"), LinkLost),
        (EOFError(), LinkLost),
        (struct.error("unpack requires 4 bytes"), LinkLost),
        (RuntimeError("Connection was dropped by server."), LinkLost),
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
async def test_errors_of_the_link_are_translated(raised: Exception, expected: type[Exception]) -> None:
    """Whatever VISA and sockets raise when a peer is silent or gone names the instrument and breaks the worker."""

    def fail() -> None:
        raise raised

    w = worker()
    with pytest.raises(expected) as caught:
        await w.call("arm", fail, timeout_s=3)
    assert caught.value.instrument == "awg"
    assert caught.value.address == ADDRESS
    assert w.broken
    assert await w.close()


async def test_a_loop_that_ends_before_the_thread_is_no_trouble() -> None:
    """A thread that is still busy when its loop is gone ends without a word."""
    gate = threading.Event()
    w = worker()

    def loop_of_its_own() -> None:
        async def leave() -> None:
            with pytest.raises(InstrumentTimeout):
                await w.call("fetch", gate.wait, timeout_s=0.05)

        asyncio.run(leave())

    thread = threading.Thread(target=loop_of_its_own)
    thread.start()
    thread.join()
    gate.set()
    assert await w.close()
