"""Averages in the instrument: how many shots it takes together, and what is left to take together afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan
from drivers.zurich.profiles import ReadoutProfile
from drivers.zurich.seqc import ReadoutLayout

__all__ = ["CYCLIC", "SEQUENTIAL", "Averaging", "averaging_of", "mean_of_shots"]

CYCLIC, SEQUENTIAL = 0, 1
"""Modes of a result logger: all results, then all again; or each as often as it is averaged, then the next."""

Number = TypeVar("Number", np.float32, np.complex128)


@dataclass(frozen=True, slots=True)
class Averaging:
    """How an instrument averages one acquisition."""

    averages: int
    """Readouts that become one result; 1: every shot is kept."""
    mode: int

    def results(self, plan: AcquisitionPlan, layout: ReadoutLayout) -> int:
        """How many results, or traces, the instrument keeps."""
        return layout.results * plan.shots // self.averages

    def kept(self, plan: AcquisitionPlan) -> AcquisitionPlan:
        """The plan of what the instrument keeps: so many fewer shots, none of them a mean yet."""
        return replace(plan, shots=plan.shots // self.averages, averaged=False)

    def of_two(self) -> Averaging:
        """The same by a power of two: older firmware rounds other numbers down."""
        return replace(self, averages=self.averages & -self.averages)


def averaging_of(plan: AcquisitionPlan, layout: ReadoutLayout, profile: ReadoutProfile) -> Averaging:
    """The most averages that one result can have, so that every result has equally many shots.

    A program with several readouts cannot be averaged program by program: a logger would mix the readouts.
    """
    alone = plan.records_per_pass == 1
    cyclic = alone or plan.order == "cyclic"
    counts = np.bincount([readout.program for readout in layout.readouts], minlength=plan.records_per_pass)
    one_by_one = layout.kind != "traces" and bool((counts <= 1).all())
    most = profile.trace_averages if layout.kind == "traces" else profile.averages
    if not plan.averaged or layout.kind == "bits" or not (cyclic or one_by_one):
        return Averaging(1, CYCLIC)
    averages = next(number for number in range(min(most, plan.shots), 0, -1) if plan.shots % number == 0)
    return Averaging(averages, CYCLIC if cyclic else SEQUENTIAL)


def mean_of_shots(records: NDArray[Number], kept: AcquisitionPlan) -> NDArray[Number]:
    """The mean of each program's records, shape (records, ...): shape (programs, ...), NaN where one is NaN."""
    shots, programs = kept.shots, kept.records_per_pass
    if kept.order == "cyclic":
        return np.asarray(records.reshape(shots, programs, *records.shape[1:]).mean(axis=0), records.dtype)
    return np.asarray(records.reshape(programs, shots, *records.shape[1:]).mean(axis=1), records.dtype)
