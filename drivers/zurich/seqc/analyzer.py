"""The program of an SHF quantum analyzer channel: readout pulses from generator slots, integrations, traces."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack, SequencerProgram
from drivers.zurich.profiles import CoreProfile, ReadoutProfile
from drivers.zurich.seqc.memory import FRAME_INSTRUCTIONS
from drivers.zurich.seqc.program import Core, CoreProgram, Origins
from drivers.zurich.seqc.readouts import ReadoutLayout
from drivers.zurich.seqc.source import Body, SourceText, write_body
from drivers.zurich.seqc.tokens import KINDS, START, WAIT, ZERO, Tokens, silences
from drivers.zurich.seqc.waves import StoredWave

__all__ = ["SlotPlan", "analyzer_program", "slots_of"]

MONITOR = 1 << 40
"""Beside the two masks in a start's number: the scope is triggered too."""
INTEGRATE_SHIFT = 20


@dataclass(frozen=True, slots=True, eq=False)
class SlotPlan:
    """Which generator slots each readout pulse is played from."""

    slots: tuple[StoredWave, ...]
    of_row: tuple[tuple[int, ...], ...]
    """For each row of the track its slots, played one after another."""


@dataclass(slots=True)
class _Start:
    generators: int = 0
    integrators: int = 0
    monitor: bool = False
    row: int = -1

    def number(self) -> int:
        """The start as the value of a token."""
        return self.generators | self.integrators << INTEGRATE_SHIFT | MONITOR * self.monitor


@dataclass(slots=True)
class _Pass:
    codes: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    begin: list[int] = field(default_factory=lambda: [0])

    def add(self, codes: list[int], row: int = -1) -> None:
        self.codes += codes
        self.rows += [row] * len(codes)


def slots_of(track: OutputTrack, slot_samples: int) -> SlotPlan:
    """Distinct readout pulses, amplitude and phase inside; what is longer than a slot goes on in the next one."""
    slots: list[StoredWave] = []
    known: dict[tuple[int, float, float], tuple[int, ...]] = {}
    of_row = []
    columns = zip(track.envelope.tolist(), track.amplitudes.tolist(), track.phases_rad.tolist(), strict=True)
    for index, amplitude, phase in columns:
        key = (index, round(amplitude, 9), round(phase, 9))
        if key not in known:
            samples = amplitude * np.exp(1j * phase) * track.envelopes[index]
            source = track.sources[index] if index < len(track.sources) else f"envelope {index}"
            pieces = [samples[at : at + slot_samples] for at in range(0, samples.size, slot_samples)]
            known[key] = tuple(range(len(slots), len(slots) + len(pieces)))
            slots += [StoredWave(piece, None, source) for piece in pieces]
        of_row.append(known[key])
    return SlotPlan(tuple(slots), tuple(of_row))


def analyzer_program(
    program: SequencerProgram,
    track: OutputTrack | None,
    layout: ReadoutLayout | None,
    core: Core,
    *,
    profile: CoreProfile,
    readout: ReadoutProfile,
    lead: int,
) -> CoreProgram:
    """Source and slots of a channel that plays `track` and records what `layout` says."""
    plan = SlotPlan((), ()) if track is None else slots_of(track, readout.slot_samples)
    tokens = _tokens(program, _starts(program, track, plan, layout, readout.slot_samples), profile, lead)
    source = SourceText()
    if program.trigger_input is None:
        source.add("waitDigTrigger(1);")
    body = Body(program.passes, program.order, np.zeros(1, np.int64), _write, _cost)
    instructions = write_body(source, tokens, body, profile)
    instructions += FRAME_INSTRUCTIONS - (1 - bool(tokens.codes.size)) + (program.trigger_input is None)
    name = track.name if track is not None else f"input {core.index + 1}"
    pulses = tuple(plan.slots[slots[0]].source for slots in plan.of_row)
    origins = Origins(
        name,
        tuple(source.tokens),
        tokens.row,
        np.repeat(np.arange(len(program.lengths)), np.diff(tokens.begin)),
        pulses,
        (),
    )
    return CoreProgram(core, source.text(), origins, plan.slots, "", 0, instructions)


def _starts(
    program: SequencerProgram,
    track: OutputTrack | None,
    plan: SlotPlan,
    layout: ReadoutLayout | None,
    slot_samples: int,
) -> list[dict[int, _Start]]:
    """For each program what is started when."""
    starts: list[dict[int, _Start]] = [{} for _ in program.lengths]
    if track is not None:
        owners = np.repeat(np.arange(len(starts)), np.diff(track.begin)).tolist()
        for row, (owner, time) in enumerate(zip(owners, track.starts.tolist(), strict=True)):
            for piece, slot in enumerate(plan.of_row[row]):
                start = starts[owner].setdefault(time + piece * slot_samples, _Start())
                start.generators |= 1 << slot
                start.row = row
    if layout is not None:
        for readout in layout.readouts:
            start = starts[readout.program].setdefault(readout.time, _Start())
            start.integrators = layout.mask
            start.monitor = layout.kind == "traces"
    return starts


def _tokens(
    program: SequencerProgram,
    starts: list[dict[int, _Start]],
    profile: CoreProfile,
    lead: int,
) -> Tokens:
    """Starts stand behind the silence that begins with them: a sequencer goes on when it has handed one over."""
    made = _Pass()
    for length, of_program in zip(program.lengths, starts, strict=True):
        triggered = program.trigger_input is not None
        made.add([WAIT] if triggered else [])
        times = sorted(of_program)
        end = length - lead
        if triggered and times:
            end = times[-1] + profile.min_length
        made.add(silences(lead + (times[0] if times else end), profile))
        for time, following in zip(times, [*times[1:], end], strict=True):
            first, *rest = silences(following - time, profile)
            start = of_program[time]
            made.add([first])
            made.add([start.number() * KINDS + START], start.row)
            made.add(rest)
        made.begin.append(len(made.codes))
    rows: NDArray[np.int64] = np.array(made.rows, np.int64)
    return Tokens(np.array(made.codes, np.int64), rows, np.array(made.begin, np.int64))


def _masks(value: int) -> tuple[int, int, bool]:
    generators = value & ((1 << INTEGRATE_SHIFT) - 1)
    integrators = value >> INTEGRATE_SHIFT & ((1 << INTEGRATE_SHIFT) - 1)
    return generators, integrators, bool(value & MONITOR)


def _write(kind: int, value: int) -> str:
    if kind == ZERO:
        return f"playZero({value});"
    if kind == WAIT:
        return "waitDigTrigger(1);"
    generators, integrators, monitor = _masks(value)
    return f"startQA({generators},{integrators},{str(monitor).lower()},0,0);"


def _cost(kind: int, value: int) -> int:
    if kind != START:
        return 1
    _, integrators, monitor = _masks(value)
    # The second word has the integrators in its low bits and, with any of them or the monitor, flags on top.
    word = 2 if integrators % 4096 and (integrators or monitor) else 1
    return 3 + word
