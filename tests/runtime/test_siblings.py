"""The packages have common names: a folder that shadows one is named in the error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_shadowing_folder_is_named(tmp_path: Path) -> None:
    """A folder `drivers` beside a user's script would be imported in place of ours."""
    (tmp_path / "drivers").mkdir()
    (tmp_path / "drivers" / "__init__.py").touch()
    (tmp_path / "script.py").write_text("import runtime\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert "ImportError: pulserig's package 'drivers'" in done.stderr
    assert str((tmp_path / "drivers").resolve()) in done.stderr
    assert "Rename that folder" in done.stderr


def test_without_a_shadow_it_imports() -> None:
    """The check passes where nothing is in the way, and imports nothing heavy."""
    light = (
        "import sys, runtime; print([m for m in ('qcodes', 'matplotlib', 'scipy', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", light], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
