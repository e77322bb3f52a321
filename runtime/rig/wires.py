"""From wiring.yaml to the wiring that lowering routes by."""

from __future__ import annotations

import cmath

from drivers.contract import OutputSettings, PortSettings
from runtime.lowering import InputLine, MixerCorrection, OutputLine, Predistortion, StartLine, TriggerLine, Wiring
from runtime.pulse import AcquireChannel, ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.channels import Channel
from runtime.rig.file_lines import InputEntry, OutputEntry, PredistortionEntry
from runtime.rig.files import WiringFile
from runtime.target import Target

__all__ = ["build_wiring", "output_settings", "port_settings"]

FAMILIES: dict[str, type[Channel]] = {"d": DriveChannel, "m": MeasureChannel, "u": ControlChannel}
"""Output channels by the letter that wiring.yaml writes."""


def build_wiring(file: WiringFile, target: Target) -> Wiring:
    """The file's lines as lowering wants them; every name in the file must have been checked before."""
    return Wiring(
        outputs=tuple(_output(name, line, _lo_hz(file, line, target)) for name, line in file.outputs.items()),
        inputs=tuple(
            InputLine(
                name=name,
                channels=tuple(AcquireChannel(int(channel[1:])) for channel in line.channels),
                instrument=line.instrument,
                lo_frequency_hz=_lo_hz(file, line, target),
                delay_s=line.delay_s,
                port=line.port,
            )
            for name, line in file.inputs.items()
        ),
        triggers=tuple(
            TriggerLine(line.trigger.instrument, line.trigger.port, line.trigger.marker, line.instrument)
            for line in file.inputs.values()
            if line.trigger is not None
        ),
        starts=tuple(
            StartLine(start.instrument, start.port, start.marker, name, start.trigger_input)
            for name, entry in file.instruments.items()
            if (start := entry.started_by) is not None
        ),
        idle_s=file.repetition_idle_s,
        sample_rates_hz={
            name: entry.sample_rate_hz
            for name, entry in file.instruments.items()
            if entry.sample_rate_hz is not None
        },
        interpolation=file.interpolation,
        crosstalk={
            (entry.source, entry.victim): cmath.rect(entry.amplitude, entry.phase_rad) for entry in file.crosstalk
        },
    )


def _lo_hz(file: WiringFile, line: OutputEntry | InputEntry, target: Target) -> float:
    if line.baseband:
        # Where nothing is mixed up, no carrier goes into the samples: whatever the Target calls the channel's.
        channel = line.channels[0]
        return target.channel_frequencies.get(FAMILIES[channel[0]](int(channel[1:])), 0.0)
    if line.lo is not None:
        return file.instruments[line.lo].frequency_hz or 0.0
    return line.lo_frequency_hz or 0.0


def _output(name: str, line: OutputEntry, lo_frequency_hz: float) -> OutputLine:
    mixer = line.mixer
    i_port, *q_port = line.pins
    return OutputLine(
        name=name,
        channels=tuple(FAMILIES[channel[0]](int(channel[1:])) for channel in line.channels),
        instrument=line.instrument,
        i_port=i_port,
        q_port=q_port[0] if q_port else None,
        lo_frequency_hz=lo_frequency_hz,
        scale=line.scale,
        delay_s=line.delay_s,
        mixer=MixerCorrection(mixer.gain, mixer.phase_rad, mixer.offset_i, mixer.offset_q),
        predistortion=_predistortion(line.predistortion),
        shared=line.shared,
        carrier=line.carrier,
    )


def _predistortion(entry: PredistortionEntry) -> Predistortion:
    bounce = entry.bounce
    return Predistortion(
        exponentials=tuple((part.amplitude, part.time_constant_s) for part in entry.exponentials),
        high_pass_s=entry.high_pass_s,
        bounce=None if bounce is None else (bounce.amplitude, bounce.delay_s),
        fir=entry.fir,
    )


def port_settings(file: WiringFile) -> dict[str, tuple[PortSettings, ...]]:
    """For each generator its ports with their amplitude, and how many markers each one gives away."""
    markers: dict[tuple[str, int], int] = {}
    records = [line.trigger for line in file.inputs.values()]
    for trigger in (*records, *(entry.started_by for entry in file.instruments.values())):
        if trigger is not None:
            key = (trigger.instrument, trigger.port)
            markers[key] = max(markers.get(key, 0), trigger.marker)
    settings: dict[str, dict[int, PortSettings]] = {}
    for line in file.outputs.values():
        for port in line.pins:
            used = markers.get((line.instrument, port), 0)
            settings.setdefault(line.instrument, {})[port] = PortSettings(port, line.amplitude_vpp, markers=used)
    return {name: tuple(ports[port] for port in sorted(ports)) for name, ports in settings.items()}


def output_settings(file: WiringFile) -> dict[str, tuple[OutputSettings, ...]]:
    """For each instrument its outputs, as one with a sequencer wants them."""
    settings: dict[str, dict[tuple[int, ...], OutputSettings]] = {}
    for line in file.outputs.values():
        inputs = [entry for entry in file.inputs.values() if _belongs(entry, line)]
        ranges = [entry.range_vpp / 2 for entry in inputs if entry.range_vpp is not None]
        settings.setdefault(line.instrument, {})[line.pins] = OutputSettings(
            ports=line.pins,
            full_scale_v=line.amplitude_vpp / 2,
            lo_frequency_hz=line.lo_frequency_hz,
            inputs=tuple(entry.port for entry in inputs),
            input_full_scale_v=ranges[0] if ranges else None,
        )
    return {name: tuple(outputs[pins] for pins in sorted(outputs)) for name, outputs in settings.items()}


def _belongs(entry: InputEntry, line: OutputEntry) -> bool:
    """Whether an input records what an output's readout pulses come back as."""
    read = {channel[1:] for channel in line.channels if channel.startswith("m")}
    return entry.instrument == line.instrument and bool(read & {channel[1:] for channel in entry.channels})
