"""Which stations there are, and where."""

from __future__ import annotations

import os
from pathlib import Path

import configs
from drivers.contract import ConfigurationError

__all__ = ["WIRING", "find_station", "known_stations"]

WIRING = "wiring.yaml"
"""The file that makes a folder a station."""


def known_stations() -> dict[str, Path]:
    """The stations that are installed with the package: name to folder."""
    return {folder.name: folder for folder in sorted(configs.ROOT.iterdir()) if _is_station(folder)}


def find_station(station: str | Path) -> Path:
    """The folder of a station: a path to one, or the name of an installed one (`demo`, or `configs/demo`).

    Raises ConfigurationError with the names that are known.
    """
    if not isinstance(station, str | Path):
        raise ConfigurationError(
            "that is no station", got=repr(station), allowed="a name, or the path of a station's folder"
        )
    folder = _at_home(Path(station))
    if _is_station(folder):
        return folder.resolve()
    known = known_stations()
    is_name = len(folder.parts) == 1 or folder.parts[:-1] == (configs.ROOT.name,)
    if is_name and folder.name in known:
        return known[folder.name]
    raise ConfigurationError(
        f"there is no station '{station}'",
        where="stations",
        got="a folder without wiring.yaml" if os.path.isdir(folder) else "no such folder or name",  # noqa: PTH112 - as below
        allowed=", ".join(known) or "none is installed",
        fix="Run 'pulserig stations' for the installed ones, or give the path of a folder with a wiring.yaml",
    )


def _is_station(folder: Path) -> bool:
    return os.path.isfile(folder / WIRING)  # noqa: PTH113 - False where pathlib raises: names too long, no access


def _at_home(folder: Path) -> Path:
    try:
        return folder.expanduser()
    except RuntimeError:  # there is no such user
        return folder
