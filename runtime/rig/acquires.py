"""What single Acquires ask for: a kernel or discriminator of their own, a register slot beside the memory slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """By program: register slot to the memory slot whose bit it holds as well."""

    def metadata(self, program: int) -> dict[str, str]:
        """What a program's Result says of its registers."""
        pairs = sorted(self.registers.get(program, {}).items())
        return {"registers": ", ".join(f"{register}: slot {slot}" for register, slot in pairs)} if pairs else {}


def particulars_of(
    timelines: Sequence[Timeline], readout: Mapping[int, QubitReadout], named: Mapping[str, QubitReadout]
) -> Particulars:
    """The wishes of all Acquires; of a slot that is written again, those of the latest.

    Args:
        timelines: Of the batch.
        readout: How each qubit is read otherwise.
        named: Readouts of the station by name.

    Raises:
        ProblemReport: Every kernel and discriminator that is not known.
    """
    found, problems = Particulars(), []
    if not timelines or not timelines[0].acquisitions.particular:
        return found
    # Equal wishes share one object: programs that are read alike are then reduced together.
    known: dict[tuple[Any, Any, int], QubitReadout] = {}
    for program, timeline in enumerate(timelines):
        columns = timeline.acquisitions
        for own, qubit, slot in zip(
            columns.own.tolist(), columns.qubit.tolist(), columns.slot.tolist(), strict=True
        ):
            found.readouts.pop((program, slot), None)
            if own < 0:
                continue
            acquire = columns.particular[own]
            if acquire.reg_slot is not None:
                found.registers.setdefault(program, {})[int(acquire.reg_slot.index)] = slot
            if acquire.kernel is None and acquire.discriminator is None:
                continue
            key = acquire.kernel, acquire.discriminator, qubit
            try:
                if key not in known:
                    known[key] = _readout(acquire, readout.get(qubit), float(timeline.dt), named)
                found.readouts[program, slot] = known[key]
            except ConfigurationError as error:
                where = f"program {program} ({timeline.name}), {error.where}"
                problems.append(Problem(error.what, where, error.got, error.allowed, error.fix))
    if problems:
        raise ProblemReport("Acquires cannot be read as they ask for", problems=tuple(problems))
    return found


def _readout(
    acquire: Acquire, default: QubitReadout | None, dt_s: float, named: Mapping[str, QubitReadout]
) -> QubitReadout:
    return readout_of_acquire(acquire, default or QubitReadout(Boxcar()), dt_s, named)
