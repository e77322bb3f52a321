"""What a block tells about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from runtime.pulse.channels import Channel
from runtime.pulse.drawing import Drawable
from runtime.pulse.exceptions import UnassignedReferenceError
from runtime.pulse.instructions import Instruction, Reference
from runtime.pulse.parameters import Parameter
from runtime.pulse.schedule.alignments import AlignmentKind
from runtime.pulse.schedule.block_assignment import program_parameters
from runtime.pulse.schedule.block_body import Element, Node
from runtime.pulse.schedule.block_equality import same_program
from runtime.pulse.schedule.block_extent import program_duration
from runtime.pulse.schedule.block_layout import is_schedulable, scheduled
from runtime.pulse.schedule.block_place import Place
from runtime.pulse.schedule.block_references import inlined
from runtime.pulse.schedule.block_table import Key
from runtime.pulse.schedule.body import Timed

__all__ = ["BlockView"]

_SHOWN_ELEMENTS = 50
_SHOWN_LEVELS = 8


class BlockView(Drawable):
    """The half of `ScheduleBlock` that changes nothing: content, times, parameters, equality, text."""

    __slots__ = ("_place",)
    __hash__ = None  # type: ignore[assignment]  # blocks change

    _place: Place

    @classmethod
    def at(cls, place: Place) -> Self:
        """The block at a place of a program; for pulserig itself."""
        new = object.__new__(cls)
        new._place = place
        return new

    # What it is

    @property
    def alignment_context(self) -> AlignmentKind:
        """How elements are laid out."""
        return self._place.node().body.alignment

    @property
    def node(self) -> Node:
        """The content; for pulserig itself, to be looked at only."""
        return self._place.program()

    @property
    def blocks(self) -> tuple[Instruction | Self, ...]:
        """The direct elements in order; assigned subroutines in place of references."""
        entries = self._place.scope().node().entries()
        return tuple(
            self._shown(number, element, entries)
            for number, element in enumerate(self._place.node().body.elements)
        )

    def _shown(self, number: int, element: Element, entries: Mapping[Key, Node | None]) -> Instruction | Self:
        if isinstance(element, Node):
            return self.at(self._place.inner(number))
        if isinstance(element, Reference) and entries.get(element.ref_keys) is not None:
            return self.at(self._place.scope().inner(element.ref_keys))
        return element

    def is_referenced(self) -> bool:
        """Whether the program that this belongs to refers to subroutines."""
        return bool(self._place.scope().node().entries())

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels in use.

        Raises:
            UnassignedReferenceError: a subroutine is not assigned.
        """
        body = inlined(self.node)
        for key in body.reference_keys():
            raise UnassignedReferenceError(
                "the channels are known once every subroutine is assigned",
                where=f"ScheduleBlock {self._place.node().name}",
                got=f"no subroutine for {key!r}",
                fix="Call assign_references first",
            )
        return tuple(body.channels())

    # Times

    @property
    def instructions(self) -> tuple[Timed, ...]:
        """All instructions with their start times, as `block_to_schedule` lays them out.

        Raises:
            UnassignedDurationError: the block is not schedulable.
        """
        return scheduled(self.node).instructions

    @property
    def duration(self) -> int:
        """When the last instruction ends, in samples.

        Raises:
            UnassignedDurationError: the block is not schedulable.
        """
        return program_duration(self.node)

    def ch_duration(self, *channels: Channel) -> int:
        """When the last instruction on any of the channels ends, in samples.

        Raises:
            UnassignedDurationError: the block is not schedulable.
        """
        return scheduled(self.node).ch_duration(*channels)

    def is_schedulable(self) -> bool:
        """Whether every length is a whole number of samples, numpy's too, and every subroutine is assigned.

        (Qiskit takes Python's integers only.)
        """
        return is_schedulable(self.node)

    # Parameters

    @property
    def parameters(self) -> set[Parameter]:
        """The parameters that are open here and in the assigned subroutines."""
        return program_parameters(self.node)

    def is_parameterized(self) -> bool:
        """Whether parameters are open."""
        return bool(self.parameters)

    def get_parameters(self, parameter_name: str) -> list[Parameter]:
        """The open parameters of that name; names need not be unique."""
        return [parameter for parameter in self.parameters if parameter.name == parameter_name]

    # Operators

    def __len__(self) -> int:
        return len(self._raw())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BlockView):
            return NotImplemented
        return same_program(inlined(self.node), inlined(other.node))

    def __repr__(self) -> str:
        return _text(self, _SHOWN_LEVELS)

    def _raw(self) -> list[Element]:
        return self._place.node().body.elements


def _text(block: BlockView, levels: int) -> str:
    """The block for people; nested ones down to a number of levels."""
    kind = type(block).__name__
    if not levels:
        return f"{kind}(...)"
    shown = [
        _text(element, levels - 1) if isinstance(element, BlockView) else repr(element)
        for element in block.blocks[:_SHOWN_ELEMENTS]
    ]
    if len(block) > _SHOWN_ELEMENTS:
        shown.append("...")
    return f'{kind}({", ".join(shown)}, name="{block.node.name}", transform={block.alignment_context!r})'
