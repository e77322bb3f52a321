"""Everything a result holds, through netCDF, xarray and QCoDeS and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from drivers.contract import AcquisitionWindow, ConfigurationError
from runtime import pulse
from runtime.results import Boxcar, Collector, QubitReadout, Result, Threshold, stacked, to_qcodes
from tests.runtime.results.collecting.acquisitions import block, two_slots

READOUT = {qubit: QubitReadout(Boxcar(), Threshold(0.0, 0.0)) for qubit in (0, 1)}
CASES = [(level, returns) for level in (0, 1, 2) for returns in ("single", "avg")]


def results_of(level: int, returns: str, programs: int = 1) -> tuple[Result, ...]:
    """Noise in two slots, 11 shots, some flags."""
    plan = two_slots(programs, 11)
    volts = np.random.default_rng(8).normal(size=(11 * programs, 2, 64)).astype(np.float32)
    lost = np.arange(11 * programs) % 4 == 1
    collector = Collector(plan, READOUT, level, returns=returns)
    collector.take(replace(block(0, volts), overrange=np.arange(11 * programs) % 5 == 2, clock_lost=lost))
    metadata = {"station": "demo", "temperature_k": 0.012, "cooldown": 7}
    results = collector.results([f"p{number}" for number in range(programs)], {"play": 0.125}, metadata)
    return tuple(replace(result, register_slots={1: 2, 7: 0, 9: 2}) for result in results)


def require_equal(own: Result, other: Result) -> None:
    """Every field, to the last bit and with its dtype."""
    for field in fields(own):
        mine, theirs = getattr(own, field.name), getattr(other, field.name)
        if field.name == "tally" and mine is not None:
            assert np.array_equal(mine.outcomes, theirs.outcomes)
            assert np.array_equal(mine.numbers, theirs.numbers)
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype, field.name
            assert mine.shape == theirs.shape, field.name
            assert mine.tobytes() == theirs.tobytes(), field.name
        else:
            assert mine == theirs, field.name


@pytest.mark.parametrize(("level", "returns"), CASES)
def test_files_lose_nothing(level: int, returns: str, tmp_path: Path) -> None:
    """All levels and returns: data, flags, windows, metadata, versions."""
    (result,) = results_of(level, returns)
    assert (result.overranges, result.clock_losses) == (2, 3)
    assert result.metadata["digitizer"] == "digitizer"
    assert result.versions["python"].startswith("3.")
    loaded = Result.load(result.save(tmp_path / "result.nc"))
    require_equal(result, loaded)
    assert loaded.run_id is None
    require_equal(replace(result, run_id=42), Result.load(replace(result, run_id=42).save(tmp_path / "run.nc")))
    if level == 2:
        assert loaded.counts == result.counts
    assert result.save(tmp_path / "result.json").stat().st_size > 100


def test_flags_are_kept_shot_by_shot() -> None:
    """Converter at an end of its range, clock not locked."""
    (result,) = results_of(1, "single")
    assert np.flatnonzero(result.overrange).tolist() == [2, 7]
    assert np.flatnonzero(result.clock_lost).tolist() == [1, 5, 9]
    (averaged,) = results_of(1, "avg")
    assert averaged.overrange.shape == averaged.clock_lost.shape == ()
    assert averaged.overrange
    dataset = result.to_xarray()
    assert dataset["clock_lost"].dims == ("shot",)
    assert dataset["if_frequency_hz"].attrs["units"] == "Hz"


@pytest.mark.parametrize(("level", "returns"), CASES)
def test_registers_hold_what_their_memory_slots_hold(level: int, returns: str, tmp_path: Path) -> None:
    """By index, with a dimension of their own in the Dataset; loaded, the same; one that is not there is named."""
    (result,) = results_of(level, returns)
    loaded = Result.load(result.save(tmp_path / "result.nc"))
    for register, slot in {1: 2, 7: 0, 9: 2}.items():
        assert np.array_equal(loaded.registers[register], result.memory[slot], equal_nan=True)
        column = result.to_xarray()["registers"].sel(register=register)
        assert np.array_equal(column.values, result.memory[slot], equal_nan=True)
        assert "register" in result.to_xarray()["registers"].dims
    with pytest.raises(KeyError, match="register slot 3 was not written"):
        _ = result.registers[3]
    if level == 2:
        shots = result.counts
        assert result.register_counts == {a + b + a: shots[a + b] for a, b in shots}
    else:
        with pytest.raises(ConfigurationError, match="classified"):
            _ = result.register_counts
    without = replace(result, register_slots={})
    assert "registers" not in without.to_xarray()
    require_equal(without, Result.load(without.save(tmp_path / "without.nc")))


def test_what_is_no_result_is_named(tmp_path: Path) -> None:
    """Missing, no netCDF, another netCDF, a later format, and an ending that keeps too little."""
    (result,) = results_of(1, "single")
    (tmp_path / "text.nc").write_text("words")
    xr.Dataset({"x": ("a", [1.0])}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with xr.open_dataset(result.save(tmp_path / "now.nc"), engine="h5netcdf") as file:
        file.load().assign_attrs(format=99).to_netcdf(tmp_path / "later.nc", engine="h5netcdf")
    for name, what in (
        ("missing", "No such file"),
        ("text", "saved"),
        ("other", "format"),
        ("later", "later version"),
    ):
        with pytest.raises(ConfigurationError, match=what) as caught:
            Result.load(tmp_path / f"{name}.nc")
        assert caught.value.where.endswith(f"{name}.nc")
        assert "no saved result" in caught.value.what
    with pytest.raises(ConfigurationError, match=r"\.nc"):
        Result.load(result.save(tmp_path / "result.json"))


def test_hexadecimal_strings_are_qiskits() -> None:
    """Bit k is slot k; slots that were not written are 0; memory is in the order of the shots."""
    bits = np.array([[1, 0], [0, 1], [1, 1], [1, 0], [0, 0]], np.uint8)
    result = Result("hex", 2, (5, 0), bits, np.zeros(5, bool), 5e8)
    assert result.strings(as_hex=True) == ["0x20", "0x1", "0x21", "0x20", "0x0"]
    assert result.strings() == ["10", "01", "11", "10", "00"]
    assert result.hex_counts == {"0x20": 2, "0x0": 1, "0x1": 1, "0x21": 1}
    far = replace(result, slots=(100, 0))
    assert far.strings(as_hex=True)[0] == hex(1 << 100)
    with pytest.raises(ConfigurationError, match="are for bits"):
        _ = Result("qutrit", 2, (0,), np.array([[2]], np.uint8), np.zeros(1, bool), 5e8, states=3).hex_counts


@pytest.mark.parametrize(("level", "returns"), CASES)
def test_a_sweep_is_one_array_with_named_axes(level: int, returns: str) -> None:
    """Crossed axes, the last one fastest; parameters that go together stand on one axis; units."""
    results = results_of(level, returns, 6)
    amplitude, phase = pulse.Parameter("amplitude"), pulse.Parameter("phase")
    dataset = stacked(results, {amplitude: [0.1, 0.2], phase: [1, 2]}, {"delay": [1, 2, 3]}, units={"delay": "s"})
    assert tuple(dataset["memory"].dims)[:2] == ("amplitude", "delay")
    assert dataset["phase"].dims == ("amplitude",)
    assert dataset["delay"].attrs["units"] == "s"
    point = dataset["memory"].sel(amplitude=0.2, delay=3, slot=2)
    assert np.array_equal(point.values, results[5].memory[2], equal_nan=True)
    assert dataset["overrange"].shape[:2] == (2, 3)
    beside = dataset["registers"].sel(amplitude=0.2, delay=3, register=9)
    assert np.array_equal(beside.values, results[5].memory[2], equal_nan=True)
    assert dataset["register_slot"].values.tolist() == [2, 0, 2]


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (({"a": [1, 2, 3]},), "got 2 results; allowed: 3 points"),
        (({"a": [1, 2], "b": [1]},), "values of different number"),
        (({"slot": [1, 2]},), "taken"),
        (({"a": [1, 2]}, {"a": [1]}), "taken"),
    ],
)
def test_axes_that_do_not_fit_are_named(axes: tuple, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        stacked(results_of(1, "single", 2), *axes)


def test_results_of_different_form_do_not_become_one_array() -> None:
    pair = (*results_of(1, "single"), *results_of(2, "single"))
    with pytest.raises(ConfigurationError, match=r"different form.*level 1.*level 2"):
        stacked(pair, {"a": [1, 2]})


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A new QCoDeS database; the configuration is as before afterwards."""
    import qcodes as qc
    import tqdm
    from qcodes.dataset import initialise_or_create_database_at

    # QCoDeS shows progress with tqdm, whose monitor is a thread that never ends.
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)
    before = qc.config.core.db_location
    initialise_or_create_database_at(str(tmp_path / "runs.db"))
    yield tmp_path / "runs.db"
    qc.config.core.db_location = before


def stored(run_id: int) -> dict[str, Any]:
    """A run's `memory` with its setpoints, its `registers`, and its metadata."""
    from qcodes.dataset import load_by_id

    dataset = load_by_id(run_id)
    data = dataset.get_parameter_data()
    found = {**data["memory"], "registers": data["registers"], "metadata": dataset.metadata}
    dataset.conn.close()
    return found


@pytest.mark.parametrize(("level", "returns"), CASES)
@pytest.mark.usefixtures("database")
def test_qcodes_holds_the_shots_and_the_result_its_run(level: int, returns: str) -> None:
    """Values, setpoints and metadata, read back by QCoDeS itself."""
    (result,) = results_of(level, returns)
    written = result.to_qcodes()
    assert written.run_id is not None
    require_equal(replace(written, run_id=None), result)
    found = stored(written.run_id)
    values = found["memory"].reshape(result.data.shape)
    assert np.array_equal(values, result.data, equal_nan=True)
    assert set(found["slot"].ravel().tolist()) == {0, 2}
    registers = found["registers"]["registers"].reshape(result.registers.data.shape)
    assert np.array_equal(registers, result.registers.data, equal_nan=True)
    assert set(found["registers"]["register"].ravel().tolist()) == {1, 7, 9}
    assert json.loads(found["metadata"]["registers"]) == {"1": 2, "7": 0, "9": 2}
    assert found["metadata"]["meas_level"] == level
    assert '"temperature_k": 0.012' in found["metadata"]["pulserig_metadata"]
    assert json.loads(found["metadata"]["counts"]) == ([result.counts] if level == 2 else [])


@pytest.mark.usefixtures("database")
def test_a_sweep_is_one_run() -> None:
    """All results get its id; the swept parameter is a setpoint."""
    axis = {"delay": [1e-6, 2e-6, 3e-6], "phase": [0, 1, 2]}
    results = to_qcodes(results_of(1, "single", 3), axis, units={"delay": "s"})
    assert len({result.run_id for result in results}) == 1
    found = stored(results[0].run_id or 0)
    assert found["memory"].size == 3 * 11 * 2
    assert sorted(set(found["delay"].ravel().tolist())) == [1e-6, 2e-6, 3e-6]
    assert json.loads(found["metadata"]["coordinates"]) == {"phase": [0, 1, 2]}
    with pytest.raises(ConfigurationError, match="axes of their sweep"):
        to_qcodes(results_of(1, "single", 3))


def test_a_database_that_cannot_be_written_is_named(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What QCoDeS says, in words."""
    del database
    from qcodes.dataset import Measurement

    def refuse(*_arguments: object, **_keywords: object) -> object:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(Measurement, "run", refuse)
    with pytest.raises(ConfigurationError, match=r"readonly database.*initialise_or_create_database_at"):
        results_of(1, "single")[0].to_qcodes()


def test_windows_come_with_the_result() -> None:
    """Qubit, cut and intermediate frequency of each slot."""
    (result,) = results_of(0, "avg")
    assert [(window.slot, window.qubit, window.start) for window in result.windows] == [(0, 0, 0), (2, 1, 32)]
    assert isinstance(result.windows[0], AcquisitionWindow)
