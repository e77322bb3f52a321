"""An SHFSG that drives, and an SHFQA that waits for its marker and reads, on one of its channels or on two."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from runtime.pulse import Schedule
from runtime.pulse.macros import measure
from runtime.rig import Rig
from tests.runtime.rig.programs import after_nothing, after_x
from tests.runtime.rig.zurich.labs import copied, outputs_on, serving
from tests.yaml_files import read_yaml, write_yaml

SHOTS = 1000
EIGHT = (0, 1, 2, 3, 5, 6, 7, 8)


def _split(station: Path) -> None:
    """Generators on one device, readout on channel 2 of another; a marker of the first triggers the second."""
    lab, wiring, devices = (read_yaml(station / name) for name in ("lab.yaml", "wiring.yaml", "station.yaml"))
    lab["instruments"] = {
        "sg": {"model": "SHFSG8", "serial": "dev12101"},
        "qa": {"model": "SHFQA4", "serial": "dev12201"},
    }
    for wire in lab["wires"]["drive"]:
        wire["instrument"] = "sg"
    lab["wires"]["feedline"] = lab["wires"]["returns"] = {"instrument": "qa", "port": 2}
    lab["wires"]["trigger"] = {"awg": "sg", "port": 1, "marker": 1, "digitizer": "qa", "input": 1}
    settings = wiring["instruments"].pop("shfqc")
    wiring["instruments"] = {
        "sg": {**settings, "adapter": "zurich-shfsg"},
        "qa": {**settings, "adapter": "zurich-shfqa"},
    }
    for name, line in wiring["outputs"].items():
        line["instrument"] = "qa" if name == "feedline" else "sg"
    wiring["outputs"]["feedline"]["port"] = 2
    returned = wiring["inputs"]["feedline_return"]
    returned |= {"instrument": "qa", "port": 2, "trigger": {"instrument": "sg", "port": 1, "marker": 1}}
    types = {"sg": "drivers.zurich.SHFSG", "qa": "drivers.zurich.SHFQA"}
    devices["instruments"] = {
        name: {"type": kind, "address": "labone://127.0.0.1:1/dev1"} for name, kind in types.items()
    }
    for name, content in (("lab.yaml", lab), ("wiring.yaml", wiring), ("station.yaml", devices)):
        write_yaml(station / name, content)


def _two_feedlines(station: Path) -> None:
    """Four qubits each of two rows of the chip: eight generators on one device, two channels of another."""
    lab, wiring, devices = (read_yaml(station / name) for name in ("lab.yaml", "wiring.yaml", "station.yaml"))
    lab["instruments"] = {
        "sg": {"model": "SHFSG8", "serial": "dev12101"},
        "qa": {"model": "SHFQA4", "serial": "dev12201"},
    }
    lab["wires"] = {
        "drive": [
            {"line": f"drive_q{qubit}", "instrument": "sg", "port": port} for port, qubit in enumerate(EIGHT, 1)
        ],
        "feedline": {"instrument": "qa", "port": 1},
        "returns": {"instrument": "qa", "port": 1},
        "feedlines": [{"line": "feedline_1", "instrument": "qa", "port": 2}],
        "trigger": {"awg": "sg", "port": 1, "marker": 1, "digitizer": "qa", "input": 1},
    }
    settings = wiring["instruments"]["qc0"]
    wiring["device"]["qubits"] = list(EIGHT)
    wiring["instruments"] = {
        "sg": {**settings, "adapter": "zurich-shfsg"},
        "qa": {**settings, "adapter": "zurich-shfqa"},
    }
    outputs = {f"drive_q{qubit}": wiring["outputs"][f"drive_q{qubit}"] for qubit in EIGHT}
    for port, line in enumerate(outputs.values(), 1):
        line |= {"instrument": "sg", "port": port}
    rows = {0: EIGHT[:4], 1: EIGHT[4:]}
    inputs = {}
    for number, row in rows.items():
        line = wiring["outputs"][f"feedline_{number}"]
        outputs[f"feedline_{number}"] = line
        line |= {"instrument": "qa", "port": number + 1, "channels": [f"m{qubit}" for qubit in row]}
        inputs[f"return_{number}"] = {
            **wiring["inputs"][f"return_{number}"],
            "channels": [f"a{qubit}" for qubit in row],
            "instrument": "qa",
            "port": number + 1,
            "trigger": {"instrument": "sg", "port": 1, "marker": 1},
        }
    wiring |= {"outputs": outputs, "inputs": inputs}
    stored = json.loads((station / "readouts.json").read_text(encoding="utf-8"))
    stored["qubits"] = {str(qubit): stored["qubits"][str(qubit)] for qubit in EIGHT}
    (station / "readouts.json").write_text(json.dumps(stored), encoding="utf-8")
    wiring["readout"] = {qubit: wiring["readout"][qubit] for qubit in EIGHT}
    devices["instruments"] = {
        name: {"type": f"drivers.zurich.{kind}", "address": "labone://127.0.0.1:1/dev1"}
        for name, kind in (("sg", "SHFSG"), ("qa", "SHFQA"))
    }
    for name, content in (("lab.yaml", lab), ("wiring.yaml", wiring), ("station.yaml", devices)):
        write_yaml(station / name, content)


def test_two_channels_of_one_analyzer_read_two_feedlines(tmp_path: Path) -> None:
    """Eight qubits, every second one flipped: each has what its own row and its own x gave it."""
    station = copied("zurich-four-shfqc", tmp_path)
    _two_feedlines(station)
    flipped = EIGHT[1::2]
    with serving(station) as lab, Rig.open(station, addresses=lab.addresses) as rig:
        trained = rig.station.trained
        program = Schedule(name="every second")
        for qubit in flipped:
            program = program.insert(0, rig.target.get_calibration("x", (qubit,)))
        result = rig.run(program.insert(160, measure(list(EIGHT), rig.target)), shots=SHOTS)
        assert result.slots == tuple(range(len(EIGHT)))
        for slot, qubit in enumerate(EIGHT):
            wanted = 1 - trained[qubit].p0_given_1 if qubit in flipped else trained[qubit].p1_given_0
            spread = np.sqrt(wanted * (1 - wanted) * (1 / SHOTS + 1 / 4000))
            assert abs(result.probability(slot) - wanted) < 4.5 * spread
        assert outputs_on(lab) == []


def test_counts_are_those_of_one_device_that_does_both(tmp_path: Path) -> None:
    """Within 4.5 sigma of what the stored readouts of the SHFQC say of |0> and of |1>."""
    station = copied("zurich-shfqc", tmp_path)
    _split(station)
    with serving(station) as lab, Rig.open(station, addresses=lab.addresses) as rig:
        trained = rig.station.trained
        ground, excited = rig.run([after_nothing(rig.target), after_x(rig.target)], shots=SHOTS)
        for slot in (0, 1):
            for result, wanted in ((ground, trained[slot].p1_given_0), (excited, 1 - trained[slot].p0_given_1)):
                spread = np.sqrt(wanted * (1 - wanted) * (1 / SHOTS + 1 / 4000))
                assert abs(result.probability(slot) - wanted) < 4.5 * spread
        assert outputs_on(lab) == []
