"""After the warm-up nothing is compiled any more: no digitizer waits for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import configs
from simulators.lab import load_lab

PROGRAM = """
import importlib, json, pkgutil, sys
import numpy as np
from numba.core.dispatcher import Dispatcher
import configs, simulators.chip
from simulators.chip import Acquisition, Chip, Content, Piece, Signal, warm_up
from simulators.lab import load_lab

names = [module.name for module in pkgutil.iter_modules(simulators.chip.__path__)]
modules = [importlib.import_module("simulators.chip." + name) for name in names]
loops = {
    f"{m.__name__}.{name}": each
    for m in modules
    for name, each in vars(m).items()
    if isinstance(each, Dispatcher) and each.py_func.__module__ == m.__name__
}
def compiled():
    return {name: len(loop.signatures) for name, loop in loops.items()}

config = load_lab(configs.ROOT / sys.argv[1] / "lab.yaml")[1]
warm_up(config)
before = compiled()

STEP, LONG = 0.4e-9, 4000
resonators = config.all_feedlines["feedline"].resonators
first = next(iter(resonators.values()))
tones = sum(
    0.02 * np.exp(2j * np.pi * (r.frequency_hz - first.frequency_hz) * np.arange(LONG) * STEP)
    for r in resonators.values()
)

def readout(start):
    return Signal.of_pieces("feedline", first.frequency_hz, STEP, [Piece(start, tones)])

def drive(line, samples, square, starts):
    section = config.drive_lines[line]
    k = np.arange(samples) + 0.5
    shape = np.ones(samples) if square else np.exp(-8.0 * (k / samples - 0.5) ** 2) + 0.1j * (k / samples - 0.5)
    volts = np.pi * shape / (samples * STEP * section.rabi_rad_per_s_per_v)
    frequency_hz = config.transmons[section.transmon].frequency_hz
    return Signal.of_pieces(line, frequency_hz, STEP, [Piece(s, volts.astype(complex), 0.3 * s) for s in starts])

contents = []
lines = list(config.drive_lines)
for driven in (lines[:0], lines[:1], lines[:2], lines):
    for samples, square, starts in ((89, False, (0,)), (20, True, (0, 9000))):
        signals = [drive(line, samples, square, starts) for line in driven]
        for weights in (None, np.ones((2, 100), complex)):
            taken = Acquisition("feedline", 400 * STEP, 2e-9, 100, first.frequency_hz, weights)
            contents.append(Content(50e-6, (*signals, readout(400)), (taken,)))
other_hz = drive(lines[1], 10, True, (0,)).lo_hz
neighbour = Signal.of_pieces(lines[0], other_hz, STEP, [Piece(0, np.full(900, 0.02 + 0j))])
contents.append(Content(50e-6, (neighbour, drive(lines[1], 89, False, (1000, 9000)), readout(1200)), ()))
chip = Chip(config, 3)
chip.run(contents, 20)
chip.run(contents[:4], 20, average=True)
print(json.dumps({"before": before, "after": compiled()}))
"""


@pytest.mark.parametrize(
    ("station", "same"), [("demo", "zurich-hdawg-uhfqa"), ("jakarta", "zurich-shfqc")], ids=["demo", "jakarta"]
)
def test_warming_up_compiles_all_that_typical_shots_run(station: str, same: str) -> None:
    """In a process of its own, where nothing is loaded yet; two stations share each chip."""
    chip, other = (load_lab(configs.ROOT / name / "lab.yaml")[1] for name in (station, same))
    # A lab file may leave out the drift, which no shot runs.
    assert chip.model_copy(update={"drift": other.drift}) == other
    found = subprocess.run([sys.executable, "-c", PROGRAM, station], capture_output=True, text=True, check=True)
    counts = json.loads(found.stdout)
    late = {name for name, count in counts["after"].items() if count > counts["before"][name]}
    assert late == set()
    assert sum(count > 0 for count in counts["before"].values()) >= 6
