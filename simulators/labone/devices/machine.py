"""The state of a running sequencer, and what its instructions do to it.

Two clocks matter: `time`, where the sequencer stands, and `free`, when the player is done. A playing instruction
waits until the player is free, starts it, and goes on at that instant: what stands between two plays happens at
the start of the first (the vendor's own sweeper counts on it: playZero, setSweepStep, playZero, setTrigger).
`wait` moves the sequencer alone. Other instructions take no time; neither does prefetching. All times are
samples at full rate; a cycle is 8.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.events import Entry, Play, PlayerState, Wait
from simulators.labone.devices.playconfig import Routing
from simulators.labone.devices.setup import AT_REST, Start

__all__ = ["CYCLE", "Machine", "signed"]

CYCLE = 8
"""Samples of a sequencer cycle, on every family."""


def signed(value: int) -> int:
    """`value` as a 32-bit register holds it."""
    value &= 0xFFFF_FFFF
    return value - (1 << 32) if value >> 31 else value


@dataclass
class Machine:
    """A sequencer in the middle of a program; `context` holds what the next pass of a loop depends on."""

    start: Start
    registers: list[int] = field(default_factory=lambda: [0] * 32)
    log: list[Entry] = field(default_factory=list)
    pc: int = 0
    ended: bool = False
    time: int = 0
    free: int = 0
    config: int = 0
    timer: int = 0
    state: PlayerState = AT_REST
    amplitude_registers: tuple[tuple[float, ...], ...] = ()
    cache: tuple[tuple[int, int, int], ...] = ()
    user: list[int] = field(default_factory=lambda: [0] * 16)
    ports: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = self.start.state
        self.amplitude_registers = (self.state.amplitudes,) * 4
        self.user = list(self.start.registers)

    def context(self) -> tuple[object, ...]:
        """All that later events depend on, but the registers; times relative to the sequencer's."""
        return (
            max(self.free - self.time, 0),
            max(self.timer - self.time, 0),
            self.config,
            self.state,
            self.amplitude_registers,
            self.cache,
            tuple(self.user),
            tuple(sorted(self.ports.items())),
        )

    def edge(self) -> int:
        """The first instant that is not played yet."""
        return max(self.time, self.free)

    def shift(self, samples: int) -> None:
        """Let that much time pass, as repeated passes do."""
        self.time += samples
        self.free += samples
        self.timer += samples

    def play(
        self,
        slot: int,
        samples: int,
        divider: int | None,
        routing: Routing = ((), ()),
        offset: int = 0,
    ) -> None:
        """Start the player when it is free; `samples` are at the divided rate."""
        if samples <= 0:
            return
        rate = self.start.divider if divider is None else divider
        begin = self.edge()
        length = samples << rate
        self.log.append(Play(begin, length, slot, offset, rate, routing, self.state))
        self.time, self.free = begin, begin + length

    def wait(self, trigger: str) -> None:
        """Stop until a trigger; time counts from it."""
        self.log.append(Wait(trigger, self.time, self.edge()))
        self.time = self.free = self.timer = 0

    def slot_at(self, address: int) -> tuple[int, int]:
        """The waveform that covers an address, and the byte within it.

        Raises:
            SequencerError: If no waveform does.
        """
        for index, slot in enumerate(self.start.slots):
            size = 2 * slot.channels * slot.length
            if slot.address <= address < slot.address + size:
                return index, address - slot.address
        raise SequencerError(f"instruction {self.pc}: no waveform stands at address {address:#x}")
