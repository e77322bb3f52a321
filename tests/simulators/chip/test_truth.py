"""The side channel for tests, and that nothing but tests uses it."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import simulators
from simulators.chip import Chip, Content, Piece, Truth, average_gate_fidelity
from tests.simulators.chip.builders import chip_config, gaussian, play


def test_no_instrument_reaches_for_it() -> None:
    """No module of the simulators outside the chip package names it."""
    root = Path(simulators.__file__).parent
    for path in root.rglob("*.py"):
        if path.parent.name == "chip":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names |= {alias.name for alias in node.names} | {(node.module or "").rsplit(".", 1)[-1]}
        assert not names & {"Truth", "truth"}, path


def test_unitary_of_a_half_turn() -> None:
    chip = Chip(chip_config({"levels": 2}), 1)
    pulse = gaussian(np.pi / 2)
    content = Content(pulse.size * 0.4e-9, (play("drive_q0", 5e9, Piece(0, pulse)),))
    gate = np.array([[1, -1j], [-1j, 1]]) / np.sqrt(2)
    assert average_gate_fidelity(Truth(chip).unitary(content, ("q0",)), gate) == pytest.approx(1.0, abs=1e-9)


def test_idle_is_the_identity_but_for_zz() -> None:
    config = chip_config({}, {"frequency_hz": 5.2e9}, couplings=[{"between": ["q0", "q1"], "strength_hz": 2e6}])
    chip = Chip(config, 1)
    unitary = Truth(chip).unitary(Content(1e-6), ("q0", "q1"))
    energies = chip.device.array.energies_in(0.0)
    zz = energies[4] - energies[3] - energies[1]
    assert np.diag(unitary)[[0, 1, 3]] == pytest.approx(np.ones(3), abs=1e-6)
    assert np.angle(unitary[4, 4]) == pytest.approx(-zz * 1e-6, abs=1e-6)


def test_levels_are_those_that_the_last_shot_left() -> None:
    chip = Chip(chip_config({"levels": 2}), 1)
    flip = Content(1e-6, (play("drive_q0", 5e9, Piece(0, gaussian(np.pi))),))
    before = Truth(chip).levels["q0"]
    chip.run([flip], 3)
    assert Truth(chip).levels["q0"] == 1 - before
