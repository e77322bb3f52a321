"""Reading a lab file with its chip file."""

from __future__ import annotations

from pathlib import Path

from simulators.chip.config import ChipConfig
from simulators.chip.sections import DriftConfig
from simulators.lab.agreement import disagreements
from simulators.lab.config import LabConfig
from simulators.lab.files import ConfigurationProblems, FileProblem, SourceFile

__all__ = ["load_lab"]


def load_lab(path: Path) -> tuple[LabConfig, ChipConfig]:
    """Read a lab file and its chip file.

    Raises:
        ConfigurationProblems: with everything that is wrong with both.
    """
    lab_file = SourceFile(path)
    lab = lab_file.read(LabConfig)
    problems: list[FileProblem] = []
    chip = None
    # The chip file is read also when other keys of the lab file are wrong: one report for both.
    name = lab_file.text("chip")
    if name is not None:
        chip_file = SourceFile(path.parent / name)
        chip = chip_file.read(ChipConfig)
        for key, what in chip.disagreements() if chip is not None else ():
            chip_file.note(key, what)
        problems = chip_file.problems
    for key, what in disagreements(lab, chip) if lab is not None else ():
        lab_file.note(key, what)
    if lab is None or chip is None or lab_file.problems or problems:
        raise ConfigurationProblems([*lab_file.problems, *problems])
    return lab, chip if lab.drift else chip.model_copy(update={"drift": DriftConfig()})
