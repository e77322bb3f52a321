"""What the demo measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.experiments import RabiFit, ResonatorFit
from runtime.results import Result, Spectrum, TrainedReadout

__all__ = ["AmplitudeSweep", "DriftTrack", "Findings", "LineLook", "ReadoutLook", "ResonatorScan"]


@dataclass(frozen=True, slots=True, eq=False)
class ReadoutLook:
    """How the qubits are read."""

    trained: Mapping[int, TrainedReadout]
    """By qubit: two states."""
    levels: TrainedReadout
    """Three states of the first qubit."""


@dataclass(frozen=True, slots=True, eq=False)
class LineLook:
    """What comes back on the readout line."""

    shot: Result
    """One shot after nothing, level 0."""
    traces: tuple[Result, Result]
    """Mean traces after nothing and after x, level 0."""
    spectrum: Spectrum


@dataclass(frozen=True, slots=True, eq=False)
class ResonatorScan:
    """One qubit's resonator, from kernelled averages."""

    qubit: int
    offsets_hz: NDArray[np.float64]
    """Float64 of shape (points,), from the frequency at which the qubit is measured."""
    responses: tuple[NDArray[np.complex128], NDArray[np.complex128]]
    """After nothing and after x: complex128 of shape (points,), volts."""
    fits: tuple[ResonatorFit, ResonatorFit]

    @property
    def shift_hz(self) -> float:
        """By how much the qubit pulls its resonator: 2 chi / (2 pi)."""
        return self.fits[1].centre_hz - self.fits[0].centre_hz


@dataclass(frozen=True, slots=True, eq=False)
class AmplitudeSweep:
    """One qubit's amplitude sweep."""

    qubit: int
    amplitudes: NDArray[np.float64]
    """Float64 of shape (points,), units of full scale."""
    p1: NDArray[np.float64]
    """Float64 of shape (points,)."""
    shots: int
    calibrated: float
    """The amplitude of the device's own x, units of full scale."""
    fit: RabiFit


@dataclass(frozen=True, slots=True, eq=False)
class DriftTrack:
    """Detunings of some qubits, again and again."""

    qubits: tuple[int, ...]
    seconds: NDArray[np.float64]
    """Float64 of shape (times,), on the wall, from the first."""
    detunings_hz: NDArray[np.float64]
    """Float64 of shape (times, qubits)."""

    @property
    def changes_hz(self) -> NDArray[np.float64]:
        """Float64 of shape (times, qubits): from the first."""
        changes: NDArray[np.float64] = self.detunings_hz - self.detunings_hz[0]
        return changes


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What is drawn."""

    look: ReadoutLook
    line: LineLook
    scans: Sequence[ResonatorScan]
    sweeps: Sequence[AmplitudeSweep]
    track: DriftTrack
