"""All Zurich Instruments devices of a lab behind one data server, with the lab's wires around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from simulators.chip import Chip, ChipConfig
from simulators.lab.config import LabConfig
from simulators.lab.instruments import ZurichConfig
from simulators.lab.parts import chip_part
from simulators.lab.zurich.connectors import Return, connectors, returns
from simulators.lab.zurich.inputs import FeedlineInput
from simulators.lab.zurich.pulses import Complex
from simulators.lab.zurich.starts import Starts
from simulators.labone import DeviceSetup, LabOneServer
from simulators.labone.devices import Acquisition, ReadoutInput, SequencerDevice, TriggerSource, build_device

__all__ = ["LabOneBench"]


class _Open:
    """An input that nothing is connected to."""

    def traces(self, acquisition: Acquisition) -> Complex:
        return np.zeros((acquisition.count, acquisition.length), np.complex128)

    def kernelled(self, acquisition: Acquisition, weights: Complex) -> Complex:
        return np.zeros((acquisition.count, len(weights)), np.complex128)


class LabOneBench:
    """The devices, and what their connectors lead to (protocol: Surroundings).

    Args:
        lab: the lab file.
        chip: what the wires lead to; of one with several feedlines each has its own part.
        tones: frequencies of the oscillators by name, None for those whose level no mixer works with.
        fixed_ports: listen on the ports that the file names, instead of free ones.

    Attributes:
        devices: By serial.
    """

    def __init__(
        self,
        lab: LabConfig,
        chip: ChipConfig,
        tones: Callable[[], Mapping[str, float | None]],
        *,
        fixed_ports: bool = False,
    ) -> None:
        self._sections = {
            name: section for name, section in lab.instruments.items() if isinstance(section, ZurichConfig)
        }
        self.devices: dict[str, SequencerDevice] = {}
        for section in self._sections.values():
            device = build_device(DeviceSetup(section.serial, section.model, section.options), self)
            assert isinstance(device, SequencerDevice)  # noqa: S101 - every model of a lab file plays programs
            self.devices[section.serial] = device
        self._starts = Starts(lab, self.devices)
        wires, found = connectors(lab), returns(lab)
        chips = _chips(chip, found, lab.seed)
        self._inputs: dict[tuple[str, int], FeedlineInput] = {}
        for wire in found:
            part = chips[wire.line]
            lines = {*part.config.drive_lines, wire.line}
            own = tuple(each for each in wires if each.line in lines)
            self._inputs[wire.serial, wire.channel] = FeedlineInput(wire, own, part, self._starts, tones)
        ports = lab.labone
        self.server = LabOneServer(
            list(self.devices.values()),
            port=ports.port if fixed_ports else 0,
            control_port=ports.control if fixed_ports else 0,
        )

    def addresses(self) -> dict[str, dict[str, str]]:
        """For each device its model and where it is found."""
        at = f"labone://{self.server.host}:{self.server.port}"
        return {
            name: {"model": section.model, "labone": f"{at}/{section.serial}"}
            for name, section in self._sections.items()
        }

    def trigger_source(self, serial: str, channel: str) -> TriggerSource | None:
        """What comes in at a trigger input; None while nothing does."""
        return self._starts.source(serial, channel)

    def readout_input(self, serial: str, channel: int) -> ReadoutInput:
        """What arrives at a readout channel."""
        return self._inputs.get((serial, channel)) or _Open()

    def started(self, serial: str, core: str) -> None:  # noqa: ARG002 - the protocol's signature
        """A core has begun to play."""
        self._starts.started(serial)


def _chips(chip: ChipConfig, wires: tuple[Return, ...], seed: int) -> dict[str, Chip]:
    """For each feedline what is read by it: all of a chip that has one, else its part of the chip."""
    if len(wires) == 1:
        return {wires[0].line: Chip(chip, seed)}
    seeds = np.random.SeedSequence(seed).spawn(len(wires))
    return {wire.line: Chip(chip_part(chip, wire.line), own) for wire, own in zip(wires, seeds, strict=True)}
