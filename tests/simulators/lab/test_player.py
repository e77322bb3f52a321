"""Where a play list stands: repeats, gotos, waits, and skipping."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.lab.player import Player
from simulators.lab.script import Script
from simulators.tektronix.course import Position, Stage
from simulators.tektronix.playback import PlaybackStep


def script(
    length: int,
    repeat: int | None = 1,
    goto: int | None = None,
    edges: tuple[int, ...] = (),
    wait: str | None = None,
) -> Script:
    silent, low = np.zeros(length), np.zeros((4, length), np.bool_)
    return Script(PlaybackStep(repeat, length, goto, wait, (silent,) * 8, (low,) * 8), edges, False, ())


def edges_until(player: Player, stop: int) -> list[int]:
    found: list[int] = []
    while player.now < stop and (played := player.advance()) is not None:
        found += [played.start + edge for edge in played.edges]
    return found


def test_repeats_gotos_and_loops() -> None:
    player = Player((script(100, 2, 1, (10,)), script(50, 4, 2), script(30, 1, 1, (0, 20))))
    # 0: twice 100; then 1: 200 silent, 2: 30, 1, 2, ...
    assert edges_until(player, 1000) == [10, 110, 400, 420, 630, 650, 860, 880]


def test_the_end_and_waiting_entries() -> None:
    player = Player((script(100, 1, 1, (10,)), script(100, 1, None, (5,))))
    assert edges_until(player, 10_000) == [10, 105]
    assert player.advance() is None
    waiting = Player((script(100, 1, 1, (10,)), script(100, 1, 0, (5,), wait="TrigA")))
    assert edges_until(waiting, 10_000) == [10]
    assert waiting.advance() is None


def test_silence_without_end_ends() -> None:
    assert Player((script(100, None, None),)).advance() is None


def test_a_marker_that_stays_high_has_one_edge() -> None:
    high = Script(script(100).step, (0,), True, ())
    loop = Script(PlaybackStep(3, 100, None, None, high.step.volts, high.step.markers), (0,), True, ())
    assert edges_until(Player((loop,)), 300) == [0]


@given(st.integers(0, 5000), st.integers(1, 4), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_skipping_equals_playing_and_forgetting(samples: int, first: int, second: int) -> None:
    entries = (script(70, first, 1, (10, 60)), script(40, second, 2), script(90, 1, 0, (0, 30)))
    reference = [edge for edge in edges_until(Player(entries), 9000) if edge < 8000]
    player = Player(entries)
    ignored = player.skip(samples)
    assert player.now + ignored == samples
    found = [edge for edge in edges_until(player, 9000) if samples <= edge < 8000]
    assert found == [edge for edge in reference if edge >= samples]


@pytest.mark.parametrize("samples", [10**12, 10**15])
def test_a_night_is_skipped_at_once(samples: int) -> None:
    player = Player((script(70, 3, 1, (10,)), script(2400, 1042, 0)))
    assert player.now + player.skip(samples) == 0 or player.now <= samples
    assert samples - player.now < 2400


def unrolled(scripts: tuple[Script, ...], stages: tuple[Stage, ...]) -> list[int]:
    """Edges of a list whose stages come once each, by plain counting."""
    edges: list[int] = []
    now = 0
    for stage in stages:
        for _ in range(stage.passes or 0):
            at: int | None = stage.first
            while at is not None:
                step = scripts[at].step
                for _ in range(step.repeat or 0):
                    edges += [now + edge for edge in scripts[at].edges]
                    now += step.length
                at = step.goto
    return [*edges, now]


passes = st.integers(1, 4)


@given(passes, passes, passes, st.integers(1, 3), st.integers(0, 4000))
@settings(max_examples=100, deadline=None)
def test_stages_equal_the_unrolled_list_also_when_some_of_it_is_skipped(
    first: int, second: int, third: int, repeat: int, samples: int
) -> None:
    scripts = (script(70, repeat, 1, (10,)), script(40, 3), script(90, 2, None, (1, 30)))
    stages = (Stage(0, first, 1), Stage(2, second, 2), Stage(0, third, None))
    *edges, stop = unrolled(scripts, stages)
    player = Player(scripts, stages)
    assert edges_until(player, 10**9) == edges
    assert (player.now, player.ended, player.advance()) == (stop, True, None)
    late = Player(scripts, stages)
    ignored = late.skip(samples)
    assert late.now + ignored == min(samples, stop)
    assert late.ended == (samples >= stop)
    found = [edge for edge in edges_until(late, 10**9) if edge >= samples]
    assert found == [edge for edge in edges if edge >= samples]


def test_a_million_passes_are_skipped_at_once() -> None:
    player = Player((script(70, 3, 1, (10,)), script(2400, 1042)), (Stage(0, 10**6),))
    once = 3 * 70 + 2400 * 1042
    began = time.monotonic()
    assert player.skip(once * 999_999 + 80) == 10
    assert edges_until(player, 10**13) == [once * 999_999 + 80, once * 999_999 + 150]
    assert player.now == once * 10**6
    assert player.ended
    assert Player(player.scripts, (Stage(0, None),)).skip(once * 10**9 + 5) == 5
    assert time.monotonic() - began < 0.5


def test_a_list_begins_where_a_trigger_released_it() -> None:
    stages = (Stage(0, 3, 1, "TrigA"), Stage(1, 1, None, "TrigB"))
    scripts = (script(100, 1, None, (10,)), script(50, 1, None, (5,)))
    assert Player(scripts, stages).advance() is None
    released = Player(scripts, stages, Position(0, 1, 0, entered=False, released=True))
    assert edges_until(released, 1000) == [10, 110]
    assert released.advance() is None
    assert not released.ended


def test_nothing_round_and_round_is_left_alone() -> None:
    """Waveforms that went missing leave entries without a length."""
    assert Player((script(0, 1, 1), script(0, 2, 0))).skip(100) == 0
    assert Player((script(0, None),)).skip(100) == 100
    assert Player((script(0, 5),), (Stage(0, 10**9, 0),)).skip(100) == 0
    assert Player((script(0, 5),), (Stage(0, None),)).skip(100) == 0
