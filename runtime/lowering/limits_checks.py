"""A wiring and its programs against what the instruments can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drivers.contract import SILENCE, AcquisitionLimits, InstrumentProgram, PlaybackLimits, Problem
from runtime.lowering.wiring import Wiring

__all__ = ["CAPACITY", "Limits", "instrument_problems", "memory_samples", "program_problems"]

Limits = Mapping[str, PlaybackLimits | AcquisitionLimits]
"""Instrument name to its limits."""

CAPACITY = ("play list too long", "waveform memory exceeded")
"""Problems of a batch that fewer programs at a time may not have."""


def instrument_problems(wiring: Wiring, limits: Limits) -> Iterator[Problem]:
    """Instruments that are unknown or of the wrong kind, sample rates, ports and markers that they do not have."""
    for name in sorted({line.instrument for line in wiring.outputs}):
        limit = limits.get(name)
        if not isinstance(limit, PlaybackLimits):
            yield _wrong_instrument(name, limit, "a generator", limits)
            continue
        rate, (low, high) = wiring.sample_rates_hz[name], limit.sample_rates_hz
        if not low <= rate <= high:
            yield Problem("sample rate that the instrument lacks", name, f"{rate} Hz", f"{low} to {high} Hz")
        yield from _port_problems(wiring, name, limit)
    for name in sorted({line.instrument for line in wiring.inputs}):
        limit = limits.get(name)
        if not isinstance(limit, AcquisitionLimits):
            yield _wrong_instrument(name, limit, "a digitizer", limits)
        elif wiring.sample_rates_hz[name] not in limit.sample_rates_hz:
            allowed = ", ".join(str(rate) for rate in limit.sample_rates_hz) + " Hz"
            got = f"{wiring.sample_rates_hz[name]} Hz"
            yield Problem("sample rate that the instrument lacks", name, got, allowed)


def _wrong_instrument(name: str, limit: object, wanted: str, limits: Limits) -> Problem:
    got = "no such instrument" if limit is None else type(limit).__name__
    known = ", ".join(sorted(limits)) or "none"
    return Problem("unknown instrument", f"instrument {name}", got, f"{wanted}; known are {known}")


def _port_problems(wiring: Wiring, name: str, limit: PlaybackLimits) -> Iterator[Problem]:
    for line in wiring.outputs:
        for port in (line.i_port, line.q_port):
            if line.instrument == name and not 1 <= port <= limit.ports:
                yield Problem(
                    "port that the instrument lacks", f"line {line.name}", str(port), f"1 to {limit.ports}"
                )
    for trigger in sorted(set(wiring.triggers), key=repr):
        if trigger.instrument != name:
            continue
        place = f"trigger of {trigger.digitizer}"
        if not 1 <= trigger.port <= limit.ports:
            yield Problem("port that the instrument lacks", place, str(trigger.port), f"1 to {limit.ports}")
        if not 1 <= trigger.marker <= limit.markers_per_port:
            allowed = f"1 to {limit.markers_per_port}" if limit.markers_per_port else "it has none"
            yield Problem("marker that the instrument lacks", place, str(trigger.marker), allowed)


def program_problems(program: InstrumentProgram, limits: PlaybackLimits) -> Iterator[Problem]:
    """Steps, lengths and memory that a program needs beyond what the instrument has."""
    name = program.instrument
    if len(program.steps) > limits.max_steps:
        got = f"{len(program.steps)} entries"
        yield Problem(CAPACITY[0], name, got, f"{limits.max_steps}", "Run fewer programs at a time")
    longest = max((step.length for step in program.steps), default=0)
    if longest > limits.max_length:
        fix = "Shorten the longest program"
        yield Problem("waveform too long", name, f"{longest} samples", f"{limits.max_length}", fix)
    for index, port in enumerate(program.ports):
        used = memory_samples(program, index)
        if used > limits.memory_samples:
            yield Problem(
                CAPACITY[1],
                f"{name} port {port}",
                f"{used} samples",
                f"{limits.memory_samples} samples",
                "Run fewer programs at a time, or shorter ones",
            )


def memory_samples(program: InstrumentProgram, index: int) -> int:
    """Samples that a port needs: its distinct waveforms, and a silent one of each length that it is silent for."""
    needed: dict[tuple[int, int], int] = {}
    for step in program.steps:
        waveform = step.waveforms[index]
        needed[waveform, step.length if waveform == SILENCE else 0] = step.length
    return sum(needed.values())
