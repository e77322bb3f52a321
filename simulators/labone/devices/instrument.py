"""What all instruments with sequencers share: cores that are started, wait for their triggers, run, and end.

Nothing plays in real time. A core that is enabled is ready at once; when its triggers are there it runs, which
takes as long as interpreting its program, and is done. Generators run before quantum analyzers, so that what
arrives at an input can depend on all that was played. A program without an end stays enabled until it is
stopped.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from simulators.labone.device import NodeDevice
from simulators.labone.devices.core import SequencerCore
from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.playback import Playback
from simulators.labone.devices.setup import Family
from simulators.labone.devices.surroundings import (
    Bench,
    Burst,
    HostTriggers,
    Immediate,
    LossyTriggers,
    Periodic,
    RoutedTriggers,
    Surroundings,
    TriggerSource,
)
from simulators.labone.faults import DeviceFault
from simulators.labone.hooks import Change

__all__ = ["SequencerDevice"]

logger = logging.getLogger(__name__)

_RUNNING, _WAITING, _FAILED = 1, 4, 8
"""Values of sequencer/status. One that waits shows 4 alone: it is what the vendor's controller looks for."""


@dataclass
class SequencerDevice(NodeDevice):
    """An instrument with sequencers.

    Attributes:
        surroundings: What its connectors lead to.
        cores: By path.
    """

    surroundings: Surroundings = field(default_factory=Bench)
    cores: dict[str, SequencerCore] = field(default_factory=dict)
    _clock_on: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._count_in_order()
        self.build()
        for core in self.cores.values():
            core.attach(self._switched)
        self.tree.after_set("system/internaltrigger/enable", self._clock_started)
        self.tree.after_set("system/swtriggers/*/single", self._software_trigger)

    def _count_in_order(self) -> None:
        """List node 2 before node 10: clients read all results with one expression and number what comes back."""
        held = [(self.tree.info(path), self.tree.value(path)) for path in self.tree.match("")]
        held.sort(
            key=lambda pair: [
                (int(word), "") if word.isdigit() else (-1, word) for word in pair[0].path.split("/")
            ]
        )
        for info, value in held:
            self.tree.remove(info.path)
            self.tree.add(info, value)

    def build(self) -> None:
        """Make the cores and channels; each family does it in its way."""

    def measure(self, core: SequencerCore) -> None:
        """After a core has run: integrate and record what its readouts gave."""

    def playback(self, core: str) -> Playback | None:
        """The run of a core ("awgs/0", "sgchannels/0/awg") that was started last."""
        return self.cores[core].playback if core in self.cores else None

    def resume(self) -> None:
        """Look again for triggers: something in the surroundings has changed."""
        self.worker.submit(self._advance)

    def _switched(self, core: SequencerCore, on: bool) -> None:
        if not on:
            core.running = False
            core.put("sequencer/status", 0)
        elif core.program is None:
            core.put("sequencer/status", _FAILED)
            self.worker.submit(lambda: core.put("enable", 0))
        else:
            core.running = True
            core.playback = None
            core.host_triggers = 0
            core.tape = None
            core.put("sequencer/status", _WAITING)
            self.worker.submit(self._advance)

    def _clock_started(self, change: Change) -> None:
        if change.value:
            self.tree.put("system/internaltrigger/progress", 0.0)
            self.worker.submit(self._advance)

    def _software_trigger(self, change: Change) -> None:
        if change.value:
            self.worker.submit(lambda: self.host_edge("swtrig0"))

    def host_edge(self, channel: str) -> None:
        """A trigger from the host: every program that waits for it goes one shot further."""
        for core in self.cores.values():
            if (
                core.running
                and (core.playback is None or core.playback.starved)
                and channel in self._channels(core)
            ):
                core.host_triggers += 1
                core.playback = None
        self._advance()

    def _channels(self, core: SequencerCore) -> set[str]:
        """The inputs that a core can wait for, as its nodes are set."""
        return {self.trigger_channel(core, name) for name in ("digital1", "digital2")}

    def own_trigger(self, core: SequencerCore, channel: str) -> TriggerSource | None:  # noqa: ARG002 - for families
        """Triggers that the instrument makes itself; None where it makes none at that channel."""
        return None

    def edges(self, connector: str) -> tuple[Burst, ...]:  # noqa: ARG002 - for families
        """When a trigger or marker output goes up in the runs that have been started, in samples of the run."""
        return ()

    def _advance(self) -> None:
        """Run every core whose triggers are there, generators first; each core runs once for each start."""
        clock = "system/internaltrigger/enable"
        # One look for all: the host may start the clock while a core is looked at, and those before would miss it.
        self._clock_on = clock in self.tree and bool(self.tree.integer(clock))
        waiting = [core for core in self.cores.values() if core.running and core.playback is None]
        # Cores that are synchronized begin together, once the last of them has been enabled.
        together = [core for core in self.cores.values() if core.integer("synchronization/enable")]
        if not all(core.running for core in together):
            waiting = [core for core in waiting if core not in together]
        ordered = sorted(waiting, key=lambda core: core.family in (Family.QA, Family.UHF))
        started = [core for core in ordered if self._start(core)]
        # All play before anybody hears of it: who measures elsewhere finds every generator's run.
        for core in started:
            self.surroundings.started(self.serial, core.path)
        runs = [core.playback for core in started]
        for core in started:
            self.measure(core)
        # Measuring takes a while; who has been enabled anew meanwhile is not to be ended, nor its clock stopped.
        current = [core for core, run in zip(started, runs, strict=True) if core.playback is run]
        if self._clock_on and current:
            self.tree.put("system/internaltrigger/progress", 1.0)
            self.tree.put(clock, 0)
        stalled = bool(started) and self.faults.take(DeviceFault.STALL)
        for core in current:
            if core.running and not stalled and self._ended(core):
                core.finish()
        if started:
            # What has begun to play may be the trigger for which another core waits.
            self._advance()

    @staticmethod
    def _ended(core: SequencerCore) -> bool:
        """Whether a run is over: neither endless nor left without triggers in the middle."""
        if core.playback is None or core.playback.tape.endless:
            return False
        for _ in core.playback.placements():
            pass
        if core.playback.starved:
            core.put("sequencer/status", _WAITING)
        return not core.playback.starved

    def _start(self, core: SequencerCore) -> bool:
        try:
            playback = core.begin(Immediate())
        except SequencerError as error:
            self._failed(core, str(error))
            return False
        triggers = {shot.trigger for shot in playback.plan()} - {None}
        if triggers:
            routed = RoutedTriggers({name: self._source(core, name) for name in triggers if name is not None})
            if routed.next(core.first_trigger() or "", 0) is None:
                core.playback = None
                return False
            lost = self.faults.take(DeviceFault.LOST_TRIGGER)
            playback.triggers = LossyTriggers(routed) if lost else routed
        core.put("sequencer/status", _RUNNING)
        core.put("sequencer/triggered", int(bool(triggers)))
        return True

    def _failed(self, core: SequencerCore, message: str) -> None:
        logger.error("%s %s: %s", self.serial, core.path, message)
        core.playback = None
        core.running = False
        core.put("sequencer/status", _FAILED)
        core.put("enable", 0)

    def _source(self, core: SequencerCore, trigger: str) -> TriggerSource | None:
        channel = self.trigger_channel(core, trigger)
        if channel in ("inttrig", "internal_trigger"):
            return self._internal_clock()
        if channel.startswith(("swtrig", "software_trigger")):
            return HostTriggers(core.host_triggers) if core.host_triggers else None
        return self.own_trigger(core, channel) or self.surroundings.trigger_source(self.serial, channel)

    def trigger_channel(self, core: SequencerCore, trigger: str) -> str:
        """The name of the input that a wait listens to: as the auxiliary trigger's node is set, or "dio"."""
        name = trigger.split(":", maxsplit=1)[0]
        if not name.startswith("digital"):
            return name
        path = f"{core.path}/auxtriggers/{int(name[-1]) - 1}/channel"
        if path not in self.tree:
            return name
        text = self.tree.info(path).options.get(self.tree.integer(path), "")
        return text.split('"')[1] if '"' in text else name

    def _internal_clock(self) -> TriggerSource | None:
        at = "system/internaltrigger"
        if not self._clock_on:
            return None
        period = round(self.tree.number(f"{at}/holdoff") * self.model.sample_rate_hz)
        return Periodic(max(1, period), max(1, self.tree.integer(f"{at}/repetitions")))
