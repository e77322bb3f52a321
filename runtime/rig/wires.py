"""From wiring.yaml to the wiring that lowering routes by."""

from __future__ import annotations

from drivers.contract import PortSettings
from runtime.lowering import InputLine, MixerCorrection, OutputLine, TriggerLine, Wiring
from runtime.pulse import AcquireChannel, ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.channels import Channel
from runtime.rig.files import OutputEntry, WiringFile

__all__ = ["build_wiring", "port_settings"]

FAMILIES: dict[str, type[Channel]] = {"d": DriveChannel, "m": MeasureChannel, "u": ControlChannel}
"""Output channels by the letter that wiring.yaml writes."""


def build_wiring(file: WiringFile) -> Wiring:
    """The file's lines as lowering wants them; every name in the file must have been checked before."""
    frequencies = {name: entry.frequency_hz or 0.0 for name, entry in file.instruments.items()}
    return Wiring(
        outputs=tuple(_output(name, line, frequencies[line.lo]) for name, line in file.outputs.items()),
        inputs=tuple(
            InputLine(
                name=name,
                channels=tuple(AcquireChannel(int(channel[1:])) for channel in line.channels),
                instrument=line.instrument,
                lo_frequency_hz=frequencies[line.lo],
                delay_s=line.delay_s,
            )
            for name, line in file.inputs.items()
        ),
        triggers=tuple(
            TriggerLine(line.trigger.instrument, line.trigger.port, line.trigger.marker, line.instrument)
            for line in file.inputs.values()
        ),
        idle_s=file.repetition_idle_s,
        sample_rates_hz={
            name: entry.sample_rate_hz
            for name, entry in file.instruments.items()
            if entry.sample_rate_hz is not None
        },
        interpolation=file.interpolation,
    )


def _output(name: str, line: OutputEntry, lo_frequency_hz: float) -> OutputLine:
    mixer = line.mixer
    return OutputLine(
        name=name,
        channels=tuple(FAMILIES[channel[0]](int(channel[1:])) for channel in line.channels),
        instrument=line.instrument,
        i_port=line.ports.i,
        q_port=line.ports.q,
        lo_frequency_hz=lo_frequency_hz,
        scale=line.scale,
        delay_s=line.delay_s,
        mixer=MixerCorrection(mixer.gain, mixer.phase_rad, mixer.offset_i, mixer.offset_q),
        shared=line.shared,
    )


def port_settings(file: WiringFile) -> dict[str, tuple[PortSettings, ...]]:
    """For each generator its ports with their amplitude, and how many markers each one gives away."""
    markers: dict[tuple[str, int], int] = {}
    for trigger in (line.trigger for line in file.inputs.values()):
        key = (trigger.instrument, trigger.port)
        markers[key] = max(markers.get(key, 0), trigger.marker)
    settings: dict[str, dict[int, PortSettings]] = {}
    for line in file.outputs.values():
        for port in (line.ports.i, line.ports.q):
            used = markers.get((line.instrument, port), 0)
            settings.setdefault(line.instrument, {})[port] = PortSettings(port, line.amplitude_vpp, markers=used)
    return {name: tuple(ports[port] for port in sorted(ports)) for name, ports in settings.items()}
