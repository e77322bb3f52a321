"""How a station's qubits are read: what wiring.yaml says, and the file of trained readouts that it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from drivers.contract import Problem, ProblemReport, PulserigError
from runtime.results import Boxcar, QubitReadout, TrainedReadout, load_readouts
from runtime.results.documents import ReadoutEntry, readout_of, training_of
from runtime.rig.files import WiringFile
from runtime.rig.problems import problem_of
from runtime.rig.yaml_source import YamlSource

__all__ = ["Readouts", "read_readouts"]


@dataclass(frozen=True, slots=True)
class Readouts:
    """By qubit."""

    readout: dict[int, QubitReadout] = field(default_factory=dict)
    trained: dict[int, TrainedReadout] = field(default_factory=dict)
    """What training found, without its shots; of the qubits that it is stored of."""
    named: dict[str, QubitReadout] = field(default_factory=dict)
    """What Acquires may ask for, by name."""

    def add(self, qubit: int, readout: QubitReadout, trained: TrainedReadout | None) -> None:
        """Read a qubit like this, whatever was said before."""
        self.readout[qubit] = readout
        self.trained.pop(qubit, None)
        if trained is not None:
            self.trained[qubit] = trained


def read_readouts(
    file: WiringFile, folder: Path, qubits: frozenset[int], source: YamlSource
) -> tuple[Readouts, list[Problem]]:
    """The readouts of a station whose device has these qubits, and all that is wrong with them."""
    found, problems = Readouts(), []
    written: list[tuple[str, int | str, ReadoutEntry]] = [
        *(("readout", qubit, entry) for qubit, entry in file.readout.items()),
        *(("named_readouts", name, entry) for name, entry in file.named_readouts.items()),
    ]
    for group, key, entry in written:
        if isinstance(key, int) and key not in qubits:
            got, allowed = str(key), str(sorted(qubits))
            problems.append(source.problem((group, key), "the device has no such qubit", got=got, allowed=allowed))
            continue
        try:
            readout = readout_of(entry)
        except PulserigError as error:
            where = (group, key)
            problems.append(source.problem(where, error.what, got=error.got, allowed=error.allowed, fix=error.fix))
            continue
        problems += _boxcar_problems(readout, (group, key, "kernel"), source)
        if isinstance(key, int):
            found.add(key, readout, training_of(entry))
        else:
            found.named[key] = readout
    return found, [*problems, *_add_stored(file, folder, qubits, source, found)]


def _add_stored(
    file: WiringFile,
    folder: Path,
    qubits: frozenset[int],
    source: YamlSource,
    found: Readouts,
) -> list[Problem]:
    if file.readout_file is None:
        return []
    place = folder / file.readout_file
    if not place.is_file():
        fix = "Train with 'pulserig train', or remove the key"
        return [source.problem(("readout_file",), "the file is missing", got=str(place), fix=fix)]
    try:
        stored = load_readouts(place)
    except ProblemReport as report:
        return list(report.problems)
    except PulserigError as error:
        return [problem_of(error)]
    problems = []
    for qubit, entry in stored.items():
        if qubit in qubits:
            found.add(qubit, entry.readout, entry.trained)
        else:
            where = f"{place}: qubits.{qubit}"
            problems.append(Problem("the device has no such qubit", where, str(qubit), str(sorted(qubits))))
    return problems


def _boxcar_problems(readout: QubitReadout, keys: tuple[str | int, ...], source: YamlSource) -> list[Problem]:
    """A boxcar that ends before it starts holds no sample of any window."""
    kernel = readout.kernel
    if not isinstance(kernel, Boxcar):
        return []
    if kernel.start_s < 0:
        return [source.problem(keys, "start_s has to be 0 or more", got=f"{kernel.start_s:g}")]
    if kernel.stop_s is not None and kernel.stop_s <= kernel.start_s:
        what = f"stop_s has to be after start_s, {kernel.start_s:g}"
        return [source.problem(keys, what, got=f"{kernel.stop_s:g}")]
    return []
