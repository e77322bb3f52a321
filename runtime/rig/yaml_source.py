"""YAML files that remember where each key stands, so that a problem in a station names file, line and key."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from drivers.contract import ConfigurationError, Problem, ProblemReport
from runtime.pulse.serialization.faults import form_problem

__all__ = ["YamlSource"]

Model = TypeVar("Model", bound=BaseModel)


class YamlSource:
    """One YAML file: its content, and the line of every key."""

    def __init__(self, path: Path) -> None:
        """Read and parse `path`; raises ConfigurationError when it is missing or is not YAML."""
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise ConfigurationError(
                "the file is missing", where=str(path), fix="Create it or correct the path"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError("the file cannot be read", where=str(path), got=str(error)) from error
        try:
            self.content: Any = YAML(typ="rt").load(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f":{mark.line + 1}" if mark else ""
            raise ConfigurationError(
                "the file is not valid YAML",
                where=f"{path}{line}",
                got=" ".join(str(error.problem or error.context).split()),
                fix="Check indentation, colons and quotes there",
            ) from None
        except RecursionError:
            raise ConfigurationError("the file is nested too deeply", where=str(path), fix="Flatten it") from None
        except YAMLError as error:
            raise ConfigurationError("the file is not valid YAML", where=str(path), got=str(error)) from None
        if not isinstance(self.content, CommentedMap):
            raise ConfigurationError(
                "the file holds no keys",
                where=str(path),
                got=type(self.content).__name__,
                allowed="a mapping of keys",
            )

    def where(self, keys: Sequence[str | int]) -> str:
        """`file:line, key path` of a key; of the nearest one above it when it does not exist."""
        line, node = 1, self.content
        for key in keys:
            if isinstance(node, CommentedMap) and key in node:
                line = node.lc.key(key)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
                line = node.lc.item(key)[0] + 1
            else:
                break
            node = node[key]
        path = ".".join(map(str, keys))
        return f"{self.path}:{line}" + (f", {path}" if path else "")

    def problem(
        self, keys: Sequence[str | int], what: str, *, got: str = "", allowed: str = "", fix: str = ""
    ) -> Problem:
        """A Problem at a key of this file."""
        return Problem(what, where=self.where(keys), got=got, allowed=allowed, fix=fix)

    def validated(self, model: type[Model]) -> Model:
        """The content as a pydantic model; raises ProblemReport with everything that does not fit."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            problems = tuple(
                form_problem(fault, self.where(self._without_tags(fault["loc"]))) for fault in error.errors()
            )
            raise ProblemReport(
                f"{self.path.name} of station '{self.path.parent.name}' is not valid", problems=problems
            ) from None

    def _without_tags(self, keys: Sequence[str | int]) -> tuple[str | int, ...]:
        """The keys of the file: of entries of several kinds pydantic names the kind as if it were a key."""
        kept: list[str | int] = []
        node = self.content
        for place, key in enumerate(keys):
            if isinstance(node, CommentedMap) and key not in node and place < len(keys) - 1:
                continue
            kept.append(key)
            node = node[key] if isinstance(node, CommentedMap | CommentedSeq) and key in _keys(node) else None
        return tuple(kept)


def _keys(node: CommentedMap | CommentedSeq) -> Container[Any]:
    return node if isinstance(node, CommentedMap) else range(len(node))
