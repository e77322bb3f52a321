"""What a program does, in order: the compact result of running it, from which samples are made later.

Times are in samples of the generator at its full rate. Inside a section they count from the section's start: the
trigger that began it, or the start of the program. A loop whose passes are equal is kept once, as a `Group`.
"""

from __future__ import annotations

from typing import NamedTuple

from simulators.labone.devices.playconfig import Routing

__all__ = [
    "Dio",
    "Entry",
    "Event",
    "Frequency",
    "Group",
    "Play",
    "PlayerState",
    "Readout",
    "Register",
    "ResetPhase",
    "TriggerOut",
    "Wait",
]


class PlayerState(NamedTuple):
    """What table entries and sine instructions leave behind and a playback takes with it.

    Attributes:
        phases: Of the sine generators, units of a turn / 2^23 (the step in which compiled programs state them).
        amplitudes: HDAWG: of outputs 1 and 2; SHF: gains 00, 01, 10, 11.
        oscillator: SHF: the oscillator that is selected.
    """

    phases: tuple[int, ...]
    amplitudes: tuple[float, ...]
    oscillator: int


class Play(NamedTuple):
    """Samples leave memory, or the output rests: `slot` -1 plays zeros, -2 holds the last value.

    Attributes:
        length: In samples at full rate, dividers included.
        offset: First sample taken from the waveform.
        divider: log2 of the rate divider.
        routing: Which interleaved columns reach which output, as the first or second waveform.
    """

    time: int
    length: int
    slot: int
    offset: int
    divider: int
    routing: Routing
    state: PlayerState


class TriggerOut(NamedTuple):
    """The sequencer's trigger bits change."""

    time: int
    bits: int


class ResetPhase(NamedTuple):
    """Oscillators of the mask start again at zero."""

    time: int
    mask: int


class Frequency(NamedTuple):
    """An oscillator's frequency is set by the program; `word` is in units of the sample rate / 2^48."""

    time: int
    oscillator: int
    word: int


class Readout(NamedTuple):
    """A readout is started.

    Attributes:
        generators: Mask of waveform slots that are played.
        integrators: Mask of integration units.
        monitor: The scope or input monitor is triggered too.
        integrate: The integration is triggered; a monitor shot alone does not.
        address: Result register that feedback would read.
        triggers: Trigger outputs raised with it.
    """

    time: int
    generators: int
    integrators: int
    monitor: bool
    integrate: bool
    address: int
    triggers: int


class Register(NamedTuple):
    """A user register is written."""

    time: int
    number: int
    value: int


class Dio(NamedTuple):
    """The digital port is written."""

    time: int
    value: int


Event = Play | TriggerOut | ResetPhase | Frequency | Readout | Register | Dio


class Wait(NamedTuple):
    """The sequencer waits for a trigger; what follows starts a new section.

    Attributes:
        trigger: "digital1", "digital2", "zsync", "dio" or, on a UHFQA, "digital1:high" and so on.
        armed: When it began to wait.
        end: When the last playback is over.
    """

    trigger: str
    armed: int
    end: int


class Group(NamedTuple):
    """Passes of a loop that are equal.

    Attributes:
        start: Of the first pass.
        period: Of a pass; None where the passes wait for triggers.
        passes: How many.
        body: One pass; times from the pass's start, and after a wait from the trigger.
        end: Where the next pass starts, in the time of the pass's last section.
    """

    start: int
    period: int | None
    passes: int
    body: tuple[Entry, ...]
    end: int


Entry = Event | Wait | Group
