"""From an instrument program to assets: distinct waveforms and two sequences, named by their content.

One sequence, the body, is the play list. The other, the main sequence, has a step that plays the body as a
subsequence, as often as the program has passes. Only the main sequence's name and file contain that number, so
another number of shots costs a file of a few kilobytes and no waveform. In sequential order there is a body for
each program of the batch, played one after the other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from drivers.contract import SILENCE, InstrumentProgram, Step
from drivers.tektronix.limits import AWG5208

__all__ = ["PREFIX", "RUN", "TRIGGER_INPUTS", "Entry", "ProgramAssets", "Waveform", "assets_of"]

PREFIX = "pulserig_"
"""Every asset of ours begins like this; all others belong to somebody else and are left alone."""

RUN = f"{PREFIX}run_"
"""How the names of main sequences begin."""

TRIGGER_INPUTS = ("TrigA", "TrigB")

HASH_DIGITS = 24
"""96 bits: two different waveforms never meet in one instrument."""


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """One waveform with its markers."""

    name: str
    samples: NDArray[np.float32]
    """Float32 of shape (n,), units of full scale."""
    markers: NDArray[np.uint8] | None
    """Uint8 of shape (n,), bit m-1 is marker m; None when all are low."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a sequence."""

    assets: tuple[str, ...]
    """Names of waveforms, one a track, or the one name of a subsequence."""
    repeat: int
    is_sequence: bool = False
    wait: str = "None"
    """The trigger input that is waited for first, as the file names it."""


@dataclass(frozen=True, slots=True, eq=False)
class ProgramAssets:
    """What the instrument has to hold to play a program."""

    content_hash: str
    """Of the program."""
    bodies: tuple[str, ...]
    """Names of the sequences that are repeated: one pass, or one shot of each program."""
    main: str
    """Name of the sequence that plays the bodies and then ends; the ports are assigned to it."""
    tracks: int
    waveforms: dict[str, Waveform]
    sequences: dict[str, tuple[Entry, ...]]
    """Bodies and main sequence by name. After its last entry each of them ends."""


MarkerKey = tuple[tuple[int, int, int], ...]


def assets_of(program: InstrumentProgram, max_repeat: int = AWG5208.max_repeat) -> ProgramAssets:
    """The assets of a program; each distinct waveform is there once, and silence of one length is one waveform.

    More passes than `max_repeat` take several steps of the main sequence.
    """
    known: dict[tuple[int, int, MarkerKey], str] = {}
    waveforms: dict[str, Waveform] = {}

    def name_of(step: Step, track: int) -> str:
        index = step.waveforms[track]
        markers = _markers_of(step, program.ports[track])
        key = (index, step.length if index == SILENCE else 0, markers)
        if key not in known:
            waveform = _waveform(program, index, step.length, markers)
            # Equal content has one name, also where the program lists it twice.
            waveforms.setdefault(waveform.name, waveform)
            known[key] = waveform.name
        return known[key]

    bodies = [
        tuple(
            Entry(tuple(name_of(step, track) for track in range(len(program.ports))), step.repeat)
            for step in steps
        )
        for steps in program.bodies()
    ]
    content_hash = program.content_hash()
    digits = content_hash[:HASH_DIGITS]
    names = [f"{PREFIX}pass_{digits}"]
    if program.order == "sequential":
        names = [f"{PREFIX}shot_{digits}_{number}" for number in range(len(bodies))]
    turns = [
        Entry((name,), repeat, is_sequence=True)
        for name in names
        for repeat in _repeats(program.passes, max_repeat)
    ]
    if program.trigger_input is not None:
        turns[0] = replace(turns[0], wait=TRIGGER_INPUTS[program.trigger_input - 1])
    main = f"{RUN}{digits}_{program.passes}{_how(program)}"
    sequences = {**dict(zip(names, bodies, strict=True)), main: tuple(turns)}
    return ProgramAssets(content_hash, tuple(names), main, len(program.ports), waveforms, sequences)


def _how(program: InstrumentProgram) -> str:
    """What tells apart main sequences of the same bodies."""
    order = "s" if program.order == "sequential" else ""
    return f"{order}w{program.trigger_input}" if program.trigger_input is not None else order


def _repeats(passes: int, most: int) -> list[int]:
    """Repetitions of each step of the main sequence; `passes` together, none more than `most`."""
    full, rest = divmod(passes, most)
    return [most] * full + [rest] * (rest > 0)


def _markers_of(step: Step, port: int) -> MarkerKey:
    return tuple((pulse.marker, pulse.start, pulse.stop) for pulse in step.markers if pulse.port == port)


def _waveform(program: InstrumentProgram, index: int, length: int, pulses: MarkerKey) -> Waveform:
    samples = np.zeros(length, np.float32) if index == SILENCE else program.waveforms[index].astype(np.float32)
    markers = None
    if pulses:
        markers = np.zeros(length, np.uint8)
        for marker, start, stop in pulses:
            markers[start:stop] |= np.uint8(1 << (marker - 1))
    digest = hashlib.sha256(samples.tobytes())
    digest.update(b"" if markers is None else markers.tobytes())
    return Waveform(f"{PREFIX}{digest.hexdigest()[:HASH_DIGITS]}", samples, markers)
