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


def test_flux_wires_lead_from_a_generator_to_a_flux_line(tmp_path: Path) -> None:
    """A line that is not there, an instrument without outputs, an output that is wired already."""
    wires = "  flux: [{line: flux_q0, awg: lo_q0, port: 8}, {line: flux_q1, awg: awg, port: 7}]\n"
    found = "\n".join(_problems(_written(tmp_path, lab={"wires:\n": f"wires:\n{wires}"})))
    assert "wires.flux.0.awg: no AWG5208 called 'lo_q0'; known: awg" in found
    assert "wires.flux.1.line: no flux line 'flux_q1' on the chip; known: none" in found
    assert "output 7 of awg is wired twice" in found


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


ZURICH = DEMO.parent


@pytest.mark.parametrize(
    ("station", "models"),
    [
        ("zurich-shfqc", {"shfqc": "SHFQC"}),
        ("zurich-hdawg-uhfqa", {"hdawg": "HDAWG8", "uhfqa": "UHFQA", "lo_readout": "SGS100A"}),
        ("jakarta", {"awg_b": "AWG5208"}),
    ],
)
def test_the_other_stations_are_fine(station: str, models: dict[str, str]) -> None:
    lab, _ = load_lab(ZURICH / station / "lab.yaml")
    assert {name: lab.instruments[name].model for name in models} == models


def _changed(folder: Path, station: str, *changes: tuple[str, str]) -> str:
    """Problems of a station's lab file with replacements."""
    text = (ZURICH / station / "lab.yaml").read_text(encoding="utf-8")
    text = text.replace("chip: ../", f"chip: {ZURICH.as_posix()}/")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "lab.yaml").write_text(text, encoding="utf-8")
    return "\n".join(_problems(folder / "lab.yaml"))


def test_ports_that_an_shfqc_does_not_have(tmp_path: Path) -> None:
    found = _changed(
        tmp_path,
        "zurich-shfqc",
        ("drive_q5, instrument: shfqc, port: 6", "drive_q5, instrument: shfqc, port: 8"),
        ("feedline: {instrument: shfqc, port: 7}", "feedline: {instrument: shfqc, port: 6}"),
    )
    assert "wires.drive.5.port: shfqc has generator outputs 1 to 6" in found
    assert "wires.feedline.port: the readout ports of shfqc are 7" in found


def test_serials_and_models_of_devices(tmp_path: Path) -> None:
    found = _changed(
        tmp_path, "zurich-shfqc", ("serial: dev12003", "serial: 12003"), ("model: SHFQC", "model: SHFQX")
    )
    assert "instruments.shfqc" in found
    found = _changed(tmp_path, "zurich-hdawg-uhfqa", ("serial: dev2001", "serial: dev8001"))
    assert "instruments.uhfqa.serial: dev8001 is the serial of hdawg too" in found


def test_wires_that_devices_cannot_have(tmp_path: Path) -> None:
    found = _changed(
        tmp_path,
        "zurich-hdawg-uhfqa",
        ("i: 3, q: 4", "i: 4, q: 3"),
        ("digitizer: uhfqa, i: 1, q: 2", "digitizer: uhfqa, i: A, q: B"),
        ("feedline: {awg: uhfqa, i: 1, q: 2", "feedline: {awg: uhfqa, i: 3, q: 4"),
    )
    assert "wires.drive.1.q: I and Q are the two outputs of one sequencer" in found
    assert "wires.returns.i: the inputs of uhfqa are 1 and 2" in found
    assert "wires.feedline.i: uhfqa has outputs 1 to 2" in found


def test_a_device_that_nothing_keeps_in_step(tmp_path: Path) -> None:
    line = "trigger: {awg: hdawg, port: 1, marker: 1, digitizer: uhfqa, input: 1}"
    found = _changed(tmp_path, "zurich-hdawg-uhfqa", (line, ""))
    assert "nothing keeps hdawg in step with uhfqa" in found


def test_generators_of_another_maker_do_not_drive_it(tmp_path: Path) -> None:
    found = _changed(
        tmp_path, "zurich-hdawg-uhfqa", ("hdawg: {model: HDAWG8, serial: dev8001}", "hdawg: {model: AWG5208}")
    )
    assert "wires.drive.0.awg: no HDAWG8 or HDAWG4 called 'hdawg'; known: none" in found


def test_the_tunable_station_is_fine() -> None:
    """One flux line, on the generator's port 5."""
    lab, chip = load_lab(DEMO.parent / "tunable" / "lab.yaml")
    assert [(wire.line, wire.port) for wire in lab.wires.flux] == [("flux_q1", 5)]
    assert chip.flux_lines["flux_q1"].transmon == "q1"
