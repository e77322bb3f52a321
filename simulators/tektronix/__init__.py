"""Tektronix instruments: the AWG5208 arbitrary waveform generator.

A laboratory sees the generator through `playback`, which gives the volts at every port, decoded from the files and
settings that came over the wire.
"""

from __future__ import annotations

from simulators.tektronix.awg5208 import AWG5208
from simulators.tektronix.course import Course, Position, Stage
from simulators.tektronix.data_file import BadFile
from simulators.tektronix.library import LoadFaults
from simulators.tektronix.playback import Playback, PlaybackStep
from simulators.tektronix.profile import AWG5208_PROFILE, Profile
from simulators.tektronix.sequence import Goto, Sequence, Step
from simulators.tektronix.seqx import Bundle, read_seqx
from simulators.tektronix.wfmx import read_wfmx

__all__ = [
    "AWG5208",
    "AWG5208_PROFILE",
    "BadFile",
    "Bundle",
    "Course",
    "Goto",
    "LoadFaults",
    "Playback",
    "PlaybackStep",
    "Position",
    "Profile",
    "Sequence",
    "Stage",
    "Step",
    "read_seqx",
    "read_wfmx",
]
