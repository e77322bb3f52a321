"""Programs as they come: ports, grids, overlaps, and room for what a sequencer needs between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from drivers.contract import OutputTrack, Problem, SequencerProgram
from drivers.zurich.profiles import CoreProfile, Profile

__all__ = ["program_problems"]

MARKERS_PER_PORT = 2


def program_problems(program: SequencerProgram, profile: Profile, lead: int) -> Iterator[Problem]:
    """Everything about a program that shows before it is translated.

    `lead` is how many samples at the end of each program have to be silent; see `CoreProfile.reset_lead`.
    """
    name = program.instrument
    if program.sample_rate_hz not in profile.sample_rates_hz:
        allowed = ", ".join(map(str, profile.sample_rates_hz))
        yield Problem("sample rate that its clock does not have", name, str(program.sample_rate_hz), allowed)
    if program.passes < 1:
        yield Problem("nothing to play", name, f"{program.passes} passes", "1 or more")
    if not program.lengths:
        yield Problem("nothing to play", name, "no programs", "1 or more")
    yield from _length_problems(program, profile)
    yield from _port_problems(program, profile)
    yield from _marker_problems(program, profile)
    for track in program.tracks:
        core = profile.generator if track.ports in profile.generator_outputs else profile.analyzer
        if core is not None:
            yield from _track_problems(program, track, core, lead)


def _length_problems(program: SequencerProgram, profile: Profile) -> Iterator[Problem]:
    grid, least = profile.core.granularity, profile.core.min_length
    for number, length in enumerate(program.lengths):
        if length % grid or length < least:
            yield Problem(
                "length of a program off the instrument's grid",
                f"{program.instrument}, program {number}",
                f"{length} samples",
                f"{least} or more, multiples of {grid}",
            )


def _port_problems(program: SequencerProgram, profile: Profile) -> Iterator[Problem]:
    outputs = (*profile.generator_outputs, *profile.analyzer_outputs)
    seen: set[tuple[int, ...]] = set()
    for track in program.tracks:
        where = f"{program.instrument}, {track.name}"
        if track.ports not in outputs:
            allowed = ", ".join("/".join(map(str, ports)) for ports in outputs)
            yield Problem("there is no such output", where, "/".join(map(str, track.ports)), allowed)
        elif track.ports in seen:
            yield Problem("another line plays on the same output", where, "/".join(map(str, track.ports)))
        seen.add(track.ports)
    if profile.family == "HDAWG" and profile.generator is not None and profile.generator.oscillators < 2:
        used = {track.oscillator_hz for track in program.tracks if track.oscillator_hz}
        if len(used) > 1:
            yield Problem(
                "more than one oscillator frequency, and the option MF is not installed",
                program.instrument,
                ", ".join(f"{frequency:g} Hz" for frequency in sorted(used)),
                "one",
                "Render the carriers of the other lines (carrier: rendered in wiring.yaml)",
            )


def _marker_problems(program: SequencerProgram, profile: Profile) -> Iterator[Problem]:
    ports = {port for output in profile.generator_outputs for port in output}
    for marker in program.markers:
        where = f"{program.instrument}, program {marker.program}, marker {marker.marker} of port {marker.port}"
        if marker.port not in ports or not 1 <= marker.marker <= MARKERS_PER_PORT:
            allowed = ", ".join(map(str, sorted(ports))) or "none"
            yield Problem(
                "there is no such marker", where, f"port {marker.port}", f"markers 1, 2 of ports {allowed}"
            )
        elif not 0 <= marker.start < marker.stop <= program.lengths[marker.program]:
            yield Problem("marker outside its program", where, f"samples {marker.start} to {marker.stop}")
        elif all(marker.port not in track.ports for track in program.tracks):
            yield Problem(
                "no line plays on the port whose waves would carry the marker",
                where,
                fix="Move the marker to a port that a line uses",
            )
        elif marker.start < _reset_end(program, profile, marker.port):
            yield Problem(
                "marker too soon behind the trigger's edge: the oscillators are reset there",
                where,
                f"sample {marker.start}",
                f"{profile.core.reset_lead} samples",
            )


def _reset_end(program: SequencerProgram, profile: Profile, port: int) -> int:
    """The first sample of a port that is not taken by the reset behind a trigger's edge."""
    turns = any(track.oscillator_hz for track in program.tracks if port in track.ports)
    return profile.core.reset_lead if turns and program.trigger_input is not None else 0


def _track_problems(
    program: SequencerProgram, track: OutputTrack, core: CoreProfile, lead: int
) -> Iterator[Problem]:
    place = f"{program.instrument}, {track.name}"
    if track.offset and core.kind in {"sg", "qa"}:
        yield Problem("an output without DC cannot have an offset", place, str(track.offset), "0")
    if track.oscillator_hz and not core.oscillators:
        allowed = "0: the carrier has to be in the envelopes"
        yield Problem("the output has no oscillator", place, f"{track.oscillator_hz:g} Hz", allowed)
    yield from _envelope_problems(track, place, core)
    if track.starts.size:
        yield from _event_problems(program, track, place, core, lead)


def _envelope_problems(track: OutputTrack, place: str, core: CoreProfile) -> Iterator[Problem]:
    for index, envelope in enumerate(track.envelopes):
        where = f"{place}, pulse {track.sources[index] if index < len(track.sources) else index}"
        if envelope.size < core.min_length or envelope.size % core.granularity:
            yield Problem(
                "envelope of a length the instrument does not have",
                where,
                f"{envelope.size} samples",
                f"{core.min_length} or more, multiples of {core.granularity}",
            )
        # NaN makes the comparison false, infinity too; rounding in the envelopes is forgiven.
        if not bool(np.all(np.abs(envelope) <= 1.0 + 1e-9)):
            yield Problem("sample that no instrument may get", where, allowed="finite, magnitude 0 to 1")


def _event_problems(
    program: SequencerProgram, track: OutputTrack, place: str, core: CoreProfile, lead: int
) -> Iterator[Problem]:
    sizes = np.array([envelope.size for envelope in track.envelopes], np.int64)
    stops = track.starts + sizes[track.envelope]
    owner = np.repeat(np.arange(len(program.lengths)), np.diff(track.begin))
    ends = np.asarray(program.lengths, np.int64)[owner]
    same = np.append(owner[1:] == owner[:-1], False)
    nexts = np.append(track.starts[1:], 0)
    good = np.isfinite(track.amplitudes) & (np.abs(track.amplitudes) <= 1.0) & np.isfinite(track.phases_rad)
    on_edge, grid = program.trigger_input is not None and bool(track.oscillator_hz), core.granularity
    checks = (
        (track.starts % grid != 0, "start off the instrument's grid", f"multiples of {grid}"),
        (same & (nexts < stops), "pulse that ends after the next one begins", "pulses one after another"),
        ((track.starts < 0) | (stops > ends), "pulse outside its program", "within the program"),
        (
            (stops <= ends) & (stops > ends - lead),
            "too little silence after the last pulse: the oscillators are reset there",
            f"{lead} samples",
        ),
        (
            (track.starts < core.reset_lead) & on_edge,
            "too little silence behind the trigger's edge: the oscillators are reset there",
            f"{core.reset_lead} samples",
        ),
        (~good, "amplitude or phase that no instrument may get", "amplitudes up to 1, both finite"),
    )
    for wrong, what, allowed in checks:
        for row in np.flatnonzero(wrong)[:20].tolist():
            index = int(track.envelope[row])
            source = track.sources[index] if index < len(track.sources) else f"envelope {index}"
            span = f"samples {int(track.starts[row])} to {int(stops[row])}"
            got = f"{span}, amplitude {float(track.amplitudes[row]):g}"
            yield Problem(what, f"{place}, program {int(owner[row])}, pulse {source}", got, allowed)
