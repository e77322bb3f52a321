"""The instruments that can be simulated: which nodes, options and clock each has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from simulators.labone.catalogue import node_tree
from simulators.labone.nodes import NodeTree

__all__ = ["FIRMWARE", "MODELS", "Model"]

FIRMWARE = 71_330
"""Revision that goes with the server; an instrument that reports another one is out of date."""


@dataclass(frozen=True, slots=True)
class Model:
    """An instrument of the catalogue.

    Attributes:
        name: What it calls itself: "SHFQC".
        tree: Its tree in the catalogue.
        options: What it usually comes with.
        clock_hz: Ticks of its clock a second, the unit of its timestamps.
        sample_rate_hz: Of its generators.
        absent: Pattern of the nodes of the tree that this smaller model lacks.
        presets: Values that nodes hold at first, by pattern of the path.
    """

    name: str
    tree: str
    options: tuple[str, ...]
    clock_hz: int
    sample_rate_hz: int
    absent: str | None = None
    presets: Mapping[str, float | str] = field(default_factory=dict)

    def build_tree(
        self, serial: str, *, options: tuple[str, ...], firmware: int | None, clock: Callable[[], int]
    ) -> NodeTree:
        """A fresh tree of a device of this model."""
        infos = node_tree(self.tree)
        if self.absent is not None:
            gone = re.compile(self.absent)
            infos = tuple(info for info in infos if not gone.match(info.path))
        tree = NodeTree(serial, infos, clock=clock)
        about: dict[str, float | str] = {
            "features/devtype": self.name,
            "features/options": "\n".join(options),
            "features/serial": serial.removeprefix("dev"),
            "system/fwrevision": FIRMWARE if firmware is None else firmware,
            "clockbase": float(self.clock_hz),
            "system/properties/timebase": 1 / self.clock_hz,
            "system/activeinterface": "1GbE",
            **self.presets,
        }
        for pattern, value in about.items():
            for path in tree.match(pattern):
                tree.put(path, value)
        tree.on_get("status/time", lambda _path: clock())
        return tree


SHF_PRESETS: Mapping[str, float | str] = {
    "raw/error/json/errors": '{"messages":[]}',
    "*channels/*/pipeliner/ready": 1,
    "*channels/*/pipeliner/maxslots": 1024,
    "*channels/*/pipeliner/availableslots": 1024,
}
HDAWG_PRESETS: Mapping[str, float | str] = {
    "raw/error/json/errors": '{"messages":[]}',
    "system/clocks/sampleclock/freq": 2.4e9,
    "sigouts/*/range": 1.0,
    "awgs/*/outputs/*/amplitude": 1.0,
}
UHFQA_PRESETS: Mapping[str, float | str] = {
    "awgs/*/outputs/*/amplitude": 1.0,
    "sigins/*/range": 1.5,
    "sigouts/*/range": 1.5,
}


def _shf(name: str, tree: str, options: tuple[str, ...], absent: str | None = None) -> Model:
    return Model(name, tree, options, 1_000_000_000, 2_000_000_000, absent, MappingProxyType(dict(SHF_PRESETS)))


def _hdawg(name: str, absent: str | None = None) -> Model:
    presets = MappingProxyType(dict(HDAWG_PRESETS))
    return Model(name, "hdawg", ("MF", "ME", "CNT", "PC"), 300_000_000, 2_400_000_000, absent, presets)


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            _hdawg("HDAWG8"),
            # The smaller ones have the same tree with half the channels.
            _hdawg(
                "HDAWG4",
                r"(awgs/[23]|(sigouts|sines|cnts|triggers/in|triggers/out|stats/physical/sigouts)/[4-7])(/|$)",
            ),
            _shf("SHFSG8", "shfsg", ("RTR", "PLUS")),
            _shf("SHFSG4", "shfsg", ("RTR", "PLUS"), r"(sgchannels|stats/physical/sigouts)/[4-7](/|$)"),
            _shf("SHFQA4", "shfqa", ("16W", "LRT")),
            _shf(
                "SHFQA2",
                "shfqa",
                ("16W", "LRT"),
                r"(qachannels|scopes/0/channels|stats/physical/sig(ins|outs))/[23](/|$)",
            ),
            _shf("SHFQC", "shfqc", ("QC6CH", "RTR")),
            Model(
                "UHFQA",
                "uhfqa",
                ("AWG", "DIG", "QA"),
                1_800_000_000,
                1_800_000_000,
                presets=MappingProxyType(dict(UHFQA_PRESETS)),
            ),
        )
    }
)
