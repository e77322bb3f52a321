"""`pulserig explain STATION SCHEDULE.py`."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from runtime.cli.opening import open_rig
from runtime.cli.outputs import console_of_command
from runtime.cli.schedule_file import schedules_of
from runtime.lowering import ChannelUse
from runtime.rig import load_station

__all__ = ["explain_file"]

COLUMNS = ("", "ports", "LO GHz", "IF MHz", "samples", "waves", "memory", "room %", "grid")
EXPLANATION = """\
samples: of the pulses, at dt       waves: distinct waveforms on the busier port
memory: samples used / allowed      room: left to full scale, percent
grid: the coarsest one, in dt, on which all its pulses start"""


def explain_file(station: str, path: Path) -> None:
    """Print a row for each channel that the schedules of a file use; nothing is played."""
    console = console_of_command()
    loaded = load_station(station)
    schedules = schedules_of(path, loaded.target)
    with open_rig(console, loaded) as rig:
        uses = rig.explain(schedules)
    table = Table(*COLUMNS, title=f"{path.name} on {loaded.name}", box=None, padding=(0, 1), pad_edge=False)
    for use in uses:
        table.add_row(*_row(use))
    console.print(table)
    console.print(EXPLANATION)


def _row(use: ChannelUse) -> tuple[str, ...]:
    grid = use.alignment_slack
    return (
        use.channel.name,
        f"{use.instrument} {'/'.join(map(str, use.ports))}",
        f"{use.lo_frequency_hz / 1e9:.6f}",
        "none" if use.if_frequency_hz is None else f"{use.if_frequency_hz / 1e6:+.3f}",
        str(use.samples),
        str(use.distinct_waveforms),
        f"{_short(use.memory_used)}/{_short(use.memory_allowed)}",
        f"{use.headroom_percent:.1f}",
        "-" if grid is None else "any" if grid == 0 else str(grid),
    )


def _short(count: int) -> str:
    """A count with at most four characters: 16k, 2G."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{count / size:.3g}{unit}"
    return str(count)
