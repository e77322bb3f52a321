"""The commands, and how their errors end. Heavy imports wait until a command needs them."""

from __future__ import annotations

import io
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from runtime import __version__
from runtime.cli.exits import ends_with_a_code

__all__ = ["app", "main"]

app = typer.Typer(
    name="pulserig",
    help="Run pulse schedules on real instruments, or on simulated ones that speak the same protocols.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

StationArgument = Annotated[
    str, typer.Argument(metavar="STATION", help="Name of an installed station, or the path of a station's folder.")
]
ScheduleArgument = Annotated[
    Path,
    typer.Argument(
        metavar="SCHEDULE.py",
        help="Python file with a variable 'schedule' (a Schedule, a ScheduleBlock or a list of them), "
        "or a function 'build(target)' that returns one.",
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pulserig {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command(epilog="Example:  pulserig demo --out results")
@ends_with_a_code
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the picture and the data; made if missing.")] = Path(),
    shots: Annotated[int, typer.Option(min=1, help="Shots of each program.")] = 1024,
) -> None:
    """Calibrated gates of a recorded device, through real drivers, on simulated instruments, to counts."""
    began = time.perf_counter()
    from runtime.cli.demo import run_demo

    run_demo(out, shots, began)


@app.command(epilog="Example:  pulserig stations")
@ends_with_a_code
def stations() -> None:
    """List the stations that are installed."""
    from runtime.cli.stations import list_stations

    list_stations()


@app.command(epilog="Example:  pulserig check demo")
@ends_with_a_code
def check(station: StationArgument) -> None:
    """Validate a station's configuration, connect, identify every instrument, and report."""
    from runtime.cli.check import check_station

    check_station(station)


@app.command(epilog="Example:  pulserig run demo bell.py --shots 2000 --level 1 --out iq.nc")
@ends_with_a_code
def run(
    station: StationArgument,
    schedule: ScheduleArgument,
    shots: Annotated[int, typer.Option(min=1, help="How often each schedule is played.")] = 1024,
    level: Annotated[
        int, typer.Option(min=0, max=2, help="0 raw traces, 1 kernelled complex numbers, 2 classified bits.")
    ] = 2,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Save the shots: .nc (netCDF) or .json. Several schedules: FILE-0, FILE-1, ..."
        ),
    ] = None,
) -> None:
    """Run a schedule on a station and print what came back."""
    from runtime.cli.run import run_file

    run_file(station, schedule, shots=shots, level=level, out=out)


@app.command(epilog="Example:  pulserig explain demo bell.py")
@ends_with_a_code
def explain(station: StationArgument, schedule: ScheduleArgument) -> None:
    """Print what each channel of a schedule uses on a station: port, LO, IF, samples, memory, headroom, slack."""
    from runtime.cli.explain import explain_file

    explain_file(station, schedule)


@app.command(epilog="Example:  pulserig draw demo bell.py --out bell.png")
@ends_with_a_code
def draw(
    station: StationArgument,
    schedule: ScheduleArgument,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The picture to write: .png, .svg or .pdf.")] = Path(
        "schedule.png"
    ),
) -> None:
    """Draw what each channel of a schedule emits on a station; no instrument is touched."""
    from runtime.cli.draw import draw_file

    draw_file(station, schedule, out)


def main() -> None:
    """Run the command line and exit with its code."""
    # A service manager stops a night with SIGTERM, a terminal that closes sends SIGHUP, its like on Windows
    # SIGBREAK: each must leave the outputs off as Ctrl-C does. What is ignored (nohup) stays ignored.
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A code page without ± (Windows, redirected) is no reason to lose a night's numbers.
        sys.stdout.reconfigure(errors="replace")
    app()
