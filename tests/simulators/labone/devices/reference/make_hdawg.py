"""Write hdawg.npz: a program of LabOne Q's for an HDAWG, and what LabOne Q's own simulator says that it plays.

    python tests/simulators/labone/devices/reference/make_hdawg.py

Run with the Python of a virtual environment that has laboneq installed (here 26.7.0): it stays out of ours.
"""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
from laboneq import simple as lq  # noqa: E402 - its imports warn
from laboneq.simulator.output_simulator import OutputSimulator  # noqa: E402 - as above

logging.disable(logging.WARNING)

PLAYED_S = 6e-6
FREQUENCIES_HZ = (87e6, -60e6)


def experiment() -> tuple[lq.DeviceSetup, lq.Experiment]:
    """Two lines: amplitude, delay and phase swept, tables with amplitudes that are set and that are added to."""
    devices = lq.DeviceSetup("bench")
    devices.add_dataserver(host="127.0.0.1", port="8004")
    devices.add_instruments(lq.HDAWG(uid="hd", address="dev8001", device_options="HDAWG8/MF/ME/CNT/PC"))
    signals = []
    for qubit, frequency_hz in enumerate(FREQUENCIES_HZ):
        ports = [f"SIGOUTS/{2 * qubit}", f"SIGOUTS/{2 * qubit + 1}"]
        devices.add_connections("hd", lq.create_connection(to_signal=f"q{qubit}/drive", ports=ports))
        line = devices.logical_signal_groups[f"q{qubit}"].logical_signals["drive"]
        line.calibration = lq.SignalCalibration(
            oscillator=lq.Oscillator(f"o{qubit}", frequency_hz, lq.ModulationType.SOFTWARE)
        )
        signals.append(lq.ExperimentSignal(f"d{qubit}", map_to=line))
    made = lq.Experiment(signals=signals)
    amplitude = lq.LinearSweepParameter("amplitude", 0.1, 0.9, 5)
    delay = lq.LinearSweepParameter("delay", 0.0, 400e-9, 5)
    phase = lq.LinearSweepParameter("phase", 0.0, 2.0, 5)
    drag = lq.pulse_library.drag("x", length=40e-9, sigma=0.3, beta=0.2)
    square = lq.pulse_library.gaussian_square("square", length=150e-9, width=100e-9)
    with (
        made.acquire_loop_rt(count=3, averaging_mode=lq.AveragingMode.CYCLIC),
        made.sweep(parameter=[amplitude, delay, phase]),
    ):
        with made.section(uid="a", alignment=lq.SectionAlignment.RIGHT):
            made.play("d0", drag, amplitude=amplitude)
            made.delay("d0", delay)
            made.play("d0", drag, amplitude=0.4, phase=phase)
        with made.section(uid="b", play_after="a"):
            made.play("d1", square, amplitude=0.5)
            made.play("d1", drag, amplitude=amplitude, phase=0.7)
            made.delay("d1", 300e-9)
    return devices, made


def main() -> None:
    """Compile, simulate, write."""
    devices, made = experiment()
    session = lq.Session(devices)
    session.connect(do_emulation=True)
    compiled = session.compile(made)
    artifacts = compiled.scheduled_experiment.artifacts
    simulator = OutputSimulator(compiled)
    arrays: dict[str, np.ndarray] = {}
    for core, source in enumerate(artifacts.src):
        (indices,) = [each["value"] for each in artifacts.wave_indices if each["filename"] == source["filename"]]
        (table,) = [each["ct"] for each in artifacts.command_tables if each["seqc"] == source["filename"]]
        arrays[f"source{core}"] = np.array(source["text"])
        arrays[f"table{core}"] = np.array(json.dumps(table))
        for name, (index, _) in indices.items():
            parts = [np.asarray(artifacts.waves[f"{name}_{side}.wave"].samples) for side in "iq"]
            arrays[f"wave{core}_{index}"] = np.stack(parts).astype(np.float32)
        line = devices.logical_signal_groups[f"q{core}"].logical_signals["drive"]
        played = simulator.get_snippet(
            line.physical_channel, start=0, output_length=PLAYED_S, get_wave=True, get_trigger=False
        )
        arrays[f"played{core}"] = played.wave.astype(np.complex64)
    np.savez_compressed(Path(__file__).with_name("hdawg.npz"), **arrays)


if __name__ == "__main__":
    main()
