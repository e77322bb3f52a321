"""Which nodes stand for which settings, family by family."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.contract import MarkerEvent, OutputSettings, OutputTrack, SequencerProgram
from drivers.zurich.profiles import Profile
from drivers.zurich.ranges import range_setting
from drivers.zurich.seqc import Core
from drivers.zurich.server import Value

__all__ = ["all_off", "mode_nodes", "output_nodes", "program_nodes", "switches"]

MIXER_CALIBRATION = 6
"""Modulation mode of an HDAWG in which its two waves are the parts of a complex one."""

MARKER_OF_OUTPUT = 4
"""First of the marker sources that come with the waves: outputs 1 and 2 of a core, two markers each."""

RISING = 1
SPECTROSCOPY_MODE, READOUT_MODE = 0, 1
RF_PATH = 1

Settings = dict[str, Value]


def output_nodes(profile: Profile, core: Core, output: OutputSettings, synthesizer: int) -> Settings:
    """Range, synthesizer, delay and paths of one output; `synthesizer` is the one it shares."""
    makers = {"hdawg": _hdawg_output, "sg": _sg_output, "qa": _qa_output, "uhf": _uhf_output}
    return makers[core.kind](profile, core, output, synthesizer)


def program_nodes(
    profile: Profile,
    core: Core,
    track: OutputTrack | None,
    program: SequencerProgram,
    full_scale_v: float,
) -> Settings:
    """Oscillator, modulation, markers and offset that a program needs of one output."""
    markers = [marker for marker in program.markers if marker.port in core.ports]
    nodes: Settings = {f"{core.node}/single": 1}
    if core.kind == "hdawg" and track is not None:
        nodes |= _hdawg_program(profile, core, track, full_scale_v) | _hdawg_markers(markers)
    elif core.kind == "sg" and track is not None:
        channel = f"sgchannels/{core.index}"
        nodes |= {
            f"{channel}/oscs/0/freq": track.oscillator_hz,
            f"{channel}/sines/0/oscselect": 0,
            f"{channel}/awg/modulation/enable": 1,
            f"{channel}/awg/outputamplitude": 1.0,
        }
        if markers:
            nodes[f"{channel}/marker/source"] = MARKER_OF_OUTPUT + markers[0].marker - 1
    return nodes


def mode_nodes(core: Core, *, probing: bool) -> Settings:
    """What an SHF analyzer channel plays from and integrates with."""
    if core.kind != "qa":
        return {}
    return {f"qachannels/{core.index}/mode": SPECTROSCOPY_MODE if probing else READOUT_MODE}


def switches(core: Core, *, on: bool) -> Settings:
    """The outputs of a sequencer, and for an analyzer its input."""
    if core.kind == "sg":
        return {f"sgchannels/{core.index}/output/on": int(on)}
    if core.kind == "qa":
        return {f"qachannels/{core.index}/{side}/on": int(on) for side in ("output", "input")}
    nodes: Settings = {f"sigouts/{port - 1}/on": int(on) for port in core.ports}
    if core.kind == "uhf":
        nodes |= {f"sigins/{index}/on": int(on) for index in range(2)}
    return nodes


def all_off(profile: Profile, cores: Iterable[Core]) -> Settings:
    """Everything that could emit or record is switched off."""
    nodes: Settings = {}
    for core in cores:
        nodes |= switches(core, on=False)
        nodes[f"{core.node}/enable"] = 0
        if core.kind == "qa":
            for unit in ("readout", "spectroscopy"):
                nodes[f"qachannels/{core.index}/{unit}/result/enable"] = 0
    if profile.family in {"SHFQA", "SHFQC"}:
        nodes["scopes/0/enable"] = 0
    if profile.family == "UHFQA":
        nodes |= {"qas/0/result/enable": 0, "qas/0/monitor/enable": 0}
    return nodes


def _hdawg_output(profile: Profile, core: Core, output: OutputSettings, _synthesizer: int) -> Settings:
    nodes: Settings = {}
    for port in core.ports:
        nodes[f"sigouts/{port - 1}/direct"] = 0
        nodes[f"sigouts/{port - 1}/range"] = range_setting(profile, "output", output.full_scale_v)
        nodes[f"sigouts/{port - 1}/delay"] = output.delay_s
    return nodes


def _sg_output(profile: Profile, core: Core, output: OutputSettings, synthesizer: int) -> Settings:
    channel = f"sgchannels/{core.index}"
    nodes: Settings = {
        f"{channel}/output/range": range_setting(profile, "output", output.full_scale_v),
        f"{channel}/output/rflfpath": RF_PATH,
        f"synthesizers/{synthesizer}/centerfreq": float(output.lo_frequency_hz or 0.0),
    }
    if output.delay_s:
        nodes[f"{channel}/output/delay"] = output.delay_s
    return nodes


def _qa_output(profile: Profile, core: Core, output: OutputSettings, _synthesizer: int) -> Settings:
    channel = f"qachannels/{core.index}"
    nodes: Settings = {
        f"{channel}/output/range": range_setting(profile, "output", output.full_scale_v),
        f"{channel}/centerfreq": float(output.lo_frequency_hz or 0.0),
        f"{channel}/generator/delay": output.delay_s,
        f"{channel}/spectroscopy/envelope/delay": output.delay_s,
    }
    if output.input_full_scale_v is not None:
        nodes[f"{channel}/input/range"] = range_setting(profile, "input", output.input_full_scale_v)
    return nodes


def _uhf_output(profile: Profile, core: Core, output: OutputSettings, _synthesizer: int) -> Settings:
    nodes: Settings = {"awgs/0/time": 0}
    for index, port in enumerate(core.ports):
        nodes |= {
            f"sigouts/{port - 1}/imp50": 1,
            f"sigouts/{port - 1}/range": range_setting(profile, "output", output.full_scale_v),
            f"awgs/0/outputs/{index}/mode": 0,
            f"awgs/0/outputs/{index}/amplitude": 1.0,
        }
    if output.input_full_scale_v is not None:
        for index in range(2):
            setting = range_setting(profile, "input", output.input_full_scale_v)
            nodes |= {f"sigins/{index}/imp50": 1, f"sigins/{index}/range": setting}
    return nodes


def _hdawg_program(profile: Profile, core: Core, track: OutputTrack, full_scale_v: float) -> Settings:
    """Both waves to both outputs, turned by the core's oscillator; see `seqc.table.hdawg_table`."""
    per_core = profile.generator.oscillators if profile.generator else 1
    oscillator = core.index * per_core if per_core > 1 else 0
    nodes: Settings = {"system/awg/oscillatorcontrol": 1} if per_core > 1 else {}
    if track.oscillator_hz or per_core > 1:
        nodes[f"oscs/{oscillator}/freq"] = abs(track.oscillator_hz)
    for index, port in enumerate(core.ports):
        output = f"{core.node}/outputs/{index}"
        offset = (track.offset.real, track.offset.imag)[index]
        nodes |= {
            f"sines/{port - 1}/oscselect": oscillator,
            f"sines/{port - 1}/harmonic": 1,
            f"{output}/modulation/mode": MIXER_CALIBRATION,
            f"{output}/gains/0": 1.0 - index,
            f"{output}/gains/1": float(index),
            f"{output}/amplitude": 1.0,
            f"sigouts/{port - 1}/offset": offset * full_scale_v,
        }
    return nodes


def _hdawg_markers(markers: Iterable[MarkerEvent]) -> Settings:
    return {
        f"triggers/out/{marker.port - 1}/source": MARKER_OF_OUTPUT
        + 2 * ((marker.port - 1) % 2)
        + marker.marker
        - 1
        for marker in markers
    }
