"""`pulserig demo`: from a recorded device to counts."""

from __future__ import annotations

import contextlib
import threading
import time
from importlib import import_module
from pathlib import Path

import numpy as np
from rich.table import Column, Table

from runtime.cli.amplitude_sweep import AmplitudeSweep
from runtime.cli.opening import open_rig
from runtime.cli.outputs import console_of_command, require_folder, require_writable, say
from runtime.cli.progress import progress_of
from runtime.cli.result_tables import readout_table
from runtime.experiments import calibrated_amplitude, fit_rabi, rabi_schedules
from runtime.lowering import Timeline, lower
from runtime.results import Result, writing
from runtime.rig import Rig, Stopwatch, basis_programs, load_station
from runtime.target import Target

__all__ = ["run_demo"]

STATION = "jakarta"
PICTURE = "demo.png"
QUBITS = tuple(range(7))
SCALES = np.linspace(0.0, 2.0, 21)
"""The amplitude sweep, in units of each qubit's calibrated x amplitude."""


def run_demo(out: Path, shots: int, began: float) -> None:
    """Open the station, train its readout, run the jobs, print counts and times, and draw a picture into `out`.

    `began` is when the command began, by `time.perf_counter()`, before anything was imported for it.
    """
    console = console_of_command()
    require_folder(out)
    require_writable([out / PICTURE], (".png",), "pictures")
    clock = Stopwatch()
    clock.seconds["import"] = time.perf_counter() - began
    _import_meanwhile("lmfit", "matplotlib.figure")
    with clock.stage("connect"):
        rig = open_rig(console, load_station(STATION))
    with rig:
        target = rig.target
        console.print(_instruments(rig))
        with clock.stage("build"):
            programs = basis_programs(target, QUBITS)
            sweep = rabi_schedules(target, QUBITS, SCALES.tolist())
        with progress_of(console, "train the readout") as report, clock.stage("train"):
            trained = rig.train_readout(QUBITS, shots=shots, report=report)
        console.print(readout_table(trained, "readout, trained on its own shots"))
        with progress_of(console, "measure; x, measure") as report:
            first = rig.run(programs, shots=shots, report=report)
        with progress_of(console, "amplitude sweep of x") as report:
            points = rig.run(sweep, shots=shots, report=report)
    for stage, seconds in first[0].timing_s.items():
        clock.seconds[stage] = seconds + points[0].timing_s[stage]
    console.print(_counts(first))
    with clock.stage("fit"):
        fits = [_fit(target, qubit, points) for qubit in QUBITS]
    console.print(_fits(fits))
    with clock.stage("draw"):
        _draw(lower(programs[1], target), fits, out / PICTURE)
    for result in first:
        result.save(out / f"demo-{result.name.replace(', ', '-')}.json")
    console.print(_times(clock.seconds))
    say(console, f"picture and counts are in {out.resolve()}")


def _import_meanwhile(*modules: str) -> None:
    """Import what is needed at the end, which costs more than a second, while the instruments keep us waiting."""

    def load() -> None:
        for module in modules:
            # Where it is needed, it is imported again, and raises again.
            with contextlib.suppress(ImportError):
                import_module(module)

    threading.Thread(target=load, name="imports").start()


def _draw(timeline: Timeline, fits: list[AmplitudeSweep], path: Path) -> None:
    # Here, and not above: matplotlib is imported by now.
    from runtime.cli.demo_picture import draw_demo

    with writing(path):
        draw_demo(timeline, fits, path)


def _fit(target: Target, qubit: int, points: tuple[Result, ...]) -> AmplitudeSweep:
    calibrated = calibrated_amplitude(target, qubit)
    amplitudes = SCALES * calibrated
    p1 = np.array([point.probability(qubit) for point in points])
    return AmplitudeSweep(
        qubit, amplitudes, p1, points[0].shots, calibrated, fit_rabi(amplitudes, p1, points[0].shots)
    )


def _instruments(rig: Rig) -> Table:
    address = Column("address", overflow="fold")
    table = Table(
        "instrument", "model", "serial", address, title=f"{STATION}: simulated instruments, shipped drivers"
    )
    for name, identity in rig.identities.items():
        table.add_row(name, f"{identity.vendor} {identity.model}", identity.serial, rig.addresses[name])
    return table


def _counts(results: tuple[Result, ...]) -> Table:
    table = Table("program", "slot", "qubit", "0", "1", "P(1)", title="counts per memory slot")
    for result in results:
        for slot, bits in result.memory.items():
            ones = int(bits.sum())
            table.add_row(
                result.name,
                str(slot),
                str(QUBITS[slot]),
                str(result.shots - ones),
                str(ones),
                f"{ones / result.shots:.4f}",
            )
        table.add_section()
    return table


def _fits(sweeps: list[AmplitudeSweep]) -> Table:
    table = Table("qubit", "fitted pi amplitude", "device's x amplitude", "difference", title="Rabi")
    for sweep in sweeps:
        fit = sweep.fit
        table.add_row(
            str(sweep.qubit),
            f"{fit.pi_amplitude:.5f} ± {fit.pi_amplitude_error:.5f}",
            f"{sweep.calibrated:.5f}",
            f"{(fit.pi_amplitude / sweep.calibrated - 1) * 100:+.2f} %",
        )
    return table


def _times(seconds: dict[str, float]) -> Table:
    table = Table("stage", "seconds", title="where the time went")
    for stage, value in seconds.items():
        table.add_row(stage, f"{value:.2f}")
    table.add_row("sum", f"{sum(seconds.values()):.2f}")
    return table
