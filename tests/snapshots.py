"""What stands in the snapshot of a QCoDeS station."""

from __future__ import annotations

from collections.abc import Iterator


def snapshot_values(snapshot: object) -> Iterator[object]:
    """All values of parameters in a snapshot, however deep."""
    if isinstance(snapshot, dict):
        if "value" in snapshot and not isinstance(snapshot["value"], dict):
            yield snapshot["value"]
        for each in snapshot.values():
            yield from snapshot_values(each)
