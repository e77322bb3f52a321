"""`pulserig demo` from another folder: numbers, picture, data, and nothing left behind."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from tests.runtime.cli.shell import pulserig


def test_the_demo(tmp_path: Path) -> None:
    """Counts of both programs, seven fits within 2 %, the stages' times; well within half a minute."""
    began = time.monotonic()
    done = pulserig("demo", "--out", "results", cwd=tmp_path)
    assert time.monotonic() - began < 30
    assert done.returncode == 0, done.stderr
    differences = [float(number) for number in re.findall(r"([+-]\d+\.\d+) %", done.stdout)]
    assert len(differences) == 7
    assert all(abs(difference) < 2 for difference in differences)
    for stage in ("build", "lower", "upload", "play", "fetch", "classify"):
        assert stage in done.stdout
    picture = (tmp_path / "results" / "demo.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000
    excited = json.loads((tmp_path / "results" / "demo-x-measure.json").read_text(encoding="utf-8"))
    ones = [sum(shot[slot] for shot in excited["memory"]) for slot in range(7)]
    assert min(ones) > 0.87 * excited["shots"]
