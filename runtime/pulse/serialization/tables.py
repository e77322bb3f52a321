"""The classes that documents name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from runtime.pulse import channels, instructions, library
from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Pulse

__all__ = ["CHANNELS", "INSTRUCTIONS", "pulse_class", "pulse_classes"]

CHANNELS: Mapping[str, type[Channel]] = {
    kind.__name__: kind
    for kind in (
        channels.DriveChannel,
        channels.MeasureChannel,
        channels.ControlChannel,
        channels.AcquireChannel,
        channels.MemorySlot,
        channels.RegisterSlot,
        channels.SnapshotChannel,
    )
}

INSTRUCTIONS: Mapping[str, type[Instruction]] = {
    kind.kind: kind
    for kind in (
        instructions.Acquire,
        instructions.Delay,
        instructions.Play,
        instructions.Reference,
        instructions.RelativeBarrier,
        instructions.SetFrequency,
        instructions.SetPhase,
        instructions.ShiftFrequency,
        instructions.ShiftPhase,
        instructions.Snapshot,
        instructions.TimeBlockade,
    )
}

_SHAPE_CLASSES: Mapping[str, type[library.SymbolicPulse]] = {
    kind.__name__: kind for kind in (library.Constant, library.Drag, library.Gaussian, library.GaussianSquare)
}


def pulse_class(label: str, scalable: bool) -> type[library.SymbolicPulse]:
    """The class of a pulse with this shape."""
    return _SHAPE_CLASSES.get(label, library.ScalableSymbolicPulse if scalable else library.SymbolicPulse)


@cache
def pulse_classes() -> frozenset[type[Pulse]]:
    """All classes of pulses that can be written."""
    shared = {library.Waveform, library.SymbolicPulse, library.ScalableSymbolicPulse}
    return frozenset({*shared, *_SHAPE_CLASSES.values()})
