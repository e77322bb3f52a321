"""What stands behind the addresses that `st` writes and `ld` reads, for each family.

Found by compiling one statement at a time; the table is in docs/zurich.md. An address that is not known stops
the program: the simulated sequencer does not guess.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.events import Dio, Frequency, Readout, Register, ResetPhase, TriggerOut
from simulators.labone.devices.machine import CYCLE, Machine
from simulators.labone.devices.setup import Family
from simulators.labone.devices.table import with_phase

__all__ = ["load", "store"]

_USER_REGISTERS = 16
_SILENT = frozenset({16, 17, 28, 109, 110, 146})
"""Written with no effect on what is played: notices to the host, time stamps, the prologue."""
_KEPT = frozenset({23, 29, 33, 116, 117, 118, 141, 142, 143, 144, 145})
"""Values that another instruction uses."""
_UHF_RESULT, _UHF_MONITOR = 1 << 4, 1 << 5
_UHF_WAIT_OVERHEAD = 6
"""Cycles that wait(n) takes besides its counter: the compiler writes n - 6."""


def store(machine: Machine, port: int, value: int) -> None:
    """Run `st`.

    Raises:
        SequencerError: For an address that is not known.
    """
    handler = _HANDLERS.get((machine.start.family, port)) or _COMMON.get(port)
    if port < _USER_REGISTERS:
        machine.user[port] = value
        machine.log.append(Register(machine.time, port, value))
    elif handler is not None:
        handler(machine, value)
    elif port in _KEPT:
        machine.ports[port] = value
    elif port not in _SILENT:
        raise SequencerError(f"instruction {machine.pc}: register address {port} is not simulated")


def load(machine: Machine, port: int) -> int:
    """Run `ld`.

    Raises:
        SequencerError: For an address that is not known, such as the feedback's.
    """
    if port < _USER_REGISTERS:
        return machine.user[port]
    if port == 119:
        return _random(machine)
    raise SequencerError(f"instruction {machine.pc}: reading register address {port} is not simulated")


def _random(machine: Machine) -> int:
    # The 16-bit shift register that the vendor documents, taps 0xB400; scaled into the range asked for.
    state = machine.ports.get(116, 1) & 0xFFFF
    bit = state & 1
    state >>= 1
    if bit:
        state ^= 0xB400
    machine.ports[116] = state
    return ((state * machine.ports.get(118, 1 << 16)) >> 16) + machine.ports.get(117, 0)


def _wait_cycles(machine: Machine, value: int) -> None:
    machine.time += max(value, 0) * CYCLE


def _start_timer(machine: Machine, value: int) -> None:
    overhead = _UHF_WAIT_OVERHEAD if machine.start.family is Family.UHF else 0
    machine.timer = machine.time + (value + overhead) * CYCLE


def _trigger_out(machine: Machine, value: int) -> None:
    if machine.ports.get(34, 0) != value:
        machine.log.append(TriggerOut(machine.time, value))
        machine.ports[34] = value


def _uhf_trigger_out(machine: Machine, value: int) -> None:
    risen = value & ~machine.ports.get(34, 0)
    if risen & (_UHF_RESULT | _UHF_MONITOR):
        machine.log.append(
            Readout(
                time=machine.time,
                generators=0,
                integrators=value >> 16 & 0x3FF,
                monitor=bool(risen & _UHF_MONITOR),
                integrate=bool(risen & _UHF_RESULT),
                address=machine.ports.get(33, 0),
                triggers=value & 0xF,
            )
        )
    if (machine.ports.get(34, 0) ^ value) & 0xF:
        machine.log.append(TriggerOut(machine.time, value & 0xF))
    machine.ports[34] = value


def _start_readout(machine: Machine, value: int) -> None:
    word, generators = value & 0xFFFF_FFFF, machine.ports.get(120, 0)
    machine.log.append(
        Readout(
            time=machine.time,
            generators=generators & 0xFFFF,
            integrators=word & 0xFFFF,
            monitor=bool(word >> 31),
            integrate=bool(word >> 30 & 1),
            address=word >> 22 & 0xFF,
            triggers=generators >> 24 & 0xFF,
        )
    )


def _set_frequency(machine: Machine, oscillator: int) -> None:
    def word(low: int) -> int:
        return ((machine.ports.get(low + 1, 0) << 32) + (machine.ports.get(low, 0) & 0xFFFF_FFFF)) % (1 << 48)

    value = (word(142) + machine.ports.get(141, 0) * word(144)) % (1 << 48)
    machine.log.append(Frequency(machine.time, oscillator, value))


def _phase(generator: int, *, increment: bool) -> Callable[[Machine, int], None]:
    def handler(machine: Machine, value: int) -> None:
        machine.state = with_phase(machine.state, generator, value, increment=increment)

    return handler


def _waiting(trigger: str) -> Callable[[Machine, int], None]:
    return lambda machine, _value: machine.wait(trigger)


def _reset(machine: Machine, mask: int) -> None:
    machine.log.append(ResetPhase(machine.time, mask))


def _hdawg_command(machine: Machine, command: int) -> None:
    if command != 136:
        raise SequencerError(f"instruction {machine.pc}: oscillator command {command} is not simulated")
    _reset(machine, machine.ports.get(23, 0))


def _uhf_reset(machine: Machine, value: int) -> None:
    if value:
        _reset(machine, 1)


_COMMON: dict[int, Callable[[Machine, int], None]] = {
    26: _start_timer,
    32: lambda machine, value: machine.log.append(Dio(machine.time, value)),
    34: _trigger_out,
    66: _waiting("digital1"),
    67: _waiting("digital2"),
    89: _waiting("zsync"),
    92: _waiting("dio"),
    105: _wait_cycles,
    112: _phase(0, increment=False),
    113: _phase(1, increment=False),
    114: _phase(0, increment=True),
    115: _phase(1, increment=True),
    140: _set_frequency,
}
_HANDLERS: dict[tuple[str, int], Callable[[Machine, int], None]] = {
    (Family.HDAWG, 22): _hdawg_command,
    (Family.SG, 120): _reset,
    (Family.QA, 120): lambda machine, value: machine.ports.__setitem__(120, value),
    (Family.QA, 121): _start_readout,
    (Family.QA, 122): _reset,
    (Family.UHF, 34): _uhf_trigger_out,
    (Family.UHF, 68): lambda _machine, _value: None,
    (Family.UHF, 69): lambda _machine, _value: None,
    (Family.UHF, 95): _uhf_reset,
}
