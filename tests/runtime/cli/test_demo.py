"""`pulserig demo` from another folder: numbers, pictures, data, and nothing left behind."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from runtime.results import Result
from tests.runtime.cli.shell import pulserig

PICTURES = ("demo.png", "demo-readout.png", "demo-chip.png")


@pytest.mark.timeout(150)  # some 25 s of two processes; other tests run beside it
def test_the_demo(tmp_path: Path) -> None:
    """Counts of both programs, seven fits within 2 %, resonators, drift, files, database; the stages' times."""
    done = pulserig("demo", "--out", "results", "--shots", "512", cwd=tmp_path, limit_s=140)
    assert done.returncode == 0, done.stderr
    differences = [float(number) for number in re.findall(r"([+-]\d+\.\d+) %", done.stdout)]
    assert len(differences) == 7
    assert all(abs(difference) < 2 for difference in differences)
    moved = [float(number) for number in re.findall(r"by ([+-]\d+\.\d+) MHz", done.stdout)]
    assert moved == [pytest.approx(-1.2, abs=0.2)] * 7
    for words in (
        "counts per memory slot",
        "three states of qubit 0",
        "measure, x, measure",
        "drift in",
        "bit for bit",
    ):
        assert words in done.stdout
    assert "records, 0 dropped" in done.stdout
    (opposite,) = re.findall(r"measure, x, measure: (\d\.\d+) of the second bits are the opposite", done.stdout)
    assert float(opposite) > 0.95
    for stage in ("train", "lower", "upload", "play", "fetch", "classify", "drift", "draw"):
        assert re.search(rf"\b{stage} \d", done.stdout), stage
    assert len(done.stdout.splitlines()) < 60, "one page"

    results = tmp_path / "results"
    for name in PICTURES:
        picture = (results / name).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 20_000
    excited = json.loads((results / "demo-x-measure.json").read_text(encoding="utf-8"))
    ones = [sum(shot[slot] for shot in excited["memory"]) for slot in range(7)]
    assert min(ones) > 0.87 * excited["shots"]
    twice = Result.load(results / "demo-twice.nc")
    assert twice.slots == tuple(range(14))
    assert (twice.registers[3] == twice.memory[3]).all()
    with closing(sqlite3.connect(results / "demo.db")) as database:
        ((run_id, name),) = database.execute("select run_id, name from runs").fetchall()
    assert f"run {run_id} of demo.db" in done.stdout
    assert name.startswith("rabi")
