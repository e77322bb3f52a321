"""The first half of the demo: how qubits are read, and what comes back on the line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console

from runtime.cli.demo.findings import LineLook, ReadoutLook, ResonatorScan
from runtime.cli.progress import progress_of
from runtime.experiments import fit_resonator, resonator_schedules
from runtime.rig import Rig, basis_programs

__all__ = ["look_at_line", "scan_resonators", "train"]

OFFSETS_HZ = np.linspace(-2e6, 2e6, 11)
"""Of the readout tones, around the frequencies at which the device is measured."""
SEGMENT = 2048
"""Samples of a piece of the spectrum: lines of 0.4 MHz at 500 MS/s."""


def train(rig: Rig, console: Console, qubits: Sequence[int], shots: int) -> ReadoutLook:
    """Two states of all qubits together; then three of the first, after which that is read as before."""
    with progress_of(console, "train the readout") as report:
        trained = rig.train_readout(qubits, shots=shots, report=report)
    first = qubits[0]
    with progress_of(console, f"three states of qubit {first}") as report:
        before = rig.readout[first]
        three = rig.train_readout(
            [first], shots=shots // 2, kernel="matched", method="qda", states=3, report=report
        )
        rig.use_readout(first, before, trained[first])
    return ReadoutLook(trained, three[first])


def look_at_line(rig: Rig, console: Console, qubits: Sequence[int], shots: int) -> LineLook:
    """One raw shot, mean raw traces of both states, and the power spectral density."""
    programs = basis_programs(rig.target, qubits)
    with progress_of(console, "raw traces and spectrum") as report:
        shot = rig.run(programs[0], shots=1, level=0, report=report)
        ground, excited = rig.run(programs, shots=shots, level=0, returns="avg", report=report)
        spectrum = rig.spectrum(programs[0], shots=max(shots // 4, 1), segment=SEGMENT, report=report)
    return LineLook(shot, (ground, excited), spectrum)


def scan_resonators(rig: Rig, console: Console, qubits: Sequence[int], shots: int) -> list[ResonatorScan]:
    """All resonators at once, after nothing and after x: averages of kernelled shots."""
    offsets = OFFSETS_HZ.tolist()
    schedules = [
        schedule
        for excited in (False, True)
        for schedule in resonator_schedules(rig.target, qubits, offsets, excited=excited)
    ]
    with progress_of(console, "resonators") as report:
        results = rig.run(schedules, shots=shots, level=1, returns="avg", report=report)
    responses = np.array([result.data for result in results]).reshape(2, OFFSETS_HZ.size, len(qubits))
    scans = []
    for place, qubit in enumerate(qubits):
        ground, excited = responses[0, :, place], responses[1, :, place]
        fits = fit_resonator(OFFSETS_HZ, ground), fit_resonator(OFFSETS_HZ, excited)
        scans.append(ResonatorScan(qubit, OFFSETS_HZ, (ground, excited), fits))
    return scans
