"""The device of the current context: its channels, and how many qubits it has."""

from __future__ import annotations

from collections.abc import Iterable

from runtime.pulse.builder.active import active
from runtime.pulse.channels import AcquireChannel, Channel, ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.device import Backend, Device, device_of
from runtime.pulse.exceptions import PulseError

__all__ = [
    "acquire_channel",
    "active_backend",
    "active_device",
    "channels_of",
    "control_channels",
    "drive_channel",
    "measure_channel",
    "num_qubits",
    "qubit_channels",
]


def active_backend() -> Backend:
    """What was given to `build` as the backend.

    Raises:
        NoActiveBuilder: called outside of a builder context. So do all functions of this module.
        BackendNotSet: the context has none. So do all functions of this module.
    """
    backend = active().backend
    if backend is None:
        device_of(backend)
        raise AssertionError  # unreachable
    return backend


def active_device() -> Device:
    """The target of the current context's backend."""
    return device_of(active().backend)


def num_qubits() -> int:
    """Number of qubits of the device.

    Raises:
        PulseError: the target does not know.
    """
    number = active_device().num_qubits
    if number is None:
        raise PulseError("the target does not know its number of qubits", where="num_qubits")
    return number


def drive_channel(qubit: int) -> DriveChannel:
    """A qubit's drive channel; KeyError if the device has no such qubit."""
    return active_device().drive(qubit)


def measure_channel(qubit: int) -> MeasureChannel:
    """A qubit's measure channel; KeyError if the device has no such qubit."""
    return active_device().measure(qubit)


def acquire_channel(qubit: int) -> AcquireChannel:
    """A qubit's acquire channel; KeyError if the device has no such qubit."""
    return active_device().acquire(qubit)


def control_channels(*qubits: int) -> list[ControlChannel]:
    """The control channels of an ordered group of qubits, (control, target); KeyError if it has none."""
    return active_device().control(qubits)


def qubit_channels(qubit: int) -> set[Channel]:
    """All channels of a qubit: drive, measure, acquire, and every control channel of a pair that contains it."""
    return set(_channels_of_qubit(active_device(), qubit))


def channels_of(channels_or_qubits: Iterable[Channel | int]) -> list[Channel]:
    """The distinct channels, those of qubits included, in the order given.

    Raises:
        BackendNotSet: a qubit is given and the context has no backend.
        PulseError: neither a channel nor a qubit.
    """
    found: dict[Channel, None] = {}
    for item in channels_or_qubits:
        if isinstance(item, Channel):
            found[item] = None
        elif type(item) is int:
            found.update(dict.fromkeys(_channels_of_qubit(active_device(), item)))
        else:
            raise PulseError("neither a channel nor a qubit", got=repr(item))
    return list(found)


def _channels_of_qubit(device: Device, qubit: int) -> list[Channel]:
    channels: list[Channel] = [device.drive(qubit), device.measure(qubit), device.acquire(qubit)]
    for pair in sorted(group for group in device.qargs or () if len(group) == 2 and qubit in group):
        try:
            channels += device.control(pair)
        except KeyError:
            continue  # an edge without control channels, as with tunable couplers
    return channels
