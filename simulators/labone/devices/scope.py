"""The scope of an SHF instrument: raw traces at the moments that a sequencer names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulators.labone.devices.measuring import trace_mean
from simulators.labone.devices.qachannel import QaChannel
from simulators.labone.devices.surroundings import Surroundings
from simulators.labone.hooks import Change
from simulators.labone.nodes import NodeTree
from simulators.labone.values import ScopeVector

__all__ = ["Scope"]

_INPUTS = 4
_DEFAULT_LENGTH = 4096


@dataclass
class Scope:
    """scopes/0.

    Attributes:
        tree: The device's nodes.
        serial: Of the device.
        channels: Readout channels, by number.
        clock: Ticks of the instrument.
    """

    tree: NodeTree
    serial: str
    channels: Mapping[int, QaChannel]
    clock: Callable[[], int]
    _switchings: int = 0

    def __post_init__(self) -> None:
        self.tree.after_set("scopes/0/enable", self._switched)

    def record(self, surroundings: Surroundings) -> None:
        """Record what the runs that have played give, if the scope waits and its trigger came often enough."""
        tree = self.tree
        if "scopes/0/enable" not in tree or not tree.integer("scopes/0/enable"):
            return
        trigger = self._channel_of("scopes/0/trigger/channel")
        channel = self.channels.get(trigger)
        if channel is None or channel.core.playback is None:
            return
        length = tree.integer("scopes/0/length") or _DEFAULT_LENGTH
        averages = tree.integer("scopes/0/averaging/count") if tree.integer("scopes/0/averaging/enable") else 1
        segments = tree.integer("scopes/0/segments/count") if tree.integer("scopes/0/segments/enable") else 1
        done, began = False, self._switchings
        for number in range(_INPUTS):
            at = f"scopes/0/channels/{number}"
            if f"{at}/enable" not in tree or not tree.integer(f"{at}/enable"):
                continue
            chosen = self._channel_of(f"{at}/inputselect")
            heard = self.channels.get(chosen, channel)
            traces = trace_mean(
                heard.core.playback or channel.core.playback,
                surroundings.readout_input(self.serial, chosen),
                mode=channel.mode,
                delay=round(tree.number("scopes/0/trigger/delay") * channel.sample_rate_hz),
                length=length,
                segments=max(1, segments),
                averages=max(1, averages),
                identity=(self.serial, chosen, channel.sample_rate_hz),
                silent=not tree.integer(f"qachannels/{chosen}/input/on"),
            )
            if self._switchings != began:
                return  # Stopped or enabled anew meanwhile.
            if traces is None:
                continue
            done = True
            tree.put(
                f"{at}/wave",
                ScopeVector(
                    vector=traces.reshape(-1),
                    timestamp=self.clock(),
                    timestamp_step=1,
                    average_count=max(1, averages),
                    segments=max(1, segments),
                    total_segments=max(1, segments),
                ),
            )
        if done:
            tree.put("scopes/0/enable", 0)

    def _switched(self, _change: Change) -> None:
        self._switchings += 1

    def _channel_of(self, path: str) -> int:
        """The readout channel that an enumerated node names: "chan2seqmon0" is channel 2; -1 for none."""
        text = self.tree.info(path).options.get(self.tree.integer(path), "")
        name = text.split('"')[1] if '"' in text else ""
        digits = name.removeprefix("chan")[:1]
        return int(digits) if name.startswith("chan") and digits.isdigit() else -1
