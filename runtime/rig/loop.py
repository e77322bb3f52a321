"""An event loop on a thread of its own: one home for a rig's coroutines, wherever they are asked for."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["INTERRUPTIBLE_S", "LoopThread"]

T = TypeVar("T")

INTERRUPTIBLE_S = 0.2
"""Longest wait of the main thread: on Windows, Ctrl-C is not heard before a wait is over."""

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""What may be set up to interrupt a program; the last two are each known to one platform only."""


class LoopThread:
    """Runs coroutines for scripts, notebooks (whose own loop is busy) and other event loops alike."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        # What computes runs beside the loop, one piece at a time: batches wait for one another anyway.
        self._loop.set_default_executor(ThreadPoolExecutor(1, thread_name_prefix=f"{name}-work"))
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine; its future can be waited for from any thread, and cancelled."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T], *, to_the_end: bool = False) -> T:
        """Run a coroutine to its end.

        Ctrl-C cancels it and waits until it has cleaned up; a second Ctrl-C does not cut the clean-up short.
        With `to_the_end`, Ctrl-C does not even cancel. KeyboardInterrupt is raised when it is done. Raises
        asyncio.CancelledError when somebody else cancelled it.
        """
        done = threading.Event()
        tasks: list[asyncio.Task[T]] = []
        interrupted = threading.Event()

        def begin() -> None:
            task = self._loop.create_task(work)
            tasks.append(task)
            task.add_done_callback(lambda _: done.set())

        def cancel() -> None:
            # Always queued behind `begin`, so the task exists.
            tasks[0].cancel()

        def interrupt() -> None:
            if not interrupted.is_set() and not to_the_end:
                self._loop.call_soon_threadsafe(cancel)
            interrupted.set()

        with _interrupts_to(interrupt):
            self._loop.call_soon_threadsafe(begin)
            while not done.is_set():
                try:
                    done.wait(INTERRUPTIBLE_S)
                except KeyboardInterrupt:  # raised by somebody's own handler
                    interrupt()
        if interrupted.is_set():
            raise KeyboardInterrupt
        return tasks[0].result()

    def stop(self) -> None:
        """End the loop and its thread; nothing may run on it any more."""
        if not self._thread.is_alive():
            return
        try:
            self.run(self._loop.shutdown_default_executor(), to_the_end=True)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


@contextmanager
def _interrupts_to(interrupt: Callable[[], None]) -> Iterator[None]:
    """Call `interrupt` where Python would raise KeyboardInterrupt.

    An exception can strike between any two bytecodes, also while the first Ctrl-C is being dealt with; a handler
    that only takes note leaves no such gap. Signals with handlers of somebody else's stay as they are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    taken = [number for number in numbers if signal.getsignal(number) is signal.default_int_handler]
    try:
        for number in taken:
            signal.signal(number, lambda _number, _frame: interrupt())
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.default_int_handler)
