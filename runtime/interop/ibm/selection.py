"""Which qubits of a device are wanted, and what of its files lies within them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from drivers.contract import Problem
from runtime.interop.ibm.channels import parse_channel
from runtime.interop.ibm.schema import AcquireItem, CmdDef, Item
from runtime.pulse import ControlChannel

__all__ = ["chosen_qubits", "entries_within", "groups_within"]


def chosen_qubits(qubits: Iterable[int] | None, num_qubits: int, problems: list[Problem]) -> frozenset[int]:
    """The wanted qubits; all when `qubits` is None. What is wrong with them goes to `problems`."""
    if qubits is None:
        return frozenset(range(num_qubits))
    chosen: list[object] = list(qubits)
    whole = [qubit for qubit in chosen if isinstance(qubit, int) and not isinstance(qubit, bool)]
    if chosen and whole == chosen and len(set(whole)) == len(whole) and 0 <= min(whole) <= max(whole) < num_qubits:
        return frozenset(whole)
    allowed = f"different qubits, 0 to {num_qubits - 1}"
    problems.append(Problem("the device has no such selection", "qubits", str(chosen), allowed))
    return frozenset()


def groups_within(groups: Iterable[Sequence[int]], qubits: frozenset[int]) -> list[list[int]]:
    """Each group cut down to `qubits`; groups that have none of them are left out."""
    cut = ([qubit for qubit in group if qubit in qubits] for group in groups)
    return [group for group in cut if group]


def entries_within(entries: Sequence[CmdDef], qubits: frozenset[int]) -> Iterator[tuple[int, CmdDef]]:
    """The entries that lie within `qubits`, with their positions in the file.

    A joint measurement of more qubits is cut down to those, because it is the sum of its parts: one readout pulse
    a qubit, and one acquisition of the group. An entry that is published for just these qubits goes before it.
    """
    published = {(entry.name, frozenset(entry.qubits)) for entry in entries}
    for index, entry in enumerate(entries):
        wanted = [qubit for qubit in entry.qubits if qubit in qubits]
        if len(wanted) == len(entry.qubits):
            yield index, entry
        elif entry.name == "measure" and len(wanted) > 1 and (entry.name, frozenset(wanted)) not in published:
            sequence = [item for item in entry.sequence if _is_within(item, qubits)]
            yield index, CmdDef.model_construct(name=entry.name, qubits=wanted, sequence=sequence)


def _is_within(item: Item, qubits: frozenset[int]) -> bool:
    if isinstance(item, AcquireItem):
        return True
    channel = parse_channel(item.ch)
    return channel is None or isinstance(channel, ControlChannel) or int(channel.index) in qubits
