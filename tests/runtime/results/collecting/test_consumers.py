"""Consumers and progress: whatever they do, the acquisition goes on."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from runtime.results import Chunk, Collector
from runtime.results.collecting.tap import Tap
from tests.runtime.results.collecting.acquisitions import READOUT, block, collect, marked, plan_of


def acquire(collector: Collector, records: int = 40) -> np.ndarray:
    """All records in blocks of four; what came out for the first program."""
    volts = marked(plan_of(2, records // 2))
    collect(collector, volts, 4)
    return collector.results(["a", "b"], {})[0].memory[0]


def test_a_consumer_gets_every_shot_in_order() -> None:
    """Program, shot and value of each record, on another thread."""
    seen: list[Chunk] = []
    threads: set[int] = set()

    def consumer(chunk: Chunk) -> None:
        threads.add(threading.get_ident())
        seen.append(chunk)

    collector = Collector(plan_of(2, 20), READOUT, 1, consumers=[consumer])
    acquire(collector)
    programs, shots, values = (
        np.concatenate([getattr(chunk, name) for chunk in seen]) for name in ("programs", "shots", "values")
    )
    assert np.allclose(values[:, 0], (programs + 1j * shots) / 1000, atol=1e-6)
    assert (2 * shots + programs).tolist() == list(range(40))
    assert threading.get_ident() not in threads
    (report,) = collector.close()
    assert (report.delivered, report.dropped, report.failure) == (40, 0, None)


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("returns", ["single", "avg"])
def test_chunks_have_the_level_that_was_asked_for(level: int, returns: str) -> None:
    """Averages too stream single shots."""
    seen: list[Chunk] = []
    collector = Collector(plan_of(2, 20), READOUT, level, returns=returns, consumers=[seen.append])
    acquire(collector)
    assert seen[0].values.shape == ((4, 1, 32) if level == 0 else (4, 1))
    assert seen[0].values.dtype == (np.complex64 if level == 0 else np.uint8)
    assert seen[0].slots == (0,)


def test_a_consumer_that_raises_is_reported_and_left_alone() -> None:
    """The other consumer and the result lack nothing."""
    seen: list[Chunk] = []

    def broken(chunk: Chunk) -> None:
        if chunk.shots[0] >= 4:
            raise RuntimeError("no room on the screen")

    collector = Collector(plan_of(2, 20), READOUT, 1, consumers=[broken, seen.append])
    assert acquire(collector).size == 20
    failed, fine = collector.close()
    assert str(failed.failure) == "no room on the screen"
    assert (failed.delivered, failed.dropped) == (8, 32)
    assert failed.name.endswith("broken")
    assert (fine.delivered, fine.failure) == (40, None)


def test_a_slow_consumer_misses_shots_and_delays_nothing() -> None:
    """What does not fit into the queue is dropped and counted; `offer` returns at once."""
    release = threading.Event()
    tap = Tap(lambda _chunk: release.wait(10) and None, capacity=3)
    chunk = Chunk(np.arange(5), np.arange(5), (0,), np.zeros((5, 1)), np.zeros(5, bool))
    began = time.perf_counter()
    for _ in range(100):
        tap.offer(chunk)
    assert time.perf_counter() - began < 1
    release.set()
    report = tap.close(5)
    assert report.delivered + report.dropped == 500
    # One in hand, three queued; the thread may take the first while others are being offered.
    assert 15 <= report.delivered <= 25


def test_a_consumer_that_never_returns_costs_its_limit_only() -> None:
    """Closing gives up on it; its thread ends when it returns."""
    release = threading.Event()
    collector = Collector(plan_of(2, 20), READOUT, 1, consumers=[lambda _chunk: release.wait(20) and None])
    collect(collector, marked(plan_of(2, 20)), 4)
    began = time.perf_counter()
    (report,) = collector.close(0.1)
    assert time.perf_counter() - began < 2
    assert (report.delivered, report.dropped) == (0, 40)
    assert collector.results(["a", "b"], {})[1].shots == 20
    release.set()
    for thread in threading.enumerate():
        if thread.name.startswith("consumer"):
            thread.join(5)
            assert not thread.is_alive()


def test_progress_is_reported_and_may_fail() -> None:
    """(records so far, records) after each block; a report that raises is not called again."""
    calls: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        calls.append((done, total))
        if done >= 8:
            raise ValueError("the bar is full")

    collector = Collector(plan_of(2, 20), READOUT, 1, progress=progress)
    assert acquire(collector).size == 20
    assert calls == [(4, 40), (8, 40)]


def test_consumers_that_get_nothing_start_no_thread() -> None:
    """An acquisition that never begins leaves nothing."""
    collector = Collector(plan_of(1, 1), READOUT, 1, consumers=[print])
    (report,) = collector.close()
    assert (report.delivered, report.dropped) == (0, 0)
    collector.take(block(0, marked(plan_of(1, 1))))
    assert collector.close()[0].dropped == 1


def test_what_waits_is_bounded_by_bytes_too() -> None:
    """Chunks of 30 MB: two wait, further ones are dropped; when those are worked off, the next is taken."""
    go = threading.Event()
    delivered: list[int] = []

    def slow(chunk: Chunk) -> None:
        go.wait()
        delivered.append(int(chunk.programs[0]))

    tap = Tap(slow)
    values = np.zeros((1, 1, 3_750_000), np.complex64)
    one = np.zeros(1, np.int64)
    for number in range(5):
        tap.offer(Chunk(one + number, one, (0,), values, np.zeros(1, bool)))
    go.set()
    limit = time.monotonic() + 5
    while len(delivered) < 2 and time.monotonic() < limit:
        time.sleep(0.01)
    tap.offer(Chunk(one + 9, one, (0,), values, np.zeros(1, bool)))
    report = tap.close(5.0)
    assert delivered == [0, 1, 9]
    assert (report.delivered, report.dropped) == (3, 3)
