"""One station as it is configured: validated as a whole before anything is connected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.contract import PortSettings, Problem, ProblemReport, PulserigError
from runtime.interop.ibm import load_target
from runtime.lowering import Wiring, wiring_problems
from runtime.results import Boxcar, QubitReadout, Threshold
from runtime.rig.adapters import adapter_names
from runtime.rig.files import InstrumentEntry, ReadoutEntry, StationFile, WiringFile
from runtime.rig.problems import problem_of
from runtime.rig.stations import WIRING, find_station
from runtime.rig.wires import build_wiring, port_settings
from runtime.rig.yaml_source import YamlSource
from runtime.target import Target

__all__ = ["Station", "load_station"]

INSTRUMENTS = "station.yaml"


@dataclass(frozen=True, slots=True, eq=False)
class Station:
    """A station's configuration, every part of it checked against the others."""

    name: str
    folder: Path
    description: str
    target: Target
    wiring: Wiring
    ports: Mapping[str, tuple[PortSettings, ...]]
    """For each generator, how its ports are set."""
    readout: Mapping[int, QubitReadout]
    instruments: Mapping[str, InstrumentEntry]
    addresses: Mapping[str, str]
    simulation: Path | None
    """Configuration of the simulated lab; None: real instruments."""

    @property
    def station_file(self) -> Path:
        """The QCoDeS Station configuration."""
        return self.folder / INSTRUMENTS


def load_station(station: str | Path) -> Station:
    """Read and check a station's files.

    Raises ConfigurationError for a station that is not there or a file that is no YAML, and ProblemReport with
    every problem of the files that can be read, each with file, line and key.
    """
    folder = find_station(station)
    wiring_source, station_source = _read_both(folder)
    file, instruments = _validate_both(wiring_source, station_source)
    problems = _reference_problems(file, instruments, wiring_source)
    target = _load_device(file, folder, wiring_source, problems)
    if not problems and target is not None:
        wiring = build_wiring(file)
        problems += wiring_problems(wiring)
        problems += _channel_problems(file, target, wiring_source)
        problems += _amplitude_problems(file, wiring_source)
    if problems or target is None:
        raise ProblemReport(f"Station '{folder.name}' is not valid", problems=tuple(problems))
    return Station(
        name=folder.name,
        folder=folder,
        description=file.description,
        target=target,
        wiring=wiring,
        ports=port_settings(file),
        readout={qubit: _readout(entry) for qubit, entry in file.readout.items()},
        instruments=file.instruments,
        addresses={name: entry.address for name, entry in instruments.instruments.items()},
        simulation=folder / file.simulation if file.simulation else None,
    )


def _read_both(folder: Path) -> tuple[YamlSource, YamlSource]:
    problems: list[Problem] = []
    sources: list[YamlSource] = []
    for name in (WIRING, INSTRUMENTS):
        try:
            sources.append(YamlSource(folder / name))
        except PulserigError as error:
            problems.append(problem_of(error))
    if problems:
        raise ProblemReport(f"Station '{folder.name}' cannot be read", problems=tuple(problems))
    return sources[0], sources[1]


def _validate_both(wiring: YamlSource, station: YamlSource) -> tuple[WiringFile, StationFile]:
    problems: list[Problem] = []
    file = instruments = None
    try:
        file = wiring.validated(WiringFile)
    except ProblemReport as report:
        problems += report.problems
    try:
        instruments = station.validated(StationFile)
    except ProblemReport as report:
        problems += report.problems
    if file is None or instruments is None:
        raise ProblemReport(f"Station '{wiring.path.parent.name}' is not valid", problems=tuple(problems))
    return file, instruments


def _reference_problems(file: WiringFile, station: StationFile, source: YamlSource) -> list[Problem]:
    """Names that stand for nothing, and settings that an instrument's role needs."""
    problems: list[Problem] = []

    def check(keys: tuple[str | int, ...], name: str, known: Mapping[str, object], kind: str) -> bool:
        if name in known:
            return True
        problems.append(
            source.problem(keys, f"there is no {kind} of that name", got=name, allowed=", ".join(known))
        )
        return False

    adapters = dict.fromkeys(adapter_names())
    for name, entry in file.instruments.items():
        check(("instruments", name), name, station.instruments, "instrument in station.yaml")
        check(("instruments", name, "adapter"), entry.adapter, adapters, "adapter")
    for group, lines in (("outputs", file.outputs), ("inputs", file.inputs)):
        for name, line in lines.items():
            keys = (group, name)
            if check((*keys, "instrument"), line.instrument, file.instruments, "instrument"):
                problems += _needs(source, file, line.instrument, "sample_rate_hz")
            if check((*keys, "lo"), line.lo, file.instruments, "instrument"):
                problems += _needs(source, file, line.lo, "frequency_hz")
                problems += _needs(source, file, line.lo, "power_dbm")
    for name, source_line in file.inputs.items():
        check(
            ("inputs", name, "trigger", "instrument"),
            source_line.trigger.instrument,
            file.instruments,
            "instrument",
        )
    return list(dict.fromkeys(problems))


def _needs(source: YamlSource, file: WiringFile, instrument: str, key: str) -> list[Problem]:
    if getattr(file.instruments[instrument], key) is not None:
        return []
    return [
        source.problem(("instruments", instrument), f"'{key}' is missing for what lines use it for", fix="Add it")
    ]


def _load_device(file: WiringFile, folder: Path, source: YamlSource, problems: list[Problem]) -> Target | None:
    device = file.device
    missing = [
        source.problem(("device", key), "the file is missing", got=str(folder / path))
        for key, path in (("conf", device.conf), ("defs", device.defs), ("props", device.props))
        if path is not None and not (folder / path).is_file()
    ]
    if file.simulation and not (folder / file.simulation).is_file():
        missing.append(source.problem(("simulation",), "the file is missing", got=str(folder / file.simulation)))
    problems += missing
    if missing:
        return None
    try:
        return load_target(
            folder / device.conf,
            folder / device.defs,
            folder / device.props if device.props else None,
            qubits=tuple(device.qubits) if device.qubits is not None else None,
        )
    except ProblemReport as report:
        problems += report.problems
    except PulserigError as error:
        problems.append(problem_of(error))
    return None


def _channel_problems(file: WiringFile, target: Target, source: YamlSource) -> list[Problem]:
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
    problems += [
        source.problem(("readout", qubit), "the device has no such qubit", got=str(qubit), allowed=str(qubits))
        for qubit in file.readout
        if qubit not in qubits
    ]
    return problems


def _amplitude_problems(file: WiringFile, source: YamlSource) -> list[Problem]:
    """A port has one amplitude, whichever lines share it."""
    problems: list[Problem] = []
    first: dict[tuple[str, int], tuple[str, float]] = {}
    for name, line in file.outputs.items():
        for port in sorted({line.ports.i, line.ports.q}):
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


def _readout(entry: ReadoutEntry) -> QubitReadout:
    line = entry.discriminator
    return QubitReadout(
        Boxcar(entry.kernel.start_s, entry.kernel.stop_s),
        Threshold(line.angle_rad, line.threshold_v) if line else None,
    )
