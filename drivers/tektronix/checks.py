"""What of a program or of port settings a generator cannot take, all at once, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from drivers.contract import (
    SILENCE,
    InstrumentProgram,
    PlaybackLimits,
    PortSettings,
    Problem,
    ProblemReport,
    Step,
)
from drivers.tektronix.assets import TRIGGER_INPUTS

__all__ = ["require_playable", "require_settable"]


def require_playable(program: InstrumentProgram, limits: PlaybackLimits) -> None:
    """Raise ProblemReport with everything in `program` that the instrument cannot play."""
    problems = [*_size_problems(program, limits), *_sample_problems(program), *_step_problems(program, limits)]
    if problems:
        raise ProblemReport(f"{program.instrument} cannot play the program", problems=tuple(problems))


def require_settable(
    name: str, sample_rate_hz: int, ports: tuple[PortSettings, ...], limits: PlaybackLimits
) -> None:
    """Raise ProblemReport with everything in the settings that is out of the instrument's range."""
    problems = []
    low, high = limits.sample_rates_hz
    if not low <= sample_rate_hz <= high:
        problems.append(
            Problem("sample rate out of range", name, f"{sample_rate_hz} Sa/s", f"{low} to {high} Sa/s")
        )
    for port in ports:
        where = f"{name} port {port.port}"
        small, large = limits.amplitude_vpp
        if not 1 <= port.port <= limits.ports:
            problems.append(Problem("there is no such port", where, str(port.port), f"1 to {limits.ports}"))
        if not small <= port.amplitude_vpp <= large:
            problems.append(
                Problem("amplitude out of range", where, f"{port.amplitude_vpp} Vpp", f"{small} to {large} Vpp")
            )
        if not 0 <= port.markers <= limits.markers_per_port:
            problems.append(
                Problem(
                    "so many markers are not there", where, str(port.markers), f"0 to {limits.markers_per_port}"
                )
            )
    if problems:
        raise ProblemReport(f"{name} cannot be set like this", problems=tuple(problems))


def _size_problems(program: InstrumentProgram, limits: PlaybackLimits) -> Iterator[Problem]:
    name = program.instrument
    if not 1 <= len(program.steps) <= limits.max_steps:
        yield Problem(
            "play list of a length that does not fit",
            name,
            f"{len(program.steps)} steps",
            f"1 to {limits.max_steps}",
        )
    # Each step of the main sequence repeats a body `max_repeat` times at most; all share the sequencer.
    most = (limits.max_steps + 1 - len(program.steps)) // len(program.bodies()) * limits.max_repeat
    if program.passes < 1 or program.passes > most >= 1:
        yield Problem("so many passes are not there", name, str(program.passes), f"1 to {most}")
    samples = sum(waveform.size for waveform in program.waveforms)
    if samples > limits.memory_samples:
        yield Problem("waveform memory exceeded", name, f"{samples} samples", f"{limits.memory_samples} samples")
    for port in program.ports:
        if not 1 <= port <= limits.ports:
            yield Problem("there is no such port", name, str(port), f"1 to {limits.ports}")
    if program.trigger_input is not None and not 1 <= program.trigger_input <= len(TRIGGER_INPUTS):
        yield Problem(
            "there is no such trigger input", name, str(program.trigger_input), f"1 to {len(TRIGGER_INPUTS)}"
        )


def _sample_problems(program: InstrumentProgram) -> Iterator[Problem]:
    for index, waveform in enumerate(program.waveforms):
        # NaN makes the comparison false, infinity too: one look at each sample finds all three faults.
        good = np.abs(waveform) <= 1.0
        if not good.all():
            sample = int(np.argmin(good))
            yield Problem(
                "sample that no instrument may get",
                f"{program.instrument}, waveform {index}, sample {sample}",
                f"{float(waveform[sample])!r}",
                "finite, -1 to 1",
            )


def _step_problems(program: InstrumentProgram, limits: PlaybackLimits) -> Iterator[Problem]:
    for index, step in enumerate(program.steps):
        where = f"{program.instrument}, step {index}"
        if not limits.min_length <= step.length <= limits.max_length or step.length % limits.granularity:
            yield Problem(
                "length that the instrument does not have",
                where,
                f"{step.length} samples",
                f"{limits.min_length} to {limits.max_length}, multiples of {limits.granularity}",
            )
        if not 1 <= step.repeat <= limits.max_repeat:
            yield Problem(
                "so many repetitions are not there", where, str(step.repeat), f"1 to {limits.max_repeat}"
            )
        yield from _assignment_problems(program, step, where)
        for pulse in step.markers:
            if not (
                1 <= pulse.marker <= limits.markers_per_port and 0 <= pulse.start <= pulse.stop <= step.length
            ):
                yield Problem(
                    "marker that does not fit",
                    where,
                    f"marker {pulse.marker} of port {pulse.port}, samples {pulse.start} to {pulse.stop}",
                    f"markers 1 to {limits.markers_per_port} within {step.length} samples",
                )


def _assignment_problems(program: InstrumentProgram, step: Step, where: str) -> Iterator[Problem]:
    if len(step.waveforms) != len(program.ports):
        yield Problem("not one waveform a port", where, str(len(step.waveforms)), str(len(program.ports)))
    for index in step.waveforms:
        if index == SILENCE:
            continue
        if not 0 <= index < len(program.waveforms):
            yield Problem("there is no such waveform", where, str(index), f"0 to {len(program.waveforms) - 1}")
        elif program.waveforms[index].size != step.length:
            size = program.waveforms[index].size
            yield Problem("waveform of another length than its step", where, f"{size}", f"{step.length} samples")
