"""What the tests of device models share: compiling, running without nodes, closed forms."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.commandtable import CommandTable, parse_command_table
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.interpreter import run_program
from simulators.labone.devices.oscillators import Oscillator, frequency_word
from simulators.labone.devices.outputs import HdawgOutput, OutputStage, SgOutput
from simulators.labone.devices.playback import Playback
from simulators.labone.devices.program import Program, read_program
from simulators.labone.devices.setup import Family, Slot, Start
from simulators.labone.devices.surroundings import Immediate, TriggerSource
from simulators.labone.devices.tape import Tape

LSB = 1 / 32767
SG_REST = PlayerState((0,), (1.0, -1.0, 1.0, 1.0), 0)
HDAWG_REST = PlayerState((0, 0), (1.0, 1.0), 0)
RATES = {"HDAWG8": 2.4e9, "SHFSG8": 2e9, "SHFQA4": 2e9, "SHFQC": 2e9, "UHFQA": 1.8e9}
FAMILIES = {"HDAWG8": Family.HDAWG, "SHFSG8": Family.SG, "SHFQA4": Family.QA, "UHFQA": Family.UHF}


class Compiler:
    """The compile worker, with what it has compiled already."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.known: dict[tuple[str, str, str, int], bytes] = {}

    def __call__(self, code: str, model: str, sequencer: str = "", index: int = 0) -> bytes:
        """The ELF of a program."""
        key = (code, model, sequencer, index)
        if key not in self.known:
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            request = {"code": code, "model": model, "sequencer": sequencer, "index": str(index)}
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            assert "elf" in answer, answer
            self.known[key] = base64.b64decode(answer["elf"])
        return self.known[key]


def start_of(program: Program, model: str, **changes: Any) -> Start:
    slots = tuple(Slot(each.address, each.channels, each.length, each.play_config) for each in program.slots)
    state = HDAWG_REST if model in ("HDAWG8", "UHFQA") else SG_REST
    return Start(**{"family": FAMILIES[model], "slots": slots, "state": state, **changes})


def run(elf: bytes, model: str, *, plain: bool = False, **changes: Any) -> Tape:
    program = read_program(elf)
    return run_program(program.instructions, start_of(program, model, **changes), plain=plain)


def play(
    elf: bytes,
    model: str,
    *,
    output: OutputStage | None = None,
    frequencies: tuple[float, ...] = (0.0,) * 16,
    triggers: TriggerSource | None = None,
    **changes: Any,
) -> Playback:
    program = read_program(elf)
    start = start_of(program, model, **changes)
    tape = run_program(program.instructions, start)
    chosen = output or (HdawgOutput() if model in ("HDAWG8", "UHFQA") else SgOutput())
    return Playback(
        tape,
        tuple(slot.wave for slot in program.slots),
        chosen,
        tuple(Oscillator(frequency_word(frequency, RATES[model])) for frequency in frequencies),
        start.state,
        triggers or Immediate(),
    )


def table(entries: list[dict[str, Any]], *, shf: bool = True) -> CommandTable:
    return parse_command_table(json.dumps({"header": {"version": "1.1"}, "table": entries}), shf=shf)


def gauss(length: int, amplitude: float, position: float, sigma: float) -> npt.NDArray[np.float64]:
    """As the compiler makes it, from its documentation."""
    return np.asarray(amplitude * np.exp(-((np.arange(length) - position) ** 2) / (2 * sigma**2)))


def carrier(frequency_hz: float, rate_hz: float, start: int, length: int) -> npt.NDArray[np.complex128]:
    return np.asarray(np.exp(2j * np.pi * frequency_hz / rate_hz * (start + np.arange(length))))
