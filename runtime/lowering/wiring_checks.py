"""What can be wrong with a wiring, before anything is connected or played."""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Iterator
from numbers import Integral
from typing import get_args

from numpy.linalg import LinAlgError

from drivers.contract import Problem
from runtime.lowering.distortion import uncoupled
from runtime.lowering.starts import start_problems
from runtime.lowering.wiring import Carrier, InputLine, Interpolation, MixerCorrection, OutputLine, Wiring
from runtime.pulse import AcquireChannel
from runtime.pulse.channels import Channel

__all__ = ["wiring_problems"]


def wiring_problems(wiring: Wiring) -> tuple[Problem, ...]:
    """Everything that contradicts itself in a wiring, whatever is played: channels, ports, triggers, numbers."""
    return tuple(
        itertools.chain(
            _name_problems(wiring),
            _channel_problems(wiring),
            _port_problems(wiring.outputs),
            _trigger_problems(wiring),
            start_problems(wiring),
            _clock_problems(wiring),
            _crosstalk_problems(wiring),
            *(_predistortion_problems(line) for line in wiring.outputs),
            *(_number_problems(line) for line in wiring.lines),
        )
    )


def _name_problems(wiring: Wiring) -> Iterator[Problem]:
    seen: set[str] = set()
    for line in wiring.lines:
        if line.name in seen:
            yield Problem("line name used twice", f"line {line.name}", fix="Give each line its own name")
        seen.add(line.name)


def _channel_problems(wiring: Wiring) -> Iterator[Problem]:
    for output in wiring.outputs:
        if len(output.channels) > 1 and not output.shared:
            names = ", ".join(channel.name for channel in output.channels)
            fix = "Set shared: true if their signals are meant to add"
            yield Problem(
                "several channels on a line that is not shared", f"line {output.name}", names, "one", fix
            )
    owner: dict[Channel, str] = {}
    for line in wiring.lines:
        if not line.channels:
            yield Problem("line without channels", f"line {line.name}", fix="Name its channels, or remove it")
        for channel in line.channels:
            if channel in owner:
                place = f"line {line.name}, channel {channel.name}"
                got = f"wired to line {owner[channel]} already"
                yield Problem("channel on two lines", place, got, "one line a channel", "Remove one of them")
            owner.setdefault(channel, line.name)


def _port_problems(outputs: tuple[OutputLine, ...]) -> Iterator[Problem]:
    for line in outputs:
        if line.i_port == line.q_port:
            place = f"line {line.name}, {line.instrument} port {line.i_port}"
            yield Problem("I and Q on one port", place, fix="Give I and Q a port each")
        if line.q_port is None and line.mixer != MixerCorrection():
            fix = "Remove the correction: the output converts up by itself"
            yield Problem("mixer correction without a mixer", f"line {line.name}", fix=fix)
    for one, other in itertools.combinations(outputs, 2):
        common = _ports(one) & _ports(other)
        if one.instrument != other.instrument or not common:
            continue
        ports = ", ".join(str(port) for port in sorted(common))
        place = f"lines {one.name} and {other.name}, {one.instrument} port {ports}"
        if not (one.shared and other.shared):
            fix = "Wire one of them elsewhere, or set shared: true on both if their signals are meant to add"
            yield Problem("port wired twice", place, "two lines", "one line, or lines with shared: true", fix)
        elif (one.i_port, one.q_port) != (other.i_port, other.q_port):
            got = " and ".join(str((line.i_port, line.q_port)) for line in (one, other))
            yield Problem("shared ports paired differently", place, got, "the same I and Q ports")
        elif one.predistortion != other.predistortion:
            yield Problem("shared ports with two predistortions", place, allowed="the same predistortion")
        elif (one.lo_frequency_hz, one.mixer) != (other.lo_frequency_hz, other.mixer):
            fix = "Give both lines the oscillator and the mixer correction that the ports really have"
            yield Problem("shared ports with two mixers", place, allowed="one oscillator, one correction", fix=fix)


def _ports(line: OutputLine) -> set[int]:
    return {line.i_port} if line.q_port is None else {line.i_port, line.q_port}


def _trigger_problems(wiring: Wiring) -> Iterator[Problem]:
    triggers = sorted(set(wiring.triggers), key=repr)
    generators = {line.instrument for line in wiring.outputs}
    for line in wiring.inputs:
        count = sum(trigger.started == line.instrument for trigger in triggers)
        # An instrument that plays as well as records can start itself.
        if count != 1 and not (count == 0 and line.instrument in generators):
            place = f"line {line.name}, digitizer {line.instrument}"
            fix = "Name the generator, port and marker that start its records"
            yield Problem("digitizer needs one trigger", place, f"{count} triggers", "1", fix)
    for one, other in itertools.combinations(triggers, 2):
        same = (one.instrument, one.port, one.marker) == (other.instrument, other.port, other.marker)
        if same and one.started != other.started:
            place = f"{one.instrument} port {one.port} marker {one.marker}"
            got = f"{one.started} and {other.started}"
            yield Problem(
                "marker wired to two digitizers", place, got, "one", "Use another marker for one of them"
            )
    recorders = {line.instrument for line in wiring.inputs}
    for name in sorted(generators - recorders):
        count = sum(trigger.started == name for trigger in triggers)
        if count > 1:
            yield Problem(
                "instrument with several triggers", f"instrument {name}", f"{count} triggers", "1 or none"
            )
    for trigger in triggers:
        if trigger.instrument == trigger.started:
            yield Problem("trigger of an instrument by itself", f"trigger of {trigger.started}", fix="Remove it")
        if trigger.instrument not in generators:
            place = f"trigger of {trigger.started}"
            allowed = ", ".join(sorted(generators)) or "a generator with an output line"
            yield Problem("trigger from an instrument that plays nothing", place, trigger.instrument, allowed)


def _clock_problems(wiring: Wiring) -> Iterator[Problem]:
    for name in sorted({line.instrument for line in wiring.lines}):
        rate = wiring.sample_rates_hz.get(name)
        if isinstance(rate, bool) or not isinstance(rate, int | Integral) or rate <= 0:
            got = "none" if rate is None else f"{rate!r} Hz"
            allowed = "a positive whole number of Hz"
            yield Problem("instrument without a sample rate", f"instrument {name}", got, allowed)
    if not (math.isfinite(wiring.idle_s) and wiring.idle_s >= 0):
        yield Problem("idle that is no length of time", "idle_s", f"{wiring.idle_s} s", ">= 0 s")
    if wiring.interpolation not in get_args(Interpolation):
        allowed = ", ".join(get_args(Interpolation))
        yield Problem("unknown interpolation", "interpolation", str(wiring.interpolation), allowed)


def _number_problems(line: OutputLine | InputLine) -> Iterator[Problem]:
    numbers = {"lo_frequency_hz": line.lo_frequency_hz, "delay_s": line.delay_s}
    if isinstance(line, OutputLine):
        mixer = line.mixer
        numbers |= {"scale": line.scale, "mixer.gain": mixer.gain, "mixer.phase_rad": mixer.phase_rad}
        numbers |= {"mixer.offset_i": mixer.offset_i, "mixer.offset_q": mixer.offset_q}
        if mixer.gain == 0:
            yield Problem("mixer correction without a gain", f"line {line.name}, mixer.gain", "0", "not 0")
        if abs(mixer.phase_rad) >= math.pi / 2:
            place = f"line {line.name}, mixer.phase_rad"
            yield Problem("mixer arms in line", place, f"{mixer.phase_rad} rad", "within (-pi/2, pi/2)")
        if line.carrier not in get_args(Carrier):
            allowed = ", ".join(get_args(Carrier))
            yield Problem("unknown carrier", f"line {line.name}, carrier", str(line.carrier), allowed)
        for channel in line.channels:
            if isinstance(channel, AcquireChannel):
                yield Problem(
                    "acquire channel on an output", f"line {line.name}", channel.name, "d, u, m channels"
                )
    for key, value in numbers.items():
        if not math.isfinite(value):
            yield Problem("number that is not finite", f"line {line.name}, {key}", str(value), "finite numbers")


def _crosstalk_problems(wiring: Wiring) -> Iterator[Problem]:
    lines = {line.name: line for line in wiring.outputs}
    for (source, victim), part in wiring.crosstalk.items():
        place = f"crosstalk from {source} to {victim}"
        absent = [name for name in (source, victim) if name not in lines]
        if absent:
            yield Problem("crosstalk of an unknown line", place, ", ".join(absent), ", ".join(lines))
            continue
        one, other = lines[source], lines[victim]
        if (one.instrument, one.i_port, one.q_port) == (other.instrument, other.i_port, other.q_port):
            yield Problem("crosstalk between lines on the same ports", place, fix="Remove it: their signals add")
        if not cmath.isfinite(part) or abs(part) >= 1:
            yield Problem("crosstalk that is no small part", place, str(part), "magnitude below 1")
    try:
        uncoupled(list(lines), wiring.crosstalk)
    except LinAlgError:
        yield Problem(
            "crosstalk that cannot be undone", "crosstalk", fix="Lines that all carry the same are one line"
        )


def _predistortion_problems(line: OutputLine) -> Iterator[Problem]:
    shape, place = line.predistortion, f"line {line.name}, predistortion"
    for amplitude, tau_s in shape.exponentials:
        if not (math.isfinite(amplitude) and amplitude > -1):
            yield Problem("exponential that cannot be inverted", place, f"amplitude {amplitude}", "above -1")
        if not (math.isfinite(tau_s) and tau_s > 0):
            yield Problem("time constant that is no length of time", place, f"{tau_s} s", "> 0 s")
    if shape.high_pass_s is not None and not (math.isfinite(shape.high_pass_s) and shape.high_pass_s > 0):
        yield Problem("time constant that is no length of time", place, f"{shape.high_pass_s} s", "> 0 s")
    if shape.bounce is not None and not (abs(shape.bounce[0]) < 1 and 0 < shape.bounce[1] < math.inf):
        got = f"amplitude {shape.bounce[0]}, delay {shape.bounce[1]} s"
        yield Problem("echo that cannot be undone", place, got, "magnitude below 1, delay > 0 s")
    if not all(map(math.isfinite, shape.fir)):
        yield Problem("number that is not finite", f"{place}, fir", str(shape.fir), "finite numbers")
