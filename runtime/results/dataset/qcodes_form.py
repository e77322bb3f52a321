"""Results in the QCoDeS database, where a lab's other measurements are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError
from runtime.results.dataset.xarray_form import as_dataset, axes_of, stacked

if TYPE_CHECKING:
    import xarray as xr

    from runtime.results.dataset.result import Result

__all__ = ["to_qcodes"]

R = TypeVar("R", bound="Result")

EXPERIMENT = "pulserig"

_LABELS = {"slot": "memory slot", "register": "register slot"}
"""Where a name alone does not say what it is."""


def to_qcodes(
    results: Sequence[R],
    *axes: Mapping[Any, Sequence[float]],
    experiment: object = None,
    units: Mapping[str, str] | None = None,
) -> tuple[R, ...]:
    """Write results as one QCoDeS dataset; returns them with its `run_id`.

    The dataset has the array `memory` over (sweep axes..., shot, slot, sample), `registers` alike over register
    slots, and beside them the flags `overrange` and `clock_lost` of single shots and the `deviation` of averages.
    Program names, level, counts, timing, versions and metadata are its metadata, as JSON.

    Args:
        results: One, or those of a sweep, one a point.
        axes: Of the sweep, as `stacked` takes them.
        experiment: A QCoDeS experiment; None: the one named `pulserig` in the current database.
        units: Unit of each swept parameter, by name.

    Raises:
        ConfigurationError: The database cannot be written, or the results do not fit into one array.
    """
    import sqlite3

    if not axes and len(results) != 1:
        raise ConfigurationError(
            "several results need the axes of their sweep",
            got=f"{len(results)} results, no axes",
            fix='Give {"name": values}, such as {"program": range(number of results)}',
        )
    dataset = stacked(results, *axes, units=units) if axes else as_dataset(results[0])
    try:
        run_id = _write(dataset, results, experiment, units or {}, [next(iter(axis)) for axis in axes_of(axes)])
    except (sqlite3.Error, OSError, RuntimeError) as error:
        raise ConfigurationError(
            "QCoDeS cannot write the dataset",
            got=f"{type(error).__name__}: {error}",
            fix="Open a database with qcodes.initialise_or_create_database_at",
        ) from error
    return tuple(replace(result, run_id=run_id) for result in results)


def _write(
    dataset: xr.Dataset, results: Sequence[Result], experiment: object, units: Mapping[str, str], swept: list[str]
) -> int:
    from qcodes.dataset import Measurement

    names = ["memory", "registers", "deviation", "overrange", "clock_lost"]
    kept = [name for name in names if name in dataset and dataset[name].ndim]
    own = experiment is None
    opened = _experiment(experiment)
    measurement = Measurement(exp=opened, name=results[0].name)
    axes = dict.fromkeys(str(dim) for name in kept for dim in dataset[name].dims)
    for axis in axes:
        measurement.register_custom_parameter(
            axis, label=_LABELS.get(axis, axis), unit=units.get(axis, ""), paramtype="array"
        )
    for name in kept:
        unit = str(dataset[name].attrs.get("units", ""))
        setpoints = tuple(str(dim) for dim in dataset[name].dims)
        measurement.register_custom_parameter(
            name, label=_LABELS.get(name, name), unit=unit, setpoints=setpoints, paramtype="array"
        )
    try:
        with measurement.run(write_in_background=False) as saver:
            for name in kept:
                saver.add_result(*_columns(dataset, name, swept))
            for key, value in {**_metadata(results), "coordinates": _coordinates(dataset, swept)}.items():
                saver.dataset.add_metadata(key, value)
            run_id: int = saver.dataset.run_id
    finally:
        if own:
            opened.conn.close()
    return run_id


def _coordinates(dataset: xr.Dataset, swept: list[str]) -> str:
    """Parameters that go along with the first one of their axis, which alone is a setpoint."""
    along = {
        str(name): values.values.tolist()
        for name, values in dataset.coords.items()
        if name not in swept and set(values.dims) & set(swept)
    }
    return json.dumps(along)


def _experiment(given: object) -> Any:  # noqa: ANN401 - QCoDeS is imported when it is needed
    from qcodes.dataset import load_or_create_experiment

    return load_or_create_experiment(EXPERIMENT) if given is None else given


def _columns(dataset: xr.Dataset, name: str, swept: list[str]) -> list[tuple[str, NDArray[Any]]]:
    variable = dataset[name]
    values = variable.values
    grids = np.meshgrid(
        *(
            dataset[dim].values if dim in swept or dim in {"slot", "register"} else np.arange(variable.sizes[dim])
            for dim in variable.dims
        ),
        indexing="ij",
    )
    columns = [(str(dim), grid) for dim, grid in zip(variable.dims, grids, strict=True)]
    return [*columns, (name, values.astype(np.int8) if values.dtype == np.bool_ else values)]


def _metadata(results: Sequence[Result]) -> dict[str, Any]:
    first = results[0]
    return {
        "programs": json.dumps([result.name for result in results]),
        "meas_level": first.level,
        "meas_return": first.returns,
        "shots": first.shots,
        "sample_rate_hz": first.sample_rate_hz,
        "overranges": json.dumps([result.overranges for result in results]),
        "clock_losses": json.dumps([result.clock_losses for result in results]),
        "registers": json.dumps(dict(first.register_slots)),
        "timing_s": json.dumps(dict(first.timing_s)),
        "pulserig_metadata": json.dumps(dict(first.metadata)),
        "versions": json.dumps(dict(first.versions)),
        "counts": json.dumps([result.counts for result in results] if first.level == 2 else []),
    }
