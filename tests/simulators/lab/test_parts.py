"""Chips with several feedlines: what belongs to each, and lab files that wire them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulators.chip import Chip, ChipConfig
from simulators.chip.content import Acquisition, Content, Piece, Signal
from simulators.lab import ConfigurationProblems, load_lab
from simulators.lab.parts import chip_part, connected_transmons
from tests.yaml_files import read_yaml, write_yaml

FOUR = Path(__file__).parents[3] / "configs" / "zurich-four-shfqc"


def _chip() -> ChipConfig:
    return load_lab(FOUR / "lab.yaml")[1]


def test_a_part_holds_all_that_a_feedline_depends_on_and_nothing_else() -> None:
    chip = _chip()
    names = [f"feedline{end}" for end in ("", "_1", "_2", "_3")]
    parts = {name: chip_part(chip, name) for name in names}
    for number, part in enumerate(parts.values()):
        own = [f"q{qubit}" for qubit in range(5 * number, 5 * number + 5)]
        assert list(part.transmons) == own
        assert [line.transmon for line in part.drive_lines.values()] == own
        assert list(part.all_feedlines) == [names[number]]
        assert part.disagreements() == []


def test_couplings_and_crosstalk_connect() -> None:
    """Along chains: what is coupled to something that is read belongs to it."""
    chip = _chip()
    coupled = ChipConfig.model_validate(
        {
            **chip.model_dump(),
            "couplings": [{"between": pair, "strength_hz": 2e6} for pair in (("q4", "q5"), ("q5", "q6"))],
        }
    )
    assert connected_transmons(coupled, "feedline") == {"q0", "q1", "q2", "q3", "q4", "q5", "q6"}
    lines = {name: line.model_dump() for name, line in chip.drive_lines.items()}
    lines["drive_q19"]["crosstalk"] = {"q0": (0.01, 0.0)}
    leaking = ChipConfig.model_validate({**chip.model_dump(), "drive_lines": lines})
    assert "q19" in connected_transmons(leaking, "feedline")
    assert "drive_q19" in chip_part(leaking, "feedline").drive_lines


def test_a_part_reads_as_the_whole_does() -> None:
    """The same mean voltages, with nothing random in them, whatever else there is on the chip."""
    chip = _chip()
    quiet = chip.model_copy(
        update={
            "transmons": {q: t.model_copy(update={"thermal_population": 0.0}) for q, t in chip.transmons.items()}
        }
    )
    line = quiet.drive_lines["drive_q6"]
    envelope = np.sin(np.pi * (np.arange(128) + 0.5) / 128) ** 2
    volts = np.pi / (line.rabi_rad_per_s_per_v * envelope.sum() * 0.5e-9)
    drive = Signal.of_pieces(
        "drive_q6", quiet.transmons["q6"].frequency_hz, 0.5e-9, [Piece(0, volts * envelope + 0j)]
    )
    resonator = quiet.feedlines["feedline_1"].resonators["r6"]
    tone = Signal.of_pieces("feedline_1", resonator.frequency_hz, 0.5e-9, [Piece(128, np.full(4000, 0.02 + 0j))])
    taken = Acquisition(
        "feedline_1", 64e-9, 0.5e-9, 4000, resonator.frequency_hz, np.ones((1, 4000), np.complex128)
    )
    content = Content(1e-3, (drive, tone), (taken,))
    means = [
        Chip(each, 5).run([content], 10_000, average=True)[0][0][0]
        for each in (quiet, chip_part(quiet, "feedline_1"))
    ]
    spread = np.std(Chip(quiet, 6).run([content], 2000)[0][0]) / np.sqrt(10_000)
    assert abs(means[0] - means[1]) < 6.5 * spread


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"line": "feedline_9"},
            "wires.feedlines.0.line: no feedline 'feedline_9' on the chip; known: feedline, ",
        ),
        ({"line": "feedline"}, "wires.feedlines.0.line: feedline 'feedline' is wired twice"),
        ({"port": 1}, "wires.feedlines.0.port: the readout ports of qc1 are 7"),
        ({"instrument": "qc9"}, "wires.feedlines.0.instrument: no SHFQA2, SHFQA4 or SHFQC called 'qc9'"),
        ({"instrument": "qc0"}, "wires.feedlines.0.port: output 7 of qc0 is wired twice"),
    ],
)
def test_what_is_wrong_with_a_further_feedline(change: dict[str, object], says: str, tmp_path: Path) -> None:
    found = _problems(tmp_path, feedline=change)
    assert any(says in text for text in found), found


def test_a_device_that_nothing_keeps_in_step(tmp_path: Path) -> None:
    found = _problems(tmp_path, starts=2)
    assert any("nothing keeps qc3 in step with qc0" in text for text in found), found


def test_feedlines_of_one_chip_that_hangs_together_are_refused(tmp_path: Path) -> None:
    """Their readouts would be drawn separately: joint outcomes would be wrong, and nobody would see it."""
    found = _problems(tmp_path, couplings=[{"between": ["q4", "q5"], "strength_hz": 2e6}])
    assert len(found) == 1
    assert "feedlines feedline and feedline_1 are connected" in found[0]


def _problems(
    folder: Path,
    feedline: dict[str, object] | None = None,
    starts: int = 3,
    couplings: list[dict[str, object]] | None = None,
) -> list[str]:
    lab = read_yaml(FOUR / "lab.yaml")
    chip = read_yaml(FOUR / "chip.yaml")
    lab["wires"]["feedlines"][0] |= feedline or {}
    lab["wires"]["starts"] = lab["wires"]["starts"][:starts]
    chip["couplings"] = couplings or []
    write_yaml(folder / "lab.yaml", lab)
    write_yaml(folder / "chip.yaml", chip)
    with pytest.raises(ConfigurationProblems) as caught:
        load_lab(folder / "lab.yaml")
    return [str(problem) for problem in caught.value.problems]
