"""Readout and idling of whole qubits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar, overload

from runtime.pulse import macros
from runtime.pulse.builder.active import active
from runtime.pulse.builder.channels import active_backend, channels_of, num_qubits
from runtime.pulse.builder.contexts import align_left
from runtime.pulse.builder.instructions import StorageLocation, delay
from runtime.pulse.builder.subroutines import call_block
from runtime.pulse.channels import MemorySlot, RegisterSlot
from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters import ParameterValue
from runtime.pulse.transforms import schedule_to_block

__all__ = ["delay_qubits", "measure", "measure_all"]

_Slot = TypeVar("_Slot", MemorySlot, RegisterSlot)


@overload
def measure(qubits: int, registers: None = None) -> MemorySlot: ...
@overload
def measure(qubits: int, registers: _Slot | Sequence[_Slot]) -> _Slot: ...
@overload
def measure(qubits: Sequence[int], registers: None = None) -> MemorySlot | list[MemorySlot]: ...
@overload
def measure(qubits: Sequence[int], registers: _Slot | Sequence[_Slot]) -> _Slot | list[_Slot]: ...
def measure(
    qubits: int | Sequence[int], registers: StorageLocation | Sequence[StorageLocation] | None = None
) -> StorageLocation | Sequence[StorageLocation]:
    """Read qubits together, with the device's own calibrations.

    Args:
        qubits: which.
        registers: where the results go, one for each qubit; MemorySlot(qubit) if left out.

    Returns:
        The slot of a single qubit, else the list of slots.

    Raises:
        NoActiveBuilder: called outside of a builder context.
        BackendNotSet: the context has no backend.
        PulseError: a qubit has no calibration, or there are not as many registers as qubits.
    """
    wanted = [qubits] if isinstance(qubits, int) else list(qubits)
    slots: list[StorageLocation]
    if registers is None:
        slots = [MemorySlot(qubit) for qubit in wanted]
    else:
        slots = [registers] if isinstance(registers, MemorySlot | RegisterSlot) else list(registers)
    if len(slots) != len(wanted):
        raise PulseError(
            "each qubit needs one register", where=f"measure of qubits {wanted}", got=f"{len(slots)} registers"
        )
    key = f"measure_{'&'.join(map(str, wanted))}..{'&'.join(_label(slot) for slot in slots)}"
    _call_measurement(wanted, slots, key)
    return slots[0] if len(slots) == 1 else slots


def measure_all() -> list[MemorySlot]:
    """Read all qubits of the device, each into the slot of its number.

    Returns:
        The slots.

    Raises:
        NoActiveBuilder, BackendNotSet, PulseError: as `measure`.
    """
    qubits = list(range(num_qubits()))
    slots = [MemorySlot(qubit) for qubit in qubits]
    _call_measurement(qubits, slots, "measure_all")
    return slots


def delay_qubits(duration: ParameterValue, *qubits: int) -> None:
    """Leave all channels of some qubits idle for a number of samples, each channel once.

    Raises:
        NoActiveBuilder: called outside of a builder context.
        BackendNotSet: the context has no backend.
    """
    channels = channels_of(qubits)
    with align_left():
        for channel in channels:
            delay(duration, channel)


def _call_measurement(qubits: list[int], slots: Sequence[StorageLocation], key: str) -> None:
    source = active_backend()
    readout = macros.joint_readout(qubits, source, dict(zip(qubits, slots, strict=True)))
    call_block(active().block, schedule_to_block(readout), key)


def _label(slot: StorageLocation) -> str:
    """A memory slot by its number, as Qiskit has it; a register slot by its name."""
    return str(slot.index) if isinstance(slot, MemorySlot) else slot.name
