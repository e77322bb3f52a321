"""The README's example is a program: it runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Half a turn of qubit 0: counts of two slots with the first one rightmost, its bits, and a dataset."""
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) <= 20
    exec(compile(example, str(README), "exec"), {})
    printed = capsys.readouterr().out
    counts = dict(re.findall(r"'([01]{2})': (\d+)", printed))
    assert sum(map(int, counts.values())) == 1024
    assert int(counts["00"]) + int(counts["01"]) > 0.9 * 1024
    assert 0.3 < int(counts["01"]) / 1024 < 0.7
    assert "xarray.Dataset" in printed


def test_it_is_short() -> None:
    """Under 150 lines."""
    assert len(README.read_text(encoding="utf-8").splitlines()) < 150
