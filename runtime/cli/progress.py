"""Progress of a batch, as a person likes to see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

__all__ = ["Bars", "progress_of"]

LABELS = {"upload": "upload (bytes)", "fetch": "play and fetch (records)"}


class Bars:
    """A bar for each stage that reports: what `rig.run(report=...)` wants. Any thread may call it."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._title = title
        self._bars: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """So much of a stage is done."""
        if stage not in self._bars:
            label = LABELS.get(stage, stage)
            self._bars[stage] = self._progress.add_task(label, total=total, title=self._title, note="")
        self._progress.update(self._bars[stage], completed=done, total=total)

    def note(self, text: str) -> None:
        """A word beside the bars, in place of the last one."""
        for bar in tuple(self._bars.values()):
            self._progress.update(bar, note=text)


@contextmanager
def progress_of(console: Console, title: str) -> Iterator[Bars]:
    """A bar for each stage that reports; gives the function to hand to `rig.run(report=...)`."""
    columns = (
        TextColumn("{task.fields[title]}: {task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    # Where nobody watches, a bar is no more than empty lines.
    unseen = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=unseen) as progress:
        yield Bars(progress, title)
