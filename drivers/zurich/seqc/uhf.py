"""The program of a UHFQA: waves with amplitude and carrier inside, and triggers to its quantum analyzer unit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from drivers.contract import OutputTrack, SequencerProgram
from drivers.zurich.profiles import CoreProfile
from drivers.zurich.seqc.generator import play_tokens, pulse_names
from drivers.zurich.seqc.program import Core, CoreProgram, Origins
from drivers.zurich.seqc.readouts import ReadoutLayout
from drivers.zurich.seqc.rows import Rows, rows_of
from drivers.zurich.seqc.source import Body, SourceText, write_body
from drivers.zurich.seqc.tokens import ENTRY, KINDS, START, WAIT, ZERO, Tokens, silences
from drivers.zurich.seqc.waves import StoredWave, baked_waves

__all__ = ["uhf_program", "uhf_rows"]

INTEGRATORS = 10
MONITOR = 1 << INTEGRATORS
START_INSTRUCTIONS = 6
WAIT_INSTRUCTIONS = 2
SMALLEST_FRAME = 5


def uhf_rows(program: SequencerProgram, track: OutputTrack | None, profile: CoreProfile) -> Rows:
    """The waves of all programs; none where nothing is played."""
    if track is None:
        nothing = np.zeros(0, np.int64)
        track = OutputTrack(
            "input",
            (1, 2),
            0.0,
            (),
            np.zeros(len(program.lengths) + 1, np.int64),
            nothing,
            nothing.astype(np.int32),
            np.zeros(0),
            np.zeros(0),
        )
    return rows_of(track, program.lengths, (), profile.min_length, profile.granularity)


def uhf_program(
    program: SequencerProgram,
    track: OutputTrack | None,
    layout: ReadoutLayout | None,
    core: Core,
    profile: CoreProfile,
) -> CoreProgram:
    """Source and waves of the instrument's one sequencer."""
    rows = uhf_rows(program, track, profile)
    waves: tuple[StoredWave, ...] = ()
    of_row: NDArray[np.int64] = np.zeros(0, np.int64)
    if track is not None:
        waves, of_row = baked_waves(track, rows)
    header = [WAIT] if program.trigger_input is not None else []
    tokens = play_tokens(rows, of_row, program.lengths, header, profile)
    if layout is not None:
        tokens = _with_starts(program, tokens, rows, layout, profile)
    if program.trigger_input is not None:
        tokens = tokens.without_tails(profile)
    source = SourceText()
    for index, wave in enumerate(waves):
        reserved = f"wave w{index}i=placeholder({wave.length});wave w{index}q=placeholder({wave.length});"
        source.add(f"{reserved}assignWaveIndex(1,w{index}i,2,w{index}q,{index});", -2 - index)

    lengths = np.array([wave.length for wave in waves] or [0], np.int64)
    body = Body(program.passes, program.order, lengths, _write, _cost)
    instructions = SMALLEST_FRAME + write_body(source, tokens, body, profile)
    origins = Origins(
        track.name if track is not None else "input",
        tuple(source.tokens),
        tokens.row,
        np.repeat(np.arange(len(program.lengths)), np.diff(tokens.begin)),
        pulse_names(track, rows) if track is not None else (),
        tuple(wave.source for wave in waves),
    )
    return CoreProgram(core, source.text(), origins, waves, "", 0, instructions)


def _with_starts(
    program: SequencerProgram, tokens: Tokens, rows: Rows, layout: ReadoutLayout, profile: CoreProfile
) -> Tokens:
    """Tokens with the analyzer's starts, each behind the wave or the silence that begins with it."""
    units = len(layout.integrators) * (2 if layout.kind == "sums" else 1)
    number = ((1 << units) - 1) | MONITOR * (layout.kind == "traces")
    wanted: dict[int, list[int]] = {}
    for readout in layout.readouts:
        wanted.setdefault(readout.program, []).append(readout.time)
    codes: list[int] = []
    owners: list[int] = []
    begin = [0]
    for index in range(len(program.lengths)):
        part = slice(int(tokens.begin[index]), int(tokens.begin[index + 1]))
        played = list(zip(tokens.codes[part].tolist(), tokens.row[part].tolist(), strict=True))
        times = set(wanted.get(index, ()))
        for code, row in _started(played, times, rows, number * KINDS + START, profile):
            codes.append(code)
            owners.append(row)
        begin.append(len(codes))
    return Tokens(np.array(codes, np.int64), np.array(owners, np.int64), np.array(begin, np.int64))


def _started(
    played: list[tuple[int, int]], times: set[int], rows: Rows, start: int, profile: CoreProfile
) -> Iterator[tuple[int, int]]:
    now = 0
    for code, row in played:
        kind, value = code % KINDS, code // KINDS
        if kind == WAIT:
            yield code, row
            continue
        end = now + (value if kind == ZERO else int(rows.length[row]))
        cuts = sorted(time for time in times if now < time < end) if kind == ZERO else []
        for begin, stop in pairwise([now, *cuts, end]):
            first, *rest = silences(stop - begin, profile) if cuts else [code]
            yield first, row
            if begin in times:
                yield start, -1
            for piece in rest:
                yield piece, row
        now = end


def _write(kind: int, value: int) -> str:
    if kind == ENTRY:
        return f"playWave(1,w{value}i,2,w{value}q);"
    if kind == ZERO:
        return f"playZero({value});"
    if kind == WAIT:
        return "waitDigTrigger(1,1);"
    integrators, monitor = value & (MONITOR - 1), bool(value & MONITOR)
    return f"startQA({integrators},{str(monitor).lower()},0,0);"


def _cost(kind: int, _value: int) -> int:
    return {START: START_INSTRUCTIONS, WAIT: WAIT_INSTRUCTIONS}.get(kind, 1)
