"""Where in the records of a plan the memory slots stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionPlan, AcquisitionWindow, Problem, ProblemReport
from runtime.results.collecting.readout import Reading
from runtime.results.kernels import start_turn

__all__ = ["Group", "Layout"]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Programs whose records are cut and weighted alike, so that one matrix product serves them all."""

    programs: NDArray[np.int64]
    """Int64 of shape (rows,): the programs, ascending."""
    windows: tuple[AcquisitionWindow, ...]
    """Of the first of them, by slot."""
    columns: NDArray[np.int64]
    """Int64 of shape (windows,): where each stands in what an instrument that integrates by itself sends."""
    sent: int
    """How many windows such an instrument sends, those overwritten later among them."""
    turns: NDArray[np.complex128]
    """Complex128 of shape (rows, windows): the demodulation's phase where each program's windows begin."""

    @property
    def slots(self) -> tuple[int, ...]:
        """The memory slots, ascending."""
        return tuple(window.slot for window in self.windows)

    @property
    def longest(self) -> int:
        """Samples of the longest window."""
        return max((window.stop - window.start for window in self.windows), default=0)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The windows of a plan, program by program and grouped."""

    windows: tuple[tuple[AcquisitionWindow, ...], ...]
    """For each program its windows by slot."""
    groups: tuple[Group, ...]
    group_of: NDArray[np.int64]
    """Int64 of shape (programs,): index into `groups`."""
    row_of: NDArray[np.int64]
    """Int64 of shape (programs,): index into the group's programs."""

    @classmethod
    def of(cls, plan: AcquisitionPlan, reading: Reading, *, reuse_slots: bool) -> Layout:
        """Lay out a plan.

        Raises ProblemReport for windows outside the record, and for slots that are written twice; with
        `reuse_slots` the latest acquisition of a slot is what stays.
        """
        sent: list[list[AcquisitionWindow]] = [[] for _ in range(plan.records_per_pass)]
        for window in plan.windows:
            sent[window.record].append(window)
        _raise_if_wrong(plan, sent, reuse_slots=reuse_slots)
        kept = [_latest(windows) for windows in sent]
        keys: dict[tuple[object, ...], list[int]] = {}
        for program, windows in enumerate(kept):
            keys.setdefault(_key(windows, sent[program], reading), []).append(program)
        groups = [_group(programs, kept, sent, plan.sample_rate_hz) for programs in keys.values()]
        group_of = np.zeros(plan.records_per_pass, np.int64)
        row_of = np.zeros(plan.records_per_pass, np.int64)
        for number, group in enumerate(groups):
            group_of[group.programs] = number
            row_of[group.programs] = np.arange(group.programs.size)
        return cls(tuple(kept), tuple(groups), group_of, row_of)


def _latest(windows: Sequence[AcquisitionWindow]) -> tuple[AcquisitionWindow, ...]:
    """One window a slot, the one that begins last, by slot."""
    by_slot: dict[int, AcquisitionWindow] = {}
    for window in sorted(windows, key=lambda window: window.start):
        by_slot[window.slot] = window
    return tuple(by_slot[slot] for slot in sorted(by_slot))


def _key(
    windows: Sequence[AcquisitionWindow], sent: Sequence[AcquisitionWindow], reading: Reading
) -> tuple[object, ...]:
    # A sweep of a delay moves `record_start_s` of every program: that is one factor each, and no other product.
    cuts = [
        (w.qubit, w.slot, w.start, w.stop, w.if_frequency_hz, id(reading.of(w)), sent.index(w)) for w in windows
    ]
    return (len(sent), *cuts)


def _group(
    programs: Sequence[int],
    kept: Sequence[tuple[AcquisitionWindow, ...]],
    sent: Sequence[Sequence[AcquisitionWindow]],
    rate: float,
) -> Group:
    first = programs[0]
    turns = [[start_turn(window, rate) for window in kept[program]] for program in programs]
    return Group(
        np.array(programs, np.int64),
        kept[first],
        np.array([sent[first].index(window) for window in kept[first]], np.int64),
        len(sent[first]),
        np.array(turns, np.complex128).reshape(len(programs), len(kept[first])),
    )


def _raise_if_wrong(
    plan: AcquisitionPlan, sent: Sequence[Sequence[AcquisitionWindow]], *, reuse_slots: bool
) -> None:
    problems: list[Problem] = []
    for program, windows in enumerate(sent):
        written: dict[int, AcquisitionWindow] = {}
        for window in windows:
            place = f"program {program}, qubit {window.qubit}, memory slot {window.slot}"
            if not 0 <= window.start < window.stop <= plan.record_length:
                got = f"samples {window.start} to {window.stop}"
                problems.append(Problem("window outside its record", place, got, f"0 to {plan.record_length}"))
            other = written.setdefault(window.slot, window)
            if other is not window and not reuse_slots:
                got = f"written from sample {other.start} and from sample {window.start}"
                fix = "Give each Acquire its own slot, or ask for reuse_slots: the latest stays"
                problems.append(Problem("memory slot used twice", place, got, "one Acquire a memory slot", fix))
    if problems:
        raise ProblemReport("Records cannot be put into memory slots", problems=tuple(problems))
