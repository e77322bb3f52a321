"""All Zurich Instruments devices of a lab behind one data server, with the lab's wires around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from simulators.chip import Chip
from simulators.lab.config import LabConfig
from simulators.lab.instruments import ZurichConfig
from simulators.lab.zurich.connectors import readout_port
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
        chip: what the wires lead to.
        tones: frequencies of the oscillators by name, None for those whose level no mixer works with.
        fixed_ports: listen on the ports that the file names, instead of free ones.

    Attributes:
        devices: By serial.
    """

    def __init__(
        self,
        lab: LabConfig,
        chip: Chip,
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
            assert isinstance(device, SequencerDevice)  # noqa: S101, every model of a lab file plays programs
            self.devices[section.serial] = device
        self._starts = Starts(lab, self.devices)
        self._inputs: dict[tuple[str, int], FeedlineInput] = {}
        reader = readout_port(lab)
        if reader is not None:
            name, channel = reader
            serial = self._sections[name].serial
            core = "awgs/0" if self._sections[name].model == "UHFQA" else f"qachannels/{channel}/generator"
            self._inputs[serial, channel] = FeedlineInput(lab, chip, self._starts, tones, serial, core, channel)
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

    def started(self, serial: str, core: str) -> None:  # noqa: ARG002, the protocol's signature
        """A core has begun to play."""
        self._starts.started(serial)
