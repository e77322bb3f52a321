"""A cluster's way through a shot: stages from readout to readout, and who is free meanwhile.

A readout projects its own transmon only; the others stay as coherent as they are. A transmon that is measured is
held: it has a level, jumps by itself, and comes back where its readout ends. A transmon that nothing drives
between now and its own readout may be projected already now, since silence commutes with that; so transmons that
are read together are also drawn together, though their resonators fill at slightly different instants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from simulators.chip.actions import Action
from simulators.chip.events import TOGETHER_S, Plays
from simulators.chip.grouping import Grouped, find_groups
from simulators.chip.readings import Reading
from simulators.chip.transmons import Real

__all__ = ["Span", "Stage", "Wait", "follow"]

TimeSpan = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Span:
    """A part of a stage during which the same transmons are held."""

    begin_s: float
    end_s: float
    held: frozenset[int]
    groups: Grouped
    """Windows of those that are free."""


@dataclass(frozen=True, eq=False)
class Stage:
    """From one projection of a cluster's members to the next one, or to the end of the shot."""

    members: tuple[int, ...]
    spans: tuple[Span, ...]
    fresh: bool
    """At its beginning each member is in a level: nothing is left of what was before."""
    drawn: tuple[int, ...]
    """Members that get a level at its end."""
    readings: tuple[Reading, ...]

    @property
    def begin_s(self) -> float:
        """Seconds since the beginning of the shot."""
        return self.spans[0].begin_s

    @property
    def end_s(self) -> float:
        """The same."""
        return self.spans[-1].end_s

    @cached_property
    def quiet(self) -> bool:
        """Nothing is driven."""
        return not any(events.which.size for span in self.spans for _, events in span.groups)

    @property
    def held(self) -> tuple[int, ...]:
        """Members that are held at its beginning; their levels are known when it ends."""
        return tuple(sorted(self.spans[0].held))


@dataclass(frozen=True, slots=True)
class Wait:
    """A transmon that has a level relaxes from one instant to another."""

    transmon: int
    begin_s: float
    end_s: float


def follow(
    members: Sequence[int],
    measured: Mapping[int, Sequence[TimeSpan]],
    actions: Sequence[Action],
    readings: Sequence[Reading],
    duration_s: float,
) -> Iterator[Stage | Wait]:
    """The stages of a cluster, and what its members do by themselves; all of them at their `end_s`."""
    plan = _Follower(tuple(members), actions, tuple(readings), duration_s)
    spans = {q: sorted(span for span in measured.get(q, ()) if span[0] < duration_s) for q in members}
    while any(spans.values()):
        yield from plan.project(spans)
    yield plan.finish()


class _Follower:
    def __init__(
        self, members: tuple[int, ...], actions: Sequence[Action], readings: tuple[Reading, ...], duration_s: float
    ) -> None:
        self._members = members
        self._actions = actions
        self._readings = readings
        self._duration_s = duration_s
        self._now_s = 0.0
        self._fresh = True
        self._back_s = dict.fromkeys(members, 0.0)
        """From when on each member is free."""
        self._touched = self._touches()

    def project(self, spans: dict[int, list[TimeSpan]]) -> Iterator[Stage | Wait]:
        """Up to the next readout; its intervals are taken off the lists."""
        now_s = min(own[0][0] for own in spans.values() if own)
        ready = {
            q
            for q in self._members
            if spans[q] and (spans[q][0][0] <= now_s or not self._touches_within(q, now_s, spans[q][0][0]))
        }
        rest = [q for q in self._members if q not in ready]
        if not any(self._touches_within(q, now_s, self._duration_s) for q in rest):
            ready.update(rest)
        held = {q for q in self._members if self._back_s[q] > now_s}
        drawn = tuple(q for q in self._members if q in ready and q not in held)
        if drawn and not (self._fresh and now_s == self._now_s):
            yield self._stage(now_s, drawn)
            self._now_s, self._fresh = now_s, all(q in ready or q in held for q in self._members)
        for q in self._members:
            if q in ready and spans[q]:
                begin_s, end_s = spans[q].pop(0)
                free_s = max(now_s, self._back_s[q])
                if begin_s > free_s:
                    yield Wait(q, free_s, begin_s)
                self._back_s[q] = min(end_s, self._duration_s)
            elif q in ready:
                self._back_s[q] = max(now_s, self._back_s[q])

    def finish(self) -> Stage:
        """The stage up to the end of the shot."""
        drawn = tuple(q for q in self._members if self._back_s[q] < self._duration_s)
        return self._stage(self._duration_s, drawn)

    def _stage(self, end_s: float, drawn: tuple[int, ...]) -> Stage:
        edges = {self._now_s, end_s, *(back for back in self._back_s.values() if self._now_s < back < end_s)}
        ordered = sorted(edges) if len(edges) > 1 else [self._now_s, end_s]
        spans = []
        for begin_s, stop_s in pairwise(ordered):
            held = frozenset(q for q in self._members if self._back_s[q] > begin_s)
            free = frozenset(self._members) - held
            groups = find_groups(self._actions, self._members, free, begin_s, stop_s)
            spans.append(Span(begin_s, stop_s, held, groups))
        return Stage(self._members, tuple(spans), self._fresh, drawn, self._readings)

    def _touches(self) -> dict[int, tuple[Real, Real]]:
        """Beginnings and ends of all that reaches each member, in order of the beginnings."""
        plays = Plays.within(self._actions, self._members, 0.0, self._duration_s)
        found = {}
        for q in self._members:
            mine = np.zeros(plays.row.size, np.bool_)
            for number, action in enumerate(plays.actions):
                own = plays.number == number
                reaches = np.array([q in reached for reached in action.reach], np.bool_)
                mine[own] = reaches[action.signal.indices[plays.row[own]]]
            found[q] = plays.start_s[mine], plays.stop_s[mine]
        return found

    def _touches_within(self, q: int, begin_s: float, end_s: float) -> bool:
        starts, stops = self._touched[q]
        return bool(np.any((starts < end_s - TOGETHER_S) & (stops > begin_s + TOGETHER_S)))
