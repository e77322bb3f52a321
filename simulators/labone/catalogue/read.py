"""The shipped node trees, as the descriptions of nodes."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from simulators.labone.catalogue.newer import newer_nodes, with_newer_choices
from simulators.labone.node import Kind, NodeInfo

__all__ = ["CATALOGUE", "Entry", "node_tree"]

CATALOGUE = Path(__file__).with_name("nodes.json.xz")

BORROWED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "shfqc": (("shfqa", r"qachannels/0/readout/multistate/(?!qudits/([8-9]|1\d)/).*"),),
}
"""What a tree lacks because it was recorded before another of its family: that tree, and which of its nodes."""
PER_PROGRAM = re.compile(r".*/waveform/waves/\d+")
"""Nodes that some trees were recorded with and that exist only while a program with waveforms is loaded."""

Entry = tuple[str, str, str, str, str, Mapping[str, str]]
"""Path, type, properties, unit, description, options by number."""
_KINDS = {str(kind): kind for kind in Kind} | {"Integer": Kind.INTEGER}


@cache
def _entries() -> dict[str, list[Entry]]:
    shipped: dict[str, list[Entry]] = json.loads(lzma.decompress(CATALOGUE.read_bytes()))
    return shipped


@cache
def node_tree(name: str) -> tuple[NodeInfo, ...]:
    """The nodes of "hdawg", "shfqa", "shfqc", "shfsg", "uhfqa" or "zi", those of newer firmware included."""
    nodes = {info.path: info for info in newer_nodes(name)}
    for tree, pattern in ((name, ".*"), *BORROWED.get(name, ())):
        borrowed = re.compile(pattern)
        nodes |= {
            entry[0]: with_newer_choices(_info(entry))
            for entry in _entries()[tree]
            if borrowed.fullmatch(entry[0])
        }
    return tuple(info for path, info in nodes.items() if not PER_PROGRAM.fullmatch(path))


def _info(entry: Entry) -> NodeInfo:
    path, type_name, properties, unit, description, options = entry
    return NodeInfo(
        path=path,
        kind=_KINDS.get(type_name, Kind.OTHER),
        description=description,
        unit=unit,
        properties=frozenset(properties.split(", ")),
        options=MappingProxyType({int(number): text for number, text in options.items()}),
        type_name=type_name,
    )
