"""The lists of waveforms and sequences that the generator holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.scpi import ScpiError
from simulators.tektronix.profile import Profile
from simulators.tektronix.sequence import Sequence
from simulators.tektronix.seqx import Bundle
from simulators.tektronix.waveform import Waveform, WaveformPool

__all__ = ["Library", "LoadFaults"]

NAME_SHOWN = 40
"""Characters of a bad name that an error text repeats."""


@dataclass(slots=True)
class LoadFaults:
    """What a test may break in a generator, besides what it may break in any instrument (`Faults`)."""

    drops: Callable[[str], bool] | None = None
    """A waveform of whose name this is true is left out when a file is loaded, without any error."""
    load_s: float = 0.0
    """Loading a file takes this long."""
    run_s: float = 0.0
    """Starting takes this long."""


class Library:
    """Waveforms and sequences by name, in the order in which they came.

    Whatever is added is checked first and added as a whole, so that a refusal leaves the content as it was.
    """

    def __init__(self, profile: Profile, faults: LoadFaults) -> None:
        self._profile = profile
        self._faults = faults
        self._pool = WaveformPool()
        self.waveforms: dict[str, Waveform] = {}
        self.sequences: dict[str, Sequence] = {}
        self.version = 0
        """Grows with every change."""
        self.watchers: list[Callable[[], None]] = []
        """Called after every change."""

    def waveform(self, name: str) -> Waveform:
        """The waveform of a name; -256 when there is none."""
        if name not in self.waveforms:
            raise ScpiError(-256, f"no waveform {name}")
        return self.waveforms[name]

    def sequence(self, name: str) -> Sequence:
        """The sequence of a name; -256 when there is none."""
        if name not in self.sequences:
            raise ScpiError(-256, f"no sequence {name}")
        return self.sequences[name]

    def add_waveform(self, name: str, samples: NDArray[np.float32], markers: NDArray[np.uint8] | None) -> None:
        """Add or replace one waveform."""
        self._add({name: (samples, markers)}, {})

    def add_bundle(self, bundle: Bundle) -> None:
        """Add or replace all that a SEQX file holds; waveforms that it lacks must be here already."""
        lengths = {name: waveform.length for name, waveform in self.waveforms.items()}
        lengths.update((name, samples.size) for name, (samples, _) in bundle.waveforms.items())
        known = self.sequences | bundle.sequences
        for sequence in bundle.sequences.values():
            _check_assets(sequence, lengths, known)
        self._add(bundle.waveforms, bundle.sequences)

    def put_sequence(self, sequence: Sequence) -> None:
        """Replace a sequence that was edited."""
        self.sequences[sequence.name] = sequence
        self._changed()

    def delete_waveforms(self, *names: str) -> None:
        """Remove waveforms."""
        for name in names:
            del self.waveforms[name]
        self._changed()

    def delete_sequences(self, *names: str) -> None:
        """Remove sequences."""
        for name in names:
            del self.sequences[name]
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        for watcher in self.watchers:
            watcher()

    def _add(
        self,
        waveforms: Mapping[str, tuple[NDArray[np.float32], NDArray[np.uint8] | None]],
        sequences: Mapping[str, Sequence],
    ) -> None:
        """Check names and limits, then add."""
        for name in (*waveforms, *sequences):
            if not name or not name.isprintable() or '"' in name:
                raise ScpiError(-224, f"name {name[:NAME_SHOWN]!r}")
        self._check_lengths({name: samples.size for name, (samples, _) in waveforms.items()})
        if len(self.waveforms.keys() | waveforms.keys()) > self._profile.max_waveforms:
            raise ScpiError(-225, f"at most {self._profile.max_waveforms} waveforms")
        if len(self.sequences.keys() | sequences.keys()) > self._profile.max_sequences:
            raise ScpiError(-225, f"at most {self._profile.max_sequences} sequences")
        drops = self._faults.drops
        for name, (samples, markers) in waveforms.items():
            if drops is None or not drops(name):
                self.waveforms[name] = self._pool.make(samples, markers)
        self.sequences.update(sequences)
        self._changed()

    def _check_lengths(self, lengths: Mapping[str, int]) -> None:
        """Refuse waveforms too short, too long, or too much for the memory together with those that stay."""
        profile = self._profile
        for name, length in lengths.items():
            if not profile.min_samples <= length <= profile.max_samples or length % profile.granularity:
                raise ScpiError(-222, f"{name} has {length} samples")
        kept = sum(waveform.length for name, waveform in self.waveforms.items() if name not in lengths)
        if kept + sum(lengths.values()) > profile.memory_samples:
            raise ScpiError(-225, f"waveform memory holds {profile.memory_samples} samples")


def _check_assets(sequence: Sequence, lengths: Mapping[str, int], known: Mapping[str, Sequence]) -> None:
    """Refuse a sequence that names what is not there, or whose tracks disagree about the length of a step."""
    for number, step in enumerate(sequence.steps, start=1):
        where = f"{sequence.name} step {number}"
        if step.is_sequence:
            inner = known.get(step.assets[0])
            if inner is None:
                raise ScpiError(-256, f"{where}: no sequence {step.assets[0]}")
            if inner.tracks != sequence.tracks or any(below.is_sequence for below in inner.steps):
                raise ScpiError(-221, f"{where}: {inner.name} cannot be a subsequence")
            continue
        for name in step.assets:
            if name not in lengths:
                raise ScpiError(-256, f"{where}: no waveform {name}")
        if len({lengths[name] for name in step.assets}) > 1:
            raise ScpiError(-221, f"{where}: tracks of different length")
