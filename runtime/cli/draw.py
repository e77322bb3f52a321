"""`pulserig draw STATION SCHEDULE.py`."""

from __future__ import annotations

from pathlib import Path

from runtime.cli.outputs import console_of_command, numbered, require_writable, say
from runtime.cli.schedule_file import schedules_of
from runtime.lowering import lower
from runtime.lowering.drawing import draw_timeline
from runtime.results import require_ending, writing
from runtime.rig import load_station

__all__ = ["draw_file"]

ENDINGS = (".png", ".svg", ".pdf")


def draw_file(station: str, path: Path, out: Path) -> None:
    """Draw the streams of a file's schedules; several give FILE-0, FILE-1, ..."""
    require_ending(out, ENDINGS, "pictures")
    target = load_station(station).target
    timelines = [lower(schedule, target) for schedule in schedules_of(path, target)]
    names = numbered(out, len(timelines))
    require_writable(names, ENDINGS, "pictures")
    console = console_of_command()
    for name, timeline in zip(names, timelines, strict=True):
        with writing(name):
            draw_timeline(timeline).savefig(name)
        say(console, f"drew {name}")
