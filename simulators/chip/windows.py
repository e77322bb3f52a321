"""Drive windows: what oscillators send to transmons during a stretch of samples."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from simulators.chip.transmons import Complex, Int, Real

__all__ = ["Drive", "DriveWindow", "Events"]


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """What one oscillator's mixer sends to one transmon during a window, or what a flux line does to it."""

    transmon: int
    lo_hz: float
    """Frequency of the frame in which `rate` is constant during a sample; of no importance to flux."""
    rate: Complex
    """Drive d times Rabi strength for each sample, complex128 of shape (samples,), rad/s: the Hamiltonian gets
    rate / 2 a + h.c. With `flux`, the shift of the transmon's frequency in rad/s, real."""
    flux: bool = False
    """The drive shifts the frequency: the Hamiltonian gets rate / 2 n + h.c."""


@dataclass(frozen=True, eq=False)
class DriveWindow:
    """Drives that are active together; all arrays have one length."""

    drives: tuple[Drive, ...]
    sample_s: float
    """Duration of a sample, seconds."""
    durations_s: Real | None = None
    """Duration of each sample where generators of different rates meet: float64 of shape (samples,), seconds."""

    @property
    def samples(self) -> int:
        """Length of the window."""
        return int(self.drives[0].rate.size)

    @cached_property
    def duration_s(self) -> float:
        """Length of the window, seconds."""
        return self.samples * self.sample_s if self.durations_s is None else float(self.durations_s.sum())

    @cached_property
    def steps_s(self) -> Real:
        """Duration of each sample: float64 of shape (samples,), seconds."""
        return np.full(self.samples, self.sample_s) if self.durations_s is None else self.durations_s

    @cached_property
    def key(self) -> bytes:
        """Digest of everything that decides what the window does."""
        digest = hashlib.blake2b(repr(self.sample_s).encode(), digest_size=16)
        if self.durations_s is not None:
            digest.update(self.durations_s.tobytes())
        for drive in self.drives:
            digest.update(repr((drive.transmon, drive.lo_hz, drive.flux)).encode())
            digest.update(drive.rate.tobytes())
        return digest.digest()

    @cached_property
    def frame_hz(self) -> float | None:
        """Frequency of the first drive that is none of a flux line: the frame in which the window is computed."""
        return next((drive.lo_hz for drive in self.drives if not drive.flux), None)

    def placed(self, start_s: float) -> DriveWindow:
        """The window with the phases that its other oscillators have against the first one at an instant.

        Args:
            start_s: seconds since all oscillators had phase zero.
        """
        frame_hz = self.frame_hz
        if all(drive.flux or drive.lo_hz == frame_hz for drive in self.drives):
            return self
        drives = tuple(
            drive
            if drive.flux or drive.lo_hz == frame_hz
            else replace(
                drive, rate=drive.rate * np.exp(2j * np.pi * ((drive.lo_hz - (frame_hz or 0.0)) * start_s % 1.0))
            )
            for drive in self.drives
        )
        return DriveWindow(drives, self.sample_s, self.durations_s)


@dataclass(frozen=True, eq=False)
class Events:
    """Windows of one cluster in order of time, as columns; the oscillators' relative phases are in the windows."""

    windows: tuple[DriveWindow, ...]
    """The distinct ones."""
    which: Int
    """int64 of shape (events,)."""
    starts_s: Real
    """float64 of shape (events,), seconds since all oscillators had phase zero."""
    phases_rad: Real
    """By which each event's drives are turned: float64 of shape (events,)."""

    @classmethod
    def placed(cls, windows: tuple[tuple[float, DriveWindow], ...]) -> Events:
        """From (start, window) in order; windows may not overlap."""
        return cls(
            windows=tuple(window.placed(start) for start, window in windows),
            which=np.arange(len(windows)),
            starts_s=np.array([start for start, _ in windows], np.float64),
            phases_rad=np.zeros(len(windows)),
        )

    @cached_property
    def durations_s(self) -> Real:
        """float64 of shape (events,)."""
        lengths = np.array([window.duration_s for window in self.windows] or [0.0])
        return lengths[self.which] if self.which.size else np.zeros(0)

    @cached_property
    def frames_hz(self) -> Real:
        """Frame of each event; nan where only flux acts: float64 of shape (events,)."""
        frames = np.array([np.nan if w.frame_hz is None else w.frame_hz for w in self.windows] or [0.0])
        return frames[self.which] if self.which.size else np.zeros(0)

    @cached_property
    def key(self) -> bytes:
        """Digest of the whole."""
        digest = hashlib.blake2b(digest_size=16)
        for window in self.windows:
            digest.update(window.key)
        for column in (self.which, self.starts_s, self.phases_rad):
            digest.update(column.tobytes())
        return digest.digest()
