"""Instrument programs: what one instrument plays, at its own sample rate, and what a digitizer acquires."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drivers.contract.colours import Colours
from drivers.contract.sequencer import PlayOrder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "SILENCE",
    "AcquisitionPlan",
    "AcquisitionWindow",
    "InstrumentProgram",
    "IntegrationWeights",
    "MarkerPulse",
    "Step",
    "TriggerTimetable",
]

SILENCE = -1
"""The waveform index of a port that stays at zero during a step."""


@dataclass(frozen=True, slots=True)
class MarkerPulse:
    """A marker that is high during [start, stop) of a step, in samples of the instrument."""

    port: int
    marker: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a play list: every port plays its waveform at once, `repeat` times in a row."""

    waveforms: tuple[int, ...]
    """For each port of the program an index into its waveforms, or SILENCE."""
    length: int
    """Samples of one repetition; each waveform of the step has this length."""
    repeat: int = 1
    markers: tuple[MarkerPulse, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class InstrumentProgram:
    """What one instrument plays: distinct waveforms, and the order in which its ports emit them.

    The play list is played `passes` times in a row, then the instrument stops by itself; one pass through it is
    one shot of every program in the batch. So there are exactly as many triggers as records are wanted, and one
    that a digitizer loses leaves it waiting, instead of being filled by a later one.
    """

    instrument: str
    sample_rate_hz: int
    ports: tuple[int, ...]
    waveforms: tuple[NDArray[np.float64], ...]
    """Distinct waveforms, each float64 of shape (n,), units of full scale, within [-1, 1]."""
    steps: tuple[Step, ...]
    port_names: tuple[str, ...] = ()
    """For people: what each port carries, e.g. `d0.I`."""
    interpolation: str = "none"
    """How sampled waveforms reached this clock: none, hold or linear. Parametric pulses never need any."""
    passes: int = 1
    """How often the play list is played: the number of shots, at least 1."""
    order: PlayOrder = "cyclic"
    """Sequential: the steps of one program are played `passes` times, then those of the next."""
    begins: tuple[int, ...] = (0,)
    """The first step of each program of the batch."""
    trigger_input: int | None = None
    """Counted from 1: it waits for a rising edge there before the first pass; others follow by its own clock."""

    def bodies(self) -> tuple[tuple[Step, ...], ...]:
        """What is repeated `passes` times, one after the other: the whole play list, or program by program."""
        if self.order == "cyclic":
            return (self.steps,)
        ends = (*self.begins[1:], len(self.steps))
        return tuple(self.steps[first:last] for first, last in zip(self.begins, ends, strict=True))

    def content_hash(self) -> str:
        """Hexadecimal digest (sha256) of everything that one pass plays; equal programs have equal digests.

        `passes` is not in it: another number of shots is played from the same waveforms and the same play list.
        """
        digest = hashlib.sha256(repr((self.sample_rate_hz, self.ports, self.steps)).encode())
        for waveform in self.waveforms:
            digest.update(np.ascontiguousarray(waveform, np.float64).tobytes())
        return digest.hexdigest()

    def draw(self, program: int = 0, *, style: Colours | str = "light") -> Figure:
        """A picture of what each port emits in one program of the batch, in time and as spectrum.

        Args:
            program: which one; the idle behind it is left out, and long silences are cut short.
            style: "light", "dark" or colours of your own.

        Raises:
            ConfigurationError: no such program or style.
        """
        from drivers.contract.program_pictures import draw_play_list

        return draw_play_list(self, program, style)

    def port_samples(self, port: int, step: int) -> NDArray[np.float64]:
        """One repetition of a step on a port: float64 of shape (length,), units of full scale."""
        entry = self.steps[step]
        index = entry.waveforms[self.ports.index(port)]
        return np.zeros(entry.length) if index == SILENCE else self.waveforms[index]


@dataclass(frozen=True, slots=True)
class AcquisitionWindow:
    """The part of a record that belongs to one Acquire instruction."""

    record: int
    """Which record of a pass: the index of the program in the batch."""
    qubit: int
    slot: int
    """Index of the memory slot."""
    start: int
    stop: int
    """Digitizer samples of the record, [start, stop)."""
    if_frequency_hz: float
    """Where the readout tone stands in the down-converted record, signed."""
    record_start_s: float = 0.0
    """When the record's first sample is taken, counted from where the readout tone's phase begins.

    That is the program's start, or the readout pulse's where the carrier restarts with each pulse; then it may be
    negative. Programs that read out at different instants are demodulated alike only if their kernels count from
    there.
    """
    port: int = 1
    """The input it comes in at, counted from 1, of an instrument with several analyzers."""


@dataclass(frozen=True, slots=True, eq=False)
class IntegrationWeights:
    """What an instrument that integrates by itself makes of one window: sum over k of weights[k] v[k].

    v is what comes in, complex where it is converted down, volts.
    """

    weights: NDArray[np.complex128]
    """Complex128 of shape (samples of the window,), zeros before the kernel begins and after it ends included."""
    threshold: float | None = None
    """When given, the instrument tells the bit `real part of the sum > threshold` in place of the sum."""


@dataclass(frozen=True, slots=True)
class TriggerTimetable:
    """When a generator sends the triggers of a plan, by its own clock: exactly, and without a pause anywhere."""

    edges_s: tuple[Fraction, ...]
    """For each program from its start to its trigger."""
    lengths_s: tuple[Fraction, ...]
    """For each program from its start to the start of what follows, its idle included."""


@dataclass(frozen=True, slots=True)
class AcquisitionPlan:
    """What a digitizer records: one record a trigger, `records_per_pass` triggers a pass, `shots` passes."""

    instrument: str
    sample_rate_hz: int
    record_length: int
    """Samples a record and input."""
    trigger_delay: int
    """Samples between the trigger's edge and the first sample of a record."""
    records_per_pass: int
    shots: int
    windows: tuple[AcquisitionWindow, ...]
    order: PlayOrder = "cyclic"
    integration: tuple[IntegrationWeights, ...] | None = None
    """For each window how the instrument integrates it; None: traces are wanted."""
    averaged: bool = False
    """The shots of each program are wanted as one record, their mean, of an instrument that averages by itself."""
    triggers: TriggerTimetable | None = None
    """When its triggers come; None where nobody can tell."""

    @property
    def records(self) -> int:
        """How many records are handed on."""
        return self.records_per_pass * (1 if self.averaged else self.shots)

    def places(self, records: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(shot, program) of records, counted as they come in: int64 arrays of the shape of `records`."""
        if self.averaged:
            return np.zeros_like(records), records
        if self.order == "cyclic":
            shots, programs = np.divmod(records, self.records_per_pass)
        else:
            programs, shots = np.divmod(records, self.shots)
        return shots, programs
