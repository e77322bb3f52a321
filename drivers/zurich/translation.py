"""From a program and a plan to everything that one device's sequencers and analyzers get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from drivers.contract import AcquisitionPlan, OutputTrack, Problem, ProblemReport, SequencerProgram
from drivers.zurich.channels import Channels, Recorded, channel_plans, channel_problems
from drivers.zurich.checks import core_problems, layout_problems, plan_problems, program_problems
from drivers.zurich.compiling import Compiled, CompileError, CompileRequest
from drivers.zurich.profiles import CoreProfile, Profile
from drivers.zurich.seqc import (
    PROBE_LEAD,
    Core,
    CoreProgram,
    ReadoutLayout,
    analyzer_program,
    generator_program,
    layout_of,
    probe_layout,
    slots_of,
    uhf_program,
    uhf_rows,
)

__all__ = ["DeviceProgram", "compiled", "core_of", "lead_of", "translated"]


@dataclass(frozen=True, slots=True, eq=False)
class DeviceProgram:
    """What a device gets for one batch."""

    program: SequencerProgram
    cores: tuple[CoreProgram, ...]
    tracks: tuple[OutputTrack | None, ...]
    """The track of each core; None where it only records."""
    recorded: tuple[Recorded, ...]
    """What its analyzer channels record."""
    lead: int
    """Samples of silence before each program; see `lead_of`."""


def translated(
    program: SequencerProgram, plan: AcquisitionPlan | None, profile: Profile, channels: Channels
) -> DeviceProgram:
    """Sources, waves, tables and layouts of a batch; `channels` tells where the plan's inputs are.

    Raises:
        ProblemReport: Everything that the device cannot do, at once.
    """
    lead = lead_of(program, profile)
    problems = list(program_problems(program, profile, lead))
    if plan is not None:
        problems += plan_problems(plan, profile)
        problems += channel_problems(plan, channels)
        problems += _record_problems(program, plan, profile)
    _raise(program.instrument, problems)
    recorded: dict[tuple[int, ...], Recorded] = {}
    for port, part in channel_plans(plan).items() if plan is not None else ():
        ports = channels[port]
        recorded[ports] = Recorded(core_of(profile, ports), part, _layout(program, part, profile, ports))
    if program.trigger_input is None and any(each.layout.probe is not None for each in recorded.values()):
        lead = max(lead, PROBE_LEAD)
        problems += program_problems(program, profile, lead)
    for ports, each in recorded.items():
        problems += layout_problems(each.plan, each.layout, profile)
        problems += _start_problems(program, each.layout, profile, ports, lead)
    _raise(program.instrument, problems)
    played = {track.ports: track for track in _played(program)}
    every = [*played, *(ports for ports in recorded if ports not in played)]
    cores = []
    for ports in every:
        core = core_of(profile, ports)
        layout_of_core = recorded[ports].layout if ports in recorded else None
        made = _core_program(program, played.get(ports), core, layout=layout_of_core, profile=profile, lead=lead)
        problems += core_problems(program.instrument, made, _core_profile(profile, core))
        cores.append(made)
    _raise(program.instrument, problems)
    return DeviceProgram(
        program, tuple(cores), tuple(played.get(ports) for ports in every), tuple(recorded.values()), lead
    )


def compiled(
    made: DeviceProgram, profile: Profile, compile_source: Callable[[CompileRequest], Compiled]
) -> tuple[Compiled, ...]:
    """The programs of all sequencers, in the order of `made.cores`.

    Raises:
        ProblemReport: What the compiler refused, each with the pulse it concerns.
        UploadError: The compiler itself failed.
    """
    programs, problems = [], []
    for core in made.cores:
        request = CompileRequest(
            core.source,
            profile.model,
            "\n".join(profile.options),
            float(made.program.sample_rate_hz) if profile.family == "HDAWG" else None,
            core.core.kind if profile.family == "SHFQC" else None,
            core.core.index if profile.family == "HDAWG" else 0,
        )
        try:
            programs.append(compile_source(request))
        except CompileError as error:
            problems.append(error.problem(core.origins.where))
    _raise(made.program.instrument, problems)
    return tuple(programs)


def core_of(profile: Profile, ports: tuple[int, ...]) -> Core:
    """The sequencer that plays on an output."""
    if ports in profile.generator_outputs and profile.generator is not None:
        return Core(profile.generator.kind, profile.generator_outputs.index(ports), ports)
    if profile.analyzer is None:
        raise ValueError(f"{profile.model} has no output {ports}")
    return Core(profile.analyzer.kind, profile.analyzer_outputs.index(ports), ports)


def lead_of(program: SequencerProgram, profile: Profile) -> int:
    """Samples of silence at whose begin oscillators start again, before each program; 0 where none is used.

    It is the end of the program before; all sequencers of a device keep to it, so that they stay together.
    Programs that begin with a trigger's edge have none: their oscillators start again at the edge.
    """
    turns = program.trigger_input is None and any(track.oscillator_hz for track in program.tracks)
    return profile.core.reset_lead if turns else 0


def _played(program: SequencerProgram) -> tuple[OutputTrack, ...]:
    """The tracks that emit anything in any program; a sequencer without one of them is not started."""
    marked = {marker.port for marker in program.markers}
    busy = tuple(
        track
        for track in program.tracks
        if track.starts.size or track.offset or not marked.isdisjoint(track.ports)
    )
    return busy or program.tracks


def _core_profile(profile: Profile, core: Core) -> CoreProfile:
    chosen = profile.analyzer if core.kind in {"qa", "uhf"} else profile.generator
    if chosen is None:
        raise ValueError(f"{profile.model} has no sequencer of kind {core.kind}")
    return chosen


def _core_program(
    program: SequencerProgram,
    track: OutputTrack | None,
    core: Core,
    *,
    layout: ReadoutLayout | None,
    profile: Profile,
    lead: int,
) -> CoreProgram:
    limits = _core_profile(profile, core)
    if core.kind == "uhf":
        return uhf_program(program, track, layout, core, limits)
    if core.kind == "qa" and profile.readout is not None:
        return analyzer_program(program, track, layout, core, profile=limits, readout=profile.readout, lead=lead)
    if track is None:
        raise ValueError("a generator without a track")
    return generator_program(program, track, core, limits, lead)


def _layout(
    program: SequencerProgram, plan: AcquisitionPlan, profile: Profile, ports: tuple[int, ...]
) -> ReadoutLayout:
    track = next((track for track in program.tracks if track.ports == ports), None)
    starts: Sequence[Sequence[int]] = [()] * len(program.lengths)
    # What triggers itself records from its first readout pulse on; the trigger is where programs begin.
    firsts = _first_readouts(program, profile)
    edges = [0 if first is None or program.trigger_input is not None else first for first in firsts]
    if track is not None and profile.analyzer is not None:
        begin, first = track.begin, track.starts
        if profile.family == "UHFQA":
            rows = uhf_rows(program, track, profile.analyzer)
            begin, first = rows.begin, rows.start
        starts = [first[low:high].tolist() for low, high in pairwise(begin.tolist())]
    delay_grid = profile.readout.delay_grid if profile.readout else 1
    samples = profile.readout.weight_samples if profile.readout else 0
    grid = profile.core.granularity
    layout = layout_of(plan, starts, edges, grid=grid, delay_grid=delay_grid, weight_samples=samples)
    if track is None or profile.readout is None or not profile.readout.spectroscopy_samples:
        return layout
    if _fits(track, layout, profile):
        return layout
    # Behind an edge the oscillator needs its time; by its own clock it has the end of the program before.
    earliest = PROBE_LEAD if program.trigger_input is not None else 0
    return probe_layout(track, plan, edges, profile.readout, earliest) or layout


def _fits(track: OutputTrack, layout: ReadoutLayout, profile: Profile) -> bool:
    """Whether a channel has slots and integrators enough for a batch."""
    readout, analyzer = profile.readout, profile.analyzer
    if readout is None or analyzer is None or layout.kind != "sums":
        return True
    few = len(layout.integrators) <= readout.integrators and layout.length <= readout.weight_samples
    return few and len(slots_of(track, readout.slot_samples, analyzer.waves).slots) <= analyzer.waves


def _first_readouts(program: SequencerProgram, profile: Profile) -> list[int | None]:
    """For each program the first sample of its first readout pulse, on whichever channel; None without one."""
    found: list[int | None] = [None] * len(program.lengths)
    for track in program.tracks:
        if track.ports not in profile.analyzer_outputs:
            continue
        for number, (low, high) in enumerate(pairwise(track.begin.tolist())):
            if high > low:
                start, known = int(track.starts[low]), found[number]
                found[number] = start if known is None else min(known, start)
    return found


def _record_problems(program: SequencerProgram, plan: AcquisitionPlan, profile: Profile) -> list[Problem]:
    """Programs that are to be recorded, and nothing says from when."""
    if plan.records_per_pass != len(program.lengths):
        got, allowed = f"{plan.records_per_pass} records a pass", f"{len(program.lengths)}, one for each program"
        return [Problem("the plan belongs to another program", program.instrument, got, allowed)]
    if program.trigger_input is not None:
        return []
    silent = [number for number, first in enumerate(_first_readouts(program, profile)) if first is None]
    return [
        Problem(
            "a record without a readout pulse of its own to begin with",
            f"{program.instrument}, program {number}",
            fix="Play a readout pulse, or let another instrument trigger this one",
        )
        for number in silent
    ]


def _start_problems(
    program: SequencerProgram, layout: ReadoutLayout, profile: Profile, ports: tuple[int, ...], lead: int
) -> list[Problem]:
    """Starts that no instruction of the sequencer coincides with."""
    core = profile.analyzer
    track = next((track for track in program.tracks if track.ports == ports), None)
    if core is None:
        return []
    problems = []
    for number in range(len(program.lengths)):
        times = {readout.time for readout in layout.readouts if readout.program == number}
        begins: set[int] = set()
        if track is not None:
            begins = set(track.starts[int(track.begin[number]) : int(track.begin[number + 1])].tolist())
        edges = sorted({-lead, *times, *begins, program.lengths[number] - lead})
        tight = [later for earlier, later in pairwise(edges) if later - earlier < core.min_length]
        problems += [
            Problem(
                "readouts too close to one another or to an end of the program",
                f"{program.instrument}, program {number}, sample {time}",
                allowed=f"{core.min_length} samples apart",
                fix="Move the readout on the instrument's grid",
            )
            for time in tight
            if time in times
        ]
    return problems


def _raise(instrument: str, problems: list[Problem]) -> None:
    if problems:
        raise ProblemReport(f"{instrument} cannot play the program", problems=tuple(problems))
