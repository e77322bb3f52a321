"""What the sections of a lab file say against one another, and against the chip."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from simulators.chip.config import ChipConfig
from simulators.lab.config import (
    DirectReturnWire,
    DriveWire,
    FeedlineWire,
    FluxWire,
    LabConfig,
    ReturnWire,
    Wires,
)
from simulators.lab.instruments import ANALYZERS, CONVERTING, ZURICH_MODELS
from simulators.lab.lines import FEEDLINE
from simulators.lab.parts import connected_transmons
from simulators.lab.rules import Disagreement, clock_rules, port_rules

__all__ = ["disagreements"]

Keys = tuple[str | int, ...]
Use = tuple[Keys, str, tuple[str, ...]]
"""(key path below `wires`, name of an instrument, the models it may be)."""

BOARD = ("ATS9360",)
OSCILLATOR = ("SGS100A",)


def disagreements(lab: LabConfig, chip: ChipConfig | None) -> list[Disagreement]:
    """What the sections say against one another: (key path, sentence) for each."""
    unknown = _unknown_instruments(lab)
    # Ports and clocks can only be judged once it is clear whose they are.
    further = [] if unknown else [*port_rules(lab), *clock_rules(lab)]
    return [*unknown, *_crossed_wires(lab.wires), *_serials(lab), *further, *_unknown_lines(lab.wires, chip)]


def _unknown_instruments(lab: LabConfig) -> list[Disagreement]:
    found: list[Disagreement] = []
    for path, name, models in _uses(lab):
        instrument = lab.instruments.get(name)
        if instrument is None or instrument.model not in models:
            known = ", ".join(n for n, i in lab.instruments.items() if i.model in models) or "none"
            wanted = models[0] if len(models) == 1 else f"{', '.join(models[:-1])} or {models[-1]}"
            found.append((("wires", *path), f"no {wanted} called {name!r}; known: {known}"))
    return found


def _uses(lab: LabConfig) -> Iterator[Use]:
    """What the wires want of which instrument; a digitizer decides which generators go with it."""
    wires = lab.wires
    zurich = _reads_with_zurich(lab)
    generators = ("HDAWG8", "HDAWG4") if zurich else ("AWG5208",)
    for k, wire in enumerate(wires.drive):
        if isinstance(wire, DriveWire):
            yield ("drive", k, "awg"), wire.awg, generators
            yield ("drive", k, "lo"), wire.lo, OSCILLATOR
        else:
            yield ("drive", k, "instrument"), wire.instrument, tuple(CONVERTING)
    for k, flux in enumerate(wires.flux):
        yield ("flux", k, "awg"), flux.awg, ("AWG5208",)
    feedline, returns = wires.feedline, wires.returns
    if isinstance(feedline, FeedlineWire):
        yield ("feedline", "awg"), feedline.awg, ("UHFQA", *generators) if zurich else generators
        yield ("feedline", "lo"), feedline.lo, OSCILLATOR
    else:
        yield ("feedline", "instrument"), feedline.instrument, tuple(ANALYZERS)
    if isinstance(returns, ReturnWire):
        yield ("returns", "digitizer"), returns.digitizer, ("UHFQA",) if zurich else BOARD
        yield ("returns", "lo"), returns.lo, OSCILLATOR
    else:
        yield ("returns", "instrument"), returns.instrument, tuple(ANALYZERS)
    for k, loop in enumerate(wires.feedlines):
        yield ("feedlines", k, "instrument"), loop.instrument, tuple(ANALYZERS)
    if wires.trigger is not None:
        starters = (*generators, *CONVERTING, *ANALYZERS) if zurich else generators
        yield ("trigger", "awg"), wires.trigger.awg, tuple(dict.fromkeys(starters))
        receivers = tuple(dict.fromkeys(("UHFQA", *ANALYZERS))) if zurich else BOARD
        yield ("trigger", "digitizer"), wires.trigger.digitizer, receivers
    for k, start in enumerate(wires.starts):
        starters = tuple(dict.fromkeys((*generators, *CONVERTING, *ANALYZERS))) if zurich else generators
        yield ("starts", k, "awg"), start.awg, starters
        yield ("starts", k, "started"), start.started, starters


def _reads_with_zurich(lab: LabConfig) -> bool:
    returns = lab.wires.returns
    name = returns.instrument if isinstance(returns, DirectReturnWire) else returns.digitizer
    receiver = lab.instruments.get(name)
    if receiver is not None and receiver.model in (*ZURICH_MODELS, *BOARD):
        return receiver.model in ZURICH_MODELS
    return any(instrument.model in ZURICH_MODELS for instrument in lab.instruments.values())


def _crossed_wires(wires: Wires) -> list[Disagreement]:
    found: list[Disagreement] = []
    taken: dict[tuple[str, int], str] = {}
    for place, name, sides in _outputs(wires):
        for side, output in sides.items():
            other = taken.setdefault((name, output), place)
            if other != place or (side == "q" and sides["i"] == output):
                found.append((("wires", *_keys(place), side), f"output {output} of {name} is wired twice"))
    found += _unstarted(wires)
    returns = wires.returns
    if isinstance(returns, ReturnWire) and returns.i == returns.q:
        found.append((("wires", "returns", "q"), "the same input as i"))
    receiver = returns.instrument if isinstance(returns, DirectReturnWire) else returns.digitizer
    if wires.trigger is not None and receiver != wires.trigger.digitizer:
        found.append((("wires", "trigger", "digitizer"), "not the digitizer that gets the return"))
    return found


def _outputs(wires: Wires) -> Iterator[tuple[str, str, dict[str, int]]]:
    """(place, instrument, output by key) of each wire that begins at outputs."""
    places = [
        *((f"drive.{k}", wire) for k, wire in enumerate(wires.drive)),
        *((f"flux.{k}", wire) for k, wire in enumerate(wires.flux)),
        ("feedline", wires.feedline),
        *((f"feedlines.{k}", loop) for k, loop in enumerate(wires.feedlines)),
    ]
    for place, wire in places:
        if isinstance(wire, DriveWire | FeedlineWire):
            yield place, wire.awg, {"i": wire.i, "q": wire.q}
        elif isinstance(wire, FluxWire):
            yield place, wire.awg, {"port": wire.port}
        else:
            yield place, wire.instrument, {"port": wire.port}


def _unstarted(wires: Wires) -> list[Disagreement]:
    """Generators that no marker starts; the one that triggers the digitizer starts all others."""
    found: list[Disagreement] = []
    started = [wire.started for wire in wires.starts]
    first = wires.trigger.awg if wires.trigger is not None else None
    pairs = {wire.awg for wire in (*wires.drive, *wires.flux) if isinstance(wire, DriveWire | FluxWire)}
    if isinstance(wires.feedline, FeedlineWire):
        pairs.add(wires.feedline.awg)
    if wires.trigger is not None:
        alone = sorted(pairs - {first, wires.trigger.digitizer, *started})
        found += [
            (("wires", "starts"), f"{name} is started by nothing; only {first}, which triggers, begins by itself")
            for name in alone
        ]
    for k, wire in enumerate(wires.starts):
        if first is not None and wire.awg != first:
            found.append((("wires", "starts", k, "awg"), f"only {first} starts others"))
        if wire.started == first or started.count(wire.started) > 1:
            found.append((("wires", "starts", k, "started"), f"{wire.started} is started otherwise already"))
    return found


def _serials(lab: LabConfig) -> list[Disagreement]:
    """Devices behind one data server are told apart by their serials."""
    found: list[Disagreement] = []
    seen: dict[str, str] = {}
    for name, section in lab.instruments.items():
        if section.model in ZURICH_MODELS:
            other = seen.setdefault(str(section.serial), name)
            if other != name:
                found.append((("instruments", name, "serial"), f"{section.serial} is the serial of {other} too"))
    return found


def _unknown_lines(wires: Wires, chip: ChipConfig | None) -> list[Disagreement]:
    if chip is None:
        return []
    known = ", ".join(chip.drive_lines)
    found: list[Disagreement] = [
        (("wires", "drive", k, "line"), f"no drive line {wire.line!r} on the chip; known: {known}")
        for k, wire in enumerate(wires.drive)
        if wire.line not in chip.drive_lines
    ]
    known = ", ".join(chip.flux_lines) or "none"
    found += [
        (("wires", "flux", k, "line"), f"no flux line {wire.line!r} on the chip; known: {known}")
        for k, wire in enumerate(wires.flux)
        if wire.line not in chip.flux_lines
    ]
    return [*found, *_feedlines(wires, chip)]


def _feedlines(wires: Wires, chip: ChipConfig) -> Iterator[Disagreement]:
    """Of several feedlines: those that are not there, or wired twice, and transmons that would belong to two."""
    seen = [FEEDLINE]
    for k, loop in enumerate(wires.feedlines):
        if loop.line not in chip.all_feedlines:
            known = ", ".join(chip.all_feedlines)
            yield ("wires", "feedlines", k, "line"), f"no feedline {loop.line!r} on the chip; known: {known}"
        elif loop.line in seen:
            yield ("wires", "feedlines", k, "line"), f"feedline {loop.line!r} is wired twice"
        seen.append(loop.line)
    if not wires.feedlines:
        return
    # Each feedline's readouts are drawn by themselves, so nothing may connect what they measure.
    for one, other in combinations([name for name in chip.all_feedlines if name in seen], 2):
        both = sorted(connected_transmons(chip, one) & connected_transmons(chip, other))
        if both:
            text = f"feedlines {one} and {other} are connected by couplings or crosstalk ({', '.join(both)})"
            yield ("chip",), f"{text}: readouts of several feedlines are drawn separately, which needs chips apart"


def _keys(place: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in place.split(".")]
