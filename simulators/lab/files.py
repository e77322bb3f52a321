"""Reading the lab's YAML files: every problem of all of them in one report, each with file, line and key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

__all__ = ["ConfigurationProblems", "FileProblem", "SourceFile"]

Model = TypeVar("Model", bound=BaseModel)
KeyPath = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing that is wrong with a file."""

    file: Path
    key: str
    """Dotted path of the key, empty for the whole file."""
    line: int | None
    """Counted from 1."""
    what: str

    def __str__(self) -> str:
        place = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.what}" if self.key else f"{place}: {self.what}"


class ConfigurationProblems(Exception):
    """Everything that is wrong with a lab's files."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        lines = [f"the simulated lab cannot be built ({count} problem{'s' * (count != 1)}):"]
        return "\n".join([*lines, *(f"  - {problem}" for problem in self.problems)])


class SourceFile:
    """One YAML file and what was found wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[FileProblem] = []
        self._tree: Any = None

    def read(self, model: type[Model]) -> Model | None:
        """The file as a model, or None after its problems were noted."""
        if not self._parse():
            return None
        try:
            return model.model_validate(self._tree)
        except ValidationError as error:
            for item in error.errors():
                got = item["input"]
                shown = f" (got {got!r})" if isinstance(got, str | int | float | bool) else ""
                self.note(_without_tags(item["loc"], self._tree), item["msg"] + shown)
            return None

    def text(self, key: str) -> str | None:
        """The text under a key of the top level, if there is one."""
        value = self._tree.get(key) if isinstance(self._tree, CommentedMap) else None
        return value if isinstance(value, str) else None

    def note(self, path: KeyPath, what: str) -> None:
        """Add a problem at a key."""
        key = ".".join(str(part) for part in path)
        self.problems.append(FileProblem(self.path, key, self._line(path), what))

    def _parse(self) -> bool:
        try:
            self._tree = YAML(typ="rt").load(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
            self.problems.append(FileProblem(self.path, "", None, f"cannot be read: {reason}"))
            return False
        except YAMLError as error:
            mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
            line = mark.line + 1 if mark is not None else None
            what = (error.problem if isinstance(error, MarkedYAMLError) else None) or "not YAML"
            self.problems.append(FileProblem(self.path, "", line, f"malformed YAML: {what}"))
            return False
        if not isinstance(self._tree, CommentedMap):
            self.problems.append(FileProblem(self.path, "", None, "is not a mapping of keys"))
            return False
        return True

    def _line(self, path: KeyPath) -> int | None:
        """Line of the deepest part of a key path that the file has."""
        node, line = self._tree, None
        for part in path:
            try:
                if isinstance(node, CommentedMap):
                    line = node.lc.key(part)[0] + 1
                elif isinstance(node, CommentedSeq):
                    line = node.lc.item(part)[0] + 1
                node = node[part]
            except (KeyError, IndexError, TypeError):
                break
        return line


def _without_tags(location: KeyPath, tree: object) -> list[str | int]:
    """A pydantic location without the names of union members, which are no keys of the file."""
    path: list[str | int] = []
    node: Any = tree
    for position, part in enumerate(location):
        known = isinstance(node, CommentedMap) and part in node
        known = known or (isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node))
        if known:
            node = node[part]
        elif position < len(location) - 1:
            continue
        path.append(part)
    return path
