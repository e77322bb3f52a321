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
from runtime.cli.choices import Kernel, Method, Order, Policy, Returns, Style
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
    out: Annotated[Path, typer.Option(help="Folder for the pictures and the data; made if missing.")] = Path(),
    shots: Annotated[
        int, typer.Option(min=64, help="Shots after each preparation; the sweeps take a part of it.")
    ] = 1024,
    style: Annotated[Style, typer.Option(help="The ground of the pictures.")] = Style.LIGHT,
) -> None:
    """Calibrated gates of a recorded device, through real drivers, on simulated instruments, to counts."""
    began = time.perf_counter()
    from runtime.cli.demo import run_demo

    run_demo(out, shots, style.value, began)


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
    *,
    shots: Annotated[int, typer.Option(min=1, help="How often each schedule is played.")] = 1024,
    level: Annotated[
        int, typer.Option(min=0, max=2, help="0 raw traces, 1 kernelled complex numbers, 2 classified bits.")
    ] = 2,
    returns: Annotated[
        Returns, typer.Option(help="Every shot, or averages (at level 2: counts).")
    ] = Returns.SINGLE,
    order: Annotated[
        Order, typer.Option(help="All schedules in turn, or each one's shots before the next one's.")
    ] = Order.CYCLIC,
    policy: Annotated[
        Policy | None,
        typer.Option(help="What is done with what breaks timing constraints; else as the station says."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Save the results: .nc (netCDF) or .json. Several schedules: FILE-0, FILE-1, ..."
        ),
    ] = None,
) -> None:
    """Run a schedule on a station and print what came back."""
    from runtime.cli.run import run_file

    run_file(
        station,
        schedule,
        out,
        shots=shots,
        level=level,
        returns=returns.value,
        order=order.value,
        policy=policy and policy.value,
    )


@app.command(epilog="Example:  pulserig train demo --qubits 0,1 --method lda --out demo-readout")
@ends_with_a_code
def train(
    station: StationArgument,
    *,
    qubits: Annotated[
        str, typer.Option(metavar="0,1,...", help="Qubits to train together; 'all': those that are wired.")
    ] = "all",
    method: Annotated[Method, typer.Option(help="The kind of discriminator.")] = Method.THRESHOLD,
    kernel: Annotated[
        Kernel, typer.Option(help="Kernels as they are, or matched to each qubit's mean traces.")
    ] = Kernel.KEEP,
    states: Annotated[int, typer.Option(min=2, max=3, help="3 takes --method lda or qda.")] = 2,
    shots: Annotated[int, typer.Option(min=10, help="Shots after each preparation.")] = 2000,
    out: Annotated[
        Path, typer.Option(help="Folder for readouts.json and the pictures; made if missing.")
    ] = Path(),
) -> None:
    """Train how qubits are read, and save it for the station's wiring.yaml (readout_file: readouts.json)."""
    from runtime.cli.train import train_station

    train_station(station, qubits, out, method=method.value, kernel=kernel.value, states=states, shots=shots)


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
