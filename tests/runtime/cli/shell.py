"""The command line as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["pulserig"]


def pulserig(*arguments: str, cwd: Path | None = None, limit_s: float = 60) -> subprocess.CompletedProcess[str]:
    """Run `pulserig` with these arguments, as a person would from a terminal 200 columns wide."""
    return subprocess.run(
        [sys.executable, "-c", "from runtime.cli import main; main()", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=limit_s,
    )
