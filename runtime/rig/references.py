"""Whether the parts of a station's files fit one another: names, roles, channels, amplitudes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drivers.contract import Problem
from runtime.rig.adapters import adapter_names
from runtime.rig.file_lines import InputEntry, OutputEntry
from runtime.rig.files import StationFile, WiringFile
from runtime.rig.yaml_source import YamlSource
from runtime.target import Target

__all__ = ["amplitude_problems", "channel_problems", "reference_problems"]

Keys = tuple[str | int, ...]


def reference_problems(file: WiringFile, station: StationFile, source: YamlSource) -> list[Problem]:
    """Names that stand for nothing, and settings that an instrument's role needs."""
    problems = [
        source.problem(keys, f"there is no {kind} of that name", got=name, allowed=", ".join(known))
        for keys, name, known, kind in _names(file, station)
        if name not in known
    ]
    for line in (*file.outputs.values(), *file.inputs.values()):
        problems += _needs(source, file, line.instrument, ("sample_rate_hz",))
        if line.lo is not None:
            problems += _needs(source, file, line.lo, ("frequency_hz", "power_dbm"))
    return list(dict.fromkeys(problems))


def _names(file: WiringFile, station: StationFile) -> Iterator[tuple[Keys, str, Iterable[str], str]]:
    """Every name in the file: where it stands, the name, the names there are, and of what."""
    adapters = adapter_names()
    for name, entry in file.instruments.items():
        yield ("instruments", name), name, station.instruments, "instrument in station.yaml"
        yield ("instruments", name, "adapter"), entry.adapter, adapters, "adapter"
        if entry.started_by is not None:
            starter = entry.started_by.instrument
            yield ("instruments", name, "started_by", "instrument"), starter, file.instruments, "instrument"
    lines: list[tuple[str, str, OutputEntry | InputEntry]] = [
        *(("outputs", name, line) for name, line in file.outputs.items()),
        *(("inputs", name, line) for name, line in file.inputs.items()),
    ]
    for group, name, line in lines:
        yield (group, name, "instrument"), line.instrument, file.instruments, "instrument"
        if line.lo is not None:
            yield (group, name, "lo"), line.lo, file.instruments, "instrument"
    for name, recorded in file.inputs.items():
        if recorded.trigger is not None:
            trigger = recorded.trigger.instrument
            yield ("inputs", name, "trigger", "instrument"), trigger, file.instruments, "instrument"
    for index, part in enumerate(file.crosstalk):
        yield ("crosstalk", index, "source"), part.source, file.outputs, "output"
        yield ("crosstalk", index, "victim"), part.victim, file.outputs, "output"


def _needs(source: YamlSource, file: WiringFile, instrument: str, keys: tuple[str, ...]) -> list[Problem]:
    entry = file.instruments.get(instrument)
    return [
        source.problem(("instruments", instrument), f"'{key}' is missing for what lines use it for", fix="Add it")
        for key in keys
        if entry is not None and getattr(entry, key) is None
    ]


def channel_problems(file: WiringFile, target: Target, source: YamlSource) -> list[Problem]:
    """Channels and qubits that the device does not have, and channels on the wrong side of the wiring."""
    problems: list[Problem] = []
    outputs = {channel.name for channel in target.channel_frequencies}
    qubits = sorted(target.physical_qubits) if file.device.qubits is None else sorted(file.device.qubits)
    allowed = {"outputs": outputs, "inputs": {f"a{qubit}" for qubit in qubits}}
    for group, lines in (("outputs", file.outputs), ("inputs", file.inputs)):
        for name, line in lines.items():
            problems += [
                source.problem(
                    (group, name, "channels", index),
                    f"the device has no such channel among its {group}",
                    got=channel,
                    allowed=", ".join(sorted(allowed[group])),
                )
                for index, channel in enumerate(line.channels)
                if channel not in allowed[group]
            ]
    return problems + _baseband_problems(file, target, source)


def _baseband_problems(file: WiringFile, target: Target, source: YamlSource) -> list[Problem]:
    """Without a mixer nothing tells channels apart: those of one line need one carrier, which is then left out."""
    carriers_hz = {channel.name: hertz for channel, hertz in target.channel_frequencies.items()}
    return [
        source.problem(
            ("outputs", name, "channels"),
            "channels of different carriers share a line at baseband",
            got=", ".join(line.channels),
            allowed="one channel, or several of one carrier",
            fix="Give each its own line",
        )
        for name, line in file.outputs.items()
        if line.baseband and len({carriers_hz.get(channel) for channel in line.channels}) > 1
    ]


def amplitude_problems(file: WiringFile, source: YamlSource) -> list[Problem]:
    """A port has one amplitude, whichever lines share it."""
    problems: list[Problem] = []
    first: dict[tuple[str, int], tuple[str, float]] = {}
    for name, line in file.outputs.items():
        for port in sorted(set(line.pins)):
            other, amplitude = first.setdefault((line.instrument, port), (name, line.amplitude_vpp))
            if amplitude != line.amplitude_vpp:
                problems.append(
                    source.problem(
                        ("outputs", name, "amplitude_vpp"),
                        f"port {port} of {line.instrument} has another amplitude already",
                        got=f"{line.amplitude_vpp:g}",
                        allowed=f"{amplitude:g}, as for '{other}'",
                        fix="Give both lines one amplitude_vpp, and what should be quieter a scale below 1",
                    )
                )
    return problems
