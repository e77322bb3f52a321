"""What executing an entry of the command table does."""

from __future__ import annotations

from simulators.labone.devices.commandtable import PHASE_TURN, TableEntry, TableWaveform
from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.machine import Machine
from simulators.labone.devices.playconfig import decode_play_config, route_of
from simulators.labone.devices.setup import Family

__all__ = ["execute_entry", "with_phase"]

_DEFAULT_OUTPUTS = {"sigout0": 0, "sigout1": 1}


def with_phase(state: PlayerState, generator: int, steps: int, *, increment: bool) -> PlayerState:
    """`state` with the phase of a sine generator set, or moved on."""
    phases = list(state.phases)
    phases[generator] = (phases[generator] * increment + steps) % PHASE_TURN
    return state._replace(phases=tuple(phases))


def execute_entry(machine: Machine, index: int) -> None:
    """Run an entry: settings first, then what it plays.

    Raises:
        SequencerError: If the table has no such entry, or the entry plays what there is not.
    """
    entry = machine.start.table.entries.get(index)
    if entry is None:
        raise SequencerError(f"instruction {machine.pc}: the command table has no entry {index}")
    shf = machine.start.family is not Family.HDAWG
    for generator, phase in enumerate(entry.phases(shf=shf)):
        if phase is not None:
            machine.state = with_phase(machine.state, generator, phase.steps, increment=phase.increment)
    _apply_amplitudes(machine, entry, shf=shf)
    if entry.oscillatorSelect is not None:
        machine.state = machine.state._replace(oscillator=entry.oscillatorSelect.value)
    if entry.waveform is not None:
        _play(machine, entry.waveform, index)


def _apply_amplitudes(machine: Machine, entry: TableEntry, *, shf: bool) -> None:
    amplitudes = list(machine.state.amplitudes)
    registers = [list(values) for values in machine.amplitude_registers]
    touched = False
    for position, amplitude in enumerate(entry.amplitudes(shf=shf)):
        if amplitude is not None:
            register = registers[amplitude.register_index]
            moved = amplitude.value + (register[position] if amplitude.increment else 0.0)
            register[position] = amplitudes[position] = min(1.0, max(-1.0, moved))
            touched = True
    if touched:
        machine.amplitude_registers = tuple(tuple(values) for values in registers)
        machine.state = machine.state._replace(amplitudes=tuple(amplitudes))


def _play(machine: Machine, waveform: TableWaveform, entry: int) -> None:
    if waveform.playZero or waveform.playHold:
        if waveform.length is None:
            raise SequencerError(f"command table: entry {entry} plays zeros or holds, but names no length")
        machine.play(-1 if waveform.playZero else -2, waveform.length, waveform.samplingRateDivider)
        return
    slots = machine.start.slots
    if waveform.index is None or waveform.index >= len(slots):
        raise SequencerError(f"command table: entry {entry} plays waveform {waveform.index} of {len(slots)}")
    slot = slots[waveform.index]
    config = decode_play_config(slot.play_config)
    routing = config.routing
    if waveform.awgChannel0 is not None or waveform.awgChannel1 is not None:
        given = (waveform.awgChannel0, waveform.awgChannel1)
        routing = route_of(
            {
                column: tuple(_DEFAULT_OUTPUTS[name] for name in names or ())
                for column, names in enumerate(given[: slot.channels])
            }
        )
    length = slot.length if waveform.length is None else min(waveform.length, slot.length)
    machine.play(waveform.index, length, waveform.samplingRateDivider, routing)
