"""Accounting: what was requested is what came back, or an error that says both, slot by slot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.contract import (
    AcquisitionError,
    AcquisitionPlan,
    AcquisitionWindow,
    Block,
    ClassifiedBlock,
    KernelledBlock,
)

__all__ = ["Ledger"]

_FIX = "Check trigger line and connection, and run again: the records cannot be told apart any more"
_SHOWN = 6


class Ledger:
    """Counts the records of one acquisition, and refuses blocks that do not continue it.

    Blocks have to come in order, without gap or overlap. Memory: one number a program, however many shots.
    """

    def __init__(self, plan: AcquisitionPlan, windows: Sequence[tuple[AcquisitionWindow, ...]]) -> None:
        self._plan = plan
        self._windows = windows
        self._kind = ""
        self._failure: AcquisitionError | None = None
        self.received = 0
        """Records so far."""
        self.shots = np.zeros(plan.records_per_pass, np.int64)
        """Int64 of shape (programs,): shots so far of each program."""

    def admit(self, block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(shot, program) of a block's records: int64 arrays of shape (records,).

        Raises AcquisitionError for a block that is damaged, or does not follow the one before; then, and in
        `require_complete`, the acquisition is lost.
        """
        if self._failure is not None:
            raise self._failure
        self._require_sound(block)
        self._require_next(block)
        shots, programs = self._plan.places(np.arange(block.first, block.first + block.count, dtype=np.int64))
        self.received += block.count
        self.shots += np.bincount(programs, minlength=self.shots.size)
        return shots, programs

    def fail(self, what: str, got: str, allowed: str) -> None:
        """Raise AcquisitionError, now and from now on."""
        self._failure = AcquisitionError(
            what, got=got, allowed=allowed, fix=_FIX, instrument=self._plan.instrument
        )
        raise self._failure

    def require_complete(self) -> None:
        """Raise AcquisitionError with expected and got, per slot, unless every record has come."""
        if self._failure is not None:
            raise self._failure
        if self.received == self._plan.records:
            return
        short = np.flatnonzero(self.shots != self._plan.shots)
        slots = [
            f"program {program}, slot {window.slot}: {self.shots[program]} shots"
            for program in short[: _SHOWN + 1].tolist()
            for window in self._windows[program]
        ]
        listed = "; ".join(slots[:_SHOWN]) + ("; and more" if len(slots) > _SHOWN else "")
        self.fail(
            "shots are missing",
            f"{self.received} records ({listed})",
            f"{self._plan.records} records: {self._plan.shots} shots in every slot of "
            f"{self._plan.records_per_pass} programs",
        )

    def _require_next(self, block: Block) -> None:
        first, last = block.first, block.first + block.count
        came = f"records {first} to {last - 1}" if block.count else f"no records from {first}"
        if first > self.received:
            self.fail("records are missing in between", came, f"records from {self.received} on")
        if first < self.received:
            self.fail("records came twice, or late", came, f"records from {self.received} on")
        if last > self._plan.records:
            self.fail("more records came than were requested", came, f"{self._plan.records} records in all")

    def _require_sound(self, block: Block) -> None:
        kind = type(block).__name__
        if self._kind not in {"", kind}:
            self.fail("the kind of block changed", kind, self._kind)
        self._kind = kind
        count = block.count
        if isinstance(block, KernelledBlock | ClassifiedBlock):
            data = block.values if isinstance(block, KernelledBlock) else block.bits
            widest = max((len(windows) for windows in self._windows), default=0)
            if data.ndim != 2 or data.shape[1] < widest:
                self.fail("a block has another shape", f"{data.shape}", f"(records, {widest})")
        elif block.volts.ndim != 3 or not block.volts.shape[1] or block.volts.shape[2] != self._plan.record_length:
            self.fail(
                "a block has another shape",
                f"{block.volts.shape}",
                f"(records, inputs, {self._plan.record_length} samples)",
            )
        for name, flags in (("overrange", block.overrange), ("clock_lost", block.clock_lost)):
            if flags is not None and np.shape(flags) != (count,):
                self.fail(f"a block's {name} flags have another shape", f"{np.shape(flags)}", f"({count},)")
