"""The envelopes of one output: each distinct one stored once, amplitude and phase taken off where they can be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.distortion import predistorted
from runtime.lowering.ports import corrected
from runtime.lowering.tracks.heard import Heard
from runtime.lowering.tracks.members import Members
from runtime.lowering.tracks.pieces import Pieces, distinct
from runtime.lowering.tracks.runs import Runs
from runtime.lowering.wiring import MixerCorrection, Predistortion

__all__ = ["Events", "Manner", "stored"]

RESOLUTION = 2.0**44
"""Amplitudes, and phases in turns, are told apart to 1 / RESOLUTION: 4e-13 rad, beyond any instrument."""
ROUNDING = 1e-12
"""How far rounding may take full scale."""
NAMED = 3
"""How many pulses of an envelope its name tells."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What has to be in the envelopes of an output."""

    amplitude: bool
    """The amplitude: there is no command table."""
    phase: bool
    """The phase: there is no command table, or what follows treats I and Q differently."""
    mixer: MixerCorrection
    predistortion: Predistortion
    rate_hz: int


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Distinct envelopes, and for each run which of them, how loud and at which phase."""

    envelopes: list[NDArray[np.complex128]]
    names: list[str]
    """Of the pulses in each envelope, for people."""
    envelope: NDArray[np.int32]
    amplitude: NDArray[np.float64]
    phase: NDArray[np.float64]
    peak: NDArray[np.float64]
    """Largest magnitude of the run's emission, units of full scale."""


def stored(found: Heard, pieces: Pieces, runs: Runs, manner: Manner, turned: NDArray[np.float64]) -> Events:
    """Find the envelopes of all runs.

    Args:
        found: the pulses.
        pieces: as which they are rendered.
        runs: which of them go together.
        manner: what has to be in the envelopes.
        turned: by how much more each run's phase is turned, turns: float64 of shape (runs,).
    """
    store = _Store(found, pieces, runs, manner)
    alone = runs.count == 1
    if manner.amplitude or manner.phase or manner.predistortion != Predistortion():
        alone[:] = False
    store.add_single(np.flatnonzero(alone))
    store.add_joined(np.flatnonzero(~alone))
    magnitude, turns = np.abs(store.factor), np.angle(store.factor) / (2 * np.pi) + turned % 1.0
    turns = np.round(turns * RESOLUTION) / RESOLUTION
    turns = 0.5 - (0.5 - turns) % 1.0  # in (-0.5, 0.5]
    amplitude = np.round(magnitude * RESOLUTION) / RESOLUTION
    amplitude[(amplitude > 1) & (amplitude <= 1 + ROUNDING)] = 1.0
    peak = amplitude * np.array(store.peaks, np.float64)[store.envelope] if store.peaks else amplitude
    return Events(store.envelopes, store.names, store.envelope, amplitude, 2 * np.pi * turns, peak)


class _Store:
    """Envelopes as they are found."""

    def __init__(self, found: Heard, pieces: Pieces, runs: Runs, manner: Manner) -> None:
        self.envelopes: list[NDArray[np.complex128]] = []
        self.names: list[str] = []
        self.peaks: list[float] = []
        self.envelope = np.zeros(runs.start.size, np.int32)
        self.factor = np.zeros(runs.start.size, np.complex128)
        self._found, self._pieces, self._runs, self._manner = found, pieces, runs, manner

    def add_single(self, runs: NDArray[np.int64]) -> None:
        """Runs of one pulse: the envelope is the piece or a part of it, with zeros around it."""
        if not runs.size:
            return
        row = self._runs.low[runs]
        before = self._found.first[row] - self._runs.start[runs]
        length = self._runs.stop[runs] - self._runs.start[runs]
        piece = self._pieces.row[row]
        first, number = distinct(piece, before, length)
        self.envelope[runs] = number + len(self.envelopes)
        self.factor[runs] = self._pieces.factor[row]
        for at in first.tolist():
            skipped = max(0, -int(before[at]))
            place = max(0, int(before[at]))
            samples = self._pieces.samples[piece[at]][skipped : skipped + int(length[at]) - place]
            envelope = np.zeros(int(length[at]), np.complex128)
            envelope[place : place + samples.size] = samples
            peak = float(np.abs(samples).max(initial=0.0))
            self._keep(envelope, peak, self._pieces.names[piece[at]])

    def add_joined(self, runs: NDArray[np.int64]) -> None:
        """Runs of several pulses, or such as have to be treated sample by sample; equal ones are rendered once."""
        if not runs.size:
            return
        members = Members.of(self._found, self._pieces, self._runs, runs)
        reference = self._references(members)
        relative = members.factor / np.repeat(reference, members.count)
        number, new = members.alike(np.round(relative * RESOLUTION) + 0.0)
        total, bounds = members.rendered(self._pieces, relative, new)
        scales = np.ones(new.size)
        indices = np.zeros(new.size, np.int64)
        for at, (first, last) in enumerate(pairwise(bounds.tolist())):
            joined = self._shaped(total[first:last])
            peak = float(np.abs(joined).max(initial=0.0))
            if peak and not self._manner.amplitude:
                scales[at] = peak
            name = self._named(members.pieces_of(int(new[at])))
            indices[at] = self._keep(joined / scales[at], peak / scales[at], name)
        self.envelope[runs] = indices[number]
        self.factor[runs] = reference * scales[number]

    def _keep(self, envelope: NDArray[np.complex128], peak: float, name: str) -> int:
        envelope.flags.writeable = False
        self.envelopes.append(envelope)
        self.peaks.append(peak)
        self.names.append(name)
        return len(self.envelopes) - 1

    def _references(self, members: Members) -> NDArray[np.complex128]:
        """What is taken off each run: the factor of its loudest pulse, as far as it may be taken off."""
        if self._manner.amplitude and self._manner.phase:
            return np.ones(members.count.size, np.complex128)
        loudest = members.loudest()
        if self._manner.amplitude:
            return loudest / np.abs(loudest)
        return np.abs(loudest).astype(np.complex128) if self._manner.phase else loudest

    def _shaped(self, signal: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """A signal through the line's filter and the mixer's correction."""
        manner = self._manner
        shaped = predistorted(signal, manner.predistortion, manner.rate_hz)
        if (manner.mixer.gain, manner.mixer.phase_rad) == (1.0, 0.0):
            return shaped
        i_port, q_port = corrected(shaped, MixerCorrection(manner.mixer.gain, manner.mixer.phase_rad))
        return np.asarray(i_port + 1j * q_port, np.complex128)

    def _named(self, piece: NDArray[np.int64]) -> str:
        names = list(dict.fromkeys(self._pieces.names[row] for row in piece.tolist()))
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        return ", ".join(names[:NAMED]) + more
