"""SML, the file format of one sequence inside a SEQX bundle."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from simulators.tektronix.data_file import BadFile, integer, read_header, text
from simulators.tektronix.profile import Profile
from simulators.tektronix.sequence import Goto, Sequence, Step

__all__ = ["read_sml"]

_INPUTS = ("TrigA", "TrigB", "Internal")
_GOTOS = {goto.value: goto for goto in Goto}


def read_sml(data: bytes, profile: Profile) -> Sequence:
    """Read an SML file; raises BadFile, with the number of the step, for what the instrument cannot play."""
    header, _ = read_header(data)
    table = header.find(".//{*}Steps")
    if table is None:
        raise BadFile("no Steps")
    elements = table.findall("{*}Step")
    if not 1 <= len(elements) <= profile.max_steps:
        raise BadFile(f"{len(elements)} steps are not within 1 to {profile.max_steps}")
    if table.get("StepCount") != str(len(elements)):
        raise BadFile(f"StepCount {str(table.get('StepCount'))[:20]!r} for {len(elements)} steps")
    if table.get("TrackCount") not in [str(count) for count in range(1, profile.channels + 1)]:
        raise BadFile(f"TrackCount {str(table.get('TrackCount'))[:20]!r} is not within 1 to {profile.channels}")
    tracks = int(str(table.get("TrackCount")))
    steps: list[Step | None] = [None] * len(elements)
    for element in elements:
        number = integer(element, "StepNumber", 1, len(elements))
        if steps[number - 1] is not None:
            raise BadFile(f"step {number} occurs twice")
        try:
            steps[number - 1] = _read_step(element, tracks, len(elements), profile)
        except BadFile as error:
            raise BadFile(f"step {number}: {error}") from None
    return Sequence(text(header, "SequenceName"), tracks, tuple(step for step in steps if step is not None))


def _read_step(element: ET.Element, tracks: int, count: int, profile: Profile) -> Step:
    """Read one step of a sequence of `count` steps."""
    names = [text(asset, "AssetName") for asset in element.findall("{*}Assets/{*}Asset")]
    kinds = {text(asset, "AssetType") for asset in element.findall("{*}Assets/{*}Asset")}
    if not kinds or not kinds <= {"Waveform", "Sequence"} or len(kinds) > 1:
        raise BadFile(f"assets of type {sorted(kinds)}")
    is_sequence = kinds == {"Sequence"}
    if len(names) != (1 if is_sequence else tracks):
        raise BadFile(f"{len(names)} assets for {tracks} tracks")
    return Step(
        assets=tuple(names),
        is_sequence=is_sequence,
        repeat=_repeat(element, profile),
        wait=_input(element, "WaitInput"),
        goto=_target(element, "GoTo", count),
        event_input=_input(element, "EventJumpInput"),
        event_jump=_target(element, "EventJumpTo", count),
    )


def _repeat(element: ET.Element, profile: Profile) -> int | None:
    match text(element, "Repeat"):
        case "Once":
            return 1
        case "Infinite":
            return None
        case "RepeatCount":
            return integer(element, "RepeatCount", 1, profile.max_repeat)
        case other:
            raise BadFile(f"Repeat {other[:20]!r}")


def _input(element: ET.Element, name: str) -> str | None:
    word = text(element, name)
    if word not in ("None", *_INPUTS):
        raise BadFile(f"{name} {word[:20]!r}")
    return None if word == "None" else word


def _target(element: ET.Element, name: str, count: int) -> Goto | int:
    word = text(element, name)
    if word == "StepIndex":
        return integer(element, f"{name}Step", 1, count)
    if word not in _GOTOS:
        raise BadFile(f"{name} {word[:20]!r}")
    return _GOTOS[word]
