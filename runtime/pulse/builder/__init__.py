"""Programs from function calls, inside `with build() as program:`.

What a function makes goes into the innermost context that is open in the current task or thread.
"""

from runtime.pulse.builder.building import AlignmentName, build
from runtime.pulse.builder.channels import (
    acquire_channel,
    active_backend,
    control_channels,
    drive_channel,
    measure_channel,
    num_qubits,
    qubit_channels,
)
from runtime.pulse.builder.clock import samples_to_seconds, seconds_to_samples
from runtime.pulse.builder.contexts import (
    align_equispaced,
    align_func,
    align_left,
    align_right,
    align_sequential,
    frequency_offset,
    phase_offset,
)
from runtime.pulse.builder.instructions import (
    StorageLocation,
    acquire,
    append_instruction,
    barrier,
    delay,
    play,
    set_frequency,
    set_phase,
    shift_frequency,
    shift_phase,
    snapshot,
)
from runtime.pulse.builder.measurement import delay_qubits, measure, measure_all
from runtime.pulse.builder.subroutines import append_schedule, call, macro, reference

__all__ = [
    "AlignmentName",
    "StorageLocation",
    "acquire",
    "acquire_channel",
    "active_backend",
    "align_equispaced",
    "align_func",
    "align_left",
    "align_right",
    "align_sequential",
    "append_instruction",
    "append_schedule",
    "barrier",
    "build",
    "call",
    "control_channels",
    "delay",
    "delay_qubits",
    "drive_channel",
    "frequency_offset",
    "macro",
    "measure",
    "measure_all",
    "measure_channel",
    "num_qubits",
    "phase_offset",
    "play",
    "qubit_channels",
    "reference",
    "samples_to_seconds",
    "seconds_to_samples",
    "set_frequency",
    "set_phase",
    "shift_frequency",
    "shift_phase",
    "snapshot",
]
