"""Instructions in order, with a rule for their times."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.pairs import Pairs
from runtime.pulse.schedule.alignments import AlignLeft, AlignmentKind
from runtime.pulse.schedule.assignment import Values, resolve
from runtime.pulse.schedule.block_assignment import assigned_node
from runtime.pulse.schedule.block_body import BlockBody, Element, Node
from runtime.pulse.schedule.block_equality import same_program
from runtime.pulse.schedule.block_filters import InstructionTest, chosen, criteria
from runtime.pulse.schedule.block_place import Place
from runtime.pulse.schedule.block_references import ReferenceManager, inlined
from runtime.pulse.schedule.block_stored import Stored, restored, stored
from runtime.pulse.schedule.block_table import Key, Table
from runtime.pulse.schedule.block_view import BlockView
from runtime.pulse.schedule.naming import automatic_name, checked_metadata
from runtime.pulse.schedule.schedule import Schedule

__all__ = ["BlockComponent", "ScheduleBlock"]


class ScheduleBlock(BlockView):
    """Instructions and nested blocks in order; an alignment says when each of them starts.

    Unlike a `Schedule`, a block is changed in place by default (`append`, `replace`, `assign_parameters`,
    `assign_references`, `+`), and lengths may be open parameters. A block that is appended or assigned is taken as
    it is at that moment, at the same cost whatever its size. What `blocks` and `references` show are places in
    this program: changing a nested block there changes the program.

    Equal are blocks of equal alignment whose elements depend on each other in the same way: where the alignment is
    parallel (left, right), the order of elements without a common channel does not matter. Names and metadata do
    not count. Not hashable.

    Args:
        name: for people; "block" and a running number if left out.
        metadata: anything about it, by key.
        alignment_context: how elements are laid out; AlignLeft if left out.

    Raises:
        PulseError: the alignment is none.
        TypeError: metadata is no dict.
    """

    __slots__ = ()

    prefix: ClassVar[str] = "block"
    instances_counter: ClassVar[itertools.count[int]] = itertools.count()

    def __init__(
        self,
        name: str | None = None,
        metadata: dict[str, Any] | None = None,
        alignment_context: AlignmentKind | None = None,
    ) -> None:
        alignment = AlignLeft() if alignment_context is None else alignment_context
        if not isinstance(alignment, AlignmentKind):
            raise PulseError("a block needs an alignment", got=repr(alignment), allowed="AlignLeft() and its like")
        chosen_name = automatic_name(self.prefix, self.instances_counter) if name is None else name
        body = BlockBody(alignment, [], None, referenced=False)
        self._place = Place.root(Node(body, chosen_name, checked_metadata(metadata), None, None))

    @classmethod
    def initialize_from(cls, other_program: Schedule | ScheduleBlock, name: str | None = None) -> Self:
        """An empty block with the other one's name (unless given), metadata and, if it is a block, alignment."""
        if not isinstance(other_program, Schedule | ScheduleBlock):
            raise PulseError("only a program can lend its name and metadata", got=repr(other_program))
        alignment = other_program.alignment_context if isinstance(other_program, ScheduleBlock) else None
        return cls(name or other_program.name, other_program.metadata.copy(), alignment)

    # What it is

    @property
    def name(self) -> str:
        """The name."""
        return self._place.node().name

    @name.setter
    def name(self, name: str) -> None:
        self._place.owned_node().name = name

    @property
    def metadata(self) -> dict[str, Any]:
        """What the user wants to keep with it."""
        node = self._place.owned_node()
        if node.metadata is None:
            node.metadata = {}
        return node.metadata

    @metadata.setter
    def metadata(self, metadata: dict[str, Any] | None) -> None:
        self._place.owned_node().metadata = checked_metadata(metadata)

    @property
    def references(self) -> ReferenceManager:
        """The subroutines of the program that this block belongs to."""
        scope = self._place.scope()
        if scope.manager is None:
            scope.manager = ReferenceManager(lambda: scope.node().entries(), lambda key: self.at(scope.inner(key)))
        return scope.manager

    # Building

    def append(self, block: BlockComponent, name: str | None = None, inplace: bool = True) -> ScheduleBlock:
        """Put an instruction or a block at the end.

        Args:
            block: what to append; a block as it is now.
            name: of the result, if a new block is made; ignored in place.
            inplace: change this block instead of making a new one.

        Raises:
            PulseError: it is neither instruction nor block, or both use one key for different subroutines. One
                that is assigned in one of them only is no conflict.
        """
        if not inplace:
            return self._copied(name).append(block)
        place = self._place
        if isinstance(block, Instruction):
            if isinstance(block, Reference):
                place.refer({block.ref_keys: None})
            place.append(block)
        elif isinstance(block, ScheduleBlock):
            taken = block.taken()
            place.adopt(taken.table)
            place.append(taken)
        else:
            raise _not_for_blocks(block)
        return self

    def replace(self, old: BlockComponent, new: BlockComponent, inplace: bool = True) -> ScheduleBlock:
        """Put `new` in place of each direct element that equals `old`.

        Subroutines that nothing refers to any more are dropped. Where both use one key for different subroutines,
        the new one wins, with a UserWarning.

        Raises:
            PulseError: `new` is neither instruction nor block.
        """
        if not inplace:
            return self._copied().replace(old, new)
        if not isinstance(new, Instruction | ScheduleBlock):
            raise _not_for_blocks(new)
        numbers = [number for number, element in enumerate(self._raw()) if self._equals(element, old)]
        if not numbers:
            return self
        taken: Element = new if isinstance(new, Instruction) else new.taken()
        if isinstance(taken, Reference):
            self._place.refer({taken.ref_keys: None})
        elif isinstance(taken, Node):
            for key in self._place.adopt(taken.table, force=True):
                warnings.warn(
                    f"the subroutine {key!r} is replaced by another one, which the block {taken.name} brings",
                    UserWarning,
                    stacklevel=2,
                )
        self._place.put(numbers, taken)
        return self

    def _equals(self, element: Element, wanted: object) -> bool:
        if isinstance(element, Instruction):
            return isinstance(wanted, Instruction) and element == wanted
        if not isinstance(wanted, ScheduleBlock):
            return False
        table = self._place.scope().node().table
        own = Node(element.body, element.name, None, table, None)
        return same_program(inlined(own), inlined(wanted.node))

    # Choosing

    def filter(
        self,
        *filter_funcs: InstructionTest,
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type[Instruction]] | type[Instruction] | None = None,
        check_subroutine: bool = True,
    ) -> ScheduleBlock:
        """A block of the instructions that meet all criteria; nested blocks stay, empty ones are dropped.

        Args:
            filter_funcs: functions of an instruction.
            channels: it uses any of these.
            instruction_types: it is one of these.
            check_subroutine: look into assigned subroutines, which become nested blocks.
        """
        tests = criteria(filter_funcs, channels, instruction_types)
        return self._chosen(lambda instruction: all(test(instruction) for test in tests), check_subroutine)

    def exclude(
        self,
        *filter_funcs: InstructionTest,
        channels: Iterable[Channel] | Channel | None = None,
        instruction_types: Iterable[type[Instruction]] | type[Instruction] | None = None,
        check_subroutine: bool = True,
    ) -> ScheduleBlock:
        """A block of what `filter` with the same arguments leaves out; of everything if there are none.

        Qiskit drops everything there; keeping it agrees with `Schedule.exclude`.
        """
        tests = criteria(filter_funcs, channels, instruction_types)
        return self._chosen(
            lambda instruction: not tests or not all(test(instruction) for test in tests), check_subroutine
        )

    def _chosen(self, wanted: InstructionTest, check_subroutine: bool) -> ScheduleBlock:
        node = self._place.shared()
        body = chosen(inlined(node) if check_subroutine else node.body, wanted)
        table = None if check_subroutine else node.table
        return self.holding(Node(body, node.name, node.metadata, table, None))

    # Parameters and subroutines

    def assign_parameters(self, value_dict: Values, inplace: bool = True) -> ScheduleBlock:
        """Replace parameters by numbers or expressions, in subroutines too.

        A nested block that is changed by itself (`block.blocks[0].assign_parameters(...)`) does not reach the
        subroutines, which belong to the program around it.

        Args:
            value_dict: by Parameter, by ParameterVector (a sequence of its length), or by name (all of that name
                in the program and its subroutines together; Qiskit wants the name in each of them). Unknown
                Parameter objects are ignored.
            inplace: change this block instead of making a new one.

        Raises:
            KeyError: no open parameter has the given name.
            PulseError: a value breaks a rule of what it goes to; nothing is changed then.
        """
        if not inplace:
            return self._copied().assign_parameters(value_dict)
        named = any(isinstance(key, str) for key in value_dict)
        values = resolve(value_dict, self.parameters if named else ())
        self._place.become(assigned_node(self._place.node(), values))
        return self

    def inlined(self) -> ScheduleBlock:
        """This with assigned subroutines as nested blocks in place of the references."""
        node = self._place.shared()
        # What is still open may stand in a subroutine, whose keys are not those of this scope.
        return self.holding(Node(inlined(node), node.name, node.metadata, None, None))

    def assign_references(self, subroutine_dict: Pairs[Key, ScheduleBlock], inplace: bool = True) -> ScheduleBlock:
        """Assign subroutines to the references of the program; each is taken as it is now.

        Args:
            subroutine_dict: block by key, a tuple of strings as `references` lists them.
            inplace: change this block instead of making a new one.

        Raises:
            PulseError: a key is not referred to, a subroutine is no block, or another one is assigned already;
                nothing is changed then.
        """
        if not inplace:
            return self._copied().assign_references(subroutine_dict)
        scope = self._place.scope()
        known = scope.node().entries()
        for key, block in subroutine_dict.items():
            if key not in known:
                raise PulseError(
                    "nothing refers to this subroutine",
                    where=f"ScheduleBlock {self.name}",
                    got=repr(key),
                    allowed=", ".join(map(repr, known)) or "no key, since there is no reference",
                )
            if not isinstance(block, ScheduleBlock):
                raise PulseError("a subroutine is a ScheduleBlock", where=repr(key), got=repr(block))
        scope.refer({key: block.taken() for key, block in subroutine_dict.items()})
        return self

    # Operators

    def __add__(self, other: BlockComponent) -> ScheduleBlock:
        return self.append(other)

    # Inside

    def holding(self, node: Node) -> ScheduleBlock:
        """A block of this type with a content that nobody else will change; for pulserig itself."""
        entries = node.entries()
        keys = node.body.reference_keys()
        node.table = Table({key: entries.get(key) for key in keys}, None)
        return self.at(Place.root(node))

    def taken(self) -> Node:
        """The content as it is now, which nobody may change any more; for pulserig itself."""
        return self._place.shared()

    def _copied(self, name: str | None = None, metadata: dict[str, Any] | None = None) -> Self:
        node = self._place.shared(metadata)
        if name is not None:
            node.name = name
        return self.at(Place.root(node))

    def __copy__(self) -> ScheduleBlock:
        return self._copied()

    def __deepcopy__(self, memo: dict[int, object]) -> ScheduleBlock:
        return self._copied(metadata=copy.deepcopy(self._place.node().metadata or {}, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), stored(self._place.shared()))


BlockComponent = Instruction | ScheduleBlock
"""What a block is made of."""


def _not_for_blocks(item: object) -> PulseError:
    fix = "Convert it by transforms.schedule_to_block first" if isinstance(item, Schedule) else ""
    return PulseError("only instructions and blocks go into a block", got=repr(item), fix=fix)


def _restored(kind: type[ScheduleBlock], table: Stored) -> ScheduleBlock:
    return kind.at(Place.root(restored(table)))
