"""Buffers and volts, without a board."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drivers.alazar.buffers import BUFFER_BYTES, OwnedBuffer, buffer_scheme
from drivers.alazar.limits import ATS9360
from drivers.alazar.records import record_block


@given(st.integers(1, 200_000), st.integers(2, 2**14).map(lambda n: 128 * n))
def test_buffers_hold_exactly_the_records(records: int, length: int) -> None:
    """Requested is recorded: no record more, no buffer above its size unless one record is."""
    scheme = buffer_scheme(records, length)
    assert scheme.records_per_buffer * scheme.buffers == records
    assert scheme.records_per_buffer == 1 or scheme.records_per_buffer * length * 4 <= BUFFER_BYTES
    assert 1 <= scheme.allocated <= min(4, scheme.buffers)


def test_a_round_number_of_shots_fills_buffers_well() -> None:
    """The demo's sweep: 21 programs, 1024 shots, 2560 samples."""
    scheme = buffer_scheme(21 * 1024, 2560)
    assert (scheme.records_per_buffer, scheme.buffers, scheme.allocated) == (384, 56, 4)


def test_codes_become_volts() -> None:
    """Left-justified codes around 0x8000, all of A before all of B; the ends of the range are flagged."""
    codes = np.array([[0x8000, 0x8010, 0x7FF0, 0xFFE0], [0x8000, 0x4000, 0xC000, 0x0010]], np.uint16)
    clipped = np.array([[0x8000, 0x8000, 0xFFF0, 0x8000], [0x8000, 0x8000, 0x8000, 0x0000]], np.uint16)
    footer = np.array([0xFFFF, 0, 0, 0xFFFF], np.uint16)
    buffer = np.stack([codes, clipped], axis=1)
    buffer = np.concatenate([buffer, np.broadcast_to(footer, (2, 2, 4))], axis=2)
    times = np.array([5, 6])
    block = record_block(buffer, 7, times, ATS9360)
    assert (block.first, block.count) == (7, 2)
    assert block.volts.dtype == np.float32
    assert block.triggered is times
    lsb = 0.4 / 2048
    expected = [[0, lsb, -lsb, 2046 * lsb, 0, 0, 0, 0], [0, -0.2, 0.2, -2047 * lsb, 0, 0, 0, 0]]
    assert np.allclose(block.volts[0], expected, atol=1e-8)
    assert block.overrange.tolist() == [False, True]
    quiet = np.full((2, 1, 8), 0x8000, np.uint16)
    assert not record_block(quiet, 0, times[:1], ATS9360).overrange.any()


def test_a_buffer_owns_its_memory() -> None:
    """Page-aligned, writable at its address for as long as it lives, and no other buffer's."""
    buffers = [OwnedBuffer(8192) for _ in range(50)]
    assert all(buffer.addr % 4096 == 0 for buffer in buffers)
    for number, buffer in enumerate(buffers):
        buffer.buffer[:] = number
    assert [int(buffer.buffer.sum()) for buffer in buffers] == [4096 * number for number in range(50)]
