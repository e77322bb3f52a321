"""`pulserig train`: the table, the file, the pictures, and a station that reads by them."""

from __future__ import annotations

import shutil
from pathlib import Path

import configs
from runtime.results import Linear, Weights, load_readouts
from runtime.rig import load_station
from tests.runtime.cli.shell import pulserig


def test_a_trained_station_reads_by_its_file(tmp_path: Path) -> None:
    """Trained into the station's own folder; then wiring.yaml names the file."""
    station = tmp_path / "mine"
    shutil.copytree(configs.ROOT / "demo", station)
    wanted = ("--method", "lda", "--kernel", "matched", "--shots", "600", "--out", str(station))
    done = pulserig("train", str(station), "--qubits", "0,1", *wanted)
    assert done.returncode == 0, done.stderr
    for word in ("fidelity", "SNR", "P(1|0)", "P(0|1)", "QNDness", "readouts.json"):
        assert word in done.stdout
    for qubit in (0, 1):
        assert (station / f"readout-q{qubit}.png").read_bytes().startswith(b"\x89PNG")
    stored = load_readouts(station / "readouts.json")
    for entry in stored.values():
        assert entry.trained is not None
        assert entry.trained.fidelity > 0.95
        assert entry.trained.qndness is not None
    wiring = station / "wiring.yaml"
    text = wiring.read_text(encoding="utf-8")
    wiring.write_text(text + "\nreadout_file: readouts.json\n", encoding="utf-8")
    readout = load_station(station).readout
    assert all(isinstance(readout[qubit].discriminator, Linear) for qubit in (0, 1))
    # One qubit again: what the file says of the other stays.
    done = pulserig("train", str(station), "--qubits", "1", "--shots", "200", "--out", str(station))
    assert done.returncode == 0, done.stderr
    again = load_readouts(station / "readouts.json")
    assert again[0].readout.discriminator == stored[0].readout.discriminator
    assert again[1].readout.discriminator != stored[1].readout.discriminator
    assert isinstance(again[1].readout.kernel, Weights)


def test_what_cannot_be_trained_ends_with_2(tmp_path: Path) -> None:
    """Before anything is connected; a file that is something else stays as it is."""
    (tmp_path / "readouts.json").write_text("{}", encoding="utf-8")
    for arguments, word in (
        (("--qubits", "0,9"), "0, 1"),
        (("--qubits", "0,0"), "each once"),
        (("--qubits", "zero"), "numbers"),
        (("--out", str(tmp_path)), "no stored readouts"),
        (("--states", "3", "--out", str(tmp_path / "new")), "lda"),
    ):
        done = pulserig("train", "demo", *arguments, cwd=tmp_path)
        assert done.returncode == 2, done.stdout + done.stderr
        assert word in done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "readouts.json").read_text(encoding="utf-8") == "{}"
