"""What the builder and the macros need of a device: a Target, or anything that has one (a Rig, a backend)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from runtime.pulse.channels import AcquireChannel, ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.exceptions import BackendNotSet, PulseError
from runtime.pulse.schedule import Schedule, ScheduleBlock

__all__ = ["Backend", "CalibratedTarget", "Device", "HasDevice", "HasTarget", "calibrated_target", "device_of"]


@runtime_checkable
class CalibratedTarget(Protocol):
    """Where calibrations come from."""

    def get_calibration(self, operation_name: str, qargs: tuple[int, ...], /) -> Schedule | ScheduleBlock:
        """The schedule of an operation on these qubits; KeyError when there is none."""
        ...


@runtime_checkable
class HasTarget(Protocol):
    """Something that has a calibrated target."""

    @property
    def target(self) -> CalibratedTarget:
        """The target."""
        ...


@runtime_checkable
class Device(CalibratedTarget, Protocol):
    """A target as the builder uses it: clock, qubits and channels besides calibrations."""

    @property
    def dt(self) -> float | None:
        """Sample period in seconds."""
        ...

    @property
    def num_qubits(self) -> int | None:
        """Number of qubits; None if unknown."""
        ...

    @property
    def qargs(self) -> Iterable[tuple[int, ...]] | None:
        """The groups of qubits that operations act on."""
        ...

    def drive(self, qubit: int, /) -> DriveChannel:
        """A qubit's drive channel; KeyError if there is no such qubit."""
        ...

    def measure(self, qubit: int, /) -> MeasureChannel:
        """A qubit's measure channel; KeyError if there is no such qubit."""
        ...

    def acquire(self, qubit: int, /) -> AcquireChannel:
        """A qubit's acquire channel; KeyError if there is no such qubit."""
        ...

    def control(self, qubits: Iterable[int], /) -> list[ControlChannel]:
        """The control channels of an ordered group of qubits; KeyError if it has none."""
        ...


@runtime_checkable
class HasDevice(Protocol):
    """Something that has a target: a Rig, or a backend."""

    @property
    def target(self) -> Device:
        """The target."""
        ...


Backend = Device | HasDevice
"""What a builder context takes as its backend."""

_NEEDED = ("dt", "num_qubits", "qargs", "drive", "measure", "acquire", "control", "get_calibration")


def device_of(backend: Backend | None) -> Device:
    """The target of a backend, or the backend itself if it is one.

    Raises:
        BackendNotSet: there is none.
        PulseError: it is no target and has none, or the target lacks what a builder needs.
    """
    if backend is None:
        raise BackendNotSet(
            "this function needs a device",
            where="builder context without backend",
            fix="Pass a Rig, a Target or an object with a target: build(backend)",
        )
    device: object = getattr(backend, "target", backend)
    missing = [name for name in _NEEDED if not hasattr(device, name)]
    if missing or not isinstance(device, Device):
        raise PulseError(
            "not usable as a backend",
            got=f"{type(backend).__name__} without {', '.join(missing)}",
            allowed="a Rig, a Target, or an object whose target is one",
        )
    return device


def calibrated_target(source: CalibratedTarget | HasTarget) -> CalibratedTarget:
    """The target of an object, or the object itself if it is one.

    Raises:
        PulseError: it is no target and has none.
    """
    target: object = getattr(source, "target", source)
    if not isinstance(target, CalibratedTarget):
        raise PulseError(
            "no calibrations come from this",
            got=repr(source),
            allowed="a Rig, a Target, or an object whose target is one",
        )
    return target
