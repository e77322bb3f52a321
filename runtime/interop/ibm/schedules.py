"""Published calibrations (`cmd_def`) as schedules."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.contract import Problem
from runtime.interop.ibm.channels import PlayChannel, parse_channel
from runtime.interop.ibm.expressions import ExpressionError, evaluate
from runtime.interop.ibm.pulses import PulseShapeError, parametric_pulse, sampled_pulse
from runtime.interop.ibm.schema import (
    AcquireItem,
    CmdDef,
    DefsFile,
    DelayItem,
    FrameChange,
    Item,
    ParametricPulse,
    SampledPulse,
)
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    ControlChannel,
    Delay,
    MemorySlot,
    Parameter,
    Play,
    PulseError,
    Schedule,
    ShiftPhase,
)
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Pulse

__all__ = ["ScheduleReader"]


class ScheduleReader:
    """Turns the entries of one cmd_def into schedules; equal pulses become one object.

    `problems` holds what makes the file unusable, `unpublished` the entries whose pulses the file lacks.
    """

    def __init__(self, defs: DefsFile, defs_name: str, num_qubits: int, qubits: frozenset[int]) -> None:
        """Read on behalf of `qubits`, of a device with `num_qubits`; `defs_name` is how reports call the file."""
        self.problems: list[Problem] = []
        self.unpublished: list[Problem] = []
        self._defs_name = defs_name
        self._num_qubits = num_qubits
        self._qubits = qubits
        self._interned: dict[str, Pulse] = {}
        self._library: dict[str, Pulse | None] = {}
        for index, pulse in enumerate(defs.pulse_library):
            try:
                self._library[pulse.name] = sampled_pulse(pulse)
            except PulseError as error:
                self._library[pulse.name] = None
                where = f"{defs_name}: pulse_library[{index}] '{pulse.name}'"
                self.problems.append(Problem(f"not a pulse: {error.message}", where))

    def read(self, index: int, entry: CmdDef) -> Schedule | None:
        """The schedule of entry `index`; None, with the reason noted, when there is none."""
        where = f"{self._defs_name}: cmd_def[{index}] '{entry.name}' on {tuple(entry.qubits)}"
        known = len(self.problems)
        names = {item.name for item in entry.sequence if isinstance(item, SampledPulse)}
        unpublished = sorted(names - self._library.keys())
        if unpublished:
            fix = "Use a device or an instruction whose pulses are in pulse_library"
            self.unpublished.append(Problem("pulse not published", where, ", ".join(unpublished), fix=fix))
        parameters: dict[str, Parameter] = {}
        parts: list[tuple[int, Instruction]] = []
        for position, item in enumerate(entry.sequence):
            place = f"{where}, sequence[{position}]"
            try:
                parts += [(item.t0, part) for part in self._instructions(item, place, parameters)]
            except (ExpressionError, PulseShapeError) as error:
                self.problems.append(Problem(str(error), place))
            except PulseError as error:
                self.problems.append(Problem(error.message, place))
        if unpublished or len(self.problems) > known:
            return None
        try:
            return Schedule(*parts, name=entry.name)
        except PulseError as error:
            self.problems.append(Problem(error.message, where))
        return None

    def _instructions(self, item: Item, place: str, parameters: dict[str, Parameter]) -> Iterator[Instruction]:
        if isinstance(item, AcquireItem):
            yield from self._acquires(item, place)
            return
        channel = self._channel(item.ch, place)
        if channel is None:
            return
        match item:
            case FrameChange(phase=phase):
                value = evaluate(phase, parameters) if isinstance(phase, str) else phase
                yield ShiftPhase(value, channel)
            case DelayItem():
                yield Delay(item.duration, channel)
            case ParametricPulse():
                yield Play(self._parametric(item), channel)
            case SampledPulse():
                pulse = self._library.get(item.name)
                if pulse is not None:
                    yield Play(pulse, channel)

    def _parametric(self, item: ParametricPulse) -> Pulse:
        key = repr((item.label, item.pulse_shape, item.parameters))
        if key not in self._interned:
            self._interned[key] = parametric_pulse(item)
        return self._interned[key]

    def _acquires(self, item: AcquireItem, place: str) -> Iterator[Instruction]:
        if len(item.qubits) != len(item.memory_slot):
            got = f"{len(item.qubits)} qubits, {len(item.memory_slot)} memory slots"
            self.problems.append(Problem("each qubit needs its memory slot", place, got))
            return
        for qubit, slot in zip(item.qubits, item.memory_slot, strict=True):
            if qubit >= self._num_qubits:
                self.problems.append(Problem("no such qubit", place, str(qubit), f"0 to {self._num_qubits - 1}"))
            elif qubit in self._qubits:
                yield Acquire(item.duration, AcquireChannel(qubit), MemorySlot(slot))

    def _channel(self, name: str, place: str) -> PlayChannel | None:
        """The channel of that name; None, with the reason noted, when the device cannot have it.

        Control channels are not counted: torino plays its two-qubit pulses on u channels while n_uchannels is 0.
        """
        channel = parse_channel(name)
        if channel is None:
            self.problems.append(Problem("no such channel", place, repr(name), "d0, m0, u0 and so on"))
        elif not isinstance(channel, ControlChannel) and int(channel.index) >= self._num_qubits:
            self.problems.append(Problem("no such qubit", place, repr(name), f"0 to {self._num_qubits - 1}"))
            return None
        return channel
