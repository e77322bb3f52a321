"""Mark an instant for a simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from runtime.pulse.channels import SnapshotChannel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions.instruction import Instruction

__all__ = ["Snapshot"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snapshot(Instruction):
    """Mark an instant, at which a simulator may record its state; named like its label unless a name is given.

    Raises:
        PulseError: label or type is no string.
    """

    kind: ClassVar[str] = "Snapshot"

    label: str
    snapshot_type: str = "statevector"
    name: str | None = None

    def __post_init__(self) -> None:
        for what in (self.label, self.snapshot_type):
            if not isinstance(what, str):
                raise PulseError("Snapshot takes a label and a type as strings", got=repr(what))
        if self.name is None:
            object.__setattr__(self, "name", self.label)

    @property
    def type(self) -> str:
        """What to record."""
        return self.snapshot_type

    @property
    def operands(self) -> tuple[Any, ...]:
        """(label, type)."""
        return (self.label, self.snapshot_type)

    @property
    def channel(self) -> SnapshotChannel:
        """The snapshot channel."""
        return SnapshotChannel()

    @property
    def channels(self) -> tuple[SnapshotChannel]:
        """(the snapshot channel,)."""
        return (SnapshotChannel(),)
