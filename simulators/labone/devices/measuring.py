"""What a run's readouts gave: asked of the laboratory by content, and put back in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.gathering import ReadoutWindow, gather
from simulators.labone.devices.oscillators import OscillatorBank
from simulators.labone.devices.playback import Playback
from simulators.labone.devices.readout import PROBE, ReadoutPoint, tone_angles
from simulators.labone.devices.surroundings import Acquisition, GroupedInput, ReadoutInput

__all__ = ["Measurement", "measure", "trace_mean"]

_TRACES = 256
"""Traces that are asked for at a time, so that a long average needs no memory."""
_RESULTS = 4096
"""Readouts that are asked for at a time where that can be told: a run may be stopped in between."""
_TONE = -1
"""Stands for the oscillator among the integration units, in spectroscopy."""


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What the readouts of a run gave.

    Attributes:
        values: For each integration unit complex128 results in the order of time.
        taken: Readouts that were integrated.
        holdoffs: Readouts that came while the one before was still being integrated.
    """

    values: dict[int, npt.NDArray[np.complex128]]
    taken: int
    holdoffs: int


def measure(
    playback: Playback,
    source: ReadoutInput,
    *,
    mode: int,
    delay: int,
    length: int,
    weights: Mapping[int, npt.NDArray[np.complex128]],
    total: int,
    identity: tuple[str, int, int],
    silent: bool,
    proceed: Callable[[int], bool],
    partners: int = 1 << 16,
) -> Measurement | None:
    """Run a quantum analyzer's integration; None when it was stopped.

    Args:
        playback: The run of the channel's sequencer.
        source: What arrives at the input.
        mode: `READOUT` or `PROBE`.
        delay: From the readout to the window, samples.
        length: Of the window.
        weights: complex128 (length,) by integration unit; readout mode.
        total: Readouts that are wanted.
        identity: Serial, channel and sample rate, for the laboratory.
        silent: The input is off.
        proceed: Told how many readouts have been integrated so far; whether to go on.
        partners: Unit numbers count from 0 again after so many: two kernels can belong to one unit.
    """
    windows, taken, holdoffs = gather(playback, mode, delay, length, total)
    units = [_TONE] if mode == PROBE else sorted(weights)
    collected: dict[int, list[tuple[npt.NDArray[np.int64], npt.NDArray[np.complex128]]]] = {
        unit: [] for unit in units
    }
    asked: list[tuple[Acquisition, npt.NDArray[np.complex128]]] = []
    places: list[tuple[list[int], npt.NDArray[np.int64]]] = []
    for window in windows:
        active = [unit for unit in units if _takes_part(window.point, unit % partners if unit >= 0 else unit)]
        if active:
            rows = [_tone(window, length) if unit == _TONE else weights[unit] for unit in active]
            asked.append((_acquisition(playback, window, length, identity), np.stack(rows, axis=0)))
            places.append((active, np.concatenate(window.numbers)))
    found = _sums(source, asked, proceed, silent=silent)
    if not proceed(taken):
        return None
    for (active, numbers), values in zip(places, found, strict=True):
        for column, unit in enumerate(active):
            collected[unit].append((numbers, values[:, column]))
    return Measurement({max(unit, 0): _ordered(parts) for unit, parts in collected.items()}, taken, holdoffs)


def _takes_part(point: ReadoutPoint, unit: int) -> bool:
    return unit == _TONE or point.readout is None or bool(point.readout.integrators >> unit & 1)


def _acquisition(
    playback: Playback, window: ReadoutWindow, length: int, identity: tuple[str, int, int]
) -> Acquisition:
    serial, channel, rate = identity
    sent = playback.render_shot(window.shot, window.offset, length).volts
    return Acquisition(
        serial=serial,
        channel=channel,
        starts=np.concatenate(window.starts),
        numbers=np.concatenate(window.numbers),
        length=length,
        key=window.shot.key + window.offset.to_bytes(8, "little", signed=True),
        sent=np.asarray(sent if sent.ndim == 1 else sent[0] + 1j * sent[1], dtype=np.complex128),
        sample_rate_hz=rate,
    )


def _sums(
    source: ReadoutInput,
    asked: Sequence[tuple[Acquisition, npt.NDArray[np.complex128]]],
    proceed: Callable[[int], bool],
    *,
    silent: bool,
) -> list[npt.NDArray[np.complex128]]:
    """The sums of each group of readouts with its own weights; incomplete once it was not to proceed."""
    found = [np.zeros((each.count, len(kernels)), dtype=np.complex128) for each, kernels in asked]
    if silent or not asked:
        return found
    if not all(np.array_equal(kernels, asked[0][1]) for _, kernels in asked):
        if isinstance(source, GroupedInput) and all(len(kernels) == 1 for _, kernels in asked):
            return source.grouped(asked)
        return [source.kernelled(each, kernels) for each, kernels in asked]
    last = max(int(each.numbers.max()) for each, _ in asked)
    for first in range(0, last + 1, _RESULTS):
        parts = [(each.numbers >= first) & (each.numbers < first + _RESULTS) for each, _ in asked]
        # The one with the latest readout first: then the laboratory plays that far at once.
        latest = [int(each.starts[part].max(initial=-1)) for (each, _), part in zip(asked, parts, strict=True)]
        for k in np.argsort(latest)[::-1].tolist():
            (each, kernels), part = asked[k], parts[k]
            if part.any():
                piece = replace(each, starts=each.starts[part], numbers=each.numbers[part])
                found[k][part] = source.kernelled(piece, kernels)
        if not proceed(min(first + _RESULTS, last + 1)):
            break
    return found


def _tone(window: ReadoutWindow, length: int) -> npt.NDArray[np.complex128]:
    # The oscillator demodulates what it sent, so the result is independent of the phase at which it stood.
    bank = OscillatorBank.through(window.shot.oscillators, window.shot.events)
    return np.asarray(np.exp(-1j * tone_angles(bank, window.offset, length)) / length)


def _ordered(
    parts: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.complex128]]],
) -> npt.NDArray[np.complex128]:
    if not parts:
        return np.zeros(0, dtype=np.complex128)
    numbers = np.concatenate([numbers for numbers, _ in parts])
    values = np.concatenate([values for _, values in parts])
    return np.asarray(values[np.argsort(numbers, kind="stable")])


def trace_mean(
    playback: Playback,
    source: ReadoutInput,
    *,
    delay: int,
    length: int,
    segments: int,
    averages: int,
    identity: tuple[str, int, int],
    silent: bool,
    mode: int,
) -> npt.NDArray[np.complex128] | None:
    """Raw traces of a scope or input monitor, averaged.

    Triggers fill the segments one after another, then all again.

    Returns:
        complex128, shape (segments, length); None while triggers are missing.
    """
    total = segments * averages
    windows, taken, _ = gather(playback, mode, delay, length, total, monitor=True)
    if taken < total:
        return None
    sums = np.zeros((segments, length), dtype=np.complex128)
    for window in windows:
        whole = _acquisition(playback, window, length, identity)
        for first in range(0, 0 if silent else whole.count, _TRACES):
            part = slice(first, first + _TRACES)
            piece = replace(whole, starts=whole.starts[part], numbers=whole.numbers[part])
            wanted = piece.numbers < total
            np.add.at(sums, piece.numbers[wanted] % segments, source.traces(piece)[wanted])
    return sums / averages
