"""An HDAWG program by another hand: LabOne Q's source, table and waves, and what its own simulator plays of them.

LabOne Q compiled the experiment and its output simulator reads the source that it made; neither knows the vendor's
assembler, whose instructions the device model executes. reference/make_hdawg.py wrote the file.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.simulators.labone.devices.bench import LSB, Compiler
from tests.simulators.labone.devices.nodes import Make, load, start

REFERENCE = Path(__file__).parent / "reference" / "hdawg.npz"

LEAD = 48
"""Samples of silence before LabOne Q's time begins: the program's first playZero."""

MIXER = {
    "outputs/0/modulation/mode": 6,
    "outputs/1/modulation/mode": 6,
    "outputs/0/gains/0": 1.0,
    "outputs/0/gains/1": 0.0,
    "outputs/1/gains/0": 0.0,
    "outputs/1/gains/1": 1.0,
}
"""What LabOne Q sets for an I/Q pair: I to the first output, Q to the second; the oscillators stand still."""


@pytest.mark.parametrize("core", [0, 1])
def test_the_same_samples_as_laboneqs_simulator(core: int, make: Make, seqc: Compiler) -> None:
    """6 us of two lines: amplitudes that entries set and add to, phases in the waves, loops. To 1.5 LSB."""
    device = make("HDAWG8")
    tree, at = device.tree, f"awgs/{core}"
    with np.load(REFERENCE) as stored:
        load(device, at, seqc(str(stored[f"source{core}"]), "HDAWG8", index=core))
        tree.set(f"{at}/commandtable/data", str(stored[f"table{core}"]))
        assert tree.integer(f"{at}/commandtable/status") == 1
        for name in (name for name in stored if name.startswith(f"wave{core}_")):
            words = np.rint(stored[name].T * 32767).astype(np.int16)
            tree.set(f"{at}/waveform/waves/{name.split('_')[1]}", words.reshape(-1))
        played = stored[f"played{core}"]
    for path, value in MIXER.items():
        tree.set(f"{at}/{path}", value)
    for output in (2 * core, 2 * core + 1):
        tree.set(f"sigouts/{output}/range", 2.0)
        tree.set(f"sigouts/{output}/on", 1)
    start(device, at)
    playback = device.playback(at)
    assert playback is not None
    first, second = playback.render(LEAD, played.size).volts
    assert np.abs(first - played.real).max() < 1.5 * LSB
    assert np.abs(second - played.imag).max() < 1.5 * LSB
    assert np.abs(played).max() > 0.85
