"""Generators that play together: one by its own clock, the others from its marker on.

Only what a lab does on purpose is modelled: all of them wait when the first one starts, run at its rate, and play
lists of the same lengths. One that was started too late, or plays something of another shape, stays silent here,
and the log says so.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from simulators.lab.config import StartWire, TriggerWire, Wires
from simulators.tektronix import AWG5208, Playback
from simulators.tektronix.playback import PlaybackStep

__all__ = ["PORTS", "Ensemble", "port_offsets"]

logger = logging.getLogger(__name__)

PORTS = 8
"""Of each generator."""


def port_offsets(wires: Wires) -> dict[str, int]:
    """Where each generator's ports begin in the steps of what all of them play together."""
    first = () if wires.trigger is None else (wires.trigger.awg,)
    names = [*first, *(wire.started for wire in wires.starts)]
    return {name: PORTS * index for index, name in enumerate(names)}


@dataclass(slots=True)
class Ensemble:
    """What all generators play, as one playback with the ports of all of them."""

    generators: Mapping[str, AWG5208]
    trigger: TriggerWire
    starts: Sequence[StartWire]
    _begun: float | None = None
    """When the first one started, as far as its marker has been passed on."""
    _joined: tuple[str, ...] = ()
    _parts: tuple[Playback | None, ...] = ()
    _together: Playback | None = None

    def playback(self) -> Playback | None:
        """What is played now; the same object as long as nothing changes. None while the first one is stopped."""
        first = self.generators[self.trigger.awg].playback()
        if first is None or not self.starts:
            return first
        if first.started != self._begun:
            self._begun = first.started
            self._joined = tuple(wire.started for wire in self.starts if self._start(first, wire))
        parts = (first, *(self._part(wire.started, first) for wire in self.starts))
        if self._together is None or any(old is not new for old, new in zip(self._parts, parts, strict=True)):
            self._parts, self._together = parts, _together(first, parts[1:])
        return self._together

    def ends(self, playback: Playback, left_s: float) -> None:
        """All that play together come to their end in so many seconds."""
        self.generators[self.trigger.awg].ends(playback, left_s)
        for wire, part in zip(self.starts, self._parts[1:], strict=False):
            if part is not None:
                self.generators[wire.started].ends(part, left_s)

    def _start(self, first: Playback, wire: StartWire) -> bool:
        """Pass the marker on, if it rises with the first sample; whether the other one waited for it."""
        step = first.steps[first.stages[first.begin.stage].first]
        if not step.markers[wire.port - 1][wire.marker - 1][:1].any():
            logger.warning("%s starts without a marker for %s", wire.awg, wire.started)
            return False
        started = self.generators[wire.started].external_trigger(str(wire.input))
        if not started:
            logger.warning("%s did not wait when %s started, and stays silent", wire.started, wire.awg)
        return started

    def _part(self, name: str, first: Playback) -> Playback | None:
        """What a generator adds; None if that is nothing."""
        part = self.generators[name].playback() if name in self._joined else None
        if part is None or _shape(part) == _shape(first):
            return part
        logger.warning("%s plays a list of other lengths than %s, and stays silent", name, self.trigger.awg)
        return None


def _shape(playback: Playback) -> object:
    """Everything by which two play lists would come apart."""
    steps = tuple((step.length, step.repeat, step.goto) for step in playback.steps)
    stages = tuple((stage.first, stage.passes, stage.goto) for stage in playback.stages)
    return playback.sample_rate_hz, steps, stages


def _together(first: Playback, others: Sequence[Playback | None]) -> Playback:
    silence = _Silence()
    steps = tuple(
        replace(
            step,
            volts=step.volts + tuple(v for other in others for v in _step(other, k, step, silence).volts),
            markers=step.markers + tuple(m for other in others for m in _step(other, k, step, silence).markers),
        )
        for k, step in enumerate(first.steps)
    )
    return replace(first, steps=steps)


def _step(other: Playback | None, k: int, step: PlaybackStep, silence: _Silence) -> PlaybackStep:
    return silence.step(step) if other is None else other.steps[k]


@dataclass(slots=True)
class _Silence:
    """Steps in which a generator emits nothing; arrays of equal length are one object."""

    _volts: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    _markers: dict[int, NDArray[np.bool_]] = field(default_factory=dict)

    def step(self, like: PlaybackStep) -> PlaybackStep:
        volts = self._volts.setdefault(like.length, np.zeros(like.length))
        markers = self._markers.setdefault(like.length, np.zeros((4, like.length), np.bool_))
        return replace(like, volts=(volts,) * PORTS, markers=(markers,) * PORTS)
