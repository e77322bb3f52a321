"""Lab and chip files: what is accepted, and that every problem of both is reported at once with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulators.lab import ConfigurationProblems, load_lab

DEMO = Path(__file__).parents[3] / "configs" / "demo"


def _written(folder: Path, lab: dict[str, str] | None = None, chip: dict[str, str] | None = None) -> Path:
    """The demo's files with replacements."""
    for name, changes in (("lab.yaml", lab), ("chip.yaml", chip)):
        text = (DEMO / name).read_text(encoding="utf-8")
        for old, new in (changes or {}).items():
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "lab.yaml"


def _problems(path: Path) -> list[str]:
    with pytest.raises(ConfigurationProblems) as caught:
        load_lab(path)
    return [str(problem) for problem in caught.value.problems]


def test_the_demo_station_is_fine() -> None:
    lab, chip = load_lab(DEMO / "lab.yaml")
    assert lab.instruments["digitizer"].model == "ATS9360"
    array = chip.build_array()
    assert array.shape == (3, 3)
    # The published measurement frequencies lie midway between the resonators for |0> and |1>.
    for resonator, probe_hz in zip(chip.build_feedline().resonators, (7.278492341e9, 7.337882003e9), strict=True):
        middle = resonator.frequency_hz + 0.5 * (resonator.shifts_hz[0] + resonator.shifts_hz[1])
        assert middle == pytest.approx(probe_hz, abs=100.0)
        assert resonator.shifts_hz[1] - resonator.shifts_hz[0] == pytest.approx(-resonator.kappa_hz, rel=0.01)


def test_all_problems_of_both_files_at_once(tmp_path: Path) -> None:
    path = _written(
        tmp_path,
        lab={
            "line: drive_q1": "line: drive_q9",
            "port: 7, marker: 1": "port: 7, marker: 5",
            "seed: 20240527": "seed: minus one",
            "description: An 8": "surprise: An 8",
        },
        chip={"levels: 3": "levels: 9", "between: [q0, q1]": "between: [q0, q7]"},
    )
    found = _problems(path)
    assert any("lab.yaml:" in text and "wires.trigger.marker" in text for text in found)
    assert any("lab.yaml:" in text and "seed" in text and "minus one" in text for text in found)
    assert any("lab.yaml:" in text and "surprise" in text for text in found)
    assert sum("chip.yaml:" in text and "levels" in text and "got 9" in text for text in found) == 2


def test_names_that_nothing_has(tmp_path: Path) -> None:
    path = _written(
        tmp_path,
        lab={"marker: 1, digitizer: digitizer": "marker: 1, digitizer: scope"},
        chip={"between: [q0, q1]": "between: [q0, q7]", "t2_s: 41.4623224830586e-6": "t2_s: 1"},
    )
    found = "\n".join(_problems(path))
    assert "wires.trigger.digitizer: no ATS9360 called 'scope'; known: digitizer" in found
    assert "couplings.0.between.1: no transmon 'q7'; known: q0, q1" in found
    assert "transmons.q0.t2_s" in found


def test_a_problem_names_its_line(tmp_path: Path) -> None:
    path = _written(tmp_path, lab={"line: drive_q1": "line: drive_q9"})
    (problem,) = _problems(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    number = 1 + next(k for k, text in enumerate(lines) if "drive_q9" in text)
    assert f"lab.yaml:{number}: wires.drive.1.line: no drive line 'drive_q9' on the chip" in problem
    assert "known: drive_q0, drive_q1" in problem


def test_a_port_wired_twice(tmp_path: Path) -> None:
    found = "\n".join(_problems(_written(tmp_path, lab={"i: 5, q: 6": "i: 5, q: 2"})))
    assert "wires.drive.2.q: output 2 of awg is wired twice" in found


@pytest.mark.parametrize(
    ("content", "expected"),
    [("a: [1, 2", "malformed YAML"), ("- 1\n- 2\n", "is not a mapping"), ("", "is not a mapping")],
)
def test_files_that_are_no_labs(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(content, encoding="utf-8")
    (problem,) = _problems(path)
    assert expected in problem


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (problem,) = _problems(tmp_path / "nowhere.yaml")
    assert "cannot be read" in problem
    path = _written(tmp_path)
    (tmp_path / "chip.yaml").unlink()
    (problem,) = _problems(path)
    assert "chip.yaml: cannot be read" in problem
