"""`pulserig run STATION SCHEDULE.py`."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from runtime.cli.opening import open_rig
from runtime.cli.outputs import console_of_command, numbered, require_writable, say
from runtime.cli.progress import progress_of
from runtime.cli.schedule_file import schedules_of
from runtime.results import ENDINGS, LEVELS, Result
from runtime.rig import load_station

__all__ = ["run_file"]


def run_file(station: str, path: Path, *, shots: int, level: int, out: Path | None) -> None:
    """Run the schedules of a file, print what came back, and save it if asked."""
    console = console_of_command()
    # Schedules and files come before the instruments: most mistakes are found without anything connected.
    loaded = load_station(station)
    schedules = schedules_of(path, loaded.target)
    files = [] if out is None else numbered(out, len(schedules))
    require_writable(files, ENDINGS, "results")
    with open_rig(console, loaded) as rig, progress_of(console, path.name) as report:
        results = rig.run(schedules, shots=shots, level=level, report=report)
    for result in results:
        console.print(_table(result))
        if result.overrange.any():
            say(
                console,
                f"{int(result.overrange.sum())} of {result.shots} shots met an end of the digitizer's range",
            )
    for result, file in zip(results, files, strict=False):
        say(console, f"saved {result.save(file)}")


def _table(result: Result) -> Table:
    title = f"{result.name}: {result.shots} shots, {LEVELS[result.level]}"
    if result.level == 2:
        bits = ", ".join(f"slot {slot}" for slot in sorted(result.slots, reverse=True))
        table = Table(f"bits ({bits})", "counts", "share", title=title)
        for string, count in result.counts.items():
            table.add_row(string, str(count), f"{count / result.shots:.4f}")
        return table
    table = Table("slot", "mean of I", "mean of Q", "standard deviation", title=f"{title}, volts")
    for slot, values in result.memory.items():
        table.add_row(
            str(slot), *(f"{number:.6f}" for number in (values.real.mean(), values.imag.mean(), values.std()))
        )
    return table
