"""Results in files, and files that cannot be written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from drivers.contract import AcquisitionWindow, ConfigurationError
from runtime.results.dataset.tally import Tally
from runtime.results.dataset.xarray_form import FORMAT, as_dataset

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from runtime.results.dataset.result import Result

__all__ = ["ENDINGS", "load_result", "require_ending", "save_result", "writing"]

R = TypeVar("R", bound="Result")

ENDINGS = (".nc", ".json")
"""Of the files that a result can be saved in."""

_COMPLEX = ("memory", "deviation", "registers")
"""Variables that may be complex, which netCDF does not have."""


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
            _as_real(as_dataset(result)).to_netcdf(path, engine="h5netcdf")
    return path


def load_result(kind: type[R], path: Path) -> R:
    """Read a result from netCDF; see `Result.load`."""
    import xarray as xr

    require_ending(path, ENDINGS[:1], "results that can be loaded")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as file:
            dataset = file.load()
        return _rebuilt(kind, dataset)
    except (OSError, KeyError, ValueError) as error:
        raise ConfigurationError(
            "that is no saved result",
            where=str(path),
            got=str(error),
            allowed=f"a netCDF file of format {FORMAT} or earlier, as Result.save writes it",
        ) from error


def _rebuilt(kind: type[R], dataset: xr.Dataset) -> R:
    attributes = dataset.attrs
    if attributes["format"] > FORMAT:
        raise ValueError(f"format {attributes['format']}, written by a later version")
    tally = None
    if "outcome" in dataset:
        tally = Tally(dataset["outcome"].values, dataset["occurrences"].values)
    return kind(
        str(attributes["program"]),
        int(attributes["meas_level"]),
        tuple(dataset["slot"].values.tolist()),
        _complex(dataset, "memory"),
        dataset["overrange"].values,
        float(attributes["sample_rate_hz"]),
        timing_s=json.loads(attributes["timing_s"]),
        returns=attributes["meas_return"],
        shots=int(attributes["shots"]),
        clock_lost=dataset["clock_lost"].values,
        overranges=int(attributes["overranges"]),
        clock_losses=int(attributes["clock_losses"]),
        states=int(attributes["states"]),
        deviation=_complex(dataset, "deviation") if "deviation" in dataset else None,
        tally=tally,
        windows=_windows(dataset),
        register_slots=_register_slots(dataset),
        metadata=json.loads(attributes["metadata"]),
        run_id=int(attributes["run_id"]) if "run_id" in attributes else None,
        versions=json.loads(attributes["versions"]),
    )


def _windows(dataset: xr.Dataset) -> tuple[AcquisitionWindow, ...]:
    names = ("record", "qubit", "slot", "start", "stop", "if_frequency_hz", "record_start_s", "port")
    if "if_frequency_hz" not in dataset.coords:
        return ()
    columns = [dataset[name].values.tolist() for name in names]
    return tuple(AcquisitionWindow(*row) for row in zip(*columns, strict=True))


def _register_slots(dataset: xr.Dataset) -> dict[int, int]:
    if "register_slot" not in dataset.coords:
        return {}
    return dict(zip(dataset["register"].values.tolist(), dataset["register_slot"].values.tolist(), strict=True))


def _complex(dataset: xr.Dataset, name: str) -> NDArray[Any]:
    variable = dataset[name]
    if "part" not in variable.dims:
        values: NDArray[Any] = variable.values
        return values
    real, imag = variable.sel(part="real").values, variable.sel(part="imag").values
    joined = np.empty(real.shape, np.result_type(real.dtype, np.complex64))
    joined.real, joined.imag = real, imag
    return joined


def _as_real(dataset: xr.Dataset) -> xr.Dataset:
    import xarray as xr

    for name in _COMPLEX:
        if name in dataset and np.iscomplexobj(dataset[name].values):
            values = dataset[name]
            parts = xr.concat([values.real, values.imag], dim="part").assign_coords(part=["real", "imag"])
            dataset = dataset.drop_vars(name).assign({name: parts.assign_attrs(values.attrs)})
    return dataset


def _as_json(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = {
        "program": result.name,
        "level": result.level,
        "returns": result.returns,
        "shots": result.shots,
        "slots": list(result.slots),
        "registers": {str(register): slot for register, slot in result.register_slots.items()},
        "overranges": result.overranges,
        "clock_losses": result.clock_losses,
    }
    if result.level == 2:
        return content | {"counts": result.counts, "memory": result.data.tolist()}
    return content | {"memory_real": _numbers(result.data.real), "memory_imag": _numbers(result.data.imag)}


def _numbers(values: NDArray[Any]) -> Any:  # noqa: ANN401 - lists as deep as the array has dimensions
    """The array as lists; NaN, which JSON does not have, as null."""

    def plain(entry: Any) -> Any:  # noqa: ANN401 - as above
        if isinstance(entry, list):
            return [plain(inner) for inner in entry]
        return None if math.isnan(entry) else entry

    return plain(values.tolist())
