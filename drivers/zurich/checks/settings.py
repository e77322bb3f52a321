"""Settings of outputs: clock, ranges, synthesizers, delays."""

from __future__ import annotations

import math
from collections.abc import Iterator

from drivers.contract import OutputSettings, Problem, SequencerProgram
from drivers.zurich.profiles import Profile
from drivers.zurich.ranges import input_range, output_range, ranges_text

__all__ = ["settings_problems", "synthesizer_of", "unconfigured_problems"]


def settings_problems(
    name: str, sample_rate_hz: int, outputs: tuple[OutputSettings, ...], profile: Profile
) -> Iterator[Problem]:
    """Everything in the settings that the device cannot do."""
    if sample_rate_hz not in profile.sample_rates_hz:
        allowed = ", ".join(map(str, profile.sample_rates_hz))
        yield Problem("sample rate that its clock does not have", name, f"{sample_rate_hz} Sa/s", allowed)
    synthesizers: dict[int, tuple[float, str]] = {}
    for output in outputs:
        where = f"{name} output {'/'.join(map(str, output.ports))}"
        if output.ports not in (*profile.generator_outputs, *profile.analyzer_outputs):
            every = (*profile.generator_outputs, *profile.analyzer_outputs)
            allowed = ", ".join("/".join(map(str, ports)) for ports in every)
            yield Problem("there is no such output", where, allowed=allowed)
            continue
        yield from _range_problems(where, output, profile)
        yield from _delay_problems(where, output, sample_rate_hz, profile)
        yield from _lo_problems(where, output, profile, synthesizers)


def unconfigured_problems(program: SequencerProgram, outputs: tuple[OutputSettings, ...]) -> Iterator[Problem]:
    """Lines of a program on outputs that nobody has set."""
    known = {output.ports for output in outputs}
    for track in program.tracks:
        if track.ports not in known:
            yield Problem(
                "an output that is not configured",
                f"{program.instrument}, {track.name}",
                "/".join(map(str, track.ports)),
                ", ".join("/".join(map(str, ports)) for ports in sorted(known)) or "none",
                "Configure the output first",
            )


def synthesizer_of(profile: Profile, ports: tuple[int, ...]) -> int:
    """Which synthesizer an output converts up with, from 0.

    Two neighbouring generators of an SHFSG8 or SHFQC share one; those of an SHFSG4 have their own, and so have
    analyzer channels (LabOne Q's tables).
    """
    if profile.model == "SHFSG4":
        return ports[0] - 1
    if profile.family in {"SHFSG", "SHFQC"} and ports in profile.generator_outputs:
        return (ports[0] - 1) // 2
    return 100 + ports[0]


def _range_problems(where: str, output: OutputSettings, profile: Profile) -> Iterator[Problem]:
    if output_range(profile, output.full_scale_v) is None:
        yield Problem(
            "full scale that the output does not have",
            where,
            f"{output.full_scale_v:g} V",
            ranges_text(profile, "output"),
        )
    volts = output.input_full_scale_v
    if volts is not None and output.ports in profile.analyzer_outputs and input_range(profile, volts) is None:
        allowed = ranges_text(profile, "input")
        yield Problem("full scale that the input does not have", where, f"{volts:g} V", allowed)


def _delay_problems(where: str, output: OutputSettings, rate_hz: int, profile: Profile) -> Iterator[Problem]:
    samples = output.delay_s * rate_hz
    most = profile.delay_limit_samples if output.ports in profile.generator_outputs else _analyzer_delay(profile)
    if samples < 0 or samples > most:
        yield Problem(
            "delay that the output does not have",
            where,
            f"{output.delay_s:g} s",
            f"0 to {most / rate_hz:g} s",
            "Give longer delays to the lines in wiring.yaml: they are played as silence",
        )
    step = profile.readout.delay_grid if profile.readout and output.ports in profile.analyzer_outputs else 1
    nearest = round(samples / step) * step
    if abs(samples - nearest) > 1e-3:
        yield Problem(
            "delay off the output's steps",
            where,
            f"{output.delay_s:g} s",
            f"multiples of {step / rate_hz:g} s, nearest {nearest / rate_hz:g} s",
        )


def _analyzer_delay(profile: Profile) -> int:
    return profile.readout.max_delay if profile.readout and profile.family != "UHFQA" else 0


def _lo_problems(
    where: str, output: OutputSettings, profile: Profile, synthesizers: dict[int, tuple[float, str]]
) -> Iterator[Problem]:
    frequency = output.lo_frequency_hz
    of_generator = output.ports in profile.generator_outputs
    grid = profile.generator_lo_grid_hz if of_generator else profile.analyzer_lo_grid_hz
    if not grid:
        return
    if frequency is None:
        yield Problem(
            "the output converts up by itself and needs a frequency", where, fix="Give it lo_frequency_hz"
        )
        return
    low, high = profile.lo_range_hz
    if not math.isfinite(frequency) or not low <= frequency <= high:
        allowed = f"{low:g} to {high:g} Hz"
        yield Problem("synthesizer frequency out of range", where, f"{frequency:g} Hz", allowed)
    elif frequency % grid:
        nearest = round(frequency / grid) * grid
        yield Problem(
            "synthesizer frequency off its grid",
            where,
            f"{frequency:.9g} Hz",
            f"multiples of {grid:g} Hz, nearest {nearest:.9g} Hz",
            "Take up the difference in the intermediate frequency",
        )
    other, line = synthesizers.setdefault(synthesizer_of(profile, output.ports), (frequency, where))
    if other != frequency:
        yield Problem(
            f"the synthesizer is shared with {line}, which wants another frequency",
            where,
            f"{frequency:.9g} Hz",
            f"{other:.9g} Hz",
            "Give both the same lo_frequency_hz, and the difference to their intermediate frequencies",
        )
