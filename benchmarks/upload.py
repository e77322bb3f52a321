"""How long the demo's programs take to lower and to upload, beside floors: `python benchmarks/upload.py`.

Each program goes the whole way through the shipped driver to a simulated AWG5208 in a process of its own, over
HiSLIP on loopback, verified by read-back. The second upload finds the program on the instrument. The floor of an
upload is the time that as many bytes take over a bare loopback connection to a process that only reads. The floor
of lowering is in benchmarks/lowering.py.

Wall-clock time, median of 5; every repetition shifts the amplitudes a little, so that it is new to the instrument.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time

import numpy as np

from drivers.contract import InstrumentProgram
from runtime import Rig
from runtime.experiments import rabi_schedules
from runtime.pulse import Schedule

REPEATS = 5
SINK = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
total = int.from_bytes(connection.recv(8), "big")
while total:
    total -= len(connection.recv(1 << 20))
connection.sendall(b"k")
"""


def program_bytes(program: InstrumentProgram) -> int:
    """What has to reach the instrument: 4 bytes a sample of each distinct waveform, 1 where there are markers."""
    return sum(4 * waveform.size for waveform in program.waveforms) + sum(
        step.length for step in program.steps if step.markers
    )


def floor_s(count: int) -> float:
    """Seconds that `count` bytes take to another process on loopback, until it says that it has them."""
    with subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout is not None
        with socket.create_connection(("127.0.0.1", int(sink.stdout.readline()))) as connection:
            payload = bytes(count)
            began = time.perf_counter()
            connection.sendall(count.to_bytes(8, "big") + payload)
            connection.recv(1)
            return time.perf_counter() - began


def batches(rig: Rig, shift: float) -> dict[str, list[Schedule]]:
    """The demo's jobs, with every amplitude scaled by 1 + shift."""
    scales = (np.linspace(0, 2, 21) * (1 + shift)).tolist()
    sweep = rabi_schedules(rig.target, (0, 1), scales)
    return {"measure": [sweep[0]], "x, measure": [sweep[10]], "21-point sweep": sweep}


def main() -> None:
    """Print the table."""
    print("| program | MB | lower and route (ms) | upload (ms) | floor (ms) | ratio | again (ms) |")
    print("|---|---|---|---|---|---|---|")
    with Rig.open("demo") as rig:
        for name in batches(rig, 0.0):
            lowered, uploaded, again, floors = [], [], [], []
            size = 0
            for repetition in range(REPEATS):
                batch = batches(rig, 1e-4 * (repetition + 1))[name]
                size = program_bytes(rig.prepare(batch, shots=1).programs["awg"])
                first = rig.run(batch, shots=1)[0].timing_s
                again.append(rig.run(batch, shots=1)[0].timing_s["upload"])
                lowered.append(first["lower"])
                uploaded.append(first["upload"])
                floors.append(floor_s(size))
            times = [1e3 * statistics.median(column) for column in (lowered, uploaded, floors, again)]
            ratio = times[1] / times[2]
            print(
                f"| {name} | {size / 1e6:.2f} | {times[0]:.1f} | {times[1]:.1f} | {times[2]:.2f} | {ratio:.0f} |"
                f" {times[3]:.1f} |"
            )


if __name__ == "__main__":
    main()
