"""Which parameters decide where the instructions of a program stand, and which only what they are.

Amplitudes, phases and frequencies move nothing: a program that is laid out once serves all values of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.library import SymbolicPulse
from runtime.pulse.parameters import Parameter, ParameterExpression, open_parameters
from runtime.pulse.schedule.alignments import AlignmentKind
from runtime.pulse.schedule.block import ScheduleBlock
from runtime.pulse.schedule.block_body import BlockBody, Node, children_first
from runtime.pulse.schedule.schedule import Schedule

__all__ = ["layout_parameters", "moving_parameters"]

_FRAME_CHANGES = frozenset({"ShiftPhase", "SetPhase", "ShiftFrequency", "SetFrequency"})


def layout_parameters(program: Schedule | ScheduleBlock, among: set[Parameter]) -> set[Parameter]:
    """Those of `among` that have to be assigned before the program is laid out.

    They are `moving_parameters`, and what stands in one expression with such a parameter: an expression is
    evaluated at once, as two steps may round otherwise.
    """
    together = [one.parameters & among for part in _instructions(program) for one in _rest(part)]
    return _closed(moving_parameters(program, among), together)


def moving_parameters(program: Schedule | ScheduleBlock, among: set[Parameter]) -> set[Parameter]:
    """Those of `among` on which it depends where instructions stand, and on which channels.

    They stand in lengths, channels, memory slots or alignments, or in pulses and instructions of users' own kinds.
    """
    found: set[Parameter] = set()
    if isinstance(program, ScheduleBlock):
        alignments = [body.alignment for body in _bodies(program)]
        if any(type(alignment).align is not AlignmentKind.align for alignment in alignments):
            return set(among)  # a user's own rule may look at anything
        found.update(*(alignment.parameters for alignment in alignments))
    found.update(*map(_moving, _instructions(program)))
    return found & among


def _bodies(program: ScheduleBlock) -> Iterator[BlockBody]:
    for scope in children_first(program.node, Node.subroutines):
        yield from children_first(scope.body, BlockBody.nested)


def _instructions(program: Schedule | ScheduleBlock) -> Iterable[Instruction]:
    """Each object once, those of assigned subroutines included, but not the references to them."""
    if isinstance(program, Schedule):
        return {id(instruction): instruction for _, instruction in program.body.walk()}.values()
    found = (element for body in _bodies(program) for element in body.elements)
    return {
        id(element): element
        for element in found
        if isinstance(element, Instruction) and not isinstance(element, Reference)
    }.values()


def _rest(instruction: Instruction) -> list[ParameterExpression]:
    """The expressions of an instruction that say nothing about lengths and channels."""
    values: list[object] = []
    if instruction.kind in _FRAME_CHANGES:
        values = [instruction.operands[0]]
    elif instruction.kind == "Play" and isinstance(instruction.operands[0], SymbolicPulse):
        values = [value for name, value in instruction.operands[0].parameters.items() if name != "duration"]
    return [value for value in values if isinstance(value, ParameterExpression)]


def _moving(instruction: Instruction) -> set[Parameter]:
    """The parameters of its length and its channels; of what is not known, all."""
    found = {parameter for channel in instruction.channels for parameter in channel.parameters}
    if instruction.kind in _FRAME_CHANGES:
        return found
    if instruction.kind == "Play" and isinstance(instruction.operands[0], SymbolicPulse):
        return found | open_parameters(instruction.duration)
    return instruction.parameters


def _closed(layout: set[Parameter], together: Iterable[set[Parameter]]) -> set[Parameter]:
    """With what stands in one expression with one of them, and with those, and so on."""
    mixed = [parameters for parameters in together if len(parameters) > 1]
    while True:
        more = {parameter for parameters in mixed if parameters & layout for parameter in parameters} - layout
        if not more:
            return layout
        layout |= more
