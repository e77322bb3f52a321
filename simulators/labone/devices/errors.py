"""What goes wrong inside an instrument: a program that it cannot run, a table that it does not take."""

from __future__ import annotations

__all__ = ["SequencerError"]


class SequencerError(Exception):
    """An instrument refuses or stops a program; its text says what, where, and what it can do instead."""
