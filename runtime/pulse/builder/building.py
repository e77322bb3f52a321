"""`build`: the context in which builder functions work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from runtime.pulse.builder.active import ActiveContext, entered
from runtime.pulse.device import Backend, device_of
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import TimeBlockade
from runtime.pulse.schedule import Schedule, ScheduleBlock
from runtime.pulse.transforms import schedule_to_block
from runtime.pulse.transforms.alignments import AlignLeft, AlignmentKind, AlignRight, AlignSequential

__all__ = ["AlignmentName", "build"]

AlignmentName = Literal["left", "right", "sequential"]
"""The alignments that go by name; those with a duration are given as objects."""

_ALIGNMENTS: dict[str, type[AlignLeft | AlignRight | AlignSequential]] = {
    "left": AlignLeft,
    "right": AlignRight,
    "sequential": AlignSequential,
}


@contextmanager
def build(
    backend: Backend | None = None,
    schedule: Schedule | ScheduleBlock | None = None,
    name: str | None = None,
    default_alignment: AlignmentName | AlignmentKind | None = "left",
) -> Iterator[ScheduleBlock]:
    """Build a program from function calls.

    For example::

        with pulse.build(rig, name="x90_pair") as program:
            pulse.play(pulse.Gaussian(160, 0.1, 40), pulse.drive_channel(0))
            with pulse.align_right():
                pulse.delay(100, pulse.drive_channel(1))

    Contexts may be nested; an inner `build` makes a program of its own and does not see the outer one's backend.
    When an exception leaves the context, the program keeps what was built before it.

    Args:
        backend: a Rig, a Target or any object with a `target`, for functions that need to know the device.
        schedule: a program to build upon. What is built becomes one nested block at its end: of the same object if
            it is a block, of a converted copy if it is a Schedule.
        name: the program's name; with `schedule`, its new name.
        default_alignment: "left", "right", "sequential", or an alignment object; None is "left".

    Yields:
        The program.

    Raises:
        PulseError: an argument of the wrong kind.
    """
    if backend is not None:
        device_of(backend)
    alignment = _alignment(default_alignment)
    if schedule is None:
        root = block = ScheduleBlock(name=name, alignment_context=alignment)
    else:
        root = _root(schedule, name)
        block = ScheduleBlock(alignment_context=alignment)
    try:
        with entered(ActiveContext(backend, block)):
            yield root
    finally:
        if block is not root and len(block):
            root.append(block)


def _alignment(wanted: object) -> AlignmentKind:
    if isinstance(wanted, AlignmentKind):
        return wanted
    kind = _ALIGNMENTS.get("left" if wanted is None else wanted) if isinstance(wanted, str | None) else None
    if kind is None:
        raise PulseError(
            "no alignment goes by this name",
            where="default_alignment",
            got=repr(wanted),
            allowed=f"{', '.join(map(repr, _ALIGNMENTS))}, or an alignment object",
        )
    return kind()


def _root(schedule: object, name: str | None) -> ScheduleBlock:
    """The program to build upon."""
    if isinstance(schedule, Schedule):
        schedule = _as_root(schedule)
    if not isinstance(schedule, ScheduleBlock):
        raise PulseError(
            "only a program can be built upon", got=repr(schedule), allowed="a Schedule or a ScheduleBlock"
        )
    if name is not None:
        schedule.name = name
    return schedule


def _as_root(schedule: Schedule) -> ScheduleBlock:
    """The schedule as a block that ends on all channels together: what is built upon it comes after all of it."""
    block = schedule_to_block(schedule)
    for channel in schedule.channels:
        idle = schedule.duration - schedule.ch_stop_time(channel)
        if idle:
            block.append(TimeBlockade(idle, channel))
    return block
