"""The program of a signal generator: stored waves by a command table, on the sequencer's own oscillator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.contract import MarkerEvent, OutputTrack, SequencerProgram
from drivers.zurich.profiles import CoreProfile
from drivers.zurich.seqc.holds import with_holds
from drivers.zurich.seqc.memory import fetch_instructions
from drivers.zurich.seqc.program import Core, CoreProgram, Origins
from drivers.zurich.seqc.rows import Rows, rows_of
from drivers.zurich.seqc.source import Body, SourceText, write_body
from drivers.zurich.seqc.table import hdawg_table, sg_table
from drivers.zurich.seqc.tokens import ENTRY, HOLD, KINDS, RESET, WAIT, ZERO, Tokens, silences
from drivers.zurich.seqc.waves import StoredWave, marker_bits, stored_waves, table_entries

__all__ = ["declare_waves", "generator_program", "marker_bit", "play_tokens", "pulse_names"]

RESET_INSTRUCTIONS = {"hdawg": 6, "sg": 4, "qa": 2, "uhf": 3}
"""Of `resetOscPhase`."""


def generator_program(
    program: SequencerProgram, track: OutputTrack, core: Core, profile: CoreProfile, lead: int
) -> CoreProgram:
    """Source, waves and table of the sequencer that plays a track.

    `lead` is how many samples before a program's begin its oscillator starts at phase 0: the end of the program
    before it is silent for so long, and the first program waits for so long. With a trigger it starts at the edge,
    and nothing follows a program's last wave: the next trigger ends the silence.
    """
    markers = [(marker_bit(m, core), m) for m in program.markers if m.port in core.ports]
    usable = tuple(length - lead for length in program.lengths)
    rows = rows_of(track, usable, markers, profile.min_length, profile.granularity)
    track, rows, held = with_holds(track, rows, profile)
    waves, of_row = stored_waves(track, rows)
    entries = table_entries(rows, of_row)
    header = _header(program, track, lead)
    tokens = play_tokens(rows, entries.of_row, usable, header, profile, held=held)
    if program.trigger_input is not None:
        tokens = tokens.without_tails(profile)
        tokens = tokens.with_resets() if track.oscillator_hz else tokens
    source = SourceText()
    declare_waves(source, waves, "assignWaveIndex(1,2,{},1,2,{},{});")
    waits = program.trigger_input is None and core.kind == "sg"
    if waits:
        source.add("waitDigTrigger(1);")
    lengths = np.array([wave.length for wave in waves] or [0], np.int64)
    played = lengths[entries.wave] if entries.wave.size else lengths
    body = Body(program.passes, program.order, played, _write, _costs(core))
    instructions = write_body(source, tokens, body, profile) + fetch_instructions(
        (wave.length for wave in waves), profile
    )
    instructions += waits
    turned = 2 * np.pi * track.oscillator_hz * lead / program.sample_rate_hz
    if core.kind == "hdawg":
        table = hdawg_table(entries, turned, backwards=track.oscillator_hz < 0)
    else:
        table = sg_table(entries, turned)
    return CoreProgram(
        core,
        source.text(),
        Origins(
            track.name,
            tuple(source.tokens),
            tokens.row,
            np.repeat(np.arange(len(usable)), np.diff(tokens.begin)),
            pulse_names(track, rows),
            tuple(wave.source for wave in waves),
        ),
        waves,
        table,
        int(entries.wave.size),
        instructions,
    )


def marker_bit(marker: MarkerEvent, core: Core) -> int:
    """The bit of a wave's marker word: two markers for each of the core's ports."""
    return 2 * core.ports.index(marker.port) + marker.marker - 1


def declare_waves(source: SourceText, waves: Sequence[StoredWave], form: str) -> None:
    """Reserve memory and an index for each wave; what is in it comes later, without the compiler."""
    for index, wave in enumerate(waves):
        bits = marker_bits((wave,))
        first = _placeholder(wave.length, bits & 3)
        second = _placeholder(wave.length, bits >> 2)
        source.add(form.format(first, second, index), -2 - index)


def play_tokens(
    rows: Rows,
    entry_of_row: NDArray[np.int64],
    lengths: tuple[int, ...],
    header: list[int],
    profile: CoreProfile,
    *,
    held: NDArray[np.bool_] | None = None,
) -> Tokens:
    """The rows of all programs with the silences between them; before those that are `held`, the last sample."""
    previous = np.concatenate([[0], rows.stop[:-1]]) if rows.start.size else rows.start
    first = rows.begin[:-1][np.diff(rows.begin) > 0]
    previous[first] = 0
    gaps = rows.start - previous
    between = ZERO if held is None else np.where(held, HOLD, ZERO)
    codes = np.stack([gaps * KINDS + between, entry_of_row * KINDS + ENTRY], axis=1)
    numbers = np.repeat(np.arange(rows.start.size), 2).reshape(-1, 2)
    numbers[:, 0] = -1
    present = np.ones(codes.shape, bool)
    present[:, 0] = gaps > 0
    pieces: list[NDArray[np.int64]] = []
    owners: list[NDArray[np.int64]] = []
    begin = [0]
    for number, length in enumerate(lengths):
        low, high = int(rows.begin[number]), int(rows.begin[number + 1])
        used = present[low:high].ravel()
        tail = silences(length - (int(rows.stop[high - 1]) if high > low else 0), profile)
        body = codes[low:high].ravel()[used]
        piece = np.concatenate([np.array(header, np.int64), body, np.array(tail, np.int64)])
        owner = np.full(piece.size, -1, np.int64)
        owner[len(header) : len(header) + body.size] = numbers[low:high].ravel()[used]
        pieces.append(piece)
        owners.append(owner)
        begin.append(begin[-1] + piece.size)
    tokens = Tokens(np.concatenate(pieces), np.concatenate(owners), np.array(begin, np.int64))
    return _short_silences(tokens, profile)


def pulse_names(track: OutputTrack, rows: Rows) -> tuple[str, ...]:
    """For each row the pulse that it plays."""
    names = [track.sources[i] if i < len(track.sources) else f"envelope {i}" for i in range(len(track.envelopes))]
    return tuple(names[index] if index >= 0 else "marker" for index in rows.envelope.tolist())


def _short_silences(tokens: Tokens, profile: CoreProfile) -> Tokens:
    """Tokens of which no silence is longer than one instruction plays."""
    long = np.flatnonzero((tokens.codes % KINDS == ZERO) & (tokens.codes // KINDS > profile.max_silence))
    if not long.size:
        return tokens
    counts = np.ones(tokens.codes.size, np.int64)
    split = {int(at): silences(int(tokens.codes[at]) // KINDS, profile) for at in long}
    for at, pieces in split.items():
        counts[at] = len(pieces)
    codes, row = np.repeat(tokens.codes, counts), np.repeat(tokens.row, counts)
    edges = np.concatenate([[0], np.cumsum(counts)])
    for at, pieces in split.items():
        codes[edges[at] : edges[at + 1]] = pieces
    return Tokens(codes, row, edges[tokens.begin])


def _header(program: SequencerProgram, track: OutputTrack, lead: int) -> list[int]:
    """What stands before each program's first wave."""
    header = [WAIT] if program.trigger_input is not None else []
    if lead:
        header.append(lead * KINDS + ZERO)
    if lead and track.oscillator_hz:
        # Acts when the silence before it begins: a sequencer waits for the player only to hand over the next wave.
        header.append(RESET)
    return header


def _placeholder(length: int, bits: int) -> str:
    marks = f",{str(bool(bits & 1)).lower()},{str(bool(bits & 2)).lower()}" if bits else ""
    return f"placeholder({length}{marks})"


def _write(kind: int, value: int) -> str:
    if kind == ENTRY:
        return f"executeTableEntry({value});"
    if kind == ZERO:
        return f"playZero({value});"
    if kind == HOLD:
        return f"playHold({value});"
    return "resetOscPhase();" if kind == RESET else "waitDigTrigger(1);"


def _costs(core: Core) -> Callable[[int, int], int]:
    reset = RESET_INSTRUCTIONS[core.kind]
    return lambda kind, _value: reset if kind == RESET else 1
