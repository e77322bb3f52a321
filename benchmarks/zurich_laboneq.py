"""The experiments of `zurich_jobs.py` in LabOne Q: how long it takes to compile them, one line of JSON, seconds.

Run by `zurich.py` with the Python of a virtual environment that has laboneq installed: it stays out of ours.
"""

from __future__ import annotations

import json
import logging
import random
import sys
import time
import warnings

warnings.filterwarnings("ignore")
from laboneq import simple as lq  # noqa: E402 - its imports warn

logging.disable(logging.WARNING)

DRIVE_LO, READOUT_LO = 5.0e9, 7.0e9
GATE_S, READOUT_S, IDLE_S = 32e-9, 1e-6, 100e-6


def setup(qubits: int, each: int) -> lq.DeviceSetup:
    """So many qubits on each SHFQC, with the oscillators of `zurich_jobs.py`."""
    devices = lq.DeviceSetup("bench")
    devices.add_dataserver(host="127.0.0.1", port="8004")
    count = -(-qubits // each)
    if count > 1:
        devices.add_instruments(lq.PQSC(uid="pqsc", address="dev10001"))
    for number in range(count):
        name = f"qc{number}"
        devices.add_instruments(lq.SHFQC(uid=name, address=f"dev1200{number}", device_options="SHFQC/QC6CH/16W"))
        if count > 1:
            devices.add_connections("pqsc", lq.create_connection(to_instrument=name, ports=f"ZSYNCS/{number}"))
        for place, qubit in enumerate(range(number * each, min(number * each + each, qubits))):
            devices.add_connections(
                name,
                lq.create_connection(to_signal=f"q{qubit}/drive", ports=f"SGCHANNELS/{place}/OUTPUT"),
                lq.create_connection(to_signal=f"q{qubit}/measure", ports="QACHANNELS/0/OUTPUT"),
                lq.create_connection(to_signal=f"q{qubit}/acquire", ports="QACHANNELS/0/INPUT"),
            )
    for qubit in range(qubits):
        signals = devices.logical_signal_groups[f"q{qubit}"].logical_signals
        drive = lq.Oscillator(f"d{qubit}", 100e6 + 1e6 * qubit, lq.ModulationType.HARDWARE)
        readout = lq.Oscillator(f"m{qubit}", 50e6 + 20e6 * (qubit % 5), lq.ModulationType.SOFTWARE)
        lo = lq.Oscillator(f"dlo{qubit // 2}", DRIVE_LO)
        signals["drive"].calibration = lq.SignalCalibration(oscillator=drive, local_oscillator=lo)
        for line in ("measure", "acquire"):
            calibration = lq.SignalCalibration(
                oscillator=readout, local_oscillator=lq.Oscillator(f"mlo{qubit // each}", READOUT_LO)
            )
            signals[line].calibration = calibration
    return devices


def empty(devices: lq.DeviceSetup, qubits: int) -> lq.Experiment:
    """An experiment with the signals of all qubits."""
    signals = []
    for qubit in range(qubits):
        lines = devices.logical_signal_groups[f"q{qubit}"].logical_signals
        signals += [lq.ExperimentSignal(f"{line}{qubit}", map_to=lines[line]) for line in lines]
    return lq.Experiment(signals=signals)


DRAG = {name: lq.pulse_library.drag(name, length=GATE_S, sigma=0.5, beta=0.1) for name in ("x", "sx")}
TONE = lq.pulse_library.gaussian_square("tone", length=READOUT_S, width=872e-9)
AMPLITUDE = {"x": 0.8, "sx": 0.4}


def measured(experiment: lq.Experiment, qubits: int, after: str | None) -> None:
    """Joint readout, then the idle."""
    for qubit in range(qubits):
        with experiment.section(uid=f"measure{qubit}", play_after=after):
            experiment.play(f"measure{qubit}", TONE, amplitude=0.15)
            experiment.acquire(f"acquire{qubit}", f"r{qubit}", kernel=TONE)
    with experiment.section(uid="idle", play_after=[f"measure{qubit}" for qubit in range(qubits)]):
        for qubit in range(qubits):
            experiment.delay(f"measure{qubit}", IDLE_S)


def ramsey() -> tuple[lq.DeviceSetup, lq.Experiment]:
    """101 delays, each with its own phase of the second pulse."""
    devices = setup(1, 1)
    experiment = empty(devices, 1)
    delay = lq.LinearSweepParameter("delay", 0.0, 100 * GATE_S, 101)
    phase = lq.LinearSweepParameter("phase", 0.0, 10.0, 101)
    with (
        experiment.acquire_loop_rt(
            count=1000,
            averaging_mode=lq.AveragingMode.SINGLE_SHOT,
            acquisition_type=lq.AcquisitionType.INTEGRATION,
        ),
        experiment.sweep(parameter=[delay, phase], reset_oscillator_phase=True),
    ):
        with experiment.section(uid="pulses", alignment=lq.SectionAlignment.RIGHT):
            experiment.play("drive0", DRAG["sx"], amplitude=0.4)
            experiment.delay("drive0", delay)
            experiment.play("drive0", DRAG["sx"], amplitude=0.4, phase=phase)
        measured(experiment, 1, "pulses")
    return devices, experiment


def gates() -> tuple[lq.DeviceSetup, lq.Experiment]:
    """1000 random gates on each of two qubits, a virtual Z before each."""
    source = random.Random(0)
    devices = setup(2, 2)
    experiment = empty(devices, 2)
    with experiment.acquire_loop_rt(
        count=1000,
        averaging_mode=lq.AveragingMode.SINGLE_SHOT,
        acquisition_type=lq.AcquisitionType.INTEGRATION,
    ):
        with experiment.section(uid="pulses"):
            for _ in range(1000):
                for qubit in range(2):
                    turn, gate = source.randrange(16) * 0.39269908169872414, source.choice(("x", "sx"))
                    amplitude = AMPLITUDE[gate]
                    experiment.play(
                        f"drive{qubit}", DRAG[gate], amplitude=amplitude, increment_oscillator_phase=turn
                    )
        measured(experiment, 2, "pulses")
    return devices, experiment


def readout() -> tuple[lq.DeviceSetup, lq.Experiment]:
    """Joint readout of 20 qubits after an x on each."""
    devices = setup(20, 5)
    experiment = empty(devices, 20)
    with experiment.acquire_loop_rt(
        count=1000,
        averaging_mode=lq.AveragingMode.SINGLE_SHOT,
        acquisition_type=lq.AcquisitionType.INTEGRATION,
    ):
        with experiment.section(uid="pulses"):
            for qubit in range(20):
                experiment.play(f"drive{qubit}", DRAG["x"], amplitude=0.8)
        measured(experiment, 20, "pulses")
    return devices, experiment


def main() -> None:
    """Compile one job so often as is asked, each time anew."""
    name, repeats = sys.argv[1], int(sys.argv[2])
    seconds = []
    for _ in range(repeats):
        devices, experiment = {"ramsey": ramsey, "gates": gates, "readout": readout}[name]()
        session = lq.Session(devices)
        session.connect(do_emulation=True)
        began = time.process_time(), time.perf_counter()
        session.compile(experiment)
        seconds.append((time.process_time() - began[0], time.perf_counter() - began[1]))
    sys.stdout.write(json.dumps({"cpu": [s[0] for s in seconds], "wall": [s[1] for s in seconds]}) + "\n")


if __name__ == "__main__":
    main()
