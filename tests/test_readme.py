"""The README's example is a program: it runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runtime.cli.schedule_file import schedules_of
from runtime.rig import Rig

README = Path(__file__).parent.parent / "README.md"


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Half a turn of qubit 0: counts of two slots with the first one rightmost, its bits, and a dataset."""
    *_, example = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) <= 20
    exec(compile(example, str(README), "exec"), {})
    printed = capsys.readouterr().out
    counts = dict(re.findall(r"'([01]{2})': (\d+)", printed))
    assert sum(map(int, counts.values())) == 1024
    assert int(counts["00"]) + int(counts["01"]) > 0.9 * 1024
    assert 0.3 < int(counts["01"]) / 1024 < 0.7
    assert "xarray.Dataset" in printed


def test_the_schedule_file_can_be_run(tmp_path: Path) -> None:
    """`turns.py`, on a station that is quick to open: qubit 0 is 1, qubit 1 is either."""
    file, _ = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "turns.py").write_text(file, encoding="utf-8")
    with Rig.open("demo") as rig:
        (schedule,) = schedules_of(tmp_path / "turns.py", rig.target)
        counts = rig.run(schedule, shots=1000).counts
    assert counts["01"] + counts["11"] > 950
    assert 400 < counts["11"] < 600


def test_it_is_short() -> None:
    """Under 150 lines."""
    assert len(README.read_text(encoding="utf-8").splitlines()) < 150
