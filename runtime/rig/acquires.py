"""What single Acquires ask for: a kernel or discriminator of their own, a register slot beside the memory slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drivers.contract import ConfigurationError, Problem, ProblemReport
from runtime.lowering import Timeline
from runtime.pulse import Acquire
from runtime.results import Boxcar, QubitReadout, readout_of_acquire

__all__ = ["Particulars", "particulars_of"]


@dataclass(slots=True)
class Particulars:
    """Of a batch of programs."""

    readouts: dict[tuple[int, int], QubitReadout] = field(default_factory=dict)
    """By (program, memory slot), in place of the qubit's."""
    registers: dict[int, dict[int, int]] = field(default_factory=dict)
    """By program: register slot to the memory slot whose values it holds as well."""

    def register_slots(self, program: int) -> dict[int, int]:
        """Of one program, by register."""
        return dict(sorted(self.registers.get(program, {}).items()))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One acquisition of a program, in the order of time."""

    program: int
    name: str
    qubit: int
    slot: int
    acquire: Acquire | None
    """Where it asks for something of its own."""

    def place(self) -> str:
        return f"program {self.program} ({self.name}), qubit {self.qubit}, memory slot {self.slot}"


def particulars_of(
    timelines: Sequence[Timeline],
    readout: Mapping[int, QubitReadout],
    named: Mapping[str, QubitReadout],
    *,
    reuse_slots: bool = False,
) -> Particulars:
    """The wishes of all Acquires; of a slot that is written again, those of the latest.

    Args:
        timelines: Of the batch.
        readout: How each qubit is read otherwise.
        named: Readouts of the station by name.
        reuse_slots: Let the latest Acquire into a register slot stay; otherwise several are an error.

    Raises:
        ProblemReport: Every kernel and discriminator that is not known, every register that is written twice, or
            whose memory slot is overwritten by another Acquire.
    """
    found, problems = Particulars(), []
    if not timelines or not timelines[0].acquisitions.particular:
        return found
    # Equal wishes share one object: programs that are read alike are then reduced together.
    known: dict[tuple[Any, Any, int], QubitReadout] = {}
    for entry in _entries(timelines):
        problems += _note_registers(found.registers.setdefault(entry.program, {}), entry, reuse_slots=reuse_slots)
        found.readouts.pop((entry.program, entry.slot), None)
        acquire = entry.acquire
        if acquire is None or (acquire.kernel is None and acquire.discriminator is None):
            continue
        key = acquire.kernel, acquire.discriminator, entry.qubit
        try:
            if key not in known:
                default = readout.get(entry.qubit, QubitReadout(Boxcar()))
                known[key] = readout_of_acquire(acquire, default, float(timelines[0].dt), named)
            found.readouts[entry.program, entry.slot] = known[key]
        except ConfigurationError as error:
            where = f"program {entry.program} ({entry.name}), {error.where}"
            problems.append(Problem(error.what, where, error.got, error.allowed, error.fix))
    if problems:
        raise ProblemReport("Acquires cannot be read as they ask for", problems=tuple(problems))
    return found


def _entries(timelines: Sequence[Timeline]) -> Iterator[_Entry]:
    for program, timeline in enumerate(timelines):
        columns = timeline.acquisitions
        rows = zip(columns.own.tolist(), columns.qubit.tolist(), columns.slot.tolist(), strict=True)
        for own, qubit, slot in rows:
            acquire = columns.particular[own] if own >= 0 else None
            yield _Entry(program, timeline.name, qubit, slot, acquire)


def _note_registers(registers: dict[int, int], entry: _Entry, *, reuse_slots: bool) -> list[Problem]:
    """Write an acquisition's register into `registers`; what it would lose of earlier ones is a problem."""
    problems = []
    acquire = entry.acquire
    register = None if acquire is None or acquire.reg_slot is None else int(acquire.reg_slot.index)
    for other, slot in list(registers.items()):
        # Written again with the same register: it is the latest that stays of both.
        if slot == entry.slot and other != register:
            del registers[other]
            fix = "Give each Acquire that names a register a memory slot of its own"
            problems.append(
                Problem(
                    "an Acquire overwrites what a register holds", entry.place(), f"register slot {other}", fix=fix
                )
            )
    if register is not None:
        if register in registers and not reuse_slots:
            fix = "Give each Acquire its own register, or ask for reuse_slots: the latest stays"
            problems.append(
                Problem("register slot used twice", entry.place(), f"register slot {register}", fix=fix)
            )
        registers[register] = entry.slot
    return problems
