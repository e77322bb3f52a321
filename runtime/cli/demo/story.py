"""The demo from its beginning to its end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from runtime.cli.demo import tables
from runtime.cli.demo.findings import Findings
from runtime.cli.demo.gates import fit_sweep, measure_both, measure_twice, sweep_amplitudes, track_drift
from runtime.cli.demo.keeping import DATABASE, keep
from runtime.cli.demo.looks import look_at_line, scan_resonators, train
from runtime.cli.demo.style import PALETTES
from runtime.cli.opening import open_rig
from runtime.cli.outputs import console_of_command, require_folder, require_writable, say
from runtime.lowering import lower
from runtime.results import writing
from runtime.rig import Rig, Stopwatch, basis_programs, load_station

__all__ = ["run_demo"]

STATION = "jakarta"
PICTURES = ("demo.png", "demo-readout.png", "demo-chip.png")
QUBITS = tuple(range(7))
NEEDED_LATER = ("sklearn.discriminant_analysis", "lmfit", "matplotlib.figure", "qcodes.dataset")
"""Imports that cost a second each."""


def run_demo(out: Path, shots: int, style: str, began: float) -> None:
    """Open the station, train its readout, measure, print what was found, and draw and save it into `out`.

    `began` is when the command began, by `time.perf_counter()`, before anything was imported for it.
    """
    console = console_of_command()
    require_folder(out)
    require_writable([out / name for name in PICTURES], (".png",), "pictures")
    require_writable([out / DATABASE], (".db",), "databases")
    clock = Stopwatch()
    clock.seconds["import"] = time.perf_counter() - began
    _import_meanwhile(NEEDED_LATER)
    with clock.stage("connect"):
        rig = open_rig(console, load_station(STATION))
    with rig:
        console.print(tables.instruments(rig))
        with clock.stage("train"):
            look = train(rig, console, QUBITS, shots)
        with clock.stage("look"):
            line = look_at_line(rig, console, QUBITS, shots)
            scans = scan_resonators(rig, console, QUBITS, max(shots // 16, 1))
        console.print(tables.readout(look, scans), new_line_start=True)
        both = measure_both(rig, console, QUBITS, shots)
        console.print(tables.counts(both, QUBITS, look), new_line_start=True)
        points = sweep_amplitudes(rig, console, QUBITS, max(shots // 2, 1))
        for stage, seconds in both[0].timing_s.items():
            clock.seconds[stage] = seconds + points[0].timing_s[stage]
        with clock.stage("again"):
            twice = measure_twice(rig, console, QUBITS, max(shots // 4, 1))
        with clock.stage("drift"):
            track = track_drift(rig, console, QUBITS, max(shots // 8, 1))
        with clock.stage("fit"):
            sweeps = fit_sweep(rig, QUBITS, points)
    console.print(tables.fits(sweeps), new_line_start=True)
    console.print()
    with console.status("saving and drawing"):
        with clock.stage("save"):
            kept = keep(both, twice, points, out)
        with clock.stage("draw"):
            _draw(rig, Findings(look, line, scans, sweeps, track), style, out)
    for sentence in (*tables.sentences(look, twice, points, track, kept), tables.times(clock.seconds)):
        say(console, sentence)
    say(console, f"pictures and data are in {out.resolve()}")


def _import_meanwhile(modules: Sequence[str]) -> None:
    """Import what is needed later, which costs seconds, while the instruments keep us waiting."""

    def load() -> None:
        for module in modules:
            # Where it is needed, it is imported again, and raises again.
            with contextlib.suppress(ImportError):
                import_module(module)

    threading.Thread(target=load, name="imports").start()


def _draw(rig: Rig, found: Findings, style: str, out: Path) -> None:
    # Here, and not above: matplotlib is imported by now.
    from runtime.cli.demo.chip_picture import draw_chip
    from runtime.cli.demo.program_picture import draw_program
    from runtime.cli.demo.readout_picture import draw_readout

    palette = PALETTES[style]
    program, readout, chip = (out / name for name in PICTURES)
    with writing(program):
        draw_program(lower(basis_programs(rig.target, QUBITS)[1], rig.target), found.sweeps, palette, program)
    with writing(readout):
        draw_readout(found.look, found.line, rig.station.wiring.inputs[0].lo_frequency_hz, palette, readout)
    with writing(chip):
        draw_chip(found.scans, found.track, palette, chip)
