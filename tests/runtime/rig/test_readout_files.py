"""How a station's qubits are read: entries of wiring.yaml, and the file of trained readouts that it names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from drivers.contract import ProblemReport
from runtime.results import (
    Boxcar,
    ConfusionMatrix,
    Linear,
    QubitReadout,
    Threshold,
    TrainedReadout,
    Weights,
    save_readouts,
)
from runtime.rig import load_station

LINEAR = Linear(((0.0, 0.0), (3.0, 4.0)), (0.0, -1.0))
TRAINED = TrainedReadout(LINEAR, ConfusionMatrix(np.array([[98, 5], [2, 95]])), 3.0, (0j, 1 + 1j))


def name_file(station: Path, name: str = "readouts.json") -> Path:
    """Let wiring.yaml name a file of readouts."""
    wiring = station / "wiring.yaml"
    text = wiring.read_text(encoding="utf-8").replace("\nreadout:", f"\nreadout_file: {name}\nreadout:")
    wiring.write_text(text, encoding="utf-8")
    return station / name


def change_readout(station: Path, old: str, new: str) -> None:
    wiring = station / "wiring.yaml"
    text = wiring.read_text(encoding="utf-8")
    assert old in text
    wiring.write_text(text.replace(old, new, 1), encoding="utf-8")


def problem_of(station: Path) -> str:
    with pytest.raises(ProblemReport) as caught:
        load_station(station)
    (problem,) = caught.value.problems
    return str(problem)


def test_the_files_entries_count_more(station: Path) -> None:
    """Of qubit 1, which it has; qubit 0 is read as wiring.yaml says. What training found comes along."""
    kernel = Weights(np.array([1.0, 2.0j]), 5e8)
    save_readouts(name_file(station), {1: QubitReadout(kernel, LINEAR)}, {1: TRAINED})
    loaded = load_station(station)
    assert isinstance(loaded.readout[0].discriminator, Threshold)
    assert loaded.readout[1].discriminator == LINEAR
    assert isinstance(loaded.readout[1].kernel, Weights)
    assert loaded.trained.keys() == {1}
    assert loaded.trained[1].fidelity == TRAINED.fidelity


def test_a_missing_file_says_how_to_make_it(station: Path) -> None:
    """With the line that names it."""
    place = name_file(station)
    problem = problem_of(station)
    assert "wiring.yaml:" in problem
    assert "readout_file: the file is missing" in problem
    assert str(place) in problem
    assert "pulserig train" in problem


@pytest.mark.parametrize(
    ("content", "word"),
    [({"version": 2}, "version"), ({"format": "other"}, "format"), ({"qubits": {"0": {"kernel": 5}}}, "kernel")],
)
def test_a_file_of_another_kind_or_version(station: Path, content: dict[str, object], word: str) -> None:
    """Named with what is wrong in it."""
    place = name_file(station)
    place.write_text(
        json.dumps({"format": "pulserig-readout", "version": 1, "qubits": {}} | content), encoding="utf-8"
    )
    problem = problem_of(station)
    assert "readouts.json" in problem
    assert word in problem


def test_a_file_of_another_device(station: Path) -> None:
    """Its qubits are not wired here."""
    save_readouts(name_file(station), {5: QubitReadout(Boxcar(), LINEAR)})
    assert "qubits.5: the device has no such qubit" in problem_of(station)


def test_wiring_takes_what_files_take(station: Path) -> None:
    """Weights and a linear discriminator, written out; readouts by name, for Acquires that ask for them."""
    change_readout(
        station,
        "    kernel: {type: boxcar, start_s: 0.2e-6, stop_s: 2.7e-6}\n"
        "    discriminator: {angle_rad: -1.0402, threshold_v: -0.00147}\n",
        "    kernel: {type: weights, real: [1.0, 0.0], imag: [0.0, 2.0], sample_rate_hz: 5.0e+8}\n"
        "    discriminator: {type: linear, coefficients: [[0, 0], [3, 4]], intercepts: [0, -1]}\n",
    )
    change_readout(station, "\nreadout:", "\nnamed_readouts:\n  early: {kernel: {stop_s: 1.0e-6}}\nreadout:")
    loaded = load_station(station)
    assert loaded.readout[0].discriminator == LINEAR
    assert isinstance(loaded.readout[0].kernel, Weights)
    assert loaded.named_readouts["early"].kernel == Boxcar(0.0, 1e-6)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{type: boxcar, start_s", "{type: boxcar, begin_s", "readout.0.kernel.begin_s: unknown key"),
        ("{type: boxcar, start_s", "{type: gauss, start_s", "readout.0.kernel: "),
        ("{type: boxcar, start_s: 0.2e-6", "{type: boxcar, start_s: -1.0", "start_s has to be 0 or more"),
        ("{angle_rad: -1.0402, ", "{", "readout.0.discriminator.angle_rad: the key is missing"),
        ("\n  0:\n", "\n  7:\n", "readout.7: the device has no such qubit"),
        (
            "{type: boxcar, start_s: 0.2e-6, stop_s: 2.7e-6}",
            "{type: weights, real: [1.0], imag: [1.0, 2.0]}",
            "readout.0: weights need as many imaginary parts",
        ),
    ],
)
def test_what_cannot_be_a_readout_is_told_by_line_and_key(station: Path, old: str, new: str, words: str) -> None:
    """One problem, in words of the file."""
    change_readout(station, old, new)
    problem = problem_of(station)
    assert "wiring.yaml:" in problem
    assert words in problem
