"""The relay before a data server: what it takes for a hanging server, and what becomes of who waits."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import capnp  # type: ignore[import-untyped]  # no type information is published
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import InstrumentTimeout
from drivers.zurich import relay
from drivers.zurich.relay import BOOTSTRAP, CALL, RETURN, Frames, Traffic
from drivers.zurich.relaying import RelayProcess
from tests.drivers.zurich.live import in_mid_run
from tests.simulators.labone.process import DEVICES, Served, serving

capnp.remove_import_hook()
BUNDLED = Path(capnp.__file__).parent
RPC: Any = capnp.SchemaParser().load(str(BUNDLED / "rpc.capnp"), imports=[str(BUNDLED.parent)])
"""Cap'n Proto's own description of its messages."""
FINISH = 4

HELLO = b'{"protocol":"http"}\n'.ljust(256, b"\0")
GRANTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: capnp\r\n\r\n"


def _message(kind: int, size: int = 0) -> bytes:
    """A message of a kind; `size` makes it long, and of several segments."""
    made = RPC.Message.new_message()
    if kind == CALL:
        made.init("call").params.init("capTable", size)
    elif kind == RETURN:
        made.init("return").init("results").init("capTable", size)
    elif kind == BOOTSTRAP:
        made.init("bootstrap")
    else:
        made.init("finish")
    written: bytes = made.to_bytes()
    return written


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([CALL, RETURN, FINISH, BOOTSTRAP]), st.sampled_from([0, 3, 2000]))),
    st.lists(st.integers(1, 400), min_size=1),
)
def test_kinds_are_those_of_the_messages(messages: list[tuple[int, int]], cuts: list[int]) -> None:
    """However the stream is cut to pieces."""
    stream = b"".join(_message(kind, size) for kind, size in messages)
    frames, found, at, number = Frames(), [], 0, 0
    while at < len(stream):
        size = cuts[number % len(cuts)]
        found += frames.kinds(stream[at : at + size])
        at, number = at + size, number + 1
    assert found == [kind for kind, _ in messages]


def test_what_is_answered_is_not_waited_for() -> None:
    """From the request for an upgrade on: calls are open until their returns; what needs no answer never is."""
    traffic = Traffic()
    traffic.received(HELLO)
    assert traffic.waited_s == 0
    traffic.sent(b"GET /api/v1/kernel/zi HTTP/1.1\r\n\r\n")
    assert traffic.asked == 1
    assert traffic.limit_s == relay.CONNECT_LIMIT_S
    bootstrapped = _message(RETURN)
    traffic.received(GRANTED[:20])
    traffic.received(GRANTED[20:])
    assert (traffic.asked, traffic.limit_s) == (0, relay.ANSWER_LIMIT_S)
    traffic.sent(_message(BOOTSTRAP) + _message(CALL, 5))
    assert traffic.asked == 2
    time.sleep(0.01)
    assert traffic.waited_s >= 0.01
    traffic.received(bootstrapped + _message(RETURN, 5))
    traffic.sent(_message(FINISH))
    assert (traffic.asked, traffic.waited_s) == (0, 0.0)


def test_a_refusal_is_an_answer() -> None:
    """A request that is not granted leaves nothing open."""
    traffic = Traffic()
    traffic.received(HELLO)
    traffic.sent(b"GET /api/v1/kernel/devid/dev1 HTTP/1.1\r\n\r\n")
    traffic.received(b"HTTP/1.1 404 Not Found\r\n\r\n{}")
    assert traffic.asked == 0


@pytest.fixture
def server() -> Iterator[Served]:
    """A server that a test may stop."""
    with contextlib.suppress(AssertionError), serving(f"--device={DEVICES['SHFQC']}:SHFQC") as served:
        yield served


def test_a_relay_ends_with_whoever_started_it(server: Served) -> None:
    """Closing takes its process away; a server that is only idle is not one that hangs."""
    made = RelayProcess(server.host, server.port)
    assert not made.found_hanging()
    made.close()
    made.close()
    assert made._process.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="there Ctrl-C cannot be sent to one process alone")
def test_a_relay_outlives_ctrl_c(server: Served) -> None:
    """A terminal sends it to all processes, and then the line is what outputs are switched off by."""
    made = RelayProcess(server.host, server.port)
    try:
        os.kill(made._process.pid, signal.SIGINT)
        assert not made.found_hanging()
        assert made._process.poll() is None
    finally:
        made.close()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this platform cannot stop a process and keep it")
async def test_a_server_that_hangs(server: Served) -> None:
    """Its process is stopped in mid-run: connections stay open and nobody answers. A named error soon."""
    adapter, _, _, task = await in_mid_run(server)
    os.kill(server.process.pid, signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(InstrumentTimeout, match="no answer to") as caught:
            await task
        assert time.monotonic() - began < relay.SUSPECT_S + relay.HELLO_LIMIT_S + 2.0
        assert caught.value.instrument == "device"
        again = time.monotonic()
        await adapter.close()
        assert time.monotonic() - again < 1.0
    finally:
        os.kill(server.process.pid, signal.SIGCONT)
