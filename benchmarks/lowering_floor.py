"""The least that lowering has to do: plain tuples in, one numba kernel, arrays out. It checks nothing."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from lowering_jobs import Op
from numpy.typing import NDArray

__all__ = ["floor_programs", "floor_streams"]

Program = tuple[int, int, list[Op]]
"""Channels, length in samples, instructions."""


Column = NDArray[np.int64]


@numba.njit(cache=True)
def _walk(  # noqa: PLR0917 - compiled code takes no keywords
    kind: Column,
    channel: Column,
    start: Column,
    wave: Column,
    phase: NDArray[np.float64],
    table: NDArray[np.complex64],
    offsets: Column,
    out: NDArray[np.complex64],
    starts: Column,
    phases: NDArray[np.float64],
    waves: NDArray[np.int32],
) -> int:
    """Follow the phases; then render into `out` if it has rows, and otherwise only say what to play."""
    frames = np.zeros(channel.max() + 1)
    count = 0
    for row in range(channel.size):
        line = channel[row]
        if kind[row] == 1:
            frames[line] += phase[row]
        elif kind[row] == 2:
            continue
        elif out.shape[0]:
            factor = np.complex64(complex(np.cos(frames[line]), np.sin(frames[line])))
            begin, first = offsets[wave[row]], start[row]
            for index in range(offsets[wave[row] + 1] - begin):
                out[line, first + index] = table[begin + index] * factor
        else:
            starts[count], phases[count], waves[count] = start[row], frames[line], wave[row]
            count += 1
    return count


def _waveforms(waves: list[tuple[float, ...]]) -> tuple[NDArray[np.complex64], NDArray[np.int64]]:
    """The distinct waveforms one behind the other, and where each begins."""
    rendered = []
    for duration, amp, angle, sigma, width, beta in waves:
        t = np.arange(duration) + 0.5 - duration / 2
        x = t if width < 0 else np.maximum(np.abs(t) - width / 2, 0)
        lift = np.exp(-((duration / 2 + 1 - max(width, 0) / 2) ** 2) / (2 * sigma**2))
        envelope = (np.exp(-(x**2) / (2 * sigma**2)) - lift) / (1 - lift)
        rendered.append(amp * np.exp(1j * angle) * envelope * (1 - 1j * beta * x / sigma**2))
    offsets = np.cumsum([0, *(array.size for array in rendered)])
    return np.concatenate(rendered).astype(np.complex64), offsets


def _run(
    program: Program, table: NDArray[np.complex64], offsets: NDArray[np.int64], out: NDArray[np.complex64]
) -> tuple[Any, ...]:
    ops = program[2]
    kind, channel, start, _, wave, phase = map(np.array, zip(*ops, strict=True))
    size = len(ops)
    starts, phases, waves = np.empty(size, np.int64), np.empty(size), np.empty(size, np.int32)
    count = _walk(kind, channel, start, wave, phase, table, offsets, out, starts, phases, waves)
    return starts[:count], phases[:count], waves[:count]


def floor_streams(programs: list[Program], waves: list[tuple[float, ...]]) -> list[NDArray[np.complex64]]:
    """Dense samples: an array of shape (channels, length) for each program."""
    table, offsets = _waveforms(waves)
    made = []
    for program in programs:
        out = np.zeros(program[:2], np.complex64)
        _run(program, table, offsets, out)
        made.append(out)
    return made


def floor_programs(programs: list[Program], waves: list[tuple[float, ...]]) -> list[tuple[Any, ...]]:
    """Starts, phases and waveforms of each program, and the distinct waveforms."""
    table, offsets = _waveforms(waves)
    nothing = np.zeros((0, 0), np.complex64)
    return [(table, offsets, *_run(program, table, offsets, nothing)) for program in programs]
