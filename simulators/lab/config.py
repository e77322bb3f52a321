"""The lab file: which instruments there are, and which wire goes where."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulators.chip.config import ChipConfig
from simulators.lab.files import ConfigurationProblems, FileProblem, SourceFile

__all__ = [
    "DigitizerConfig",
    "DriveWire",
    "FeedlineWire",
    "GeneratorConfig",
    "LabConfig",
    "OscillatorConfig",
    "ReturnWire",
    "TriggerWire",
    "load_lab",
]

Port = Annotated[int, Field(ge=0, le=65535)]
"""A TCP port; 0 takes a free one also when the others are fixed."""
Output = Annotated[int, Field(ge=1, le=8)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScpiPorts(_Section):
    """Fixed TCP ports of an instrument that speaks SCPI, used with --fixed-ports."""

    hislip: Port = 0
    vxi11: Port = 0
    socket: Port = 0


class AtsPorts(_Section):
    """Fixed TCP port of a digitizer's API server, used with --fixed-ports."""

    ats: Port = 0


class GeneratorConfig(_Section):
    """An arbitrary waveform generator."""

    model: Literal["AWG5208"]
    serial: str | None = None
    ports: ScpiPorts = ScpiPorts()


class OscillatorConfig(_Section):
    """A local oscillator."""

    model: Literal["SGS100A"]
    serial: str | None = None
    ports: ScpiPorts = ScpiPorts()


class DigitizerConfig(_Section):
    """A digitizer board."""

    model: Literal["ATS9360"]
    serial: int | None = None
    ports: AtsPorts = AtsPorts()


InstrumentConfig = Annotated[GeneratorConfig | OscillatorConfig | DigitizerConfig, Field(discriminator="model")]


class DriveWire(_Section):
    """A pair of outputs, mixed up with an oscillator onto a drive line of the chip; several may share a line."""

    line: str
    awg: str
    i: Output
    q: Output
    lo: str


class FeedlineWire(_Section):
    """The pair of outputs that is mixed up into the feedline."""

    awg: str
    i: Output
    q: Output
    lo: str


class ReturnWire(_Section):
    """The feedline's return, mixed down onto two inputs of the digitizer."""

    digitizer: str
    i: Literal["A", "B"]
    q: Literal["A", "B"]
    lo: str


class TriggerWire(_Section):
    """A generator's marker on the digitizer's external trigger."""

    awg: str
    port: Output
    marker: Annotated[int, Field(ge=1, le=4)]
    digitizer: str


class Wires(_Section):
    """Every cable of the lab."""

    drive: Annotated[tuple[DriveWire, ...], Field(min_length=1)]
    feedline: FeedlineWire
    returns: ReturnWire
    trigger: TriggerWire


class LabConfig(_Section):
    """A whole lab."""

    version: Literal[1]
    description: str = ""
    chip: str
    """Path of the chip file, relative to this one."""
    seed: Annotated[int, Field(ge=0)]
    """Everything random in the lab follows from it."""
    mixer_lo_dbm: Annotated[float, Field(allow_inf_nan=False)] = 13.0
    """Level that the mixers want from their oscillators."""
    instruments: Annotated[dict[str, InstrumentConfig], Field(min_length=1)]
    wires: Wires

    def disagreements(self, chip: ChipConfig | None) -> list[tuple[tuple[str | int, ...], str]]:
        """What the sections say against one another: (key path, sentence) for each."""
        return [*self._unknown_instruments(), *self._crossed_wires(), *self._unknown_lines(chip)]

    def _unknown_instruments(self) -> list[tuple[tuple[str | int, ...], str]]:
        wires = self.wires
        uses: list[tuple[tuple[str | int, ...], str, str]] = []
        for k, wire in enumerate(wires.drive):
            uses += [(("drive", k, "awg"), wire.awg, "AWG5208"), (("drive", k, "lo"), wire.lo, "SGS100A")]
        uses += [
            (("feedline", "awg"), wires.feedline.awg, "AWG5208"),
            (("feedline", "lo"), wires.feedline.lo, "SGS100A"),
        ]
        uses += [
            (("returns", "digitizer"), wires.returns.digitizer, "ATS9360"),
            (("returns", "lo"), wires.returns.lo, "SGS100A"),
            (("trigger", "awg"), wires.trigger.awg, "AWG5208"),
            (("trigger", "digitizer"), wires.trigger.digitizer, "ATS9360"),
        ]
        found: list[tuple[tuple[str | int, ...], str]] = []
        for path, name, model in uses:
            instrument = self.instruments.get(name)
            if instrument is None or instrument.model != model:
                known = ", ".join(n for n, i in self.instruments.items() if i.model == model) or "none"
                found.append((("wires", *path), f"no {model} called {name!r}; known: {known}"))
        return found

    def _crossed_wires(self) -> list[tuple[tuple[str | int, ...], str]]:
        found: list[tuple[tuple[str | int, ...], str]] = []
        taken: dict[tuple[str, int], str] = {}
        pairs = [(f"drive.{k}", wire.awg, (wire.i, wire.q)) for k, wire in enumerate(self.wires.drive)]
        pairs.append(("feedline", self.wires.feedline.awg, (self.wires.feedline.i, self.wires.feedline.q)))
        for place, awg, outputs in pairs:
            for side, output in zip("iq", outputs, strict=True):
                other = taken.setdefault((awg, output), place)
                if other != place or (side == "q" and outputs[0] == output):
                    found.append((("wires", *_keys(place), side), f"output {output} of {awg} is wired twice"))
        if len({awg for _, awg, _ in pairs} | {self.wires.trigger.awg}) > 1:
            found.append((("wires",), "one generator plays everything in this lab; several are named"))
        if self.wires.returns.i == self.wires.returns.q:
            found.append((("wires", "returns", "q"), "the same input as i"))
        if self.wires.returns.digitizer != self.wires.trigger.digitizer:
            found.append((("wires", "trigger", "digitizer"), "not the digitizer that gets the return"))
        return found

    def _unknown_lines(self, chip: ChipConfig | None) -> list[tuple[tuple[str | int, ...], str]]:
        if chip is None:
            return []
        known = ", ".join(chip.drive_lines)
        return [
            (("wires", "drive", k, "line"), f"no drive line {wire.line!r} on the chip; known: {known}")
            for k, wire in enumerate(self.wires.drive)
            if wire.line not in chip.drive_lines
        ]


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
    for key, what in lab.disagreements(chip) if lab is not None else ():
        lab_file.note(key, what)
    if lab is None or chip is None or lab_file.problems or problems:
        raise ConfigurationProblems([*lab_file.problems, *problems])
    return lab, chip


def _keys(place: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in place.split(".")]
