"""Models of instruments that execute the programs which the vendor's compiler made.

`build_device` makes the model of an instrument; `surroundings` says what a laboratory must offer it, and what it
may ask of it: the `Playback` of each core.
"""

from __future__ import annotations

from simulators.labone.device import DeviceSetup, NodeDevice
from simulators.labone.devices.hdawg import Hdawg
from simulators.labone.devices.instrument import SequencerDevice
from simulators.labone.devices.playback import PlacedShot, Playback, Rendered
from simulators.labone.devices.shf import Shf
from simulators.labone.devices.surroundings import (
    Acquisition,
    Bench,
    Burst,
    Immediate,
    Loopback,
    Periodic,
    ReadoutInput,
    Surroundings,
    TriggerSource,
)
from simulators.labone.devices.triggers import EdgeTriggers, marker_edges, sequencer_edges
from simulators.labone.devices.uhfqa import Uhfqa

__all__ = [
    "Acquisition",
    "Bench",
    "Burst",
    "EdgeTriggers",
    "Immediate",
    "Loopback",
    "Periodic",
    "PlacedShot",
    "Playback",
    "ReadoutInput",
    "Rendered",
    "SequencerDevice",
    "Surroundings",
    "TriggerSource",
    "build_device",
    "marker_edges",
    "sequencer_edges",
]


def build_device(setup: DeviceSetup, surroundings: Surroundings | None = None) -> NodeDevice:
    """The model of an instrument.

    Args:
        setup: Model, serial and options.
        surroundings: The laboratory around it; without one, outputs lead to inputs and no triggers come.
    """
    around = Bench() if surroundings is None else surroundings
    if setup.model.startswith("HDAWG"):
        return Hdawg(setup, surroundings=around)
    if setup.model.startswith("SHF"):
        return Shf(setup, surroundings=around)
    if setup.model == "UHFQA":
        return Uhfqa(setup, surroundings=around)
    return NodeDevice(setup)
