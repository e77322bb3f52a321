"""Metadata and settings as JSON: plain data as it is, what JSON lacks under keys that start with "$"."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from numbers import Complex, Integral, Real
from typing import Any

import numpy as np

from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters import ParameterExpression

__all__ = ["plain_of", "value_of"]

_DTYPES = ("float64", "float32", "complex128", "complex64", "int64", "int32", "uint8", "bool")
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
DEEPEST = 200


def plain_of(value: object, expression: Callable[[ParameterExpression], Any], path: str, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
    """The JSON form of a value; numpy's numbers become Python's.

    Raises:
        PulseError: a value without such a form; `where` is its path.
    """
    if depth > DEEPEST:
        raise PulseError("nested too deeply", where=path, allowed=f"{DEEPEST} levels")
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, ParameterExpression):
        return {"$value": expression(value)}
    if isinstance(value, Complex | np.bool_):
        return _number(value)
    if isinstance(value, np.ndarray):
        return {"$array": _array(value, path)}
    if isinstance(value, list | tuple):
        items = [plain_of(item, expression, f"{path}[{k}]", depth + 1) for k, item in enumerate(value)]
        return items if isinstance(value, list) else {"$tuple": items}
    if isinstance(value, Mapping):
        return _mapping(value, expression, path, depth)
    raise PulseError("a value that JSON cannot hold", where=path, got=type(value).__name__)


def _number(value: Any) -> Any:  # noqa: ANN401 - any kind of number
    if type(value).__name__ == "CalibrationPublisher":
        return {"$publisher": value.name}
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else {"$float": str(number)}
    return {"$complex": [_number(complex(value).real), _number(complex(value).imag)]}


def _mapping(
    value: Mapping[Any, Any], expression: Callable[[ParameterExpression], Any], path: str, depth: int
) -> dict[str, Any]:
    def inner(item: object, key: object) -> Any:  # noqa: ANN401 - JSON
        return plain_of(item, expression, f"{path}[{key!r}]", depth + 1)

    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: inner(item, key) for key, item in value.items()}
    return {"$dict": [[inner(key, key), inner(item, key)] for key, item in value.items()]}


def _array(value: np.ndarray[Any, Any], path: str) -> dict[str, Any]:
    name = value.dtype.name
    if name not in _DTYPES:
        raise PulseError(
            "an array of this type has no JSON form", where=path, got=name, allowed=", ".join(_DTYPES)
        )
    data = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<")).tobytes()
    return {"dtype": name, "shape": list(value.shape), "data": base64.b64encode(data).decode("ascii")}


def value_of(plain: object, expression: Callable[[object, str], Any], path: str, depth: int = 0) -> Any:  # noqa: ANN401 - any value
    """The value of a JSON form.

    Raises:
        PulseError: a key with "$" that stands for nothing; `where` is its path.
    """
    if depth > DEEPEST:
        raise PulseError("nested too deeply", where=path, allowed=f"{DEEPEST} levels")
    if isinstance(plain, list):
        return [value_of(item, expression, f"{path}[{k}]", depth + 1) for k, item in enumerate(plain)]
    if not isinstance(plain, dict):
        return plain
    if len(plain) == 1 and next(iter(plain)).startswith("$"):
        ((tag, content),) = plain.items()
        where = f"{path}.{tag}"
        try:
            return _tagged(tag, content, expression, where, depth)
        except (TypeError, ValueError, KeyError) as error:
            raise PulseError("malformed", where=where, got=str(content)[:80]) from error
    return {key: value_of(item, expression, f"{path}.{key}", depth + 1) for key, item in plain.items()}


def _tagged(tag: str, content: Any, expression: Callable[[object, str], Any], where: str, depth: int) -> Any:  # noqa: ANN401 - any value
    def items() -> list[Any]:
        return [value_of(item, expression, f"{where}[{k}]", depth + 1) for k, item in enumerate(list(content))]

    if tag not in _KINDS:
        raise PulseError("unknown kind of value", where=where, allowed=", ".join(sorted(_KINDS)))
    if tag == "$value":
        return expression(content, where)
    return _KINDS[tag](content if tag in _WHOLE else items())


def _publisher(name: str) -> object:
    # The entries of calibrations stand above this.
    from runtime.pulse.calibration_entries import CalibrationPublisher

    return CalibrationPublisher[name]


def _restored_array(content: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    if set(content) != {"dtype", "shape", "data"} or content["dtype"] not in _DTYPES:
        message = "an array has dtype, shape and data"
        raise ValueError(message)
    try:
        data = base64.b64decode(content["data"], validate=True)
    except binascii.Error as error:
        message = "the data is no base64"
        raise ValueError(message) from error
    dtype = np.dtype(content["dtype"])
    flat = np.frombuffer(data, dtype=dtype.newbyteorder("<")).astype(dtype)
    return flat.reshape([int(n) for n in content["shape"]])


_WHOLE = frozenset({"$float", "$array", "$publisher"})
_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "$tuple": tuple,
    "$dict": lambda pairs: {key: value for key, value in pairs},  # noqa: C416 - dict() takes two-letter strings
    "$float": _FLOATS.__getitem__,
    "$complex": lambda parts: complex(*parts),
    "$value": lambda value: value,
    "$array": _restored_array,
    "$publisher": _publisher,
}
