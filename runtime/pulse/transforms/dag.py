"""The dependency graph of a block."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Reference
from runtime.pulse.schedule.block import BlockComponent, ScheduleBlock

__all__ = ["BlockGraph", "block_to_dag"]


@dataclass(frozen=True, slots=True)
class BlockGraph:
    """Which elements of a block wait for which others.

    Two blocks are equal exactly if their alignments are equal and their graphs are isomorphic with equal nodes.
    """

    nodes: tuple[BlockComponent, ...]
    """The direct elements in order, assigned subroutines in place of references."""
    edges: frozenset[tuple[int, int]]
    """Pairs (earlier, later) of numbers of nodes: the later one stands right after the earlier one on some
    channel, or right after it at all where the alignment is sequential."""

    def predecessors(self) -> tuple[frozenset[int], ...]:
        """For each node the numbers of those that it waits for directly."""
        waits: list[set[int]] = [set() for _ in self.nodes]
        for earlier, later in self.edges:
            waits[later].add(earlier)
        return tuple(map(frozenset, waits))


def block_to_dag(block: ScheduleBlock) -> BlockGraph:
    """The dependency graph of a block.

    Where the alignment is parallel (left, right), an element depends on the previous one on each of its channels.
    A subroutine that is not assigned acts on all channels seen before, and channels that are first used after it
    depend on it; it also waits for another one before it. (In Qiskit it does not while no channel was seen, so
    that the order of leading subroutines does not count.) Where it is sequential, elements form a chain.

    Raises:
        PulseError: not a block.
    """
    if not isinstance(block, ScheduleBlock):
        raise PulseError("only blocks have a dependency graph", got=repr(block))
    nodes = block.blocks
    if block.alignment_context.is_sequential:
        return BlockGraph(nodes, frozenset((k, k + 1) for k in range(len(nodes) - 1)))
    edges: set[tuple[int, int]] = set()
    last: dict[Channel, int] = {}
    barrier: int | None = None
    for number, node in enumerate(nodes):
        if _is_open(node):
            waits = set(last.values()) or ({barrier} if barrier is not None else set())
            last = dict.fromkeys(last, number)
            barrier = number
        else:
            waits = set()
            for channel in node.channels:
                earlier = last.get(channel, barrier)
                if earlier is not None:
                    waits.add(earlier)
                last[channel] = number
        edges.update((earlier, number) for earlier in waits)
    return BlockGraph(nodes, frozenset(edges))


def _is_open(node: BlockComponent) -> bool:
    """Whether the channels of an element are unknown."""
    if isinstance(node, ScheduleBlock):
        return bool(node.inlined().references.unassigned())
    return isinstance(node, Reference)
