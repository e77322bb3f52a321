"""Which channel reaches which port, and what happens to the signal on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from runtime.pulse import AcquireChannel
from runtime.pulse.channels import Channel

__all__ = [
    "Carrier",
    "InputLine",
    "Interpolation",
    "MixerCorrection",
    "OutputLine",
    "Predistortion",
    "StartLine",
    "TriggerLine",
    "Wiring",
]

Interpolation = Literal["none", "hold", "linear"]
"""How sampled waveforms reach a clock that is no whole multiple of theirs: refused, held, or on straight lines."""

Carrier = Literal["instrument", "rendered"]
"""Who makes an intermediate frequency: the instrument's oscillator, or the samples."""


@dataclass(frozen=True, slots=True)
class MixerCorrection:
    """What makes an imperfect IQ mixer emit I cos(wt) - Q sin(wt).

    A mixer whose Q arm has 1/gain times the I arm's gain and leads by `phase_rad` emits, from ports I' and Q',
    I' cos(wt) - (Q'/gain) sin(wt + phase). The correction is its inverse::

        I' = I + tan(phase) Q + offset_i          I = (I' - offset_i) - sin(phase) (Q' - offset_q) / gain
        Q' = gain Q / cos(phase) + offset_q       Q = cos(phase) (Q' - offset_q) / gain

    The offsets null the oscillator that leaks through, so they stay on while a port is idle.
    """

    gain: float = 1.0
    phase_rad: float = 0.0
    offset_i: float = 0.0
    """Units of full scale."""
    offset_q: float = 0.0


@dataclass(frozen=True, slots=True)
class Predistortion:
    """What a line does to a signal, so that the opposite can be done before.

    The line is taken as these parts one after the other, each left out by default. Before a program the line is at
    rest, and what is still to be corrected when a program's play list entry ends is cut off there.
    """

    exponentials: tuple[tuple[float, float], ...] = ()
    """(amplitude, time constant in seconds): the step response is 1 + amplitude exp(-t / time constant)."""
    high_pass_s: float | None = None
    """Time constant of a high-pass (a bias tee): the step response is exp(-t / time constant)."""
    bounce: tuple[float, float] | None = None
    """(amplitude, delay in seconds) of an echo: what is emitted comes again that much later, times amplitude."""
    fir: tuple[float, ...] = ()
    """Coefficients of a filter at the instrument's rate, applied as it is after the others are inverted."""


@dataclass(frozen=True, slots=True)
class OutputLine:
    """From channels to a pair of ports and the mixer behind it."""

    name: str
    channels: tuple[Channel, ...]
    instrument: str
    i_port: int
    q_port: int | None
    """None: the instrument converts what it emits from `i_port` up by itself."""
    lo_frequency_hz: float
    scale: float = 1.0
    """Full scale of the port for 1.0 of the channel; before the mixer's correction and offsets."""
    delay_s: float = 0.0
    """How much later than scheduled the line emits; carrier and envelope alike."""
    mixer: MixerCorrection = field(default_factory=MixerCorrection)
    predistortion: Predistortion = field(default_factory=Predistortion)
    shared: bool = False
    """Several channels, or several lines, may use these ports; their signals add."""
    carrier: Carrier = "instrument"
    """Who makes the IF: the instrument's oscillator where it has one, or the samples."""


@dataclass(frozen=True, slots=True)
class InputLine:
    """From a down-converting mixer to a digitizer."""

    name: str
    channels: tuple[AcquireChannel, ...]
    instrument: str
    lo_frequency_hz: float
    delay_s: float = 0.0
    """From the marker's edge to the arrival of the signal that is scheduled for that instant; contains the
    delay of its output line."""
    port: int = 1
    """The input, of an instrument with several analyzers."""


@dataclass(frozen=True, slots=True)
class MarkerLine:
    """From a marker of a generator to the trigger input of another instrument."""

    instrument: str
    """The generator."""
    port: int
    marker: int
    started: str
    """Whom it starts."""
    trigger_input: int = 1
    """Of the instrument that is started, counted from 1."""


@dataclass(frozen=True, slots=True)
class TriggerLine(MarkerLine):
    """It starts each record of a digitizer, or each program of an instrument with a sequencer."""


@dataclass(frozen=True, slots=True)
class StartLine(MarkerLine):
    """It starts another generator's play list, once."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """All lines of a station."""

    outputs: tuple[OutputLine, ...]
    inputs: tuple[InputLine, ...] = ()
    triggers: tuple[TriggerLine, ...] = ()
    starts: tuple[StartLine, ...] = ()
    idle_s: float = 0.0
    """Silence after every program, in which the qubits relax, seconds."""
    sample_rates_hz: Mapping[str, int] = field(default_factory=dict)
    """Instrument name to its sample rate."""
    interpolation: Interpolation = "none"
    crosstalk: Mapping[tuple[str, str], complex] = field(default_factory=dict)
    """(from line, to line) to the part of the one's signal that appears on the other, which is undone.

    Complex, of what the ports emit (scale and delay included), counted from the program's start. The lines may be
    on different instruments, which begin together, and on different oscillators, locked to one reference: the
    phase is then that between the oscillators at a program's start.
    """

    @property
    def lines(self) -> tuple[OutputLine | InputLine, ...]:
        """Outputs, then inputs."""
        return (*self.outputs, *self.inputs)
