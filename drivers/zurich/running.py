"""Starting a device's sequencers together, seeing them end, and what the device says went wrong meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable

from drivers.contract import AcquisitionError, SequencerProgram
from drivers.zurich.profiles import Profile
from drivers.zurich.seqc import Core
from drivers.zurich.server import Nodes, Value
from drivers.zurich.settings import switches
from drivers.zurich.upload import DeviceLink

__all__ = [
    "device_errors",
    "enabled_nodes",
    "failed",
    "forget_errors",
    "has_own_trigger",
    "hold_trigger",
    "release",
    "running",
    "together_nodes",
    "trigger_nodes",
    "waiting",
]

INTERNAL_TRIGGER = 8
"""SHFSG and SHFQC: the trigger that reaches all of a device's sequencers at once."""

SOFTWARE_TRIGGER = 1_024
"""SHFQA: as `INTERNAL_TRIGGER`."""

SEQUENCER_WAITS, SEQUENCER_FAILED = 4, 8
"""Bits of a sequencer's status."""

RISING = 1

ERRORS, FORGET_ERRORS = "raw/error/json/errors", "raw/error/clear"
"""The device's log of errors since it was last emptied, and what empties it."""


def trigger_nodes(profile: Profile, core: Core, program: SequencerProgram) -> dict[str, Value]:
    """What a sequencer waits for: the trigger input of the program, or the one that starts all of a device."""
    source = program.trigger_input
    trigger = f"{core.node}/auxtriggers/0"
    if core.kind == "qa":
        inner = INTERNAL_TRIGGER if profile.family == "SHFQC" else SOFTWARE_TRIGGER
        # Of the generators' inputs an analyzer sees none: it has two of its own.
        outer = 0 if profile.family == "SHFQC" else (source or 1) - 1
        return {f"{trigger}/channel": inner if source is None else outer}
    if source is None:
        return {f"{trigger}/channel": INTERNAL_TRIGGER, f"{trigger}/slope": RISING} if core.kind == "sg" else {}
    return {f"{trigger}/channel": source - 1, f"{trigger}/slope": RISING}


def together_nodes(nodes: Nodes, profile: Profile, cores: Iterable[Core]) -> dict[str, Value]:
    """HDAWG: the sequencers that wait for one another when they are enabled.

    Any firmware that goes with the data servers of today has these nodes (`opening.checked_profile`).
    """
    if profile.family != "HDAWG" or not nodes.has("awgs/0/synchronization/enable"):
        return {}
    used = {core.node for core in cores}
    every = [f"awgs/{index}" for index in range(len(profile.generator_outputs))]
    return {f"{node}/synchronization/enable": int(node in used) for node in every}


def enabled_nodes(cores: Iterable[Core]) -> dict[str, Value]:
    """Outputs on, sequencers from their programs' begin."""
    every = tuple(cores)
    nodes: dict[str, Value] = {}
    for core in every:
        nodes |= switches(core, on=True)
    return nodes | {f"{core.node}/enable": 1 for core in every}


def hold_trigger(nodes: Nodes, profile: Profile, program: SequencerProgram) -> None:
    """No trigger before `release`: one that is left over would start sequencers one by one as they are enabled."""
    if has_own_trigger(profile, program) and profile.family != "SHFQA":
        nodes.set({"system/internaltrigger/enable": 0, "system/internaltrigger/repetitions": 1})


def has_own_trigger(profile: Profile, program: SequencerProgram) -> bool:
    """The device's sequencers wait for a trigger that `release` gives."""
    return program.trigger_input is None and profile.family not in {"HDAWG", "UHFQA"}


def waiting(nodes: Nodes, cores: Iterable[Core]) -> bool:
    """All of the sequencers have come to their trigger."""
    states = nodes.scalars([f"{core.node}/sequencer/status" for core in cores])
    return all(int(state) & SEQUENCER_WAITS for state in states.values())


def release(nodes: Nodes, profile: Profile, program: SequencerProgram) -> None:
    """Start what waits for the device's own trigger.

    A program with a trigger input has its starts from there. Sequencers of an HDAWG start when they are enabled,
    all at once (`together_nodes`).
    """
    if not has_own_trigger(profile, program):
        return
    if profile.family == "SHFQA":
        nodes.set({"system/swtriggers/0/single": 1})
        return
    nodes.set({"system/internaltrigger/enable": 1})


def running(nodes: Nodes, cores: Iterable[Core]) -> tuple[Core, ...]:
    """Those of the sequencers that have not ended."""
    every = tuple(cores)
    states = nodes.scalars([f"{core.node}/enable" for core in every])
    return tuple(core for core in every if states[f"{core.node}/enable"])


def failed(nodes: Nodes, cores: Iterable[Core]) -> tuple[Core, ...]:
    """Those of the sequencers that say they have failed."""
    every = tuple(cores)
    states = nodes.scalars([f"{core.node}/sequencer/status" for core in every])
    return tuple(core for core in every if int(states[f"{core.node}/sequencer/status"]) & SEQUENCER_FAILED)


def forget_errors(nodes: Nodes) -> None:
    """Empty the device's log, which keeps what went wrong until somebody does."""
    if nodes.has(FORGET_ERRORS):
        nodes.set({FORGET_ERRORS: 1})


def device_errors(link: DeviceLink) -> None:
    """Raise AcquisitionError with what the device itself reports as errors."""
    if not link.nodes.has(ERRORS):
        return
    try:
        messages = json.loads(link.nodes.text(ERRORS) or "{}").get("messages") or []
    except (ValueError, AttributeError):
        return
    texts = [str(entry.get("message") or entry) if isinstance(entry, dict) else str(entry) for entry in messages]
    if texts:
        forget_errors(link.nodes)
        raise AcquisitionError(
            "the device reports errors",
            got="; ".join(texts[:5]),
            fix="Look at the device's log",
            instrument=link.name,
            address=link.address,
        )
