"""Chips from recorded device files."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from simulators.chip import Chip, Content, Piece, Signal, Truth, average_gate_fidelity
from simulators.chip.recorded import chip_from_device
from tests.simulators.lab.programs import FULL_SCALE_V, RATE_HZ, X, drag

DEVICE = Path(str(files("configs"))) / "demo" / "device"
CONF, PROPS, DEFS = (DEVICE / f"{name}_jakarta.json" for name in ("conf", "props", "defs"))


def test_jakarta_has_all_it_needs() -> None:
    recorded = chip_from_device(CONF, PROPS, DEFS)
    config = recorded.config
    assert recorded.filled == ()
    assert config.disagreements() == []
    assert len(config.transmons) == 7
    assert len(config.couplings) == 6
    assert config.transmons["q0"].frequency_hz == pytest.approx(5.236573217536762e9)
    assert config.drive_lines["drive_q1"].rabi_rad_per_s_per_v == pytest.approx(2.7985097e9, rel=1e-6)
    resonators = Truth(Chip(config, 1)).resonators_hz()
    published = [f * 1e9 for f in json.loads(DEFS.read_text(encoding="utf-8"))["meas_freq_est"]]
    middles = [0.5 * (levels[0] + levels[1]) for levels in resonators.values()]
    assert middles == pytest.approx(published, abs=1.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_recorded_x_of_qubit_0(sign: float) -> None:
    """F > 0.999 with the recorded beta; with the other sign it leaks and misses."""
    chip = Chip(chip_from_device(CONF, PROPS, DEFS).config, 1)
    amp, beta = X[0]
    frequency_hz = Truth(chip).frequencies_hz["q0"]
    pulse = FULL_SCALE_V * drag(amp, sign * beta)
    content = Content(
        pulse.size / RATE_HZ, (Signal.of_pieces("drive_q0", frequency_hz - 50e6, 1 / RATE_HZ, [Piece(0, pulse)]),)
    )
    unitary = Truth(chip).unitary(content, ("q0",))
    fidelity = average_gate_fidelity(unitary, np.array([[0, 1], [1, 0]]), phases_free=True)
    if sign > 0:
        assert fidelity > 0.999
        assert 1 - abs(unitary[1, 0]) ** 2 < 2e-4
    else:
        assert 1 - abs(unitary[1, 0]) ** 2 > 2e-3


def test_what_is_missing_is_filled_and_listed() -> None:
    conf = {"n_qubits": 2, "coupling_map": [[0, 1], [1, 0]], "hamiltonian": {"vars": {"wq0": 31.0, "delta0": 0}}}
    props = {
        "qubits": [[{"name": "T1", "unit": "µs", "value": 50.0}, {"name": "T2", "unit": "us", "value": 0}], []]
    }
    recorded = chip_from_device(conf, props)
    assert recorded.config.transmons["q0"].t1_s == pytest.approx(50e-6)
    assert recorded.config.transmons["q0"].t2_s == pytest.approx(100e-6)  # the prior, cut to 2 T1
    assert recorded.config.transmons["q1"].anharmonicity_hz == -309e6
    assert "T2 of qubit 0 is not published: 0.000108 (t2_s) is taken" in recorded.filled
    assert "the coupling of qubits 0 and 1 is not published: 2.01e+06 (strength_hz) is taken" in recorded.filled
    assert len(recorded.filled) == 3 + 5 + 1 + 2 + 2


def test_other_files_are_refused() -> None:
    with pytest.raises(ValueError, match="no n_qubits"):
        chip_from_device({}, {})
