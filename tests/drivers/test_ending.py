"""Waiting for the end of a generator, whose answers are written down."""

from __future__ import annotations

import time

import pytest

from drivers.contract import AcquisitionError
from drivers.ending import until_ended


async def test_it_asks_until_nothing_plays() -> None:
    """Two answers that something plays, one that nothing does, and no question after that."""
    answers = ["sg0 still running", "sg1 still running", "", "never asked"]

    async def still_playing() -> str:
        return answers.pop(0)

    await until_ended(still_playing, 10.0, 3, name="awg", address="there")
    assert answers == ["never asked"]


async def test_what_goes_on_playing_is_told() -> None:
    """It waits as long as it may, and not much longer; the error says who, what, for how long."""

    async def still_playing() -> str:
        return "run state Running"

    began = time.monotonic()
    with pytest.raises(AcquisitionError, match="triggers were seen that nobody sent") as caught:
        await until_ended(still_playing, 0.05, 3, name="awg", address="there")
    assert 0.05 <= time.monotonic() - began < 5.0
    assert caught.value.got == "run state Running, 0.05 s after the last record"
    assert caught.value.allowed == "ended, after 3 passes"
    assert (caught.value.instrument, caught.value.address) == ("awg", "there")


async def test_an_end_at_the_last_moment_counts() -> None:
    """Without any time left it is asked once more."""

    async def still_playing() -> str:
        return ""

    await until_ended(still_playing, 0.0, 1, name="awg", address="there")
