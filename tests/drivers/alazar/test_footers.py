"""Record footers, as genuine boards write them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.alazar.footers import read_footers
from simulators.alazar.footers import write_footers

RECORDED = {
    # The last four samples of input A, then of input B, of the four records in the recordings of two boards that
    # stand with the vendor's library: data-ats9350-2ch.bin and data-ats9373-2ch-fifo.bin of ats-footers 0.2.1.
    "ATS9350": (
        "ff004120010000000100000001000000",
        "ff0073c1080000000200000002000000",
        "ff00a362100000000300000003000000",
        "ff00bc03180000000400000004000000",
    ),
    "ATS9373": (
        "000038e7030000000100000000000000",
        "0000e66c220000000200000001000000",
        "0000a3f1400000000300000002000000",
        "000035765f0000000400000003000000",
    ),
}
# What the vendor's tests demand of these files: numbers from 1, and so many counts between triggers, within 5 %.
SPACING = {"ATS9350": 500_000, "ATS9373": 2_000_000}


def recorded(board: str) -> NDArray[np.uint16]:
    """Records of 256 samples, (inputs, records, samples), that end with recorded footers."""
    codes = np.full((2, 4, 256), 0x8000, np.uint16)
    words = np.frombuffer(bytes.fromhex("".join(RECORDED[board])), "<u2").reshape(4, 2, 4)
    codes[:, :, -4:] = words.transpose(1, 0, 2)
    return codes


@pytest.mark.parametrize("board", list(RECORDED))
def test_recordings_of_genuine_boards(board: str) -> None:
    footers = read_footers(recorded(board))
    assert footers.numbers.tolist() == [1, 2, 3, 4]
    assert footers.sound.all()
    assert np.abs(np.diff(footers.triggered) / SPACING[board] - 1).max() < 1e-3


def test_the_simulated_board_writes_what_a_genuine_one_did() -> None:
    """Bit for bit what the ATS9373 wrote, but for the frame, which its encoder counted."""
    genuine = recorded("ATS9373")
    codes = np.full_like(genuine, 0x8000)
    write_footers(codes, 1, read_footers(genuine).triggered)
    genuine[1, :, -2:] = 0
    assert np.array_equal(codes, genuine)


def test_long_acquisitions() -> None:
    """Numbers beyond 16 bits, time stamps beyond 40: a day at 1.8 GS/s."""
    codes = np.zeros((2, 3, 256), np.uint16)
    times = np.array([0, 1 << 40, int(86_400 * 1.8e9)])
    write_footers(codes, 70_000, times)
    footers = read_footers(codes)
    assert footers.numbers.tolist() == [70_000, 70_001, 70_002]
    assert footers.triggered.tolist() == times.tolist()


def test_signal_is_no_footer() -> None:
    assert not read_footers(np.full((2, 3, 256), 0x8010, np.uint16)).sound.any()
