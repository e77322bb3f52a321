"""The QCoDeS driver of the board, unmodified, against the simulated one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from qcodes.instrument_drivers.AlazarTech import ATS

from drivers.alazar import NetworkATS9360
from simulators.alazar import ATS9360
from tests.simulators.alazar.doubles import NumberedRecords, numbers_of
from tests.simulators.alazar.serving import served


class KeptBuffer:
    """A buffer whose memory lives as long as it does; the driver's own frees it at once on Linux and macOS."""

    def __init__(self, c_sample_type: Any, size_bytes: int) -> None:
        assert c_sample_type.__name__ in {"c_ushort", "c_uint16"}
        self.size_bytes = size_bytes
        self.buffer = np.zeros(size_bytes // 2, np.uint16)
        self.addr = self.buffer.ctypes.data

    def free_mem(self) -> None:
        """Nothing to do."""


class Collect(ATS.AcquisitionInterface[NDArray[np.int64]]):
    """Keeps a copy of every buffer."""

    def __init__(self, per_buffer: int, length: int) -> None:
        self.shape = (2, per_buffer, length)
        self.parts: list[NDArray[np.int64]] = []

    def handle_buffer(self, buffer: NDArray[Any], buffer_number: int | None = None) -> None:
        """Called by the driver for each buffer in turn."""
        assert buffer_number == len(self.parts)
        self.parts.append(numbers_of(buffer.reshape(self.shape)))

    def post_acquire(self) -> NDArray[np.int64]:
        """Returned by `acquire`: (inputs, records, samples)."""
        return np.concatenate(self.parts, axis=1)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ATS, "Buffer", KeptBuffer)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("per_buffer", "buffers", "allocated"), [(40, 1, 1), (25, 6, 2)])
def test_npt_acquisition_returns_exactly_the_records(per_buffer: int, buffers: int, allocated: int) -> None:
    board = ATS9360(NumberedRecords(), serial=31415)
    with served(board) as address:
        driver = NetworkATS9360("ats", address)
        try:
            identity = driver.get_idn()
            assert (identity["model"], identity["firmware"], identity["serial"]) == ("ATS9360", "21.07", "31415")
            driver.trigger_holdoff(True)
            assert driver.trigger_holdoff() is True
            driver.trigger_holdoff(False)
            assert driver.trigger_holdoff() is False
            with driver.syncing():
                driver.sample_rate(500_000_000)
                driver.trigger_delay(8)
                driver.trigger_source2("DISABLE")
            found = driver.acquire(
                mode="NPT",
                samples_per_record=384,
                records_per_buffer=per_buffer,
                buffers_per_acquisition=buffers,
                allocated_buffers=allocated,
                channel_selection="AB",
                acquisition_controller=Collect(per_buffer, 384),
            )
        finally:
            driver.close()
    expected = np.broadcast_to(np.arange(per_buffer * buffers)[:, None], (per_buffer * buffers, 384))
    assert np.array_equal(found[0], expected)
    assert np.array_equal(found[1], -expected)
    assert board.source.armed == [(384, 500e6, 8)]  # type: ignore[attr-defined]  # the double's own list


@pytest.mark.usefixtures("kept")
def test_missing_triggers_are_the_drivers_timeout() -> None:
    with served(ATS9360(NumberedRecords(available=3))) as address:
        driver = NetworkATS9360("ats", address)
        try:
            with driver.syncing():
                driver.sample_rate(1_000_000_000)
            with pytest.raises(RuntimeError, match="ApiWaitTimeout"):
                driver.acquire(
                    mode="NPT",
                    samples_per_record=256,
                    records_per_buffer=10,
                    buffers_per_acquisition=1,
                    allocated_buffers=1,
                    buffer_timeout=300,
                    acquisition_controller=Collect(10, 256),
                )
        finally:
            driver.close()
