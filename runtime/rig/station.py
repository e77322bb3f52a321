"""One station as it is configured: validated as a whole before anything is connected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.contract import OutputSettings, PortSettings, Problem, ProblemReport, PulserigError
from runtime.interop.ibm import load_anharmonicities, load_target
from runtime.lowering import Policy, Wiring, wiring_problems
from runtime.results import QubitReadout, TrainedReadout
from runtime.rig.files import InstrumentEntry, StationFile, WiringFile
from runtime.rig.problems import problem_of
from runtime.rig.readouts import Readouts, read_readouts
from runtime.rig.references import amplitude_problems, channel_problems, reference_problems
from runtime.rig.stations import WIRING, find_station
from runtime.rig.wires import build_wiring, output_settings, port_settings
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
    outputs: Mapping[str, tuple[OutputSettings, ...]]
    """The same for each instrument with a sequencer."""
    readout: Mapping[int, QubitReadout]
    trained: Mapping[int, TrainedReadout]
    """What training found, of the qubits for which it is stored."""
    named_readouts: Mapping[str, QubitReadout]
    """What Acquires may ask for by name."""
    anharmonicities_hz: Mapping[int, float]
    """f12 - f01 of the qubits for which it is published."""
    instruments: Mapping[str, InstrumentEntry]
    addresses: Mapping[str, str]
    policy: Policy
    """What is done with what breaks the Target's timing constraints, unless a call says otherwise."""
    simulation: Path | None
    """Configuration of the simulated lab; None: real instruments."""

    @property
    def wired_qubits(self) -> tuple[int, ...]:
        """The qubits that a digitizer records, ascending."""
        return tuple(sorted({int(channel.index) for line in self.wiring.inputs for channel in line.channels}))

    @property
    def station_file(self) -> Path:
        """The QCoDeS Station configuration."""
        return self.folder / INSTRUMENTS


def _together_problems(wiring: Wiring) -> Iterator[Problem]:
    """Of several instruments that play, all but one have to be started by another one's marker."""
    started = {line.started for line in (*wiring.triggers, *wiring.starts)}
    free = sorted({line.instrument for line in wiring.outputs} - started)
    if len(free) > 1:
        fix = "Let a marker of one of them start the others, and name it under starts"
        yield Problem("instruments that nothing starts together", "wiring.yaml", ", ".join(free), "one", fix)


def load_station(station: str | Path) -> Station:
    """Read and check a station's files.

    Raises ConfigurationError for a station that is not there or a file that is no YAML, and ProblemReport with
    every problem of the files that can be read, each with file, line and key.
    """
    folder = find_station(station)
    wiring_source, station_source = _read_both(folder)
    file, instruments = _validate_both(wiring_source, station_source)
    problems = reference_problems(file, instruments, wiring_source)
    target = _load_device(file, folder, wiring_source, problems)
    readouts = Readouts()
    if not problems and target is not None:
        wiring = build_wiring(file, target)
        problems += wiring_problems(wiring)
        problems += _together_problems(wiring)
        problems += channel_problems(file, target, wiring_source)
        problems += amplitude_problems(file, wiring_source)
        readouts, wrong = read_readouts(file, folder, _qubits(file, target), wiring_source)
        problems += wrong
    if problems or target is None:
        raise ProblemReport(f"Station '{folder.name}' is not valid", problems=tuple(problems))
    return Station(
        name=folder.name,
        folder=folder,
        description=file.description,
        target=target,
        wiring=wiring,
        ports=port_settings(file),
        outputs=output_settings(file),
        readout=readouts.readout,
        trained=readouts.trained,
        named_readouts=readouts.named,
        anharmonicities_hz=load_anharmonicities(folder / file.device.props) if file.device.props else {},
        instruments=file.instruments,
        addresses={name: entry.address for name, entry in instruments.instruments.items()},
        policy=file.policy,
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


def _qubits(file: WiringFile, target: Target) -> frozenset[int]:
    """The device's qubits that are wired."""
    return frozenset(target.physical_qubits if file.device.qubits is None else file.device.qubits)
