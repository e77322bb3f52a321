"""When a readout channel listens, from what its sequencer did."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulators.lab.zurich.pulses import Int, placed
from simulators.labone.devices import Acquisition, Playback
from simulators.labone.devices.events import Event
from simulators.labone.devices.readout import readout_points

__all__ = ["WindowFinder"]


@dataclass
class WindowFinder:
    """The readouts of a run.

    Attributes:
        playback: Of the core that starts them.
        mode: The channel's, of `simulators.labone.devices.readout`.
    """

    playback: Playback
    mode: int
    monitor: bool = False
    _horizon: int = -1
    _found: dict[bool, Int] = field(default_factory=dict)
    _points: dict[tuple[int, bool], tuple[tuple[Event, ...], Int]] = field(default_factory=dict)

    def delay(self, acquisition: Acquisition) -> int | None:
        """Samples from a readout to its window; None where the windows belong to no readouts.

        The n-th window belongs to the n-th readout, of those that integrate or of those that trigger a scope.
        """
        until = int(acquisition.starts[-1]) + 1
        for monitor in (False, True):
            points = self._find(until, monitor=monitor)
            if int(acquisition.numbers[-1]) < points.size:
                delay = int(acquisition.starts[0] - points[acquisition.numbers[0]])
                if delay >= 0 and np.array_equal(points[acquisition.numbers] + delay, acquisition.starts):
                    self.monitor = monitor
                    return delay
        return None

    def windows(self, until: int, delay: int | None) -> Int:
        """Starts of the windows that open before an instant, in samples since the run began: int64."""
        starts = self._find(until, monitor=self.monitor) + (delay or 0)
        return np.asarray(starts[starts < until], np.int64)

    def _find(self, until: int, *, monitor: bool) -> Int:
        """Readouts that begin before an instant, and perhaps later ones; all of a run that is not endless."""
        if until > self._horizon:
            # Twice as far each time: an endless run is asked for piece by piece.
            self._horizon = 2 * until if self.playback.tape.endless else 1 << 62
            self._found = {each: self._search(self._horizon, monitor=each) for each in (False, True)}
        return self._found[monitor]

    def _search(self, until: int, *, monitor: bool) -> Int:
        found = [np.zeros(0, np.int64)]
        for shot in self.playback.shots():
            if shot.start >= until:
                break
            key = (id(shot.events), monitor)
            if key not in self._points:
                points = readout_points(shot.events, self.mode, monitor=monitor)
                self._points[key] = (shot.events, np.array([point.time for point in points], np.int64))
            times = self._points[key][1]
            if times.size:
                found.append((shot.start + placed(shot, until)[:, None] + times).reshape(-1))
        return np.concatenate(found)
