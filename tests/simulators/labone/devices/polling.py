"""Polling for values that a device streams."""

from __future__ import annotations

from typing import Any

import numpy as np


def polled_until(session: Any, wanted: int) -> set[int]:
    """All values that were streamed until the wanted one was among them, or for two seconds."""
    seen: set[int] = set()
    for _ in range(20):
        for data in session.poll(recording_time=0.02, timeout=0.1).values():
            seen |= {int(value) for value in np.atleast_1d(data["value"])}
        if wanted in seen:
            break
    return seen
