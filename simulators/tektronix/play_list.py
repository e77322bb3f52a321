"""From what is assigned to the channels to one play list for all ports together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.scpi import ScpiError
from simulators.tektronix.course import Stage
from simulators.tektronix.library import Library
from simulators.tektronix.profile import Profile
from simulators.tektronix.sequence import Sequence, Step

__all__ = ["Assignment", "Entry", "PlayList", "make_play_list"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a channel plays."""

    name: str
    track: int | None = None
    """The track of a sequence, from 1; None when the asset is a waveform."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: each channel's waveform by name."""

    waveforms: Mapping[int, str]
    """From channel to name."""
    repeat: int | None
    wait: str | None = None
    goto: int | None = None
    """Index of the entry that follows in the same pass of a subsequence."""


@dataclass(frozen=True, slots=True)
class PlayList:
    """What all channels play together."""

    entries: tuple[Entry, ...]
    """Distinct entries: those of a subsequence are there once, however often it is played."""
    stages: tuple[Stage, ...]
    """One for each step of the sequence that is assigned; `first` is the index of an entry."""
    sequences: Mapping[str, Sequence]
    """The sequences that are played, by name; none when waveforms are assigned."""


def make_play_list(assignments: Mapping[int, Assignment], library: Library, profile: Profile) -> PlayList:
    """The play list of what is assigned.

    Raises:
        ScpiError: -221 when nothing is assigned, or things that cannot play together; -256 when a subsequence has
            been deleted.
    """
    if not assignments:
        raise ScpiError(-221, "no channel has an asset")
    sequences = {assignment.name for assignment in assignments.values() if assignment.track is not None}
    if not sequences:
        names = {channel: assignment.name for channel, assignment in assignments.items()}
        if len({library.waveform(name).length for name in names.values()}) > 1:
            raise ScpiError(-221, "waveforms of different length")
        return PlayList((Entry(names, repeat=None),), (Stage(0),), {})
    if len(sequences) > 1 or any(assignment.track is None for assignment in assignments.values()):
        raise ScpiError(-221, "all channels must play the same sequence")
    tracks = {channel: assignment.track or 1 for channel, assignment in assignments.items()}
    return _of_sequence(library.sequence(sequences.pop()), tracks, library, profile)


def _of_sequence(main: Sequence, tracks: Mapping[int, int], library: Library, profile: Profile) -> PlayList:
    """The play list of a sequence and its subsequences."""
    entries: list[Entry] = []
    stages: list[Stage] = []
    played = {main.name: main}
    begins: dict[str, int] = {}
    for index, step in enumerate(main.steps):
        follower, name = main.follower(index), step.assets[0]
        if not step.is_sequence:
            stages.append(Stage(len(entries), 1, follower, step.wait))
            entries.append(_entry(step, tracks, None, None))
            continue
        if name not in begins:
            played[name], begins[name] = library.sequence(name), len(entries)
            entries += _body(played[name], tracks, begins[name])
        stages.append(Stage(begins[name], step.repeat, follower, step.wait))
    if sum(len(sequence.steps) for sequence in played.values()) > profile.max_steps:
        raise ScpiError(-221, f"{main.name} and its subsequences have more than {profile.max_steps} steps")
    return PlayList(tuple(entries), tuple(stages), played)


def _body(inner: Sequence, tracks: Mapping[int, int], start: int) -> list[Entry]:
    """The entries of a subsequence, the first of them at index `start`."""
    entries = []
    for index, step in enumerate(inner.steps):
        follower = inner.follower(index)
        entries.append(_entry(step, tracks, step.wait, None if follower is None else start + follower))
    return entries


def _entry(step: Step, tracks: Mapping[int, int], wait: str | None, goto: int | None) -> Entry:
    return Entry({channel: step.assets[track - 1] for channel, track in tracks.items()}, step.repeat, wait, goto)
