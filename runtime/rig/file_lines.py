"""The lines of wiring.yaml: what is connected to which port, and what happens to the signal on the way."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from runtime.rig.file_entry import Entry, Finite, NotNegative, Positive

__all__ = [
    "CrosstalkEntry",
    "InputEntry",
    "MixerEntry",
    "OutputEntry",
    "PredistortionEntry",
    "StartEntry",
    "TriggerEntry",
]

OutputChannel = Annotated[str, StringConstraints(pattern=r"^[dmu](0|[1-9]\d*)$")]
"""d0 drive, m0 measure, u0 control."""
InputChannel = Annotated[str, StringConstraints(pattern=r"^a(0|[1-9]\d*)$")]
"""a0 acquire."""


Value = TypeVar("Value")


def _either(value: Value, others: ValidationInfo, other: str, choice: str) -> Value:
    """Of two keys exactly one has to be given; a value that is itself malformed is told as that."""
    if other in others.data and (value is None) == (others.data[other] is None):
        raise ValueError(f"give either {choice}")
    return value


class PortPair(Entry):
    """The two output ports of an I/Q pair."""

    i: Annotated[int, Field(ge=1)]
    q: Annotated[int, Field(ge=1)]


class MixerEntry(Entry):
    """What corrects an imperfect mixer; see runtime.lowering.MixerCorrection."""

    gain: Positive = 1.0
    phase_rad: Finite = 0.0
    offset_i: Finite = 0.0
    offset_q: Finite = 0.0


class ExponentialEntry(Entry):
    """A part of a line's step response: 1 + amplitude exp(-t / time constant)."""

    amplitude: Annotated[float, Field(gt=-1, allow_inf_nan=False)]
    time_constant_s: Positive


class BounceEntry(Entry):
    """An echo on a line."""

    amplitude: Annotated[float, Field(gt=-1, lt=1, allow_inf_nan=False)]
    delay_s: Positive


class PredistortionEntry(Entry):
    """What a line does to a signal, so that the opposite is done before; see runtime.lowering.Predistortion."""

    exponentials: tuple[ExponentialEntry, ...] = ()
    high_pass_s: Positive | None = None
    bounce: BounceEntry | None = None
    fir: tuple[Finite, ...] = ()


class _Line(Entry):
    """A line with a mixer: an oscillator of the station drives it, or one inside the instrument."""

    instrument: str
    baseband: bool = False
    """There is no mixer: outputs to flux lines, say. I emits the channel's real part, and Q its imaginary part."""
    lo_frequency_hz: Positive | None = None
    """The synthesizer of an instrument that converts by itself."""
    lo: Annotated[str | None, Field(validate_default=True)] = None
    """In place of `lo_frequency_hz`: the instrument whose tone the mixer gets."""

    @field_validator("lo")
    @classmethod
    def _one_oscillator(cls, lo: str | None, others: ValidationInfo) -> str | None:
        if others.data.get("baseband"):
            if lo is not None or others.data.get("lo_frequency_hz") is not None:
                raise ValueError("a line at baseband has no oscillator: leave lo and lo_frequency_hz out")
            return None
        return _either(
            lo,
            others,
            "lo_frequency_hz",
            "lo, an instrument, or lo_frequency_hz, of the line's own one, or baseband: true",
        )


class OutputEntry(_Line):
    """Channels to a pair of ports and on through a mixer, or to a port that converts up by itself."""

    channels: Annotated[list[OutputChannel], Field(min_length=1)]
    shared: bool = False
    """Several channels, or several lines, may use the same ports."""
    port: Annotated[int, Field(ge=1)] | None = None
    """The port of an output that converts up by itself."""
    ports: Annotated[PortPair | None, Field(validate_default=True)] = None
    """In place of `port`: the pair before a mixer."""
    carrier: Literal["instrument", "rendered"] = "instrument"
    """Who makes the IF: the instrument's oscillator where it has one, or the samples."""
    amplitude_vpp: Positive
    """Peak-to-peak volts at full scale."""
    scale: Positive = 1.0
    """Full scale of the port for an amplitude of 1."""
    delay_s: Finite = 0.0
    mixer: MixerEntry = MixerEntry()
    predistortion: PredistortionEntry = PredistortionEntry()

    @field_validator("ports")
    @classmethod
    def _ports_or_port(cls, ports: PortPair | None, others: ValidationInfo) -> PortPair | None:
        return _either(
            ports, others, "port", "ports, the pair before a mixer, or port, which converts up by itself"
        )

    @property
    def pins(self) -> tuple[int, ...]:
        """The ports in use: (I, Q), or the one."""
        return (self.ports.i, self.ports.q) if self.ports is not None else (self.port or 0,)


class TriggerEntry(Entry):
    """The marker that starts a record."""

    instrument: str
    port: Annotated[int, Field(ge=1)]
    marker: Annotated[int, Field(ge=1)]


class StartEntry(TriggerEntry):
    """The marker that a generator begins with, and its own input for it."""

    trigger_input: Annotated[int, Field(ge=1)] = 1


class InputEntry(_Line):
    """A digitizer's inputs, and the channels whose records they hold."""

    channels: Annotated[list[InputChannel], Field(min_length=1)]
    port: Annotated[int, Field(ge=1)] = 1
    """The input, of an instrument that has several quantum analyzers."""
    range_vpp: Positive | None = None
    """Peak-to-peak volts of the input's range, where it can be set."""
    delay_s: NotNegative = 0.0
    """From the trigger's edge to the arrival of the signal."""

    trigger: TriggerEntry | None = None
    """None: the instrument plays the readout pulses itself, and starts its records with them."""

    @field_validator("baseband")
    @classmethod
    def _mixed_down(cls, baseband: bool) -> bool:
        if baseband:
            raise ValueError("an input is mixed down: only outputs can be at baseband")
        return baseband


class CrosstalkEntry(Entry):
    """What of one line's signal appears on another, which is undone before it is played."""

    source: str
    victim: str
    amplitude: Annotated[float, Field(gt=-1, lt=1, allow_inf_nan=False)]
    phase_rad: Finite = 0.0
