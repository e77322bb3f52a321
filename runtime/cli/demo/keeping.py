"""What the demo leaves behind: files that lose nothing, and a run in a QCoDeS database."""

from __future__ import annotations

import contextlib
import io
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from drivers.contract import ConfigurationError
from runtime.cli.demo.gates import SCALES
from runtime.results import Result, to_qcodes, writing

__all__ = ["DATABASE", "keep"]

DATABASE = "demo.db"


def keep(both: Sequence[Result], twice: Result, sweep: Sequence[Result], out: Path) -> str:
    """Write everything into `out`; a sentence about it.

    Bits for other programs to read as JSON; as netCDF, which is read back and compared; the sweep as one run of a
    QCoDeS database.

    Raises ConfigurationError when something cannot be written, or comes back differently.
    """
    for result in both:
        result.save(out / f"demo-{result.name.replace(', ', '-')}.json")
    file = twice.save(out / "demo-twice.nc")
    loaded = Result.load(file)
    if loaded.data.tobytes() != twice.data.tobytes() or loaded.register_counts != twice.register_counts:
        raise ConfigurationError("a result came back from its file differently", where=str(file))
    run_id = _to_database(sweep, out / DATABASE)
    return f"{file.name} was read back bit for bit; the sweep is run {run_id} of {DATABASE}, a QCoDeS database"


def _to_database(sweep: Sequence[Result], path: Path) -> int | None:
    from qcodes.dataset import initialise_or_create_database_at

    said = io.StringIO()
    # It shows bars of its own when it makes a database, and says when a run begins.
    try:
        with writing(path), contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            initialise_or_create_database_at(str(path))
            return to_qcodes(sweep, {"amplitude": np.asarray(SCALES).tolist()})[0].run_id
    except sqlite3.Error as error:
        raise ConfigurationError(
            "that is no QCoDeS database", where=str(path), got=str(error), fix="Name another folder"
        ) from error
