"""What a sequencer core starts from: its family, waveforms, table, and the nodes that its run depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from simulators.labone.devices.commandtable import CommandTable
from simulators.labone.devices.events import PlayerState

__all__ = ["AT_REST", "Family", "Slot", "Start"]


class Family(StrEnum):
    """Sequencers that read the same instructions but have other registers behind them."""

    HDAWG = "hdawg"
    SG = "sg"
    QA = "qa"
    UHF = "uhf"


AT_REST = PlayerState((0, 0), (1.0, 1.0), 0)
"""A player whose nodes were never touched."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A waveform as the sequencer sees it: where it stands, how long it is, how the table plays it."""

    address: int
    channels: int
    length: int
    play_config: int


@dataclass(frozen=True, slots=True)
class Start:
    """The state at which a run begins.

    Attributes:
        family: Which registers stand behind the addresses.
        slots: The table of waveforms.
        table: Entries for executeTableEntry.
        registers: User registers, 16.
        state: Phases, amplitudes and oscillator that the nodes hold.
        divider: log2 of the rate divider of the node `time`.
        limit: Instructions after which a run that repeats nothing is called endless.
    """

    family: Family
    slots: tuple[Slot, ...] = ()
    table: CommandTable = field(default_factory=lambda: CommandTable({}))
    registers: tuple[int, ...] = (0,) * 16
    state: PlayerState = AT_REST
    divider: int = 0
    limit: int = 20_000_000
