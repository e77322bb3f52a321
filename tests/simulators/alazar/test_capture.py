"""Acquisitions over the socket: order, completeness, faults, and that nothing blocks the server."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from simulators.alazar import ATS9360, Faults, Records, convert
from tests.simulators.alazar.doubles import (
    EXTERNAL_TRIGGER,
    HANDLE,
    LSB_V,
    NPT,
    SUCCESS,
    NumberedRecords,
    RawClient,
    client,
    numbers_of,
)
from tests.simulators.alazar.serving import served

TIMEOUT, OVERFLOW, INVALID_BUFFER, CANCELED = 579, 582, 583, 580


@pytest.fixture
def board() -> ATS9360:
    return ATS9360(NumberedRecords())


@pytest.fixture
def raw(board: ATS9360) -> Iterator[RawClient]:
    with served(board) as address, client(address) as connected:
        yield connected


def prepare(raw: RawClient, per_buffer: int, records: int, channels: int = 3, flags: int = NPT) -> int:
    """Set up an acquisition of 256-sample records; returns the bytes of a buffer."""
    calls = [
        ("AlazarSetCaptureClock", 1, 0x30, 0, 1),
        ("AlazarSetTriggerOperation", *EXTERNAL_TRIGGER),
        ("AlazarSetTriggerDelay", 16),
        ("AlazarSetRecordSize", 0, 256),
        ("AlazarBeforeAsyncRead", channels, 0, 256, per_buffer, records, flags),
    ]
    for name, *arguments in calls:
        assert raw.call(name, HANDLE, *arguments)[0] == SUCCESS, name
    return 2 * 256 * per_buffer * (2 if channels == 3 else 1)


def test_all_of_a_then_all_of_b_in_order(board: ATS9360, raw: RawClient) -> None:
    size = prepare(raw, per_buffer=50, records=150)
    for buffer in (1, 2):
        assert raw.call("AlazarPostAsyncBuffer", HANDLE, buffer, size)[0] == SUCCESS
    assert raw.call("AlazarStartCapture", HANDLE)[0] == SUCCESS
    for turn, buffer in enumerate((1, 2, 1)):
        code, _, payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, buffer, 5000)
        assert code == SUCCESS
        found = numbers_of(np.frombuffer(payload, "<u2").reshape(2, 50, 256))
        expected = np.arange(50 * turn, 50 * turn + 50)
        assert np.array_equal(found[0], np.broadcast_to(expected[:, None], (50, 256)))
        assert np.array_equal(found[1], np.broadcast_to(-expected[:, None], (50, 256)))
        if turn == 0:
            raw.call("AlazarPostAsyncBuffer", HANDLE, 1, size)
    assert isinstance(board.source, NumberedRecords)
    assert board.source.armed == [(256, 500e6, 16)]
    assert raw.call("AlazarAbortAsyncRead", HANDLE)[0] == SUCCESS


@pytest.mark.parametrize(("channels", "sign"), [(1, 1), (2, -1)])
def test_one_channel(raw: RawClient, channels: int, sign: int) -> None:
    size = prepare(raw, 10, 10, channels=channels)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
    raw.call("AlazarStartCapture", HANDLE)
    payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 5000)[2]
    assert np.array_equal(numbers_of(np.frombuffer(payload, "<u2").reshape(10, 256)[:, 0]), sign * np.arange(10))


def test_interleaved_samples(raw: RawClient) -> None:
    size = prepare(raw, 10, 10, flags=NPT | 0x1000)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
    raw.call("AlazarStartCapture", HANDLE)
    payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 5000)[2]
    found = numbers_of(np.frombuffer(payload, "<u2").reshape(10, 256, 2))
    assert found[3, 0].tolist() == [3, -3]


def test_no_trigger_is_a_timeout_at_its_time(board: ATS9360, raw: RawClient) -> None:
    board.source.available = 5  # type: ignore[attr-defined]  # the double's own knob
    size = prepare(raw, 10, 10)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
    raw.call("AlazarStartCapture", HANDLE)
    begin = time.monotonic()
    assert raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 200)[0] == TIMEOUT
    assert 0.2 <= time.monotonic() - begin < 2.0
    assert raw.call("AlazarBusy", HANDLE)[0] == 1
    # The triggers come after all: nothing is lost.
    board.source.available = 10  # type: ignore[attr-defined]
    code, _, payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 5000)
    assert code == SUCCESS
    assert numbers_of(np.frombuffer(payload, "<u2").reshape(2, 10, 256)[0, :, 0]).tolist() == list(range(10))


def test_a_lost_trigger_shifts_what_follows(board: ATS9360, raw: RawClient) -> None:
    board.faults.lose = {3, 40}
    size = prepare(raw, 50, 50)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
    raw.call("AlazarStartCapture", HANDLE)
    payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 5000)[2]
    found = numbers_of(np.frombuffer(payload, "<u2").reshape(2, 50, 256)[0, :, 0])
    assert found.tolist() == [k for k in range(52) if k not in {3, 40}]


def test_stall_and_overflow(board: ATS9360, raw: RawClient) -> None:
    board.faults.stall_after = 5
    size = prepare(raw, 10, 10)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
    raw.call("AlazarStartCapture", HANDLE)
    assert raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 100)[0] == TIMEOUT
    board.faults.stall_after, board.faults.overflow_after = None, 10
    assert raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 5000)[0] == SUCCESS
    assert raw.call("AlazarAbortAsyncRead", HANDLE)[0] == SUCCESS
    prepare(raw, 20, 20)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, 2 * size)
    raw.call("AlazarStartCapture", HANDLE)
    assert raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 5000)[0] == OVERFLOW


def test_buffers_that_are_not_the_boards(raw: RawClient) -> None:
    size = prepare(raw, 10, 10)
    assert raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size - 2)[0] == 581
    assert raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 8, 10)[0] == INVALID_BUFFER


def test_the_board_answers_others_and_can_be_aborted_during_a_wait(board: ATS9360) -> None:
    board.source.available = 0  # type: ignore[attr-defined]
    with served(board) as address, client(address) as waiting, client(address) as other:
        size = prepare(waiting, 10, 10)
        waiting.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
        waiting.call("AlazarStartCapture", HANDLE)
        waiting.send(
            b'{"call": "AlazarWaitAsyncBufferComplete", "args": [%d, 7, 20000]}' % HANDLE,
        )
        begin = time.monotonic()
        assert other.call("AlazarGetBoardKind", HANDLE)[0] == 25
        assert other.call("AlazarAbortAsyncRead", HANDLE)[0] == SUCCESS
        assert waiting.receive()[0] == CANCELED
        assert time.monotonic() - begin < 2.0


def test_a_client_that_dies_leaves_the_board_idle(board: ATS9360) -> None:
    with served(board) as address:
        with client(address) as first:
            size = prepare(first, 10, 10)
            first.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
            first.call("AlazarStartCapture", HANDLE)
        limit = time.monotonic() + 5.0
        while board.capture is not None and time.monotonic() < limit:
            time.sleep(0.01)
        assert board.capture is None
        with client(address) as second:
            assert second.call("AlazarGetBoardKind", HANDLE)[0] == 25


@pytest.mark.parametrize("garbage", [b"no json", b"[1]", b'{"call": 1}', b'{"call": "x", "args": 3}'])
def test_garbage_is_refused_and_the_server_lives(board: ATS9360, garbage: bytes) -> None:
    with served(board) as address:
        with client(address) as rude:
            rude.send(garbage)
            with contextlib.suppress(ConnectionError):  # hanging up is an answer too
                assert rude.receive()[0] == 574
        with client(address) as polite:
            assert polite.call("AlazarNumOfSystems")[0] == 1


def test_conversion_rounds_clips_and_justifies() -> None:
    volts = np.array([0.0, LSB_V, -0.6 * LSB_V, 0.4, 1.0, -0.4, -1.0], np.float32)
    assert (convert(volts) >> 4).tolist() == [2048, 2049, 2047, 4095, 4095, 0, 0]
    assert convert(np.zeros(1, np.float32))[0] == 0x8000


def footers_of(payload: bytes, channels: int, records: int) -> list[tuple[int, int]]:
    """(number, time stamp) of each record: the last eight samples of all channels together, little-endian."""
    words = np.frombuffer(payload, "<u2").reshape(channels, records, 256)[:, :, -8 // channels :]
    rows = words.transpose(1, 0, 2).reshape(records, 8).tolist()
    return [(row[4] | row[5] << 16, row[1] | row[2] << 16 | row[3] << 32) for row in rows]


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_footers_replace_the_last_samples(raw: RawClient, channels: int) -> None:
    """Triggers come every millisecond: 500,000 samples; the signal before the footers stays."""
    size = prepare(raw, 10, 30, channels=channels, flags=NPT | 0x10000)
    for buffer in (1, 2, 3):
        raw.call("AlazarPostAsyncBuffer", HANDLE, buffer, size)
    raw.call("AlazarStartCapture", HANDLE)
    count = 2 if channels == 3 else 1
    for turn, buffer in enumerate((1, 2, 3)):
        payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, buffer, 5000)[2]
        expected = [(record + 1, 500_000 * record) for record in range(10 * turn, 10 * turn + 10)]
        assert footers_of(payload, count, 10) == expected
        signal = numbers_of(np.frombuffer(payload, "<u2").reshape(count, 10, 256)[0, :, : -8 // count])
        assert np.array_equal(
            np.abs(signal), np.broadcast_to(np.arange(10 * turn, 10 * turn + 10)[:, None], signal.shape)
        )


@pytest.mark.parametrize(
    ("faults", "numbers", "stamps"),
    [
        (Faults(late={2: 7}), [0, 1, 2, 3], [0, 1, 2 + 7 / 500_000, 3]),
        (Faults(spurious={1: 250_000}), [0, 1, 0, 2], [0, 1, 1.5, 2]),
        (Faults(twice={2}), [0, 1, 2, 2], [0, 1, 2, 2]),
        (Faults(exchange={1}), [0, 2, 1, 3], [0, 2, 1, 3]),
        (Faults(lose={0}, spurious={3: 50_000}), [1, 2, 3, 0], [1, 2, 3, 3.1]),
    ],
    ids=["late", "spurious", "twice", "exchange", "lost and spurious"],
)
def test_faults_of_triggers(
    board: ATS9360, raw: RawClient, faults: Faults, numbers: list[int], stamps: list[float]
) -> None:
    """What records hold, and what their footers say; the board numbers what it captures."""
    board.faults = faults
    size = prepare(raw, 4, 4, flags=NPT | 0x10000)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 1, size)
    raw.call("AlazarStartCapture", HANDLE)
    payload = raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 1, 5000)[2]
    found = numbers_of(np.frombuffer(payload, "<u2").reshape(2, 4, 256)[0, :, 0])
    assert found.tolist() == numbers
    assert footers_of(payload, 2, 4) == [(k + 1, round(stamp * 500_000)) for k, stamp in enumerate(stamps)]


def test_the_boards_time_stands_still_while_it_computes(board: ATS9360, raw: RawClient) -> None:
    """A wait for a record that is being computed takes none of it; one without a trigger takes its time."""
    pull = board.source.pull
    slow = threading.Event()

    def computing(limit: int) -> Records:
        slow.wait(0.4)
        return pull(limit)

    board.source.pull = computing  # type: ignore[method-assign]  # the double's own method
    size = prepare(raw, 10, 10)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
    raw.call("AlazarStartCapture", HANDLE)
    raw.send(json.dumps({"call": "AlazarWaitAsyncBufferComplete", "args": [HANDLE, 7, 100]}).encode())
    header = raw.header()
    assert header["code"] == TIMEOUT
    assert header["passed_s"] < 0.05
    assert raw.call("AlazarWaitAsyncBufferComplete", HANDLE, 7, 5000)[0] == SUCCESS
    board.source.available = 0  # type: ignore[attr-defined]
    slow.set()
    assert raw.call("AlazarAbortAsyncRead", HANDLE)[0] == SUCCESS
    prepare(raw, 10, 10)
    raw.call("AlazarPostAsyncBuffer", HANDLE, 7, size)
    raw.call("AlazarStartCapture", HANDLE)
    raw.send(json.dumps({"call": "AlazarWaitAsyncBufferComplete", "args": [HANDLE, 7, 100]}).encode())
    assert 0.05 < raw.header()["passed_s"] < 1.0
