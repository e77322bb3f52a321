"""Programs: instructions at fixed times, and instructions in order with a rule for their times."""

from runtime.pulse.schedule.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from runtime.pulse.schedule.block import BlockComponent, ScheduleBlock
from runtime.pulse.schedule.block_references import ReferenceManager
from runtime.pulse.schedule.schedule import Schedule, ScheduleComponent

__all__ = [
    "AlignEquispaced",
    "AlignFunc",
    "AlignLeft",
    "AlignRight",
    "AlignSequential",
    "AlignmentKind",
    "BlockComponent",
    "ReferenceManager",
    "Schedule",
    "ScheduleBlock",
    "ScheduleComponent",
]
