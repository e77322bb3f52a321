"""Waiting for a generator's end, once all records have come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from drivers.contract import AcquisitionError

__all__ = ["until_ended"]

POLL_S = 0.01


async def until_ended(
    still_playing: Callable[[], Awaitable[str]], limit_s: float, passes: int, *, name: str, address: str
) -> None:
    """Ask until nothing plays any more.

    Args:
        still_playing: what still plays, for the error's text; empty when all has ended.
        limit_s: how long it may go on after the last record.
        passes: how many passes were to be played.
        name: of the instrument.
        address: of the instrument.

    Raises:
        AcquisitionError: It still plays.
    """
    deadline = time.monotonic() + limit_s
    while playing := await still_playing():
        if time.monotonic() > deadline:
            raise AcquisitionError(
                "all records came before all passes were played: triggers were seen that nobody sent",
                got=f"{playing}, {limit_s:.3g} s after the last record",
                allowed=f"ended, after {passes} passes",
                fix="Check the trigger line for noise and the trigger level",
                instrument=name,
                address=address,
            )
        await asyncio.sleep(POLL_S)
