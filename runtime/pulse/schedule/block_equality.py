"""Whether two blocks are the same program.

Blocks are equal if their alignments are equal and their dependency graphs (see `transforms.block_to_dag`) are
isomorphic with equal elements. Where order matters, the graph is a chain. Where only the order on each channel
matters, an element says by its channels on which others it depends, so graphs are isomorphic exactly if on each
channel the same elements stand in the same order (the projection lemma for Mazurkiewicz traces). That is decided
in linear time, and each element has one possible partner only. A subroutine that is not assigned depends on all
that is before it and everything after depends on it: it cuts the program into parts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.schedule.block_body import BlockBody, Element, Node

__all__ = ["channels_of", "same_program"]

# A few instructions are compared again in less time than it takes to look up whether they were.
_SMALL = 16

_Pairs = list[tuple[BlockBody, BlockBody]]
_Placed = tuple[Element, Collection[Channel]]


class _Part(NamedTuple):
    """Elements with their channels up to one whose channels are unknown, and that one."""

    elements: list[_Placed]
    end: Element | None


def same_program(first: BlockBody, second: BlockBody) -> bool:
    """Whether two bodies, their assigned references inlined, are equal. Works without recursion."""
    pending: _Pairs = [(first, second)]
    compared: set[tuple[int, int]] = set()
    while pending:
        mine, others = pending.pop()
        if mine is others or (id(mine), id(others)) in compared:
            continue
        if len(mine.elements) != len(others.elements) or not _same_alignment(mine, others):
            return False
        waiting = len(pending)
        if mine.alignment.is_sequential:
            same = _same_chain(mine.elements, others.elements, pending)
        else:
            same = _same_parallel(mine.elements, others.elements, pending)
        if not same:
            return False
        if len(pending) > waiting or len(mine.elements) > _SMALL:
            compared.add((id(mine), id(others)))
    return True


def _same_alignment(mine: BlockBody, others: BlockBody) -> bool:
    return mine.alignment is others.alignment or mine.alignment == others.alignment


def _written_alike(mine: BlockBody, others: BlockBody) -> bool:
    """Whether two bodies hold the same few instructions in the same order; False says nothing.

    That settles most gates at once, while they are in the processor's cache.
    """
    if mine is others:
        return True
    my_elements, other_elements = mine.elements, others.elements
    if len(my_elements) != len(other_elements) or len(my_elements) > _SMALL or not _same_alignment(mine, others):
        return False
    for a, b in zip(my_elements, other_elements, strict=True):
        if a is not b and (isinstance(a, Node) or a != b):
            return False
    return True


def channels_of(element: Element) -> Collection[Channel] | None:
    """The channels of an element; None for a subroutine that is not assigned, or a block that contains one."""
    if isinstance(element, Node):
        return None if element.body.referenced else element.body.channels()
    return None if isinstance(element, Reference) else element.channels


def _same_chain(mine: Sequence[Element], others: Sequence[Element], pending: _Pairs) -> bool:
    return all(_match(a, b, pending) for a, b in zip(mine, others, strict=True))


def _same_parallel(mine: Sequence[Element], others: Sequence[Element], pending: _Pairs) -> bool:
    # Most programs are written in the same order; what is equal one by one so far need not be sorted by channel.
    begin = 0
    for a, b in zip(mine, others, strict=True):
        if not (a is b or (isinstance(a, Instruction) and isinstance(b, Instruction) and a == b)):
            break
        begin += 1
    if begin == len(mine):
        return True
    my_parts, other_parts = _parts(mine[begin:]), _parts(others[begin:])
    for my_part in my_parts:
        other_part = next(other_parts, None)
        if other_part is None or not _same_part(my_part, other_part, pending):
            return False
    return next(other_parts, None) is None


def _parts(elements: Sequence[Element]) -> Iterator[_Part]:
    part: list[_Placed] = []
    for element in elements:
        channels = channels_of(element)
        if channels is None:
            yield _Part(part, element)
            part = []
        else:
            part.append((element, channels))
    yield _Part(part, None)


def _same_part(mine: _Part, others: _Part, pending: _Pairs) -> bool:
    if len(mine.elements) != len(others.elements) or (mine.end is None) != (others.end is None):
        return False
    if mine.end is not None and others.end is not None and not _match(mine.end, others.end, pending):
        return False
    queues, isolated = _queues(mine.elements)
    for element, channels in others.elements:
        if not channels:
            found = _take_isolated(element, isolated, pending)
        else:
            found = _take_next(element, channels, mine.elements, queues, pending)
        if not found:
            return False
    return True


def _take_next(
    element: Element,
    channels: Collection[Channel],
    elements: Sequence[_Placed],
    queues: dict[Channel, deque[int]],
    pending: _Pairs,
) -> bool:
    """Whether the same element is next on each of the channels; it is taken from them."""
    numbers = {queues[channel].popleft() if queues.get(channel) else -1 for channel in channels}
    number = numbers.pop()
    if numbers or number < 0:
        return False
    partner, partner_channels = elements[number]
    return len(partner_channels) == len(channels) and _match(partner, element, pending)


def _queues(
    elements: list[tuple[Element, Collection[Channel]]],
) -> tuple[dict[Channel, deque[int]], list[Element]]:
    """The numbers of the elements on each channel in order, and the elements without any channel."""
    queues: dict[Channel, deque[int]] = {}
    isolated: list[Element] = []
    for number, (element, channels) in enumerate(elements):
        if not channels:
            isolated.append(element)
        for channel in channels:
            queues.setdefault(channel, deque()).append(number)
    isolated.reverse()
    return queues, isolated


def _take_isolated(element: Element, isolated: list[Element], pending: _Pairs) -> bool:
    """Find a partner of an element without channels (a block with nothing in it); any equal one will do."""
    if len(isolated) == 1:
        return _match(isolated.pop(), element, pending)
    for index in range(len(isolated) - 1, -1, -1):
        nested: _Pairs = []
        if _match(isolated[index], element, nested) and all(same_program(a, b) for a, b in nested):
            del isolated[index]
            return True
    return False


def _match(mine: Element, others: Element, pending: _Pairs) -> bool:
    """Whether two elements are equal; nested blocks are put off."""
    if isinstance(mine, Node):
        if not isinstance(others, Node):
            return False
        if not _written_alike(mine.body, others.body):
            pending.append((mine.body, others.body))
        return True
    return isinstance(others, Instruction) and (mine is others or mine == others)
