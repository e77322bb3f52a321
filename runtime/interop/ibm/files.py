"""Reading the three JSON files of a device; everything that is wrong with any of them goes into one report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from drivers.contract import Problem
from runtime.interop.ibm.schema import ITEM_KINDS
from runtime.pulse.serialization.faults import form_problem

__all__ = ["FileNames", "Source", "read", "source_name"]

Source = str | PathLike[str] | Mapping[str, Any]
"""A path, or what a JSON file held."""
Model = TypeVar("Model", bound=BaseModel)


class FileNames(NamedTuple):
    """How reports call the three files."""

    conf: str
    defs: str
    props: str


def source_name(source: Source, fallback: str) -> str:
    """How a report calls a source: its path, or `fallback` for a mapping."""
    return fallback if isinstance(source, Mapping) else str(source)


def read(source: Source, model: type[Model], name: str, problems: list[Problem]) -> Model | None:
    """`source` as a `model`; None, with the reasons added to `problems`, when it is not one."""
    content = dict(source) if isinstance(source, Mapping) else _json(Path(source), problems)
    if content is None:
        return None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems += [form_problem(fault, f"{name}: {_key_path(fault['loc'])}") for fault in error.errors()]
    return None


def _json(path: Path, problems: list[Problem]) -> object | None:
    try:
        content: object = json.loads(path.read_bytes())
    except FileNotFoundError:
        problems.append(Problem("the file is missing", where=str(path), fix="Create it or correct the path"))
    except OSError as error:
        problems.append(Problem("the file cannot be read", where=str(path), got=str(error)))
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        problems.append(Problem("the file is not valid JSON", where=where, got=error.msg))
    except (UnicodeDecodeError, RecursionError) as error:
        problems.append(Problem("the file is not valid JSON", where=str(path), got=str(error)))
    else:
        if isinstance(content, dict):
            return content
        got = type(content).__name__
        problems.append(Problem("the file holds no keys", where=str(path), got=got, allowed="an object with keys"))
    return None


def _key_path(keys: tuple[str | int, ...]) -> str:
    """`cmd_def[3].sequence[0].phase`; pydantic's name for the kind of an item is no key and is left out."""
    path = ""
    for position, key in enumerate(keys):
        if isinstance(key, int):
            path += f"[{key}]"
        elif not (key in ITEM_KINDS and position and isinstance(keys[position - 1], int)):
            path += f".{key}" if path else key
    return path
