"""Where builder functions put what they make: the innermost context of this task or thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from runtime.pulse.device import Backend
from runtime.pulse.exceptions import NoActiveBuilder
from runtime.pulse.schedule import ScheduleBlock
from runtime.pulse.transforms.alignments import AlignmentKind

__all__ = ["ActiveContext", "active", "entered", "nested"]


@dataclass(frozen=True, slots=True)
class ActiveContext:
    """A block under construction and the device it is for."""

    backend: Backend | None
    block: ScheduleBlock


# The whole context is one immutable value of a context variable, not a stack in a shared object: a task or thread
# that opens contexts of its own cannot disturb those of another.
_active: ContextVar[ActiveContext | None] = ContextVar("pulse_builder", default=None)


def active() -> ActiveContext:
    """The innermost open context.

    Raises:
        NoActiveBuilder: there is none.
    """
    context = _active.get()
    if context is None:
        raise NoActiveBuilder(
            "a builder function was called outside of a builder context",
            fix='Call it inside "with pulse.build() as program:"',
        )
    return context


@contextmanager
def entered(context: ActiveContext) -> Iterator[None]:
    """Make `context` the innermost one for a while."""
    outer = _active.get()
    _active.set(context)
    try:
        yield
    finally:
        # Set back rather than reset by token: a generator may be closed in another context than it was opened in.
        _active.set(outer)


@contextmanager
def nested(alignment: AlignmentKind) -> Iterator[None]:
    """A context of its own alignment, which becomes one nested block; none if nothing is put into it."""
    outer = active()
    block = ScheduleBlock(alignment_context=alignment)
    _active.set(ActiveContext(outer.backend, block))
    try:
        yield
    finally:
        _active.set(outer)
        if len(block):
            outer.block.append(block)
