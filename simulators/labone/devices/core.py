"""A sequencer core behind its nodes: what is uploaded to it, and what a run starts from."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.assembly import Instruction
from simulators.labone.devices.commandtable import CommandTable, parse_command_table
from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.interpreter import run_program
from simulators.labone.devices.oscillators import Oscillator
from simulators.labone.devices.outputs import OutputStage
from simulators.labone.devices.playback import Playback
from simulators.labone.devices.program import Architecture, Program, read_program
from simulators.labone.devices.setup import Family, Slot, Start
from simulators.labone.devices.surroundings import TriggerSource
from simulators.labone.devices.tape import Tape
from simulators.labone.devices.waves import StoredWave, decode_uploaded, encode_uploaded
from simulators.labone.hooks import Change
from simulators.labone.node import Kind, NodeInfo
from simulators.labone.nodes import NodeTree
from simulators.labone.outcome import NodeRefused
from simulators.labone.values import NodeValue

__all__ = ["CoreFace", "SequencerCore", "as_bytes"]

_ARCHITECTURES = {
    Family.HDAWG: Architecture.HDAWG,
    Family.SG: Architecture.SHF,
    Family.QA: Architecture.SHF,
    Family.UHF: Architecture.UHF,
}


def as_bytes(value: NodeValue) -> bytes:
    """The content of a vector node: clients send text, bytes or arrays."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    if isinstance(value, np.ndarray):
        return value.tobytes()
    raise NodeRefused(f"a vector is needed, not {type(value).__name__}")


class CoreFace(Protocol):
    """What a core cannot know by itself: the channel around it."""

    def state(self) -> PlayerState:
        """Phases, amplitudes and oscillator that the nodes hold."""
        ...

    def output(self) -> OutputStage:
        """The way from the player to the connectors, as the nodes set it."""
        ...

    def oscillators(self) -> tuple[Oscillator, ...]:
        """The oscillators at the start of a run."""
        ...


@dataclass
class SequencerCore:
    """One sequencer.

    Attributes:
        tree: The device's nodes.
        path: Of the core: "awgs/0", "sgchannels/2/awg", "qachannels/0/generator".
        family: Which registers stand behind its program.
        face: The channel around it.
        playback: The run that was started last.
        running: A run has been started and has not ended.
        tape: What the program does, once it is known; None makes the next start work it out again.
        host_triggers: How many triggers the host has sent since.
    """

    tree: NodeTree
    path: str
    family: Family
    face: CoreFace
    playback: Playback | None = None
    running: bool = False
    host_triggers: int = 0
    tape: tuple[Tape, PlayerState] | None = None
    program: Program | None = None
    table: CommandTable = field(default_factory=lambda: CommandTable({}))
    waves: dict[int, StoredWave] = field(default_factory=dict)

    def attach(self, on_enable: Callable[[SequencerCore, bool], None]) -> None:
        """Let the core's nodes act; `on_enable` hears of starts and stops."""
        at, tree = self.path, self.tree
        tree.before_set(f"{at}/elf/data", self._load)
        tree.after_set(f"{at}/elf/data", lambda _change: self._show_program())
        tree.after_set(f"{at}/reset", lambda change: self._reset() if change.value else None)
        tree.after_set(f"{at}/enable", lambda change: on_enable(self, bool(change.value)))
        tree.before_set(f"{at}/waveform/waves/*", self._write_wave)
        tree.after_set(f"{at}/commandtable/data", self._write_table)
        tree.after_set(f"{at}/commandtable/clear", lambda _change: self._clear_table())

    def put(self, name: str, value: NodeValue) -> None:
        """Set a node of the core, where the model has it."""
        if f"{self.path}/{name}" in self.tree:
            self.tree.put(f"{self.path}/{name}", value)

    def integer(self, name: str, default: int = 0) -> int:
        """A node of the core, where the model has it."""
        return self.tree.integer(f"{self.path}/{name}") if f"{self.path}/{name}" in self.tree else default

    def begin(self, triggers: TriggerSource) -> Playback:
        """Run the program from its start.

        Raises:
            SequencerError: If there is none, or it cannot be run.
        """
        if self.program is None:
            raise SequencerError(f"{self.path} has no program")
        tape, state = self._interpreted(self.program)
        waves = tuple(self.waves.get(index, slot.wave) for index, slot in enumerate(self.program.slots))
        self.playback = Playback(tape, waves, self.face.output(), self.face.oscillators(), state, triggers)
        return self.playback

    def _interpreted(self, program: Program) -> tuple[Tape, PlayerState]:
        """What the program does; worked out once for a start, however often its triggers are looked for."""
        if self.tape is None:
            state = self.face.state()
            slots = tuple(
                Slot(each.address, each.channels, each.length, each.play_config) for each in program.slots
            )
            registers = tuple(self.integer(f"userregs/{number}") for number in range(16))
            start = Start(self.family, slots, self.table, registers, state, self.integer("time"))
            self.tape = run_program(self._instructions(program.instructions), start), state
        return self.tape

    def first_trigger(self) -> str | None:
        """What the program waits for first; None for one that waits for nothing."""
        if self.playback is None:
            return None
        return next((shot.trigger for shot in self.playback.plan() if shot.trigger is not None), None)

    def finish(self) -> None:
        """The run is over: its registers come back to the nodes, the core is disabled."""
        if self.playback is not None:
            for number, value in enumerate(self.playback.tape.registers):
                if f"{self.path}/userregs/{number}" in self.tree and value != self.integer(f"userregs/{number}"):
                    self.put(f"userregs/{number}", value)
        self.running = False
        self.put("sequencer/status", 0)
        self.put("enable", 0)

    def _instructions(self, instructions: Sequence[Instruction]) -> Sequence[Instruction]:
        if self.integer("single", 1):
            return instructions
        # Out of single-shot mode the program starts again at its end, so it repeats until it is disabled.
        return [replace(each, name="jmp", operands=(0,)) if each.name == "end" else each for each in instructions]

    def _load(self, change: Change) -> None:
        try:
            program = read_program(as_bytes(change.value))
        except SequencerError as error:
            self.put("ready", 0)
            raise NodeRefused(f"{self.path}: {error}") from error
        if program.architecture is not _ARCHITECTURES[self.family]:
            raise NodeRefused(f"{self.path}: the program is for {program.architecture}, not this instrument")
        self.program = program
        self.waves.clear()

    def _show_program(self) -> None:
        program = self.program
        if program is None:
            return
        elf = as_bytes(self.tree.value(f"{self.path}/elf/data"))
        self.tree.remove(f"{self.path}/waveform/waves/*")
        for index, slot in enumerate(program.slots):
            info = NodeInfo(
                f"{self.path}/waveform/waves/{index}", Kind.VECTOR, properties=frozenset({"Read", "Write"})
            )
            self.tree.add(info, _words(slot.wave))
        self.put("waveform/descriptors", program.descriptors)
        self.put("sequencer/program", program.source)
        self.put("sequencer/assembly", program.assembly)
        self.put("elf/length", len(elf))
        self.put("elf/checksum", zlib.crc32(elf))
        self.put("elf/progress", 100.0)
        self.put("ready", 1)

    def _reset(self) -> None:
        self.program = None
        self.waves.clear()
        self._clear_table()
        self.tree.remove(f"{self.path}/waveform/waves/*")
        self.put("waveform/descriptors", '{"waveforms":[]}')
        self.put("ready", 0)
        self.put("elf/progress", 0.0)
        self.put("reset", 0)

    def _write_wave(self, change: Change) -> NodeValue:
        index = int(change.path.rsplit("/", 1)[1])
        if self.program is None or index >= len(self.program.slots):
            raise NodeRefused(f"{change.path}: the program has no waveform {index}")
        slot = self.program.slots[index]
        words = np.frombuffer(as_bytes(change.value), dtype=np.int16)
        plain = slot.channels * slot.length
        markers = words.size > plain or (any(slot.marker_bits) and words.size not in (plain, 0))
        try:
            self.waves[index] = decode_uploaded(words, slot.channels, slot.length, markers=markers)
        except SequencerError as error:
            raise NodeRefused(f"{change.path}: {error}") from error
        return _words(self.waves[index])

    def _write_table(self, change: Change) -> None:
        text = as_bytes(change.value).decode(errors="replace").rstrip("\0")
        try:
            self.table = parse_command_table(text, shf=self.family is not Family.HDAWG, before=self.table)
        except SequencerError:
            # The instrument tells by its status only, with bit 3; the table stays as it was.
            self.put("commandtable/status", 8)
        else:
            self.put("commandtable/status", 1)

    def _clear_table(self) -> None:
        self.table = CommandTable({})
        self.put("commandtable/data", json.dumps({}))
        self.put("commandtable/status", 0)


def _words(wave: StoredWave) -> npt.NDArray[np.uint16]:
    return encode_uploaded(wave).view(np.uint16)
