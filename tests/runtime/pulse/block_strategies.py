"""Random blocks."""

from __future__ import annotations

from hypothesis import strategies as st

from runtime.pulse import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignRight,
    AlignSequential,
    Instruction,
    Reference,
    RelativeBarrier,
    ScheduleBlock,
    TimeBlockade,
)
from runtime.pulse.transforms import AlignmentKind
from tests.runtime.pulse.strategies import CHANNELS, instructions


def spread(number: int) -> float:
    """Where AlignFunc puts an element in these tests."""
    return number / 8


barriers: st.SearchStrategy[Instruction] = st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True).map(
    lambda channels: RelativeBarrier(*channels)
)
elements: st.SearchStrategy[Instruction] = st.one_of(
    instructions, barriers, st.builds(TimeBlockade, st.integers(0, 9), st.sampled_from(CHANNELS))
)
references: st.SearchStrategy[Instruction] = st.builds(Reference, st.sampled_from(["a", "b"]))
simple_alignments: st.SearchStrategy[AlignmentKind] = st.sampled_from(
    [AlignLeft(), AlignRight(), AlignSequential()]
)
# Each level is wide enough for the one below.
_WIDTHS = (200, 4_000, 80_000)


def blocks(
    items: st.SearchStrategy[Instruction] = elements,
    alignments: st.SearchStrategy[AlignmentKind] | None = None,
    max_size: int = 4,
) -> st.SearchStrategy[ScheduleBlock]:
    """Blocks of the given items and alignments (any if left out), nested up to three levels."""
    build: list[st.SearchStrategy[ScheduleBlock]] = []
    for width in _WIDTHS:
        spaced = st.integers(width, width + 100).map(AlignEquispaced)
        kinds = st.one_of(simple_alignments, spaced) if alignments is None else alignments
        build.append(st.builds(_made, kinds, st.lists(st.one_of(items, *build[-1:]), max_size=max_size)))
    return build[-1]


def _made(alignment: AlignmentKind, content: list[Instruction | ScheduleBlock]) -> ScheduleBlock:
    block = ScheduleBlock(alignment_context=alignment)
    for item in content:
        block.append(item)
    return block


def func_alignment(duration: int) -> AlignmentKind:
    """An AlignFunc that can be pickled."""
    return AlignFunc(duration, spread)
