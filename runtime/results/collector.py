"""From blocks of records to memory slots, as the blocks arrive."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan, AcquisitionWindow, Problem, ProblemReport, RecordBlock
from runtime.results.discriminators import Threshold
from runtime.results.kernels import Boxcar, Integration, Kernel, demodulation
from runtime.results.result import Result

__all__ = ["Collector", "QubitReadout"]


@dataclass(frozen=True, slots=True)
class QubitReadout:
    """How one qubit's records are read."""

    kernel: Kernel
    discriminator: Threshold | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Programs whose records are cut alike, so that one matrix product serves them all."""

    windows: tuple[AcquisitionWindow, ...]
    programs: NDArray[np.intp]


class Collector:
    """Takes the record blocks of one digitizer and keeps what the measurement level asks for.

    Above level 0 a record is reduced as soon as it arrives: memory grows with shots times slots, not with samples.
    """

    def __init__(self, plan: AcquisitionPlan, readout: Mapping[int, QubitReadout], level: int) -> None:
        self.plan = plan
        self.level = level
        self.seconds = 0.0
        """Time spent on kernels and discriminators."""
        self._readout = readout
        if level == 2:
            _raise_if_unread(plan, readout)
        self._windows = _by_record(plan)
        self._groups = _grouped(self._windows)
        self._integrations: dict[int, Integration] = {}
        self._data = [self._room(windows) for windows in self._windows]
        self._overrange = np.zeros((plan.records_per_pass, plan.shots), np.bool_)

    def take(self, block: RecordBlock) -> None:
        """Reduce one block. Blocks come in order and do not overlap."""
        started = time.perf_counter()
        records = np.arange(block.first, block.first + block.count)
        shots, programs = np.divmod(records, self.plan.records_per_pass)
        self._overrange[programs, shots] = block.overrange
        for number, group in enumerate(self._groups):
            everything = len(self._groups) == 1
            rows = slice(None) if everything else np.flatnonzero(np.isin(programs, group.programs))
            self._store(number, group, block.volts[rows], programs[rows], shots[rows])
        self.seconds += time.perf_counter() - started

    def results(self, names: Sequence[str], timing_s: Mapping[str, float]) -> tuple[Result, ...]:
        """One Result a program, in the order of the batch; to be called when every record has been taken."""
        return tuple(
            Result(
                name,
                self.level,
                tuple(window.slot for window in self._windows[program]),
                self._data[program],
                self._overrange[program],
                float(self.plan.sample_rate_hz),
                timing_s,
            )
            for program, name in enumerate(names)
        )

    def _store(
        self,
        number: int,
        group: _Group,
        volts: NDArray[np.float32],
        programs: NDArray[np.intp],
        shots: NDArray[np.intp],
    ) -> None:
        values = self._traces(group, volts) if self.level == 0 else self._classified(number, group, volts)
        for program in np.unique(programs):
            mine = programs == program
            self._data[program][shots[mine]] = values[mine]

    def _traces(self, group: _Group, volts: NDArray[np.float32]) -> NDArray[np.complex64]:
        longest = max((window.stop - window.start for window in group.windows), default=0)
        traces = np.full((volts.shape[0], len(group.windows), longest), np.nan, np.complex64)
        complex_volts = volts[:, 0] + (1j * volts[:, 1] if volts.shape[1] > 1 else np.complex64(0))
        for column, window in enumerate(group.windows):
            traces[:, column, : window.stop - window.start] = complex_volts[:, window.start : window.stop]
        return traces

    def _classified(self, number: int, group: _Group, volts: NDArray[np.float32]) -> NDArray[Any]:
        """Kernelled numbers at level 1, bits at level 2: shape (records, windows)."""
        if number not in self._integrations:
            self._integrations[number] = self._integration(group, (volts.shape[1], volts.shape[2]))
        kernelled = self._integrations[number].apply(volts)
        if self.level == 1:
            return kernelled
        bits = np.empty(kernelled.shape, np.uint8)
        for column, window in enumerate(group.windows):
            discriminator = self._readout[window.qubit].discriminator
            assert discriminator is not None  # noqa: S101, _raise_if_unread has made sure
            bits[:, column] = discriminator.classify(kernelled[:, column])
        return bits

    def _integration(self, group: _Group, record: tuple[int, int]) -> Integration:
        rate = float(self.plan.sample_rate_hz)
        kernels = [
            self._readout[window.qubit].kernel if window.qubit in self._readout else Boxcar()
            for window in group.windows
        ]
        weights = [
            demodulation(window, rate, kernel) for window, kernel in zip(group.windows, kernels, strict=True)
        ]
        return Integration.of(group.windows, weights, record)

    def _room(self, windows: Sequence[AcquisitionWindow]) -> NDArray[Any]:
        shape = (self.plan.shots, len(windows))
        if self.level == 2:
            return np.zeros(shape, np.uint8)
        if self.level == 1:
            return np.zeros(shape, np.complex128)
        longest = max((window.stop - window.start for window in windows), default=0)
        return np.full((*shape, longest), np.nan, np.complex64)


def _by_record(plan: AcquisitionPlan) -> list[tuple[AcquisitionWindow, ...]]:
    """The windows of each record of a pass, by slot."""
    windows: list[list[AcquisitionWindow]] = [[] for _ in range(plan.records_per_pass)]
    for window in sorted(plan.windows, key=lambda window: window.slot):
        windows[window.record].append(window)
    return [tuple(cut) for cut in windows]


def _grouped(windows: Sequence[tuple[AcquisitionWindow, ...]]) -> list[_Group]:
    """Programs by how their records are cut: a sweep is one group, and needs no copies."""
    groups: dict[tuple[tuple[int, int, int, float], ...], list[int]] = {}
    for program, cut in enumerate(windows):
        key = tuple((w.qubit, w.start, w.stop, w.if_frequency_hz) for w in cut)
        groups.setdefault(key, []).append(program)
    return [_Group(windows[programs[0]], np.array(programs)) for programs in groups.values()]


def _raise_if_unread(plan: AcquisitionPlan, readout: Mapping[int, QubitReadout]) -> None:
    """Level 2 needs a discriminator for every qubit that is acquired."""
    trained = {qubit for qubit, settings in readout.items() if settings.discriminator is not None}
    unread = sorted({window.qubit for window in plan.windows} - trained)
    if unread:
        raise ProblemReport(
            "Shots cannot be classified",
            problems=tuple(
                Problem(
                    "no discriminator is known",
                    where=f"qubit {qubit}",
                    fix="Train one with rig.train_readout, give it in wiring.yaml, or ask for level 1",
                )
                for qubit in unread
            ),
        )
