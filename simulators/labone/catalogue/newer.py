"""Nodes that instruments have gained since the catalogue's trees were recorded, written by hand.

The list holds what current drivers and LabOne Q touch on SHF instruments; descriptions are ours, and short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from simulators.labone.node import Kind, NodeInfo

__all__ = ["newer_nodes", "with_newer_choices"]

SETTING = frozenset({"Read", "Write", "Setting"})
COMMAND = frozenset({"Read", "Write"})
READING = frozenset({"Read"})

CHANNELS = {"shfqa": (4, 0), "shfqc": (1, 6), "shfsg": (0, 8)}
"""Readout and signal-generator channels of the trees of SHF instruments."""

RF_PATH = MappingProxyType(
    {0: '"lf": The low-frequency path is used.', 1: '"rf": The radio-frequency path is used.'}
)
SYNCHRONIZATION = MappingProxyType({0: '"internal": This instrument alone.', 1: '"external": Through ZSync.'})

FIRST_TRIGGER, SECOND_TRIGGER = 32, 36
"""Choices of sources of triggers: a sequencer's first and second trigger, plus the number of its channel."""
INTERNAL_TRIGGER = 8

Row = tuple[str, Kind, frozenset[str], str, str]

_MUTING: Row = ("output/muting/enable", Kind.INTEGER, SETTING, "None", "Mutes the output between pulses.")
_TOGETHER: Row = (
    "synchronization/enable",
    Kind.INTEGER,
    SETTING,
    "None",
    "This channel takes part in a synchronized start.",
)
_SOURCE: Row = ("system/synchronization/source", Kind.ENUMERATED, SETTING, "None", "Who says that all are ready.")
_CHECKS: Row = (
    "raw/system/awg/runtimechecks/enable",
    Kind.INTEGER,
    SETTING,
    "None",
    "Sequencers check what they run.",
)
_ERRORS: tuple[Row, ...] = (
    ("raw/error/json/errors", Kind.STRING, READING, "None", "Errors since the last clear, as JSON."),
    ("raw/error/clear", Kind.INTEGER, COMMAND, "None", "Forgets the errors."),
)
_PIPELINER: tuple[Row, ...] = (
    ("pipeliner/mode", Kind.INTEGER, SETTING, "None", "Whether programs are queued."),
    ("pipeliner/reset", Kind.INTEGER, COMMAND, "None", "Empties the queue."),
    ("pipeliner/commit", Kind.INTEGER, COMMAND, "None", "Adds the present program to the queue."),
    ("pipeliner/ready", Kind.INTEGER, READING, "None", "The queue takes another program."),
    ("pipeliner/maxslots", Kind.INTEGER, READING, "None", "How many programs the queue can hold."),
    ("pipeliner/availableslots", Kind.INTEGER, READING, "None", "How many more programs it can hold now."),
    ("pipeliner/status", Kind.INTEGER, READING, "None", "0 idle, 1 running, 2 waiting, 3 done."),
)

READOUT: tuple[Row, ...] = (
    ("input/rflfpath", Kind.ENUMERATED, SETTING, "None", "Path of the input signal."),
    ("output/rflfpath", Kind.ENUMERATED, SETTING, "None", "Path of the output signal."),
    ("output/rflfinterlock", Kind.INTEGER, SETTING, "None", "The output's path follows the input's."),
    _MUTING,
    _TOGETHER,
    ("spectroscopy/psd/enable", Kind.INTEGER, SETTING, "None", "Results are power spectral densities."),
    *_PIPELINER,
)
GENERATOR: tuple[Row, ...] = (
    ("output/delay", Kind.DOUBLE, SETTING, "s", "Delay of the output, in steps of one sample."),
    _MUTING,
    ("trigger/delay", Kind.DOUBLE, SETTING, "s", "Delay of the trigger input."),
    _TOGETHER,
    ("outputrouter/enable", Kind.INTEGER, SETTING, "None", "Adds other channels' signals to this output."),
    ("outputrouter/overflowcount", Kind.INTEGER, READING, "None", "How often the sum was too large."),
    *(
        row
        for route in range(3)
        for row in (
            (f"outputrouter/routes/{route}/enable", Kind.INTEGER, SETTING, "None", "Adds this route's signal."),
            (f"outputrouter/routes/{route}/source", Kind.INTEGER, SETTING, "None", "Channel that is added."),
            (f"outputrouter/routes/{route}/amplitude", Kind.DOUBLE, SETTING, "None", "Factor, 0 to 1."),
            (f"outputrouter/routes/{route}/phase", Kind.DOUBLE, SETTING, "deg", "Rotation of the added signal."),
        )
    ),
    *_PIPELINER,
)
INSTRUMENT: tuple[Row, ...] = (
    ("system/internaltrigger/synchronization/enable", Kind.INTEGER, SETTING, "None", "Waits for all channels."),
    _SOURCE,
    *_ERRORS,
    ("raw/error/blinkseverity", Kind.INTEGER, SETTING, "None", "From which severity on the instrument blinks."),
    ("raw/error/open", Kind.INTEGER, SETTING, "None", "Whether errors are collected."),
    _CHECKS,
)
EVERY_TREE: tuple[Row, ...] = (
    ("raw/stats/sync", Kind.INTEGER, COMMAND, "None", "Written by a client's sync(), to have an answer."),
)
HDAWG: tuple[Row, ...] = (
    *_ERRORS,
    _CHECKS,
    _SOURCE,
    *(
        (f"awgs/{core}/synchronization/enable", Kind.INTEGER, SETTING, "None", "Waits for the others that do.")
        for core in range(4)
    ),
)
SERVER: tuple[Row, ...] = (
    ("about/fullversion", Kind.STRING, READING, "None", "Version of LabOne with its patch and build numbers."),
    ("devices", Kind.STRING, READING, "None", "What is known of every device, as JSON."),
)


def with_newer_choices(info: NodeInfo) -> NodeInfo:
    """The node with the choices that sources of triggers have gained: the sequencers' second, the internal one."""
    if "sequencer_trigger0" not in info.options.get(FIRST_TRIGGER, ""):
        return info
    added = {
        SECOND_TRIGGER
        + number: f'"chan{number}seqtrig1", "channel{number}_sequencer_trigger1": Sequencer Trigger 2'
        for number in range(4)
        if FIRST_TRIGGER + number in info.options
    }
    if info.path.endswith("/channel"):
        added[INTERNAL_TRIGGER] = '"inttrig", "internal_trigger": Internal Trigger'
    return replace(info, options=MappingProxyType(added | dict(info.options)))


def newer_nodes(tree: str) -> Iterator[NodeInfo]:
    """The nodes to add to a tree of the catalogue."""
    whole = {"zi": SERVER, "hdawg": HDAWG}.get(tree, INSTRUMENT if tree in CHANNELS else ())
    yield from (_info(row) for row in (*whole, *EVERY_TREE))
    readouts, generators = CHANNELS.get(tree, (0, 0))
    for channel in range(readouts):
        yield from (_info(row, f"qachannels/{channel}/") for row in READOUT)
    for channel in range(generators):
        yield from (_info(row, f"sgchannels/{channel}/") for row in GENERATOR)


def _info(row: Row, prefix: str = "") -> NodeInfo:
    path, kind, properties, unit, description = row
    options = {"rflfpath": RF_PATH, "source": SYNCHRONIZATION}.get(path.rsplit("/", 1)[-1], MappingProxyType({}))
    return NodeInfo(
        path=f"{prefix}{path}",
        kind=kind,
        description=description,
        unit=unit,
        properties=properties,
        options=options if kind is Kind.ENUMERATED else MappingProxyType({}),
        type_name=str(kind),
    )
