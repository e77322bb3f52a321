"""`pulserig run`, `check` and `draw`: what they print and save, and how they end when a program cannot be used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import configs
from runtime.cli.result_tables import flags_of
from runtime.results import Result
from tests.runtime.cli.shell import pulserig

SX_TWICE = """
from runtime import pulse

def build(target):
    schedule = pulse.Schedule(name="sx twice")
    for _ in range(2):
        schedule = schedule.append(target.get_calibration("sx", (1,)))
    return schedule.insert(schedule.duration, pulse.macros.measure([1], target))
"""

HEADER = """
import numpy as np
from runtime.pulse import *
from runtime.pulse.macros import measure

def build(target):
    read = measure([0], target)
"""

MISTAKES = {
    "off the alignment": ("    return Schedule((8, read))", ["8", "16"]),
    "off the granularity": (
        "    return Schedule((0, Play(Drag(161, 0.1, 40, 0), DriveChannel(0))), (176, read))",
        ["d0", "161", "160", "176"],
    ),
    "shorter than min_length": (
        "    return Schedule((0, Play(Drag(48, 0.1, 12, 0), DriveChannel(0))), (160, read))",
        ["d0", "48", "64"],
    ),
    "not a number": (
        "    return Schedule((0, Play(Waveform(np.full(160, np.nan)), DriveChannel(0))), (160, read))",
        ["NaN"],
    ),
    "over full scale": (
        "    return Schedule((0, Play(Drag(160, 1.0, 40, 0, angle=0.7), DriveChannel(0))), (160, read))",
        ["awg", "%"],
    ),
    "wired nowhere": (
        "    return Schedule((0, Play(Drag(160, 0.1, 40, 0), ControlChannel(1))), (160, read))",
        ["u1", "wired nowhere"],
    ),
    "acquired outside the readout": (
        "    return Schedule((0, read), (32000, Acquire(1600, AcquireChannel(0), MemorySlot(1))))",
        ["a0", "m0", "32000"],
    ),
}


def test_a_file_is_run_and_saved(tmp_path: Path) -> None:
    """Two quarter turns are a half turn: most counts are 1; the file holds the same shots."""
    schedule = tmp_path / "sx.py"
    schedule.write_text(SX_TWICE, encoding="utf-8")
    done = pulserig("run", "demo", str(schedule), "--shots", "300", "--out", str(tmp_path / "out" / "sx.json"))
    assert done.returncode == 0, done.stderr
    assert "sx twice: 300 shots" in done.stdout
    saved = json.loads((tmp_path / "out" / "sx.json").read_text(encoding="utf-8"))
    assert sum(saved["counts"].values()) == 300
    assert saved["counts"]["1"] > 0.9 * 300


def test_kernelled_shots_are_saved_as_netcdf(tmp_path: Path) -> None:
    """Level 1 to .nc, as volts."""
    schedule = tmp_path / "sx.py"
    schedule.write_text(SX_TWICE, encoding="utf-8")
    out = tmp_path / "iq.nc"
    done = pulserig("run", "demo", str(schedule), "--shots", "50", "--level", "1", "--out", str(out))
    assert done.returncode == 0, done.stderr
    with xr.open_dataset(out, engine="h5netcdf") as dataset:
        assert dict(dataset["memory"].sizes) == {"part": 2, "shot": 50, "slot": 1}


@pytest.mark.parametrize(("level", "returns"), [(0, "single"), (1, "avg"), (2, "avg")])
def test_what_was_saved_loads_back(tmp_path: Path, level: int, returns: str) -> None:
    """At each level, every shot or averages: the table, and the same Result from the file."""
    schedule = tmp_path / "sx.py"
    schedule.write_text(SX_TWICE, encoding="utf-8")
    out = tmp_path / "sx.nc"
    wanted = (
        "--shots",
        "60",
        "--level",
        str(level),
        "--returns",
        returns,
        "--order",
        "sequential",
        "--policy",
        "pad",
    )
    done = pulserig("run", "demo", str(schedule), *wanted, "--out", str(out))
    assert done.returncode == 0, done.stderr
    result = Result.load(out)
    assert (result.name, result.level, result.returns, result.shots) == ("sx twice", level, returns, 60)
    assert result.metadata["order"] == "sequential"
    assert np.isfinite(result.data).all()
    assert ("averages of 60 shots" in done.stdout) == (returns == "avg")
    if level == 1 and returns == "avg":
        assert result.deviation is not None
        assert f"{result.deviation[0].real:.6f}" in done.stdout
    if level == 2:
        assert sum(result.counts.values()) == 60


def test_flags_are_told() -> None:
    """How many shots met an end of the range, or lost the clock."""
    shots = np.zeros((5, 1), np.uint8)
    result = Result("flagged", 2, (0,), shots, np.array([1, 0, 1, 0, 0], bool), 5e8, clock_losses=3)
    over, lost = flags_of(result)
    assert over.startswith("2 of 5 shots met an end")
    assert lost.startswith("3 of 5 shots were taken without a locked reference clock")
    assert list(flags_of(Result("fine", 2, (0,), shots, np.zeros(5, bool), 5e8))) == []


def test_streams_are_drawn(tmp_path: Path) -> None:
    """A picture, without any instrument."""
    schedule = tmp_path / "sx.py"
    schedule.write_text(SX_TWICE, encoding="utf-8")
    done = pulserig("draw", "demo", str(schedule), "--out", str(tmp_path / "sx.png"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sx.png").read_bytes().startswith(b"\x89PNG")
    refused = pulserig("draw", "demo", str(schedule), "--out", str(tmp_path / "sx.bmp"))
    assert refused.returncode == 2
    assert ".png" in refused.stderr


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_program_that_cannot_be_used_ends_with_2(tmp_path: Path, mistake: str) -> None:
    """What, where, got and allowed in the message; no traceback."""
    body, words = MISTAKES[mistake]
    schedule = tmp_path / "mistake.py"
    schedule.write_text(HEADER + body + "\n", encoding="utf-8")
    station = configs.ROOT / "demo"
    if mistake == "over full scale":
        # Full scale fits the bare port; the mixer's correction takes it over.
        station = tmp_path / "corrected"
        shutil.copytree(configs.ROOT / "demo", station)
        wiring = (station / "wiring.yaml").read_text(encoding="utf-8")
        corrected = "    lo: lo_q0\n    mixer: {gain: 1.2, phase_rad: 0.1}\n"
        (station / "wiring.yaml").write_text(wiring.replace("    lo: lo_q0\n", corrected), encoding="utf-8")
    done = pulserig("run", str(station), str(schedule), "--shots", "10")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word.lower() in done.stderr.lower(), done.stderr


def test_a_schedule_is_explained(tmp_path: Path) -> None:
    """Port, oscillator, IF, samples and headroom, as the device file and the wiring have them."""
    schedule = tmp_path / "sx.py"
    schedule.write_text(SX_TWICE, encoding="utf-8")
    done = pulserig("explain", "demo", str(schedule))
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if "d1" in line)
    # Two sx of 160 samples; an amplitude of 0.1177 leaves 88.2 %, a little more as the carrier misses its peak.
    for word in ("awg 3/4", "4.964369", "+50.000", "320", "88."):
        assert word in row
    assert "m1" in done.stdout


def test_check_reports_who_answers() -> None:
    """Every instrument with its model, the wiring, and a verdict."""
    done = pulserig("check", "demo")
    assert done.returncode == 0, done.stderr
    for word in ("AWG5208", "SGS100A", "ATS9360", "feedline", "+50.000 MHz", "5 instruments answer"):
        assert word in done.stdout


def test_check_without_instruments_ends_with_3(tmp_path: Path) -> None:
    """A real station whose instruments are switched off."""
    station = tmp_path / "dark"
    shutil.copytree(configs.ROOT / "demo", station)
    wiring = (station / "wiring.yaml").read_text(encoding="utf-8")
    (station / "wiring.yaml").write_text(wiring.replace("simulation: lab.yaml", ""), encoding="utf-8")
    addresses = (station / "station.yaml").read_text(encoding="utf-8")
    for number in range(1, 6):
        addresses = addresses.replace(f"4880{number}", str(number))
    (station / "station.yaml").write_text(addresses, encoding="utf-8")
    done = pulserig("check", str(station))
    assert done.returncode == 3, done.stdout + done.stderr
    assert "could not be opened" in done.stderr
    assert "TCPIP::127.0.0.1::hislip0,1::INSTR" in done.stderr
    assert "Traceback" not in done.stderr
