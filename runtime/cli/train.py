"""`pulserig train STATION`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from drivers.contract import ConfigurationError
from runtime.cli.opening import open_rig
from runtime.cli.outputs import console_of_command, require_folder, require_writable, say
from runtime.cli.progress import progress_of
from runtime.cli.result_tables import readout_table
from runtime.results import QubitReadout, TrainedReadout, load_readouts, save_readouts, writing
from runtime.rig import Station, load_station

__all__ = ["train_station"]

FILE = "readouts.json"


def train_station(station: str, qubits: str, out: Path, **wanted: Any) -> None:  # noqa: ANN401 - as Rig.train_readout's
    """Train the readout of some qubits; print how good it is, and save it with a picture of each.

    What the file in `out` says of other qubits stays. `wanted` are keywords of `Rig.train_readout`.
    """
    console = console_of_command()
    loaded = load_station(station)
    chosen = _chosen(qubits, loaded)
    require_folder(out)
    file, pictures = out / FILE, {qubit: out / f"readout-q{qubit}.png" for qubit in chosen}
    require_writable(list(pictures.values()), (".png",), "pictures")
    readouts, trained = _stored(file)
    require_writable([file], (".json",), "readouts")
    with open_rig(console, loaded) as rig:
        with progress_of(console, "train") as report:
            found = rig.train_readout(chosen, **wanted, report=report)
        readouts |= {qubit: rig.readout[qubit] for qubit in chosen}
    for qubit, about in found.items():
        with writing(pictures[qubit]):
            about.draw(title=f"{loaded.name}, qubit {qubit}").savefig(pictures[qubit], dpi=120)
    save_readouts(file, readouts, trained | found)
    console.print(readout_table(found, f"{loaded.name}: readout"))
    say(console, f"saved {file}, and a picture for each qubit; wiring.yaml uses it by 'readout_file: {FILE}'")


def _chosen(text: str, station: Station) -> list[int]:
    wired = list(station.wired_qubits)
    if text.strip() == "all":
        return wired
    qubits = [int(part) if part.strip().isdecimal() else -1 for part in text.split(",")]
    if len(set(qubits)) != len(qubits) or not set(qubits) <= set(wired):
        raise ConfigurationError(
            "these qubits cannot be trained",
            where="--qubits",
            got=text,
            allowed=f"'all', or numbers with commas between, each once: {', '.join(map(str, wired))}",
        )
    return qubits


def _stored(file: Path) -> tuple[dict[int, QubitReadout], dict[int, TrainedReadout]]:
    """What the file says already; a file of something else is not written over."""
    stored = load_readouts(file) if file.exists() else {}
    trained = {qubit: entry.trained for qubit, entry in stored.items() if entry.trained is not None}
    return {qubit: entry.readout for qubit, entry in stored.items()}, trained
