"""Choosing instructions of a block."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from runtime.pulse import filters
from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Instruction
from runtime.pulse.schedule.block_body import BlockBody, Element, Node, children_first

__all__ = ["InstructionTest", "chosen", "criteria"]

InstructionTest = Callable[[Instruction], bool]
"""A test of an instruction; in a block, it has no start time yet."""


def criteria(
    filter_funcs: Iterable[InstructionTest],
    channels: Iterable[Channel] | Channel | None,
    instruction_types: Iterable[type[Instruction]] | type[Instruction] | None,
) -> list[InstructionTest]:
    """The tests that the arguments of `ScheduleBlock.filter` stand for.

    Raises:
        PulseError: a criterion of the wrong kind.
    """
    tests: list[InstructionTest] = []
    for function in filter_funcs:
        if not callable(function):
            raise PulseError("a filter is a function of an instruction", got=repr(function))
        tests.append(function)
    tests.extend(map(_untimed, filters.criteria((), channels, instruction_types, None, None)))
    return tests


def _untimed(timed: filters.Criterion) -> InstructionTest:
    return lambda instruction: timed((0, instruction))


def chosen(root: BlockBody, wanted: InstructionTest) -> BlockBody:
    """The body with the wanted instructions only; nested blocks stay blocks, empty ones are dropped."""
    done: dict[int, BlockBody] = {}
    for body in children_first(root, BlockBody.nested):
        elements: list[Element] = []
        for element in body.elements:
            if isinstance(element, Instruction):
                if wanted(element):
                    elements.append(element)
            elif done[id(element.body)].elements:
                elements.append(Node(done[id(element.body)], element.name, element.metadata, None, None))
        done[id(body)] = BlockBody(body.alignment, elements, None, body.referenced)
    return done[id(root)]
