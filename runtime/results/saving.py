"""Results in files, and files that cannot be written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.contract import ConfigurationError

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from runtime.results.result import Result

__all__ = ["ENDINGS", "require_ending", "save_result", "writing"]

ENDINGS = (".nc", ".json")
"""Of the files that a result can be saved in."""


def require_ending(path: Path, endings: tuple[str, ...], what: str) -> None:
    """Raise ConfigurationError when `path` has none of the endings; capitals do not matter."""
    if path.suffix.lower() not in endings:
        raise ConfigurationError(
            f"{what} are not saved like that",
            where=str(path),
            got=path.suffix or "no ending",
            allowed=", ".join(endings),
            fix="Give the file another ending",
        )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses inside the block into words.

    Raises ConfigurationError for a folder that cannot be made, no permission, a full disk.
    """
    try:
        yield
    except OSError as error:
        place = "" if error.filename in {None, str(path)} else f": {error.filename}"
        raise ConfigurationError(
            "it cannot be written",
            where=str(path),
            got=f"{error.strerror or error}{place}",
            fix="Name a place that you may write to, and that has room",
        ) from error


def save_result(result: Result, path: Path) -> Path:
    """Write a result to `path`; see `Result.save`."""
    require_ending(path, ENDINGS, "results")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".json":
            path.write_text(json.dumps(_as_json(result), indent=1, allow_nan=False), encoding="utf-8")
        else:
            _as_real(result).to_netcdf(path, engine="h5netcdf")
    return path


def _as_json(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = {
        "program": result.name,
        "level": result.level,
        "shots": result.shots,
        "slots": list(result.slots),
    }
    if result.level == 2:
        return content | {"counts": result.counts, "memory": result.data.tolist()}
    return content | {"memory_real": _numbers(result.data.real), "memory_imag": _numbers(result.data.imag)}


def _numbers(values: NDArray[Any]) -> Any:  # noqa: ANN401, lists as deep as the array has dimensions
    """The array as lists; NaN, which JSON does not have, as null."""

    def plain(entry: Any) -> Any:  # noqa: ANN401, as above
        if isinstance(entry, list):
            return [plain(inner) for inner in entry]
        return None if math.isnan(entry) else entry

    return plain(values.tolist())


def _as_real(result: Result) -> xr.Dataset:
    import xarray as xr

    dataset = result.to_xarray()
    if result.level == 2:
        return dataset
    memory = dataset["memory"]
    parts = xr.concat([memory.real, memory.imag], dim="part").assign_coords(part=["real", "imag"])
    return dataset.drop_vars("memory").assign(memory=parts.assign_attrs(memory.attrs))
