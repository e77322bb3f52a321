"""Progress of a batch, as a person likes to see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from runtime.rig import Report

__all__ = ["progress_of"]

LABELS = {"upload": "upload (bytes)", "fetch": "play and fetch (records)"}


@contextmanager
def progress_of(console: Console, title: str) -> Iterator[Report]:
    """A bar for each stage that reports; gives the function to hand to `rig.run(report=...)`."""
    columns = (
        TextColumn("{task.fields[title]}: {task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
    )
    # Where nobody watches, a bar is no more than empty lines.
    unseen = not console.is_terminal
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=unseen) as progress:
        bars: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(LABELS.get(stage, stage), total=total, title=title)
            progress.update(bars[stage], completed=done, total=total)

        yield report
