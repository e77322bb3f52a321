"""Programs from programs."""

from runtime.pulse.transforms.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from runtime.pulse.transforms.blocks import block_to_schedule, flatten, inline_subroutines, schedule_to_block
from runtime.pulse.transforms.compression import compress_pulses
from runtime.pulse.transforms.dag import BlockGraph, block_to_dag
from runtime.pulse.transforms.directives import remove_directives, remove_trivial_barriers, target_qobj_transform
from runtime.pulse.transforms.measurement import add_implicit_acquires, align_measures
from runtime.pulse.transforms.padding import pad

__all__ = [
    "AlignEquispaced",
    "AlignFunc",
    "AlignLeft",
    "AlignRight",
    "AlignSequential",
    "AlignmentKind",
    "BlockGraph",
    "add_implicit_acquires",
    "align_measures",
    "block_to_dag",
    "block_to_schedule",
    "compress_pulses",
    "flatten",
    "inline_subroutines",
    "pad",
    "remove_directives",
    "remove_trivial_barriers",
    "schedule_to_block",
    "target_qobj_transform",
]
