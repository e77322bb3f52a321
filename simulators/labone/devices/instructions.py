"""The meaning of each instruction: a function of the machine and the operands."""

from __future__ import annotations

from collections.abc import Callable

from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.machine import CYCLE, Machine, signed
from simulators.labone.devices.playconfig import decode_play_config
from simulators.labone.devices.ports import load, store
from simulators.labone.devices.table import execute_entry

__all__ = ["ARITHMETIC", "BRANCHES", "EFFECTS", "Step"]

Step = Callable[[Machine, tuple[int, ...]], None]

ARITHMETIC: dict[str, Callable[[list[int], int, int], int]] = {
    "addi": lambda r, a, b: r[a] + b,
    # The upper part of a constant: the operand is shifted by twelve bits.
    "addiu": lambda r, a, b: r[a] + (b << 12),
    "andi": lambda r, a, b: r[a] & b,
    "ori": lambda r, a, b: r[a] | b,
    "xnori": lambda r, a, b: ~(r[a] ^ b),
}
"""First operand: the register that is written; then a register and a number."""
_TWO_REGISTERS: dict[str, Callable[[int, int], int]] = {
    "addr": lambda a, b: a + b,
    "subr": lambda a, b: a - b,
    "andr": lambda a, b: a & b,
    "orr": lambda a, b: a | b,
    "xnorr": lambda a, b: ~(a ^ b),
    # Shifts move by one place, whatever the second operand: the compiler repeats them.
    "ssl": lambda a, _b: a << 1,
    "ssr": lambda a, _b: a >> 1,
}
BRANCHES: dict[str, Callable[[int], bool]] = {
    "brz": lambda value: value == 0,
    "brnz": lambda value: value != 0,
    "brgz": lambda value: value > 0,
}
_DIO_TRIGGER = 1 << 28
_AT_TRIGGER = 1 << 31
_TIMER_TRIGGER = 1 << 29
_DIGITAL = {4: "digital1", 8: "digital2"}
_TABLE_INDIRECT = {"hdawg": 1024, "sg": 4096}


def _immediate(name: str) -> Step:
    compute = ARITHMETIC[name]

    def step(machine: Machine, operands: tuple[int, ...]) -> None:
        target, source, number = operands
        if target:
            machine.registers[target] = signed(compute(machine.registers, source, number))

    return step


def _two_registers(name: str) -> Step:
    compute = _TWO_REGISTERS[name]

    def step(machine: Machine, operands: tuple[int, ...]) -> None:
        target, source = operands
        registers = machine.registers
        if target:
            registers[target] = signed(compute(registers[target], registers[source]))

    return step


def _set_config(machine: Machine, operands: tuple[int, ...]) -> None:
    machine.config = operands[0]


def _set_config_from_register(machine: Machine, operands: tuple[int, ...]) -> None:
    machine.config = machine.registers[operands[0]] & 0xFFFF_FFFF


def _play_memory(machine: Machine, address: int, size: int) -> None:
    config = decode_play_config(machine.config)
    samples = size // (2 * config.channels)
    if config.zeros:
        machine.play(-1, samples, config.divider)
        return
    slot, byte = machine.slot_at(address & 0xFFFF_FFFF)
    machine.play(slot, samples, config.divider, config.routing, byte // (2 * config.channels))


def _play_wave(machine: Machine, operands: tuple[int, ...]) -> None:
    _play_memory(machine, machine.registers[operands[0]], operands[1])


def _play_cached(machine: Machine, operands: tuple[int, ...]) -> None:
    address, length, number = operands
    place = machine.registers[address]
    size = machine.registers[length] + number
    if machine.start.family != "uhf" or decode_play_config(machine.config).zeros:
        _play_memory(machine, place, size)
        return
    # The UHFQA plays from its cache; the newest prefetch that covers the place says what is there.
    for cached, main, loaded in reversed(machine.cache):
        if cached <= place < cached + loaded:
            _play_memory(machine, main + place - cached, size)
            return
    raise SequencerError(f"instruction {machine.pc}: nothing was prefetched to cache address {place:#x}")


def _play_silence(machine: Machine, operands: tuple[int, ...]) -> None:
    kind, register, number = operands
    machine.play(-2 if kind else -1, machine.registers[register] + number, None)


def _play_entry(machine: Machine, operands: tuple[int, ...]) -> None:
    register, number = operands
    indirect = _TABLE_INDIRECT.get(machine.start.family, 0)
    if number < indirect:
        execute_entry(machine, number)
    elif indirect and number == 2 * indirect:
        execute_entry(machine, machine.registers[register])
    else:
        raise SequencerError(
            f"instruction {machine.pc}: table entries chosen by feedback or DIO are not simulated"
        )


def _prefetch(machine: Machine, operands: tuple[int, ...]) -> None:
    if machine.start.family != "uhf":
        return
    main, cached, size = machine.registers[operands[0]], machine.registers[operands[1]], operands[2]
    kept = tuple(part for part in machine.cache if not (cached <= part[0] and part[0] + part[2] <= cached + size))
    machine.cache = (*kept, (cached, main, size))


def _wait_player(machine: Machine, _operands: tuple[int, ...]) -> None:
    machine.time = machine.edge()


def _wait_trigger(machine: Machine, operands: tuple[int, ...]) -> None:
    mask, value = (machine.registers[operand] & 0xFFFF_FFFF for operand in operands)
    if mask == _TIMER_TRIGGER:
        machine.time = max(machine.time, machine.timer)
    elif mask == _DIO_TRIGGER:
        machine.wait("dio")
    elif mask in _DIGITAL and value in (0, mask):
        machine.wait(f"{_DIGITAL[mask]}{'' if value else ':low'}")
    elif mask == _AT_TRIGGER:
        machine.time = max(machine.time, machine.ports.get(29, 0) * CYCLE)
    else:
        raise SequencerError(f"instruction {machine.pc}: the trigger mask {mask:#x} is not simulated")


def _nothing(_machine: Machine, _operands: tuple[int, ...]) -> None:
    return


def _end(machine: Machine, _operands: tuple[int, ...]) -> None:
    machine.ended = True


def _feedback(machine: Machine, _operands: tuple[int, ...]) -> None:
    raise SequencerError(f"instruction {machine.pc}: feedback processing is not simulated")


EFFECTS: dict[str, Step] = {
    **{name: _immediate(name) for name in ARITHMETIC},
    **{name: _two_registers(name) for name in _TWO_REGISTERS},
    "st": lambda machine, operands: store(machine, operands[1], machine.registers[operands[0]]),
    "ld": lambda machine, operands: machine.registers.__setitem__(operands[0], signed(load(machine, operands[1]))),
    "cwvf": _set_config,
    "cwvfr": _set_config_from_register,
    "wvfe": _play_wave,
    "wvf": _play_cached,
    "wvfi": _play_cached,
    "wvfs": _play_silence,
    "wvfet": _play_entry,
    "prf": _prefetch,
    "wwvf": _wait_player,
    "wprf": _nothing,
    "wtrig": _wait_trigger,
    "trap": _nothing,
    "nop": _nothing,
    "end": _end,
    "fb": _feedback,
}
"""Every instruction but the branches; an instruction that is parsed but not here stops the program."""
