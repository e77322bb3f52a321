"""A Target as text: the layout that Qiskit's users know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from runtime.target.properties import InstructionProperties

if TYPE_CHECKING:
    from runtime.target.target import Target

__all__ = ["target_text"]


def target_text(target: Target) -> str:
    """Qubits and instructions of `target`, one line an entry, indented by tabs.

    What a subclass of InstructionProperties keeps in a mapping `properties` is listed as extra properties.
    """
    lines = [f"Target: {target.description}" if target.description is not None else "Target"]
    lines += [f"Number of qubits: {target.num_qubits}", "Instructions:"]
    for name, entries in target.items():
        lines.append(f"\t{name}")
        for qargs, properties in entries.items():
            if qargs is None:
                continue
            lines.append(f"\t\t{qargs}" if properties is None else f"\t\t{qargs}:")
            lines += [f"\t\t\t{line}" for line in _property_lines(properties)]
    return "\n".join(lines) + "\n"


def _property_lines(properties: InstructionProperties | None) -> Iterator[str]:
    if properties is None:
        return
    if properties.duration is not None:
        yield f"Duration: {properties.duration:g} sec."
    if properties.error is not None:
        yield f"Error Rate: {properties.error:g}"
    if properties.calibration_entry is not None:
        yield "With pulse schedule calibration"
    more = getattr(properties, "properties", None)
    if isinstance(more, Mapping):
        yield "Extra properties:"
        yield from (f"\t{key}: {value}" for key, value in more.items())
