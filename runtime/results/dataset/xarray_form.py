"""Results as xarray Datasets, alone and along the axes of a sweep."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from drivers.contract import ConfigurationError

if TYPE_CHECKING:
    import xarray as xr

    from runtime.results.dataset.result import Result

__all__ = ["FORMAT", "as_dataset", "axes_of", "stacked"]

FORMAT = 1
"""Of the attributes and variables below; counted up when a reader of before would misunderstand them."""

TAKEN = frozenset({"shot", "slot", "sample", "time", "register"})
"""Names of dimensions that no axis of a sweep may have."""


def as_dataset(result: Result) -> xr.Dataset:
    """See `Result.to_xarray`. All that a result holds is in it, so that a file loses nothing."""
    import xarray as xr

    dims = (("shot",) if result.returns == "single" else ()) + ("slot", "sample")
    units = {"units": "1" if result.level == 2 else "V"}
    memory_dims = dims[: result.data.ndim]
    variables: dict[str, Any] = {
        "memory": (memory_dims, result.data, units),
        "overrange": (dims[: result.overrange.ndim], result.overrange),
        "clock_lost": (dims[: result.clock_lost.ndim], result.clock_lost),
    }
    if result.deviation is not None:
        variables["deviation"] = (("slot",), result.deviation, units)
    if result.register_slots:
        register_dims = tuple("register" if dim == "slot" else dim for dim in memory_dims)
        variables["registers"] = (register_dims, result.registers.data, units)
    if result.tally is not None:
        variables["outcome"] = (("number", "slot"), result.tally.outcomes)
        variables["occurrences"] = (("number",), result.tally.numbers)
    return xr.Dataset(variables, _coordinates(result, "sample" in memory_dims), _attributes(result))


def _coordinates(result: Result, has_samples: bool) -> dict[str, Any]:
    coordinates: dict[str, Any] = {"slot": list(result.slots)}
    if has_samples:
        times = np.arange(result.data.shape[-1]) / result.sample_rate_hz
        coordinates["time"] = ("sample", times, {"units": "s"})
    if result.register_slots:
        coordinates["register"] = list(result.register_slots)
        coordinates["register_slot"] = ("register", list(result.register_slots.values()))
    if result.windows:
        for name in ("record", "qubit", "start", "stop", "port"):
            numbers = [getattr(window, name) for window in result.windows]
            coordinates[name] = ("slot", np.array(numbers, np.int64))
        for name, unit in (("if_frequency_hz", "Hz"), ("record_start_s", "s")):
            values = [getattr(window, name) for window in result.windows]
            coordinates[name] = ("slot", np.array(values, np.float64), {"units": unit})
    return coordinates


def _attributes(result: Result) -> dict[str, Any]:
    attributes = {
        "format": FORMAT,
        "program": result.name,
        "meas_level": result.level,
        "meas_return": result.returns,
        "shots": result.shots,
        "states": result.states,
        "sample_rate_hz": result.sample_rate_hz,
        "overranges": result.overranges,
        "clock_losses": result.clock_losses,
        "timing_s": json.dumps(dict(result.timing_s)),
        "metadata": json.dumps(dict(result.metadata)),
        "versions": json.dumps(dict(result.versions)),
    }
    return attributes if result.run_id is None else {**attributes, "run_id": result.run_id}


def stacked(
    results: Sequence[Result], *axes: Mapping[Any, Sequence[float]], units: Mapping[str, str] | None = None
) -> xr.Dataset:
    """The results of a sweep as one Dataset with dimensions (sweep axes..., shot, slot, sample).

    Args:
        results: One a point, the last axis running fastest, as `Rig.run` returns them for a Sweep.
        axes: As the Sweep has them (`sweep.axes`): parameters or names, and their values. An axis is named after
            its first parameter; others that go along are coordinates on it.
        units: Unit of each parameter, by name.

    Raises:
        ConfigurationError: Another number of results than points, or results that differ in level, return, slots,
            shots or samples.
    """
    import xarray as xr

    named = axes_of(axes)
    shape = tuple(len(next(iter(axis.values()))) for axis in named)
    require_alike(results, int(np.prod(shape)))
    dims = [next(iter(axis)) for axis in named]
    alone = [as_dataset(result) for result in results]
    first = alone[0].drop_vars(["outcome", "occurrences"], errors="ignore")
    variables = {}
    for name, variable in first.data_vars.items():
        data = np.stack([dataset[name].values for dataset in alone])
        variables[name] = ((*dims, *variable.dims), data.reshape((*shape, *variable.shape)), variable.attrs)
    coordinates: dict[str, Any] = {
        name: (dims[number], list(values), {"units": (units or {}).get(name, "")})
        for number, axis in enumerate(named)
        for name, values in axis.items()
    }
    names = ("slot", "qubit", "time", "register", "register_slot")
    kept = {name: first.coords[name] for name in names if name in first.coords}
    attributes = {name: first.attrs[name] for name in ("meas_level", "meas_return", "shots", "sample_rate_hz")}
    return xr.Dataset(variables, {**kept, **coordinates}, attributes)


def axes_of(axes: Sequence[Mapping[Any, Sequence[float]]]) -> list[dict[str, list[float]]]:
    """Axes with names in place of parameters; raises ConfigurationError for empty and uneven ones."""
    named = [
        {str(getattr(key, "name", key)): [float(value) for value in values] for key, values in axis.items()}
        for axis in axes
    ]
    wrong = [axis for axis in named if len({len(values) for values in axis.values()}) != 1]
    names = [name for axis in named for name in axis]
    taken = sorted({name for name in names if names.count(name) > 1 or name in TAKEN})
    if wrong or taken:
        raise ConfigurationError(
            "these are no axes of a sweep",
            got=f"values of different number: {wrong}" if wrong else f"names that are taken: {taken}",
            allowed="for each axis one or more parameters with the same number of values, every name once",
        )
    return named


def require_alike(results: Sequence[Result], points: int) -> None:
    """Raise ConfigurationError unless there are as many results as points, and all of one form."""
    if len(results) != points:
        raise ConfigurationError(
            "results and points of the sweep do not match",
            got=f"{len(results)} results",
            allowed=f"{points} points",
        )
    forms = {
        (result.level, result.returns, result.slots, result.shots, result.data.shape, _pairs(result)): result.name
        for result in results
    }
    if len(forms) > 1:
        raise ConfigurationError(
            "results of different form do not fit into one array",
            got="; ".join(
                f"'{name}': level {form[0]}, slots {form[2]}, shape {form[4]}, registers {form[5]}"
                for form, name in forms.items()
            ),
            allowed="the same level, return, slots, shots, samples and registers",
        )


def _pairs(result: Result) -> tuple[tuple[int, int], ...]:
    """(register slot, memory slot) of a result."""
    return tuple(result.register_slots.items())
