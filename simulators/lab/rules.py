"""Rules of the lab file that depend on the models: which ports there are, and who waits for whom."""

from __future__ import annotations

from simulators.lab.config import DirectReturnWire, DriveWire, FeedlineWire, LabConfig, ReturnWire
from simulators.lab.instruments import ANALYZERS, CONVERTING, PAIRED, ZURICH_MODELS

__all__ = ["Disagreement", "clock_rules", "port_rules"]

Disagreement = tuple[tuple[str | int, ...], str]
"""(key path, sentence)."""


def port_rules(lab: LabConfig) -> list[Disagreement]:
    """Outputs and inputs that the instruments do not have."""
    found: list[Disagreement] = []
    for k, wire in enumerate(lab.wires.drive):
        at = ("wires", "drive", k)
        if isinstance(wire, DriveWire):
            found += _pair(lab, at, wire)
        else:
            count = CONVERTING[lab.instruments[wire.instrument].model]
            if wire.port > count:
                found.append(((*at, "port"), f"{wire.instrument} has generator outputs 1 to {count}"))
    feedline, returns = lab.wires.feedline, lab.wires.returns
    if isinstance(feedline, FeedlineWire):
        found += _pair(lab, ("wires", "feedline"), feedline)
    else:
        found += _analyzer(lab, ("feedline",), feedline.instrument, feedline.port)
    if isinstance(returns, DirectReturnWire):
        found += _analyzer(lab, ("returns",), returns.instrument, returns.port)
    else:
        found += _inputs(lab, returns)
    for k, loop in enumerate(lab.wires.feedlines):
        found += _analyzer(lab, ("feedlines", k), loop.instrument, loop.port)
    for k, start in enumerate(lab.wires.starts):
        lettered = lab.instruments[start.started].model == "AWG5208"
        if lettered != isinstance(start.input, str):
            inputs = "A and B" if lettered else "numbered from 1"
            found.append((("wires", "starts", k, "input"), f"the trigger inputs of {start.started} are {inputs}"))
    return found


def _pair(lab: LabConfig, at: tuple[str | int, ...], wire: DriveWire | FeedlineWire) -> list[Disagreement]:
    model = lab.instruments[wire.awg].model
    count = PAIRED[model]
    found: list[Disagreement] = [
        ((*at, side), f"{wire.awg} has outputs 1 to {count}")
        for side, output in (("i", wire.i), ("q", wire.q))
        if output > count
    ]
    if not found and model in ZURICH_MODELS and (wire.i % 2 == 0 or wire.q != wire.i + 1):
        found.append(((*at, "q"), "I and Q are the two outputs of one sequencer: 1 and 2, 3 and 4, and so on"))
    return found


def _analyzer(lab: LabConfig, place: tuple[str | int, ...], name: str, port: int) -> list[Disagreement]:
    ports = ANALYZERS[lab.instruments[name].model]
    if port in ports:
        return []
    known = ", ".join(map(str, ports))
    return [(("wires", *place, "port"), f"the readout ports of {name} are {known}")]


def _inputs(lab: LabConfig, returns: ReturnWire) -> list[Disagreement]:
    board = lab.instruments[returns.digitizer].model == "ATS9360"
    allowed = ("A", "B") if board else (1, 2)
    found: list[Disagreement] = []
    if returns.i != returns.q and (returns.i not in allowed or returns.q not in allowed):
        found.append(
            (("wires", "returns", "i"), f"the inputs of {returns.digitizer} are {allowed[0]} and {allowed[1]}")
        )
    elif not board and (returns.i, returns.q) != allowed:
        found.append((("wires", "returns", "i"), "I goes to input 1 and Q to input 2"))
    return found


def clock_rules(lab: LabConfig) -> list[Disagreement]:
    """Instruments that would wait for ever, or play at their own pace."""
    wires = lab.wires
    returns = wires.returns
    receiver = returns.instrument if isinstance(returns, DirectReturnWire) else returns.digitizer
    sender = wires.feedline.awg if isinstance(wires.feedline, FeedlineWire) else wires.feedline.instrument
    names = {wire.awg if isinstance(wire, DriveWire) else wire.instrument for wire in wires.drive} | {sender}
    names |= {loop.instrument for loop in wires.feedlines}
    if lab.instruments[receiver].model in ZURICH_MODELS:
        boards = [name for name, section in lab.instruments.items() if section.model == "ATS9360"]
        if boards:
            return [(("instruments", name), f"nothing is wired to it; {receiver} reads") for name in boards]
    if wires.trigger is None and lab.instruments[receiver].model == "ATS9360":
        return [(("wires", "trigger"), f"{receiver} records nothing without a trigger")]
    if wires.trigger is None:
        led = {start.started for start in wires.starts}
        return [
            (("wires", "trigger"), f"nothing keeps {name} in step with {receiver}: wire a trigger or a start")
            for name in sorted(names - {receiver} - led)
            if receiver not in led
        ]
    return []
