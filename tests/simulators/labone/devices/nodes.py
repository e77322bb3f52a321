"""What tests do to a device model through its nodes, without a server."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from simulators.labone.devices import SequencerDevice
from simulators.labone.values import ResultVector

Make = Callable[..., SequencerDevice]


def settle(device: SequencerDevice) -> None:
    """Wait until the worker has done what it was given."""
    done = threading.Event()
    device.worker.submit(done.set)
    assert done.wait(20)


def load(device: SequencerDevice, core: str, elf: bytes) -> None:
    device.tree.set(f"{core}/elf/data", np.frombuffer(elf, dtype=np.uint8))
    assert device.tree.integer(f"{core}/ready") == 1


def start(device: SequencerDevice, *cores: str, single: int = 1) -> None:
    for core in cores:
        device.tree.set(f"{core}/single", single)
        device.tree.set(f"{core}/enable", 1)
    settle(device)


def vector(device: SequencerDevice, path: str) -> np.ndarray:
    value = device.tree.value(path)
    return value.vector if isinstance(value, ResultVector) else np.asarray(value)


def readout_ready(device: SequencerDevice, length: int, averages: int = 1) -> None:
    tree, at = device.tree, "qachannels/0"
    for path, value in {
        "mode": 1,
        "input/on": 1,
        "output/on": 1,
        "output/range": 10.0,
        "generator/waveforms/0/wave": np.full(64, 0.5 + 0j),
        "readout/integration/weights/0/wave": np.ones(64, dtype=complex),
        "readout/integration/length": 64,
        "readout/result/length": length,
        "readout/result/averages": averages,
        "readout/result/source": 1,
        "readout/result/enable": 1,
    }.items():
        tree.set(f"{at}/{path}", value)
