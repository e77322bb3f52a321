"""Running a program: from instructions to the list of what happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.labone.devices.assembly import Instruction
from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.events import Group, Wait
from simulators.labone.devices.instructions import BRANCHES, EFFECTS
from simulators.labone.devices.machine import Machine, signed
from simulators.labone.devices.passes import ENDLESS, passes_until_change
from simulators.labone.devices.setup import Start
from simulators.labone.devices.tape import Tape, shifted

__all__ = ["run_program"]


def run_program(instructions: Sequence[Instruction], start: Start, *, plain: bool = False) -> Tape:
    """Run a program to its end, or until its passes repeat for ever.

    Args:
        instructions: From `parse_assembly`.
        start: Table, waveforms, registers and settings at the start.
        plain: Interpret every pass. For tests; the result is the same, the time is not.

    Raises:
        SequencerError: For what the simulated sequencer cannot do, or a program that never ends nor repeats.
    """
    return _Run(instructions, start, plain=plain).run()


@dataclass(frozen=True, slots=True)
class _Head:
    """The state at the head of a loop, when a pass began."""

    registers: list[int]
    context: tuple[object, ...]
    log: int
    time: int
    edge: int
    trace: int
    values: int


@dataclass
class _Run:
    instructions: Sequence[Instruction]
    start: Start
    plain: bool
    machine: Machine = field(init=False)
    trace: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    skipped: list[tuple[int, ...]] = field(default_factory=list)
    heads: dict[int, _Head] = field(default_factory=dict)
    endless: bool = False

    def __post_init__(self) -> None:
        self.machine = Machine(self.start)

    def run(self) -> Tape:
        machine, trace, count = self.machine, self.trace, len(self.instructions)
        code = [(item.name, EFFECTS.get(item.name), item.operands) for item in self.instructions]
        for name, effect, _ in code:
            if effect is None and name not in BRANCHES and name != "jmp":
                raise SequencerError(f"the simulated sequencer does not run {name!r}")
        pc = steps = 0
        while pc < count and not machine.ended and not self.endless:
            name, effect, operands = code[pc]
            machine.pc = pc
            trace.append(pc)
            steps += 1
            if effect is not None:
                effect(machine, operands)
                pc += 1
            elif self._taken(name, operands):
                if operands[-1] <= pc:
                    self._pass_ended(operands[-1], pc)
                pc = operands[-1]
            else:
                pc += 1
            if steps > self.start.limit:
                raise SequencerError(f"{steps} instructions without an end; the loops do not repeat exactly")
        return Tape(tuple(machine.log), machine.time, machine.edge(), self.endless, tuple(machine.user))

    def _taken(self, name: str, operands: tuple[int, ...]) -> bool:
        if name == "jmp":
            return True
        value = self.machine.registers[operands[0]]
        self.values.append(value)
        return BRANCHES[name](value)

    def _pass_ended(self, head: int, pc: int) -> None:
        """Back at the head of a loop: jump over the passes that are proved equal, and begin a new one."""
        if self.plain:
            return
        before = self.heads.get(head)
        for inner in [place for place in self.heads if head < place <= pc]:
            del self.heads[inner]
        if before is not None and before.context == self.machine.context():
            self._repeat(before)
        if not any(place != head for place in self.heads):
            self.trace.clear()
            self.values.clear()
            self.skipped.clear()
        machine = self.machine
        self.heads[head] = _Head(
            list(machine.registers),
            machine.context(),
            len(machine.log),
            machine.time,
            machine.edge(),
            len(self.trace),
            len(self.values),
        )

    def _repeat(self, head: _Head) -> None:
        machine = self.machine
        slopes = [after - before for after, before in zip(machine.registers, head.registers, strict=True)]
        trace, values = self.trace[head.trace :], self.values[head.values :]
        passes = passes_until_change(self.instructions, trace, values, self.skipped, slopes)
        if not passes:
            return
        self.endless = passes >= ENDLESS
        body = machine.log[head.log :]
        waits = any(
            isinstance(entry, Wait) or (isinstance(entry, Group) and entry.period is None) for entry in body
        )
        period = None if waits else machine.edge() - head.edge
        group = Group(head.edge, period, passes + 1, shifted(body, -head.edge), machine.edge())
        machine.log[head.log :] = [group]
        if self.endless:
            return
        if period is not None:
            machine.shift((machine.time - head.time) * passes)
        for register, slope in enumerate(slopes):
            machine.registers[register] = signed(machine.registers[register] + slope * passes)
        self.trace.append(-1 - len(self.skipped))
        self.skipped.append(tuple(register for register, slope in enumerate(slopes) if slope))
