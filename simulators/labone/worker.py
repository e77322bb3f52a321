"""A thread that does a device's longer work, one job after another."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

__all__ = ["Worker"]

logger = logging.getLogger(__name__)


class Worker:
    """Runs jobs in order on one thread, which is started with the first of them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        """Set when the worker must end: a job that takes long looks at it, or waits on it instead of sleeping."""

    def submit(self, job: Callable[[], None]) -> None:
        """Let `job` run after those before it. An exception in it is logged and ends nothing else."""
        with self._lock:
            if self.stopping.is_set():
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=f"labone-{self._name}", daemon=True)
                self._thread.start()
            self._jobs.put(job)

    def stop(self) -> None:
        """Drop the jobs that wait, let the running one see `stopping`, and join the thread."""
        with self._lock:
            self.stopping.set()
            self._jobs.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None and not self.stopping.is_set():
            try:
                job()
            except Exception:
                logger.exception("%s: a job failed", self._name)
