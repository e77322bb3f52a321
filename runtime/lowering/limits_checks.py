"""A wiring and its programs against what the instruments can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drivers.contract import (
    SILENCE,
    AcquisitionLimits,
    CombinedLimits,
    InstrumentProgram,
    PlaybackLimits,
    Problem,
    SequencerLimits,
)
from runtime.lowering.ports import port_pairs
from runtime.lowering.wiring import Wiring

__all__ = [
    "CAPACITY",
    "Limits",
    "acquisition_limits",
    "instrument_problems",
    "memory_samples",
    "program_problems",
    "sequencer_limits",
]

Limits = Mapping[str, PlaybackLimits | AcquisitionLimits | SequencerLimits | CombinedLimits]
"""Instrument name to its limits."""

CAPACITY = ("play list too long", "waveform memory exceeded")
"""Problems of a batch that fewer programs at a time may not have."""


def instrument_problems(wiring: Wiring, limits: Limits) -> Iterator[Problem]:
    """Instruments that are unknown or of the wrong kind, sample rates, ports and markers that they do not have."""
    for name in sorted({line.instrument for line in wiring.outputs}):
        limit = sequencer_limits(limits.get(name)) or limits.get(name)
        if isinstance(limit, PlaybackLimits):
            rate, (low, high) = wiring.sample_rates_hz[name], limit.sample_rates_hz
            if not low <= rate <= high:
                yield Problem("sample rate that the instrument lacks", name, f"{rate} Hz", f"{low} to {high} Hz")
            yield from _port_problems(wiring, name, limit)
        elif isinstance(limit, SequencerLimits):
            yield from _rate_problems(wiring, name, limit.sample_rates_hz)
            yield from _output_problems(wiring, name, limit)
            yield from _marker_problems(wiring, name, limit)
        else:
            yield _wrong_instrument(name, limit, "a generator", limits)
    for name in sorted({line.instrument for line in wiring.inputs}):
        limit = acquisition_limits(limits.get(name))
        if limit is None:
            yield _wrong_instrument(name, limits.get(name), "a digitizer", limits)
        else:
            yield from _rate_problems(wiring, name, limit.sample_rates_hz)
    yield from _step_problems(wiring, limits)


def sequencer_limits(limit: object) -> SequencerLimits | None:
    """The limits of an instrument's sequencer, if it has one."""
    if isinstance(limit, CombinedLimits):
        return limit.sequencer
    return limit if isinstance(limit, SequencerLimits) else None


def acquisition_limits(limit: object) -> AcquisitionLimits | None:
    """The limits of an instrument's inputs, if it has any."""
    if isinstance(limit, CombinedLimits):
        return limit.acquisition
    return limit if isinstance(limit, AcquisitionLimits) else None


def _wrong_instrument(name: str, limit: object, wanted: str, limits: Limits) -> Problem:
    got = "no such instrument" if limit is None else type(limit).__name__
    known = ", ".join(sorted(limits)) or "none"
    return Problem("unknown instrument", f"instrument {name}", got, f"{wanted}; known are {known}")


def _rate_problems(wiring: Wiring, name: str, rates_hz: tuple[int, ...]) -> Iterator[Problem]:
    if wiring.sample_rates_hz[name] not in rates_hz:
        allowed = ", ".join(str(rate) for rate in rates_hz) + " Hz"
        yield Problem("sample rate that the instrument lacks", name, f"{wiring.sample_rates_hz[name]} Hz", allowed)


def _port_problems(wiring: Wiring, name: str, limit: PlaybackLimits) -> Iterator[Problem]:
    for line in wiring.outputs:
        if line.instrument != name:
            continue
        if line.q_port is None:
            fix = "Name the ports of I and of Q"
            yield Problem("line without a Q port", f"line {line.name}", f"port {line.i_port} alone", fix=fix)
        for port in (line.i_port, line.q_port):
            if port is not None and not 1 <= port <= limit.ports:
                yield Problem(
                    "port that the instrument lacks", f"line {line.name}", str(port), f"1 to {limit.ports}"
                )
    yield from _marker_problems(wiring, name, limit)


def _output_problems(wiring: Wiring, name: str, limit: SequencerLimits) -> Iterator[Problem]:
    known = ", ".join("/".join(map(str, ports)) for ports in limit.outputs)
    for pair in port_pairs(wiring, name):
        if pair.ports not in limit.outputs:
            place, got = f"line {pair.lines[0].name}", "/".join(map(str, pair.ports))
            yield Problem("output that the instrument lacks", place, got, known)


def _marker_problems(wiring: Wiring, name: str, limit: PlaybackLimits | SequencerLimits) -> Iterator[Problem]:
    if isinstance(limit, PlaybackLimits):
        ports, known = set(range(1, limit.ports + 1)), f"1 to {limit.ports}"
    else:
        ports = {port for output in limit.outputs for port in output}
        known = ", ".join(map(str, sorted(ports)))
    for trigger in sorted(set(wiring.triggers), key=repr):
        if trigger.instrument != name:
            continue
        place = f"trigger of {trigger.started}"
        if trigger.port not in ports:
            yield Problem("port that the instrument lacks", place, str(trigger.port), known)
        if not 1 <= trigger.marker <= limit.markers_per_port:
            allowed = f"1 to {limit.markers_per_port}" if limit.markers_per_port else "it has none"
            yield Problem("marker that the instrument lacks", place, str(trigger.marker), allowed)


def _step_problems(wiring: Wiring, limits: Limits) -> Iterator[Problem]:
    """Instruments that nothing keeps in step: beside a sequencer, one alone may run by its own clock."""
    players = tuple(dict.fromkeys(line.instrument for line in wiring.outputs))
    started = {trigger.started for trigger in wiring.triggers}
    followers = {line.started for line in wiring.starts}
    free = [name for name in players if name not in started | followers]
    if any(sequencer_limits(limits.get(name)) for name in free) and len(free) > 1:
        fix = "Let a marker of one of them start the others: a trigger in the wiring"
        yield Problem("instruments that nothing keeps in step", "triggers", ", ".join(free), "one", fix)
    for name in sorted(followers | {line.instrument for line in wiring.starts}):
        if sequencer_limits(limits.get(name)) is not None:
            fix = "Name the marker as a trigger, with which each of its programs begins"
            yield Problem("start of or by an instrument with a sequencer", f"instrument {name}", fix=fix)
    for trigger in sorted(set(wiring.triggers), key=repr):
        if trigger.started in players and isinstance(limits.get(trigger.started), PlaybackLimits):
            fix = "Let it run by its own clock, and start the others"
            yield Problem("generator that cannot wait for triggers", f"trigger of {trigger.started}", fix=fix)
        if trigger.instrument in started:
            place, got = f"trigger of {trigger.started}", f"{trigger.instrument}, which waits itself"
            yield Problem("trigger from an instrument that is triggered", place, got, ", ".join(free) or "none")


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
