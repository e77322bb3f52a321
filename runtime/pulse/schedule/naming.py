"""Names and metadata of programs."""

from __future__ import annotations

import itertools
import multiprocessing
import os
from typing import Any

__all__ = ["automatic_name", "checked_metadata"]


def automatic_name(prefix: str, counter: itertools.count[int]) -> str:
    """The prefix with the next number.

    In worker processes, which count from the same number, the process id follows.
    """
    name = f"{prefix}{next(counter)}"
    return name if multiprocessing.parent_process() is None else f"{name}-{os.getpid()}"


def checked_metadata(metadata: object) -> dict[str, Any]:
    """The metadata, an empty dict for None.

    Raises:
        TypeError: it is something else.
    """
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        message = f"metadata is a dict or None, not {type(metadata).__name__}"
        raise TypeError(message)
    return metadata
