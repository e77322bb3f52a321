"""What a document can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runtime.pulse.channels import Channel
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Pulse
from runtime.pulse.parameters import ParameterExpression, ParameterVector
from runtime.pulse.schedule import Schedule, ScheduleBlock

__all__ = ["Functions", "Storable"]

Storable = Schedule | ScheduleBlock | Instruction | Pulse | Channel | ParameterExpression | ParameterVector
"""What can be written and comes back."""

Functions = Mapping[str, Callable[[int], float]]
"""The functions of `AlignFunc` by the names under which they travel."""
