"""The floors of the house: import contracts, the size of files, and what may not stand in the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("runtime", "drivers", "simulators", "configs")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}


def test_the_import_contracts_hold() -> None:
    """import-linter finds no import that goes upwards or sideways."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_small() -> None:
    """Median under 150 lines, none over 500."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert median(lengths.values()) < 150
    assert {path: length for path, length in lengths.items() if length > 500} == {}


def test_modules_are_named_for_what_they_hold() -> None:
    """No drawer for odds and ends; runtime.pulse.utils is where Qiskit's users import from."""
    odd = {path for path in SOURCES if path.stem in FORBIDDEN_NAMES}
    assert odd <= {ROOT / "runtime" / "pulse" / "utils.py"}


@pytest.mark.parametrize("package", [path.parent for path in SOURCES if path.name == "__init__.py"], ids=str)
def test_doors_say_what_they_offer(package: Path) -> None:
    """Every package's __init__ has __all__, and all of it exists."""
    name = ".".join(package.relative_to(ROOT).parts)
    check = (
        f"import {name} as m; missing = [n for n in m.__all__ if not hasattr(m, n)]; assert not missing, missing"
    )
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
