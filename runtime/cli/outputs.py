"""Where a command writes: the console, and files that are looked at before an instrument is bothered."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from drivers.contract import ConfigurationError
from runtime.results import require_ending, writing

__all__ = ["console_of_command", "numbered", "require_folder", "require_writable", "say"]


def console_of_command() -> Console:
    """The console of a command, bound to the real standard output whatever drivers print meanwhile.

    Names and paths are a user's own: what looks like rich's markup in them is text.
    """
    return Console(file=sys.stdout, markup=False, emoji=False)


def say(console: Console, sentence: str) -> None:
    """Print a sentence on one line, however long its paths are, so that it can be copied."""
    console.print(sentence, soft_wrap=True, highlight=False)


def numbered(path: Path, count: int) -> list[Path]:
    """`path` for one result; for several, with -0, -1, ... before its ending."""
    return [path] if count == 1 else [path.with_stem(f"{path.stem}-{index}") for index in range(count)]


def require_writable(paths: list[Path], endings: tuple[str, ...], what: str) -> None:
    """Raise ConfigurationError for files that could not be written later; nothing is changed by looking."""
    for path in paths:
        require_ending(path, endings, what)
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            existed = path.exists()
            path.open("ab").close()
            if not existed:
                path.unlink()


def require_folder(folder: Path) -> None:
    """Make a folder if it is missing; raises ConfigurationError when it cannot be one."""
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(
            "it is not a folder",
            where=str(folder),
            got="a file",
            fix="Name a folder, or one that is yet to be made",
        )
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
