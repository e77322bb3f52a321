"""`pulserig run STATION SCHEDULE.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runtime.cli.opening import open_rig
from runtime.cli.outputs import console_of_command, numbered, require_writable, say
from runtime.cli.progress import progress_of
from runtime.cli.result_tables import flags_of, table_of
from runtime.cli.schedule_file import schedules_of
from runtime.results import ENDINGS
from runtime.rig import load_station

__all__ = ["run_file"]


def run_file(station: str, path: Path, out: Path | None, **wanted: Any) -> None:  # noqa: ANN401 - as Rig.run's
    """Run the schedules of a file, print what came back, and save it if asked.

    `wanted` are keywords of `Rig.run`, which says what is wrong with them.
    """
    console = console_of_command()
    # Schedules and files come before the instruments: most mistakes are found without anything connected.
    loaded = load_station(station)
    schedules = schedules_of(path, loaded.target)
    files = [] if out is None else numbered(out, len(schedules))
    require_writable(files, ENDINGS, "results")
    with open_rig(console, loaded) as rig, progress_of(console, path.name) as report:
        results = rig.run(schedules, **wanted, report=report)
    for result in results:
        console.print(table_of(result))
        for sentence in flags_of(result):
            say(console, sentence)
    for result, file in zip(results, files, strict=False):
        say(console, f"saved {result.save(file)}")
