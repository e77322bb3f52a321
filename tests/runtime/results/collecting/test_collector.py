"""Blocks of records to memory slots, however the records are cut into blocks."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import (
    AcquisitionPlan,
    AcquisitionWindow,
    ConfigurationError,
    ProblemReport,
    RecordBlock,
)
from runtime.results import Boxcar, Collector, QubitReadout, Result, Threshold

SAMPLES = 256
READOUT = {qubit: QubitReadout(Boxcar(), Threshold(0.0, 0.0)) for qubit in (0, 1)}


def plan(shots: int) -> AcquisitionPlan:
    """Two programs: the first acquires qubits 0 and 1 into slots 1 and 0, the second qubit 0 into slot 4."""
    return AcquisitionPlan(
        instrument="digitizer",
        sample_rate_hz=500_000_000,
        record_length=SAMPLES,
        trigger_delay=0,
        records_per_pass=2,
        shots=shots,
        windows=(
            AcquisitionWindow(record=0, qubit=0, slot=1, start=0, stop=SAMPLES, if_frequency_hz=0.0),
            AcquisitionWindow(record=0, qubit=1, slot=0, start=0, stop=SAMPLES // 2, if_frequency_hz=125e6),
            AcquisitionWindow(record=1, qubit=0, slot=4, start=8, stop=SAMPLES, if_frequency_hz=0.0),
        ),
    )


def records(shots: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Record 2s: +-1 V at DC (qubit 0) and at 125 MHz (qubit 1); record 2s+1: +-1 V at DC. And the signs."""
    signs = np.random.default_rng(seed).choice([-1, 1], size=(shots, 3))
    turn = np.exp(2j * np.pi * np.arange(SAMPLES) / 4)
    first = signs[:, 0, None] + signs[:, 1, None] * turn
    second = np.broadcast_to(signs[:, 2, None], first.shape).astype(complex)
    trace = np.stack([first, second], axis=1).reshape(2 * shots, SAMPLES)
    return np.stack([trace.real, trace.imag], axis=1).astype(np.float32), signs


def collected(level: int, volts: np.ndarray, cuts: list[int]) -> tuple[Result, ...]:
    shots = volts.shape[0] // 2
    collector = Collector(plan(shots), READOUT, level)
    edges = sorted({0, volts.shape[0], *(cut % (volts.shape[0] + 1) for cut in cuts)})
    for start, stop in pairwise(edges):
        collector.take(RecordBlock(start, volts[start:stop], np.arange(start, stop) == 3))
    return collector.results(["first", "second"], {})


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, 1000), max_size=6), shots=st.integers(2, 9))
def test_bits_reach_their_slots_wherever_blocks_are_cut(cuts: list[int], shots: int) -> None:
    """The block boundaries of a digitizer mean nothing to the shots."""
    volts, signs = records(shots)
    first, second = collected(2, volts, cuts)
    bits = (signs + 1) // 2
    assert first.memory[1].tolist() == bits[:, 0].tolist()
    assert first.memory[0].tolist() == bits[:, 1].tolist()
    assert second.memory[4].tolist() == bits[:, 2].tolist()
    # Record 3 is shot 1 of the second program.
    assert np.flatnonzero(second.overrange).tolist() == [1]
    assert not first.overrange.any()


def test_counts_put_the_lowest_slot_rightmost() -> None:
    """Slot 0 is the least significant bit, as Qiskit counts."""
    volts, signs = records(50)
    first, _ = collected(2, volts, [])
    expected: dict[str, int] = {}
    for qubit0, qubit1, _ in (signs + 1) // 2:
        key = f"{qubit0}{qubit1}"
        expected[key] = expected.get(key, 0) + 1
    assert first.counts == expected
    assert sum(first.counts.values()) == first.shots == 50
    assert first.probability(1) == pytest.approx((signs[:, 0] == 1).mean())


def test_level_1_keeps_the_complex_amplitudes() -> None:
    """The kernelled number is the tone's amplitude in volts."""
    volts, signs = records(6)
    first, second = collected(1, volts, [3])
    assert np.allclose(first.memory[1], signs[:, 0], atol=1e-5)
    assert np.allclose(second.memory[4], signs[:, 2], atol=1e-5)
    with pytest.raises(ConfigurationError, match="level=2"):
        _ = first.counts


def test_level_0_keeps_the_traces_and_pads_shorter_windows() -> None:
    """Windows of different length in one program are padded with NaN."""
    volts, _ = records(4)
    first, _ = collected(0, volts, [5])
    assert first.data.shape == (4, 2, SAMPLES)
    assert np.array_equal(first.memory[1], volts[::2, 0] + 1j * volts[::2, 1])
    assert np.isnan(first.memory[0][:, SAMPLES // 2 :]).all()


def test_an_unwritten_slot_is_named() -> None:
    """The error lists the slots that there are."""
    volts, _ = records(2)
    with pytest.raises(ConfigurationError, match=r"memory slot 7.*\[0, 1\]"):
        collected(2, volts, [])[0].memory[7]


def test_level_2_without_discriminators_names_every_qubit() -> None:
    """All qubits that cannot be classified, at once, before anything is played."""
    with pytest.raises(ProblemReport) as caught:
        Collector(plan(1), {0: QubitReadout(Boxcar())}, 2)
    assert [problem.where for problem in caught.value.problems] == ["qubit 0", "qubit 1"]


def test_xarray_carries_dimensions_and_units() -> None:
    """Named dimensions, slot numbers as coordinate."""
    volts, _ = records(5)
    dataset = collected(1, volts, [])[0].to_xarray()
    assert dict(dataset.sizes) == {"shot": 5, "slot": 2}
    assert dataset["slot"].values.tolist() == [0, 1]
    assert dataset["memory"].attrs["units"] == "V"
    assert collected(0, volts, [])[0].to_xarray()["time"].attrs["units"] == "s"


def test_saved_shots_come_back(tmp_path: Path) -> None:
    """NetCDF and JSON hold what was measured."""
    volts, _ = records(5)
    kernelled = collected(1, volts, [])[0]
    with xr.open_dataset(kernelled.save(tmp_path / "iq.nc"), engine="h5netcdf") as loaded:
        parts = loaded["memory"]
        assert np.array_equal(parts.sel(part="real") + 1j * parts.sel(part="imag"), kernelled.data)
    bits = collected(2, volts, [])[0]
    assert json.loads(bits.save(tmp_path / "bits.json").read_text())["memory"] == bits.data.tolist()
    with pytest.raises(ConfigurationError, match=r"\.nc, \.json"):
        bits.save(tmp_path / "bits.txt")
