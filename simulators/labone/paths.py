"""Paths of nodes and the expressions that select them.

A path is words and numbers between slashes, in any case: "/dev12345/awgs/0/enable". An expression may hold `*` for
any part of a word; it selects the nodes it names and all below them. Several may be written with commas between.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["compile_expression", "indices_of", "is_expression", "normalise", "split_expressions"]


def normalise(path: str) -> str:
    """The one way in which a path is written here: lower case, one leading slash, none at the end."""
    return "/" + path.strip().strip("/").lower()


def is_expression(path: str) -> bool:
    """Whether `path` can select more than the node of that name."""
    return "*" in path or "," in path


def split_expressions(text: str) -> list[str]:
    """The expressions of a comma-separated list, normalised; [""] selects everything."""
    return [normalise(part).rstrip("/") for part in text.split(",")]


@lru_cache(maxsize=4096)
def compile_expression(expression: str, *, below: bool = True) -> re.Pattern[str]:
    """A pattern whose groups are what the stars stood for; with `below`, nodes further down match too."""
    body = "".join("([^/]*)" if part == "*" else re.escape(part) for part in re.split(r"(\*)", expression))
    # A trailing star selects all that is below it: "/dev1/*" and "*" are how clients ask for a whole tree.
    return re.compile(f"{body}(?:/.*)?" if below else body)


def indices_of(match: re.Match[str]) -> tuple[int, ...]:
    """The numbers that the stars stood for; stars that stood for words are left out."""
    return tuple(int(group) for group in match.groups() if group.isdigit())
