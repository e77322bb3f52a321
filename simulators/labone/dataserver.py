"""The data server's state: its own nodes, its devices, which of them are connected. Knows no sockets."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping

from simulators.labone.catalogue import node_tree
from simulators.labone.device import Device
from simulators.labone.faults import ServerFaults
from simulators.labone.kernel import Kernel
from simulators.labone.models import FIRMWARE
from simulators.labone.nodes import NodeTree
from simulators.labone.version import LABONE, LabOneVersion

__all__ = ["DataServer"]

UP_TO_DATE, UPGRADE_NEEDED = 0, 1 << 5
"""Status flags of a device, as zhinst-toolkit reads them."""


class DataServer:
    """Its own nodes /zi, and the devices behind it.

    Attributes:
        version: The LabOne version that it goes by.
        devices: By serial, lower case.
        connected: Serials of the devices that a client has connected, in that order.
        faults: What it is asked to do wrong.
    """

    def __init__(self, devices: Iterable[Device] = (), version: LabOneVersion = LABONE) -> None:
        self.version = version
        self.devices: Mapping[str, Device] = {device.serial: device for device in devices}
        self.connected: dict[str, None] = {}
        self.faults = ServerFaults()
        self.tree = self._build_tree()
        self._uids: dict[str | None, str] = {serial: str(uuid.uuid4()) for serial in (None, *self.devices)}

    def kernel(self, serial: str | None) -> tuple[Kernel, str]:
        """The kernel of a device, or the server's own for None, with the name by which clients tell kernels apart.

        Clients send a request to the kernel it concerns, and take kernels of one name for one.
        """
        tree = self.tree if serial is None else self.devices[serial].tree
        return Kernel(tree), self._uids[serial]

    def connect(self, serial: str) -> None:
        """Note that a client has connected a device."""
        self.connected[serial] = None
        self._tell_connected()

    def disconnect(self, serial: str) -> None:
        """Note that a client has disconnected a device."""
        self.connected.pop(serial, None)
        self._tell_connected()

    def _tell_connected(self) -> None:
        self.tree.put("devices/connected", ",".join(self.connected).upper())

    def _build_tree(self) -> NodeTree:
        tree = NodeTree("zi", node_tree("zi"))
        about: Mapping[str, str | float] = {
            "about/version": self.version.short,
            "about/fullversion": self.version.full,
            "about/revision": self.version.revision,
            "about/dataserver": "ziDataServer",
            "about/copyright": "simulated",
            "devices/visible": ",".join(self.devices).upper(),
            "clockbase": 1e9,
            "debug/level": 3,
        }
        for path, value in about.items():
            tree.put(path, value)
        tree.on_get("devices", lambda _path: self.describe_devices())
        return tree

    def describe_devices(self) -> str:
        """The JSON of /zi/devices: type, options, interfaces and state of every device."""
        described = {}
        for serial, device in self.devices.items():
            connected = serial in self.connected
            outdated = (
                serial in self.faults.firmware_outdated or device.tree.value("system/fwrevision") != FIRMWARE
            )
            taken = connected or serial in self.faults.devices_in_use
            described[serial.upper()] = {
                "DEVICETYPE": device.model.name,
                "DEVTYPE": device.model.name,
                "OPTIONS": list(device.options),
                "SERIAL": serial[3:],
                "INTERFACE": "1GbE" if connected else "none",
                "INTERFACES": "1GbE",
                "AVAILABLE": 0 if taken else 1,
                "CONNECTED": "1GbE" if connected else "",
                "OWNER": "127.0.0.1" if taken else "",
                "STATUS": "In Use" if taken else "Available",
                "STATUSFLAGS": UPGRADE_NEEDED if outdated else UP_TO_DATE,
            }
        return json.dumps(described)
