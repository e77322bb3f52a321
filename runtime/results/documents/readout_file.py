"""Readouts in a file: JSON with a version, for stations and for the nights that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from drivers.contract import ConfigurationError, Problem, ProblemReport
from runtime.pulse.serialization.faults import form_problem
from runtime.results.collecting import QubitReadout
from runtime.results.dataset import writing
from runtime.results.discriminators import TrainedReadout
from runtime.results.documents.conversion import entry_of, readout_of, training_of
from runtime.results.documents.entries import ReadoutEntry, ReadoutFile

__all__ = ["StoredReadout", "load_readouts", "readouts_from_json", "readouts_to_json", "save_readouts"]


@dataclass(frozen=True, slots=True)
class StoredReadout:
    """What a file says of one qubit."""

    readout: QubitReadout
    trained: TrainedReadout | None = None
    """Figures without the shots they came from."""


def readouts_to_json(
    readouts: Mapping[int, QubitReadout], trained: Mapping[int, TrainedReadout] | None = None
) -> str:
    """Readouts by qubit, with what training found, as JSON: numbers come back to the last bit.

    Raises ConfigurationError for a kind of kernel or discriminator that has no form in files.
    """
    found = trained or {}
    entries = {qubit: entry_of(readout, found.get(qubit)) for qubit, readout in sorted(readouts.items())}
    return ReadoutFile(qubits=entries).model_dump_json(indent=1) + "\n"


def readouts_from_json(text: str, where: str = "") -> dict[int, StoredReadout]:
    """Readouts by qubit from `readouts_to_json`; raises ProblemReport with all that is wrong with the text."""
    try:
        file = ReadoutFile.model_validate_json(text)
    except ValidationError as error:
        raise ProblemReport(
            "These are no stored readouts",
            where=where,
            problems=tuple(
                form_problem(fault, _place(where, ".".join(map(str, fault["loc"])))) for fault in error.errors()
            ),
        ) from None
    problems: list[Problem] = []
    stored = {}
    for qubit, entry in file.qubits.items():
        try:
            stored[qubit] = _stored(entry)
        except ConfigurationError as error:
            place = _place(where, f"qubits.{qubit}")
            problems.append(Problem(error.what, place, error.got, error.allowed, error.fix))
    if problems:
        raise ProblemReport("These are no stored readouts", where=where, problems=tuple(problems))
    return stored


def save_readouts(
    path: Path | str, readouts: Mapping[int, QubitReadout], trained: Mapping[int, TrainedReadout] | None = None
) -> Path:
    """Write readouts to a file as `readouts_to_json` has them; raises ConfigurationError where it cannot be."""
    place = Path(path)
    text = readouts_to_json(readouts, trained)
    with writing(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return place


def load_readouts(path: Path | str) -> dict[int, StoredReadout]:
    """Read what `save_readouts` wrote.

    Raises ConfigurationError for a file that cannot be read, and ProblemReport for one that says something else.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("the file cannot be read", where=str(path), got=str(error)) from error
    return readouts_from_json(text, str(path))


def _stored(entry: ReadoutEntry) -> StoredReadout:
    return StoredReadout(readout_of(entry), training_of(entry))


def _place(where: str, key: str) -> str:
    return ": ".join(part for part in (where, key) if part)
