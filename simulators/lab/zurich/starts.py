"""Who has begun to play, whose markers lead where, and what a device that waits gets to see of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from simulators.lab.config import LabConfig
from simulators.lab.instruments import ZurichConfig
from simulators.lab.zurich.edges import EdgeList, marker_edges, trigger_edges
from simulators.lab.zurich.pulses import Int
from simulators.labone import Change
from simulators.labone.devices import Playback, SequencerDevice, TriggerSource

__all__ = ["Starts"]


@dataclass(frozen=True, slots=True)
class _Lead:
    """A marker's cable."""

    sender: str
    port: int
    receiver: str
    inputs: frozenset[str]


@dataclass
class Starts:
    """Runs of all devices, and the triggers between them.

    Cores of one device that are released together are one run. When all of it has begun, the devices that its
    markers start are told, and only then the one that reads.

    Attributes:
        devices: By serial.
        runs: What each device has begun to play last: by serial, then by core.
    """

    lab: LabConfig
    devices: Mapping[str, SequencerDevice]
    runs: dict[str, dict[str, Playback]] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _begun: dict[str, float] = field(default_factory=dict)
    _ready: set[str] = field(default_factory=set)
    _armed: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        serials = {
            name: section.serial
            for name, section in self.lab.instruments.items()
            if isinstance(section, ZurichConfig)
        }
        wires = self.lab.wires
        self._starts = tuple(
            _Lead(serials[wire.awg], wire.port, serials[wire.started], _inputs(wire.input))
            for wire in wires.starts
            if wire.awg in serials and isinstance(wire.input, int)
        )
        trigger = wires.trigger
        self._reads = (
            ()
            if trigger is None or trigger.awg not in serials
            else (_Lead(serials[trigger.awg], trigger.port, serials[trigger.digitizer], _inputs(trigger.input)),)
        )
        for serial, device in self.devices.items():
            self._watch(serial, device)

    @property
    def leads(self) -> tuple[_Lead, ...]:
        """Every marker's cable."""
        return (*self._starts, *self._reads)

    def sender_of(self, serial: str) -> str | None:
        """Whose markers a device's trigger inputs get."""
        return next((lead.sender for lead in self.leads if lead.receiver == serial), None)

    def together(self, serial: str) -> tuple[str, ...]:
        """The devices that play when one reads: itself, and those that begin with the one that triggers it."""
        sender = self.sender_of(serial)
        if sender is None:
            return (serial, *(lead.receiver for lead in self._starts if lead.sender == serial))
        return (serial, sender, *(lead.receiver for lead in self._starts if lead.sender == sender))

    def rate_hz(self, serial: str) -> int:
        """Sample rate of a device."""
        return _rate(self.devices[serial])

    def started(self, serial: str) -> None:
        """A core has begun; called on the device's worker while it starts all of those that are released."""
        device = self.devices[serial]
        with self._lock:
            self.runs[serial] = {
                path: core.playback
                for path, core in device.cores.items()
                if core.running and core.playback is not None
            }
            self._armed.pop(serial, None)
            self._begun[serial] = self.clock()
            self._ready.discard(serial)
        # It runs when all cores that are released now have begun.
        device.worker.submit(lambda: self._all_begun(serial))

    def source(self, serial: str, channel: str) -> TriggerSource | None:
        """What comes in at a trigger input; None while nothing does."""
        lead = next((lead for lead in self.leads if lead.receiver == serial and channel in lead.inputs), None)
        if lead is None:
            return None
        with self._lock:
            armed = self._armed.setdefault(serial, self.clock())
            if lead.sender not in self._ready:
                return None
            late_s = max(0.0, armed - self._begun[lead.sender])
            runs = self.runs[lead.sender]
        sent = _sent(self.devices[lead.sender], lead.port, runs)
        if sent is None or (late_s and not _playing(self.devices[lead.sender])):
            return None
        rate = _rate(self.devices[lead.sender])
        ratio = Fraction(_rate(self.devices[serial]), rate)
        edges = EdgeList.sent(sent, ratio, missed=int(late_s * rate))
        return edges if edges.edges.size else None

    def _all_begun(self, serial: str) -> None:
        """Tell the devices that begin with this one, and, when all of them have looked, the one that reads."""
        followers = [lead.receiver for lead in self._starts if lead.sender == serial]
        with self._lock:
            self._ready.add(serial)
        waiting = set(followers)
        for follower in followers:
            device = self.devices[follower]
            device.resume()
            device.worker.submit(partial(self._looked, serial, follower, waiting))
        if not followers:
            self._release_readers(serial)

    def _looked(self, serial: str, follower: str, waiting: set[str]) -> None:
        waiting.discard(follower)
        if not waiting:
            self._release_readers(serial)

    def _release_readers(self, serial: str) -> None:
        for lead in self._reads:
            if lead.sender == serial:
                self.devices[lead.receiver].resume()

    def _watch(self, serial: str, device: SequencerDevice) -> None:
        def enabled(change: Change) -> None:
            if change.value:
                with self._lock:
                    self._armed[serial] = self.clock()

        for path in device.cores:
            device.tree.after_set(f"{path}/enable", enabled)


def _playing(device: SequencerDevice) -> bool:
    """Whether a device plays on, without an end or waiting; other runs are over as soon as they begin."""
    return any(core.running and core.playback is not None for core in device.cores.values())


def _inputs(number: int | str) -> frozenset[str]:
    """What the devices call a trigger input that is counted from 1."""
    if isinstance(number, str):
        return frozenset()
    return frozenset({f"trigin{number - 1}", f"chan{(number - 1) // 2}trigin{(number - 1) % 2}"})


def _name(option: str) -> str:
    return option.split('"')[1] if '"' in option else option


def _rate(device: SequencerDevice) -> int:
    path = "system/clocks/sampleclock/freq"
    return int(device.tree.number(path)) if path in device.tree else device.model.sample_rate_hz


def _sent(device: SequencerDevice, port: int, runs: Mapping[str, Playback]) -> Int | None:
    """Edges at a device's marker connector, as its node leads them there; None while nothing plays there."""
    tree, number = device.tree, port - 1
    core = f"awgs/{number // 2}" if f"triggers/out/{number}/source" in tree else f"sgchannels/{number}/awg"
    at = f"triggers/out/{number}/source" if core.startswith("awgs") else f"sgchannels/{number}/marker/source"
    playback = runs.get(core)
    if playback is None or at not in tree or (playback.tape.endless and not device.cores[core].running):
        return None
    source = _name(tree.info(at).options.get(tree.integer(at), ""))
    if source.startswith("awg_trigger"):
        return trigger_edges(playback, int(source.removeprefix("awg_trigger")))
    if source.startswith("output") and "_marker" in source:
        output, marker = source.removeprefix("output").split("_marker")
        return marker_edges(playback, int(output), int(marker))
    return None
