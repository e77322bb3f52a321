"""YAML files read as plain data and written from it, in the order of their keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def _plain() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.sort_base_mapping_type_on_output = False
    return yaml


def read_yaml(path: Path) -> Any:
    """The content of a file: dicts, lists, strings and numbers."""
    return _plain().load(path)


def write_yaml(path: Path, content: object) -> None:
    """Overwrite a file."""
    _plain().dump(content, path)
