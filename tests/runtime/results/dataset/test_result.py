"""One program's result: slots as a mapping, shares, and files."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest

from drivers.contract import ConfigurationError
from runtime.results import Result


def result(level: int = 2) -> Result:
    """Four shots in slots 5 and 2; at level 0 the second window is shorter by a sample."""
    bits = np.array([[0, 1], [1, 1], [0, 1], [0, 0]], np.uint8)
    data = bits if level == 2 else bits.astype(complex)
    if level == 0:
        data = np.repeat(data[:, :, None], 3, axis=2)
        data[:, 1, 2] = np.nan
    return Result("four", level, (5, 2), data, np.zeros(4, bool), 500e6)


def test_memory_is_a_true_mapping() -> None:
    """A slot that was not written is absent, as a key is from a dict; asking for it says which there are."""
    memory = result().memory
    assert list(memory) == [5, 2]
    assert 5 in memory
    assert 7 not in memory
    assert memory.get(7) is None
    assert memory.get(2) is not None
    with pytest.raises(ConfigurationError, match=r"memory slot 7.*allowed: \[5, 2\]"):
        memory[7]
    with pytest.raises(KeyError):
        memory[7]


def test_probability_is_of_a_slot() -> None:
    """Slot 5 holds one 1 in four, slot 2 three; slot 7 nothing."""
    assert result().probability(5) == 0.25
    assert result().probability(2) == 0.75
    assert result().counts == {"01": 2, "11": 1, "00": 1}
    with pytest.raises(ConfigurationError, match="memory slot 7"):
        result().probability(7)
    with pytest.raises(ConfigurationError, match="classified"):
        result(1).probability(5)


def test_json_holds_no_nan(tmp_path: Path) -> None:
    """JSON has no such number: where a window has ended stands null, which every reader takes."""
    path = result(0).save(tmp_path / "raw.JSON")
    content = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert content["memory_real"][1] == [[1, 1, 1], [1, 1, None]]


@pytest.mark.parametrize("ending", [".nc", ".json"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, ending: str) -> None:
    """A file where a folder should be, and a folder where a file should be."""
    (tmp_path / "taken").touch()
    with pytest.raises(ConfigurationError, match="cannot be written") as caught:
        result().save(tmp_path / "taken" / f"shots{ending}")
    assert caught.value.where == str(tmp_path / "taken" / f"shots{ending}")
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        result().save(tmp_path / f"folder{ending}")


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says, and what to do."""

    def full(*_arguments: object, **_keywords: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ConfigurationError, match=r"got No space left on device.*has room"):
        result().save(tmp_path / "shots.json")


def test_another_ending_makes_no_folder(tmp_path: Path) -> None:
    """Refused before anything is touched."""
    with pytest.raises(ConfigurationError, match=r"\.nc, \.json"):
        result().save(tmp_path / "new" / "shots.csv")
    assert not (tmp_path / "new").exists()
