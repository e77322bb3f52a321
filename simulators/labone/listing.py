"""Which nodes a listing holds and how it names them: the flags of listNodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntFlag

from simulators.labone.node import Kind, NodeInfo
from simulators.labone.paths import compile_expression

__all__ = ["Listing", "children", "selects"]


class Listing(IntFlag):
    """Flags of listNodes, by the vendor's numbers."""

    RECURSIVE = 1
    ABSOLUTE = 1 << 1
    LEAVES_ONLY = 1 << 2
    SETTINGS_ONLY = 1 << 3
    STREAMING_ONLY = 1 << 4
    SUBSCRIBED_ONLY = 1 << 5
    BASE_CHANNEL_ONLY = 1 << 6
    GET_ONLY = 1 << 7
    EXCLUDE_STREAMING = 1 << 20
    EXCLUDE_VECTORS = 1 << 24


def selects(listing: Listing, info: NodeInfo) -> bool:
    """Whether a listing with these flags holds that node."""
    streaming = "Stream" in info.properties
    unwanted = (
        (Listing.SETTINGS_ONLY in listing and "Setting" not in info.properties)
        or (Listing.STREAMING_ONLY in listing and not streaming)
        or (Listing.GET_ONLY in listing and (not info.readable or streaming))
        or (Listing.EXCLUDE_STREAMING in listing and streaming)
        or (Listing.EXCLUDE_VECTORS in listing and info.kind is Kind.VECTOR)
        or (Listing.BASE_CHANNEL_ONLY in listing and any(word.isdigit() and word != "0" for word in _words(info)))
    )
    return not unwanted


def _words(info: NodeInfo) -> list[str]:
    return info.path.split("/")


def children(expression: str, leaves: Iterable[str], listing: Listing) -> Iterator[str]:
    """How a listing names the leaves below an expression, in order; names may come twice.

    Recursive listings name the leaves; others the words one level below what the expression names. Absolute ones
    name them from the root, others from there.
    """
    prefix = compile_expression(expression.removesuffix("/*"), below=True)
    for leaf in leaves:
        if prefix.fullmatch(leaf) is None:
            continue
        depth = expression.removesuffix("/*").count("/")
        words = leaf.split("/")
        below = words[depth + 1 :]
        if Listing.RECURSIVE not in listing:
            if Listing.LEAVES_ONLY in listing and len(below) > 1:
                continue
            below = below[:1]
        shown = [*words[: depth + 1], *below] if Listing.ABSOLUTE in listing else (below or words[-1:])
        yield "/".join(shown)
