"""The status registers of IEEE 488.2."""

from __future__ import annotations

from enum import IntFlag

__all__ = ["Event", "StatusRegisters"]


class Event(IntFlag):
    """Bits of the standard event status register."""

    OPERATION_COMPLETE = 1
    QUERY_ERROR = 4
    DEVICE_ERROR = 8
    EXECUTION_ERROR = 16
    COMMAND_ERROR = 32
    POWER_ON = 128


ERROR_AVAILABLE = 4
MESSAGE_AVAILABLE = 16
EVENT_SUMMARY = 32
SERVICE_REQUEST = 64

_CLASS_OF_HUNDREDS = {
    1: Event.COMMAND_ERROR,
    2: Event.EXECUTION_ERROR,
    3: Event.DEVICE_ERROR,
    4: Event.QUERY_ERROR,
}


class StatusRegisters:
    """Event register, and the two enable registers; each is an integer of 8 bits."""

    def __init__(self) -> None:
        self.events = Event.POWER_ON
        self.event_enable = 0
        self.service_enable = 0

    def note_error(self, code: int) -> None:
        """Set the event bit of an error's class."""
        self.events |= _CLASS_OF_HUNDREDS.get(-code // 100, Event.DEVICE_ERROR)

    def read_events(self) -> int:
        """Return and clear the event register (`*ESR?`)."""
        value, self.events = int(self.events), Event(0)
        return value

    def byte(self, *, errors: bool, message_available: bool) -> int:
        """The status byte.

        Args:
            errors: the error queue holds something.
            message_available: a reply waits to be read.
        """
        value = ERROR_AVAILABLE * errors + MESSAGE_AVAILABLE * message_available
        value += EVENT_SUMMARY * bool(self.events & self.event_enable)
        return value + SERVICE_REQUEST * bool(value & self.service_enable)
