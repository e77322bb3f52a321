"""The program of an SHF quantum analyzer channel: readout pulses from generator slots, integrations, traces."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack, SequencerProgram
from drivers.zurich.profiles import CoreProfile, ReadoutProfile
from drivers.zurich.seqc.analyzertext import INTEGRATE_SHIFT, MONITOR, Texts
from drivers.zurich.seqc.memory import FRAME_INSTRUCTIONS
from drivers.zurich.seqc.program import Core, CoreProgram, Origins
from drivers.zurich.seqc.readouts import ReadoutLayout
from drivers.zurich.seqc.slots import SlotPlan, slots_of
from drivers.zurich.seqc.source import Body, SourceText, write_body
from drivers.zurich.seqc.tokens import KINDS, PROBE, START, TONE, WAIT, Tokens, silences

__all__ = ["analyzer_program"]


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
    probe = layout.probe if layout is not None else None
    plan = SlotPlan((), ())
    if track is not None and probe is None:
        plan = slots_of(track, readout.slot_samples, profile.waves)
    if probe is not None and layout is not None:
        tokens = _probe_tokens(program, [each.time for each in layout.readouts], profile, lead)
    else:
        tokens = _tokens(program, _starts(program, track, plan, layout, readout.slot_samples), profile, lead)
    source = SourceText()
    if program.trigger_input is None:
        source.add("waitDigTrigger(1);")
    texts = Texts(probe.frequencies_hz if probe is not None else (), program.sample_rate_hz)
    body = Body(program.passes, program.order, np.zeros(1, np.int64), texts.write, texts.cost)
    instructions = write_body(source, tokens, body, profile)
    instructions += FRAME_INSTRUCTIONS - (1 - bool(tokens.codes.size)) + (program.trigger_input is None)
    name = track.name if track is not None else f"input {core.index + 1}"
    origins = Origins(
        name,
        tuple(source.tokens),
        tokens.row,
        np.repeat(np.arange(len(program.lengths)), np.diff(tokens.begin)),
        plan.sources,
        (),
    )
    return CoreProgram(core, source.text(), origins, plan.slots, "", 0, instructions, probe is not None)


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
            for piece, mask in enumerate(plan.of_row[row]):
                start = starts[owner].setdefault(time + piece * slot_samples, _Start())
                start.generators |= mask
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
        if triggered:
            end = max(times, default=0) + profile.min_length
        made.add(silences(lead + (times[0] if times else end), profile))
        for time, following in pairwise([*times, end]):
            first, *rest = silences(following - time, profile)
            start = of_program[time]
            made.add([first])
            made.add([start.number() * KINDS + START], start.row)
            made.add(rest)
        made.begin.append(len(made.codes))
    rows: NDArray[np.int64] = np.array(made.rows, np.int64)
    return Tokens(np.array(made.codes, np.int64), rows, np.array(made.begin, np.int64))


def _probe_tokens(program: SequencerProgram, times: list[int], profile: CoreProfile, lead: int) -> Tokens:
    """For each program the oscillator's frequency, behind the first silence, and the trigger with its pulse."""
    made = _Pass()
    triggered = program.trigger_input is not None
    for number, (length, time) in enumerate(zip(program.lengths, times, strict=True)):
        first, *rest = silences(lead + time, profile)
        made.add([WAIT, first] if triggered else [first])
        made.add([number * KINDS + TONE], number)
        made.add(rest)
        first, *rest = silences((profile.min_length if triggered else length - lead - time), profile)
        made.add([first])
        made.add([PROBE], number)
        made.add(rest)
        made.begin.append(len(made.codes))
    return Tokens(np.array(made.codes, np.int64), np.array(made.rows, np.int64), np.array(made.begin, np.int64))
