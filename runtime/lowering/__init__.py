"""From schedules to what instruments play: `lower` to a Timeline, its `streams` at dt, `route` to programs."""

from runtime.lowering.chunks import route_in_chunks
from runtime.lowering.columns import AcquireColumns, DelayColumns, PlayColumns
from runtime.lowering.explain import ChannelUse, explain
from runtime.lowering.frames import AliasingWarning
from runtime.lowering.limits_checks import Limits
from runtime.lowering.lower import Policy, lower
from runtime.lowering.render import IF_LIMIT
from runtime.lowering.route import Routed, route
from runtime.lowering.sequences import ChannelSequence, Sequences
from runtime.lowering.sweep import Program, Sweep
from runtime.lowering.timeline import Timeline
from runtime.lowering.triggers import MARKER_WIDTH_S
from runtime.lowering.wiring import (
    Carrier,
    InputLine,
    Interpolation,
    MixerCorrection,
    OutputLine,
    Predistortion,
    StartLine,
    TriggerLine,
    Wiring,
)
from runtime.lowering.wiring_checks import wiring_problems

__all__ = [
    "IF_LIMIT",
    "MARKER_WIDTH_S",
    "AcquireColumns",
    "AliasingWarning",
    "Carrier",
    "ChannelSequence",
    "ChannelUse",
    "DelayColumns",
    "InputLine",
    "Interpolation",
    "Limits",
    "MixerCorrection",
    "OutputLine",
    "PlayColumns",
    "Policy",
    "Predistortion",
    "Program",
    "Routed",
    "Sequences",
    "StartLine",
    "Sweep",
    "Timeline",
    "TriggerLine",
    "Wiring",
    "explain",
    "lower",
    "route",
    "route_in_chunks",
    "wiring_problems",
]
