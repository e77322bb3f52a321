"""Names for what a shot sends out: equal for equal content, so that a laboratory computes it once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from simulators.labone.devices.events import Event, Play, PlayerState, ResetPhase
from simulators.labone.devices.oscillators import Oscillator
from simulators.labone.devices.outputs import OutputStage
from simulators.labone.devices.shots import Shot
from simulators.labone.devices.waves import StoredWave
from simulators.labone.devices.window import ZEROS

__all__ = ["ContentKeys"]


class _Traits(NamedTuple):
    """What is worth knowing once of the events of a shot."""

    digest: bytes
    exposed: tuple[int, ...]
    events: tuple[Event, ...]


@dataclass
class ContentKeys:
    """Keys of the shots of one run.

    Attributes:
        waves: Waveform memory.
        output: Gains, modulation and range.
        oscillators: At the start of the run.
        initial: The player's state before the first playback.
    """

    waves: Sequence[StoredWave]
    output: OutputStage
    oscillators: tuple[Oscillator, ...]
    initial: PlayerState
    _traits: dict[int, _Traits] = field(default_factory=dict, repr=False)
    _keys: dict[tuple[bytes, tuple[tuple[int, Oscillator], ...]], bytes] = field(default_factory=dict, repr=False)

    def heard(self, shots: Iterable[Shot]) -> tuple[Oscillator, ...]:
        """The oscillators, those that no shot depends on standing still, so that they cost nothing."""
        followed: set[int] = set()
        seen: set[int] = set()
        for shot in shots:
            if id(shot.events) not in seen:
                seen.add(id(shot.events))
                followed |= self._followed(shot)
                self._traits_of(shot)
        return tuple(each if index in followed else Oscillator(0) for index, each in enumerate(self.oscillators))

    def key(self, shot: Shot, oscillators: tuple[Oscillator, ...]) -> bytes:
        """The key of a shot that begins with the oscillators at these phases."""
        traits = self._traits_of(shot)
        if not traits.exposed:
            return traits.digest
        heard = tuple((index, oscillators[index]) for index in traits.exposed)
        key = self._keys.get((traits.digest, heard))
        if key is None:
            phases = hashlib.blake2b(repr(heard).encode(), digest_size=8).digest()
            key = self._keys[traits.digest, heard] = traits.digest + phases
        return key

    def _traits_of(self, shot: Shot) -> _Traits:
        # Found by the identity of the events, which are kept so that no other can take their place.
        known = self._traits.get(id(shot.events))
        if known is None:
            used = sorted({event.slot for event in shot.events if isinstance(event, Play) and event.slot >= 0})
            waves = b"".join(self.waves[slot].digest for slot in used)
            words = {index: self.oscillators[index].word for index in sorted(self._followed(shot))}
            text = repr((shot.events, shot.duration, self.output, self.initial, words))
            digest = hashlib.blake2b(text.encode() + waves, digest_size=16).digest()
            known = self._traits[id(shot.events)] = _Traits(digest, self._exposed(shot), shot.events)
        return known

    def _followed(self, shot: Shot) -> frozenset[int]:
        states = {event.state for event in shot.events if isinstance(event, Play)} | {self.initial}
        followed: frozenset[int] = frozenset()
        return followed.union(*(self.output.followed(state) for state in states))

    def _exposed(self, shot: Shot) -> tuple[int, ...]:
        """The oscillators that are heard in a shot before it resets them."""
        if self.output.continuous():
            return tuple(sorted(self._followed(shot)))
        covered: set[int] = set()
        exposed: set[int] = set()
        for event in shot.events:
            if isinstance(event, ResetPhase):
                covered |= {index for index in range(len(self.oscillators)) if event.mask >> index & 1}
            elif isinstance(event, Play) and event.slot != ZEROS:
                exposed |= self.output.followed(event.state) - covered
        return tuple(sorted(exposed))
