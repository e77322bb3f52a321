"""Plans with known records, for the tests of the collector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from drivers.contract import AcquisitionPlan, AcquisitionWindow, KernelledBlock, PlayOrder, RecordBlock
from runtime.results import Boxcar, Collector, QubitReadout, Threshold

RATE = 500_000_000
SAMPLES = 32
READOUT = {qubit: QubitReadout(Boxcar(), Threshold(0.0, 0.0)) for qubit in (0, 1)}


def plan_of(programs: int, shots: int, order: PlayOrder = "cyclic", samples: int = SAMPLES) -> AcquisitionPlan:
    """Every program acquires qubit 0 into slot 0 from DC."""
    windows = tuple(AcquisitionWindow(program, 0, 0, 0, samples, 0.0) for program in range(programs))
    return AcquisitionPlan("digitizer", RATE, samples, 0, programs, shots, windows, order)


def two_slots(programs: int, shots: int, order: PlayOrder = "cyclic") -> AcquisitionPlan:
    """Program p acquires qubit 0 into slot 0 and, in a later window, qubit 1 into slot 2."""
    plan = plan_of(programs, shots, order, 2 * SAMPLES)
    later = [AcquisitionWindow(program, 1, 2, SAMPLES, 2 * SAMPLES - 4, 0.0) for program in range(programs)]
    first = [replace(window, stop=SAMPLES) for window in plan.windows]
    return replace(plan, windows=(*later, *first))


def marked(plan: AcquisitionPlan) -> np.ndarray:
    """Records whose level says which they are: I is the program, Q the shot, in every sample; in volts / 1000."""
    shots, programs = plan.places(np.arange(plan.records))
    levels = np.stack([programs, shots], axis=1)[:, :, None] / 1000
    return np.broadcast_to(levels, (plan.records, 2, plan.record_length)).astype(np.float32)


def block(first: int, volts: np.ndarray) -> RecordBlock:
    """Records without flags."""
    return RecordBlock(first, volts, np.zeros(volts.shape[0], bool))


def kernelled(first: int, values: np.ndarray) -> KernelledBlock:
    """Integrated records without flags."""
    return KernelledBlock(first, np.asarray(values, complex), np.zeros(len(values), bool))


def collect(collector: Collector, volts: np.ndarray, size: int) -> Collector:
    """Hand on all records in blocks of `size`."""
    for first in range(0, volts.shape[0], size):
        collector.take(block(first, volts[first : first + size]))
    return collector
