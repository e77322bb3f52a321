"""The command line as a person types it: a process, its output, its exit code."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.runtime.cli.shell import pulserig


def test_help_names_every_command() -> None:
    """What there is, in one look."""
    done = pulserig("--help")
    assert done.returncode == 0
    for command in ("demo", "stations", "check", "run", "train", "draw"):
        assert command in done.stdout


@pytest.mark.parametrize("command", ["demo", "stations", "check", "run", "train", "explain", "draw"])
def test_every_command_shows_an_example(command: str) -> None:
    """Help with an example that can be typed as it stands."""
    done = pulserig(command, "--help")
    assert done.returncode == 0
    assert f"Example:  pulserig {command}" in done.stdout


def test_help_loads_nothing_heavy() -> None:
    """--help takes under half a second because qcodes, numpy, scipy and matplotlib wait until they are needed."""
    program = (
        "import sys\nfrom runtime.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('qcodes', 'numpy', 'scipy', 'matplotlib', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_version() -> None:
    """The version of the installed distribution."""
    assert pulserig("--version").stdout.strip() == f"pulserig {version('pulserig')}"


def test_stations_are_listed() -> None:
    """Name, kind and instruments."""
    done = pulserig("stations")
    assert done.returncode == 0
    assert "demo" in done.stdout
    assert "simulated" in done.stdout


def test_an_unknown_station_ends_with_2() -> None:
    """A sentence on stderr, no traceback."""
    done = pulserig("check", "nowhere")
    assert done.returncode == 2
    assert "there is no station 'nowhere'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("schedule = 5\n", ["gives no schedule", "got int"]),
        ("schedule = []\n", ["gives no schedule", "an empty list"]),
        ("x = 1\ny = x / 0\n", ["broken.py:2", "ZeroDivisionError"]),
        ("def build(target):\n    return target.nonsense()\n", ["broken.py:2", "nonsense"]),
        ("def build(:\n", ["broken.py:1", "SyntaxError"]),
    ],
)
def test_a_broken_schedule_file_is_explained(tmp_path: Path, content: str, words: list[str]) -> None:
    """The line of the user's file, and what is wrong there."""
    path = tmp_path / "broken.py"
    path.write_text(content, encoding="utf-8")
    done = pulserig("draw", "demo", str(path), "--out", str(tmp_path / "x.png"))
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_schedule_file_is_named(tmp_path: Path) -> None:
    """Before anything is connected."""
    done = pulserig("run", "demo", str(tmp_path / "absent.py"))
    assert done.returncode == 2
    assert "absent.py" in done.stderr
