"""What can be made to go wrong on request: by the server as a whole, or by one of its instruments."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["DeviceFault", "DeviceFaults", "ServerFaults"]


class DeviceFault(StrEnum):
    """Faults that a device model shows by itself, each as often as was asked."""

    LOST_TRIGGER = "lost-trigger"
    """The next trigger that the instrument should take is missed."""
    OVERFLOW = "overflow"
    """The next acquisition reports an input or result overflow."""
    STALL = "stall"
    """The next run starts and never ends."""


@dataclass
class DeviceFaults:
    """Faults waiting for their moment. Asked for on the server's thread, taken on any."""

    _pending: dict[DeviceFault, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, fault: DeviceFault, times: int = 1) -> None:
        """Let `fault` happen the next `times` times; 0 calls it off."""
        with self._lock:
            self._pending[fault] = times

    def take(self, fault: DeviceFault) -> bool:
        """Whether it must happen now; counts it as done."""
        with self._lock:
            left = self._pending.get(fault, 0)
            if left == 0:
                return False
            self._pending[fault] = left - 1
            return True

    def clear(self) -> None:
        """Call all of them off."""
        with self._lock:
            self._pending.clear()


@dataclass
class ServerFaults:
    """Faults of the server; every field may be changed while it runs.

    Attributes:
        refuse: Connections are closed without a word.
        delay_s: Every reply waits that long.
        devices_in_use: Serials that answer "in use".
        firmware_outdated: Serials that report a firmware that does not go with the server.
        firmware_needed: Serials that cannot be connected before their firmware is updated.
    """

    refuse: bool = False
    delay_s: float = 0.0
    devices_in_use: set[str] = field(default_factory=set)
    firmware_outdated: set[str] = field(default_factory=set)
    firmware_needed: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Back to good behaviour."""
        self.refuse = False
        self.delay_s = 0.0
        self.devices_in_use.clear()
        self.firmware_outdated.clear()
        self.firmware_needed.clear()
