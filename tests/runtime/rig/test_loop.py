"""The loop thread: results, errors and Ctrl-C reach the caller, and nothing is left behind."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from runtime.rig.loop import LoopThread


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    before = threading.active_count()
    loop = LoopThread("test-loop")
    yield loop
    loop.stop()
    assert threading.active_count() == before


def test_results_and_errors_come_back(loop: LoopThread) -> None:
    """As if the coroutine ran here."""

    async def double(number: int) -> int:
        await asyncio.sleep(0)
        if number < 0:
            message = "negative"
            raise ValueError(message)
        return 2 * number

    assert loop.run(double(4)) == 8
    with pytest.raises(ValueError, match="negative"):
        loop.run(double(-1))


@pytest.mark.skipif(sys.platform == "win32", reason="signal.raise_signal cannot stand for Ctrl-C on Windows")
def test_ctrl_c_waits_for_the_clean_up(loop: LoopThread) -> None:
    """The first Ctrl-C cancels, a second one during the clean-up does not cut it short."""
    cleaned = []
    main = threading.main_thread().ident
    assert main is not None

    async def work() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0.3)
            cleaned.append(True)

    def interrupt() -> None:
        for _ in range(2):
            time.sleep(0.1)
            signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        loop.run(work())
    thread.join()
    assert cleaned == [True]
    assert time.monotonic() - began < 5


@pytest.mark.skipif(sys.platform == "win32", reason="signal.pthread_kill is POSIX")
@pytest.mark.parametrize("to_the_end", [False, True])
def test_a_volley_of_ctrl_c_is_one(loop: LoopThread, to_the_end: bool) -> None:
    """Between any two bytecodes: the work, or its clean-up, is waited for, and nothing escapes meanwhile."""
    main = threading.main_thread().ident
    assert main is not None
    begun = threading.Event()
    ended: list[str] = []

    def interrupt() -> None:
        begun.wait()
        for _ in range(200):
            signal.pthread_kill(main, signal.SIGINT)
            time.sleep(0.0005)

    thread = threading.Thread(target=interrupt)

    async def volley() -> None:
        await asyncio.to_thread(thread.join)

    async def work() -> None:
        begun.set()
        try:
            await volley()
            ended.append("work")
        finally:
            await volley()
            ended.append("clean-up")

    thread.start()
    with pytest.raises(KeyboardInterrupt):
        loop.run(work(), to_the_end=to_the_end)
    thread.join()
    assert ended == (["work", "clean-up"] if to_the_end else ["clean-up"])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
