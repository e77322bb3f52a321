"""The alignments, where programs written for Qiskit Pulse import them from."""

from runtime.pulse.schedule.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)

__all__ = ["AlignEquispaced", "AlignFunc", "AlignLeft", "AlignRight", "AlignSequential", "AlignmentKind"]
