"""What the sections of a lab file say against one another, and against the chip."""

from __future__ import annotations

from simulators.chip.config import ChipConfig
from simulators.lab.config import LabConfig, Wires

__all__ = ["disagreements"]

Keys = tuple[str | int, ...]
Disagreement = tuple[Keys, str]


def disagreements(lab: LabConfig, chip: ChipConfig | None) -> list[Disagreement]:
    """What the sections say against one another: (key path, sentence) for each."""
    return [*_unknown_instruments(lab), *_crossed_wires(lab.wires), *_unknown_lines(lab.wires, chip)]


def _unknown_instruments(lab: LabConfig) -> list[Disagreement]:
    wires = lab.wires
    uses: list[tuple[Keys, str, str]] = []
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
    for k, start in enumerate(wires.starts):
        uses += [
            (("starts", k, "awg"), start.awg, "AWG5208"),
            (("starts", k, "started"), start.started, "AWG5208"),
        ]
    found: list[Disagreement] = []
    for path, name, model in uses:
        instrument = lab.instruments.get(name)
        if instrument is None or instrument.model != model:
            known = ", ".join(n for n, i in lab.instruments.items() if i.model == model) or "none"
            found.append((("wires", *path), f"no {model} called {name!r}; known: {known}"))
    return found


def _crossed_wires(wires: Wires) -> list[Disagreement]:
    found: list[Disagreement] = []
    taken: dict[tuple[str, int], str] = {}
    pairs = [(f"drive.{k}", wire.awg, (wire.i, wire.q)) for k, wire in enumerate(wires.drive)]
    pairs.append(("feedline", wires.feedline.awg, (wires.feedline.i, wires.feedline.q)))
    for place, awg, outputs in pairs:
        for side, output in zip("iq", outputs, strict=True):
            other = taken.setdefault((awg, output), place)
            if other != place or (side == "q" and outputs[0] == output):
                found.append((("wires", *_keys(place), side), f"output {output} of {awg} is wired twice"))
    found += _unstarted(wires, {awg for _, awg, _ in pairs})
    if wires.returns.i == wires.returns.q:
        found.append((("wires", "returns", "q"), "the same input as i"))
    if wires.returns.digitizer != wires.trigger.digitizer:
        found.append((("wires", "trigger", "digitizer"), "not the digitizer that gets the return"))
    return found


def _unstarted(wires: Wires, generators: set[str]) -> list[Disagreement]:
    """Generators that no marker starts; the one that triggers the digitizer starts all others."""
    first = wires.trigger.awg
    started = [wire.started for wire in wires.starts]
    found: list[Disagreement] = [
        (("wires", "starts"), f"{name} is started by nothing; only {first}, which triggers, begins by itself")
        for name in sorted(generators - {first, *started})
    ]
    for k, wire in enumerate(wires.starts):
        if wire.awg != first:
            found.append((("wires", "starts", k, "awg"), f"only {first} starts others"))
        if wire.started == first or started.count(wire.started) > 1:
            found.append((("wires", "starts", k, "started"), f"{wire.started} is started otherwise already"))
    return found


def _unknown_lines(wires: Wires, chip: ChipConfig | None) -> list[Disagreement]:
    if chip is None:
        return []
    known = ", ".join(chip.drive_lines)
    return [
        (("wires", "drive", k, "line"), f"no drive line {wire.line!r} on the chip; known: {known}")
        for k, wire in enumerate(wires.drive)
        if wire.line not in chip.drive_lines
    ]


def _keys(place: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in place.split(".")]
