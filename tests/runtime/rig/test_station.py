"""A station's files: every problem in one report, with file, line and key, before anything is connected."""

from __future__ import annotations

import cmath
import shutil
from pathlib import Path

import pytest

import configs
from drivers.contract import ConfigurationError, ProblemReport, PulserigError
from runtime.lowering import Predistortion
from runtime.rig import find_station, known_stations, load_station

DEMO = configs.ROOT / "demo"


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A copy of the demo station that a test may break."""
    shutil.copytree(DEMO, tmp_path / "mine")
    return tmp_path / "mine"


def edit(path: Path, *replacements: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def problems_of(station: Path) -> list[str]:
    with pytest.raises(ProblemReport) as caught:
        load_station(station)
    return [str(problem) for problem in caught.value.problems]


def test_the_demo_station_is_valid() -> None:
    """By name, by configs/name and by path it is the same station."""
    loaded = load_station("demo")
    assert loaded.folder == DEMO == find_station("configs/demo") == find_station(DEMO)
    assert {line.name for line in loaded.wiring.outputs} == {"drive_q0", "drive_q1", "cross_q0_q1", "feedline"}
    assert [settings.markers for settings in loaded.ports["awg"]] == [0, 0, 0, 0, 0, 0, 1, 0]
    assert "demo" in known_stations()


def test_an_unknown_station_lists_the_known_ones() -> None:
    """The error helps on."""
    with pytest.raises(ConfigurationError, match=r"no station 'dmeo'.*demo.*pulserig stations"):
        load_station("dmeo")


def test_malformed_yaml_names_the_line(station: Path) -> None:
    """Both files are read before anything is said."""
    edit(station / "wiring.yaml", ("version: 1", "version: [1"))
    edit(station / "station.yaml", ("instruments:", "instruments: }"))
    first, second = problems_of(station)
    assert "wiring.yaml:" in first
    assert "not valid YAML" in first
    assert "station.yaml:" in second


def test_a_doubled_key_is_refused(station: Path) -> None:
    """YAML would silently keep one of the two."""
    edit(station / "wiring.yaml", ("  drive_q1:", "  drive_q0:"))
    assert "drive_q0" in problems_of(station)[0]


def test_every_malformed_entry_is_reported_with_its_line(station: Path) -> None:
    """Unknown key, wrong type, missing key, impossible value: four problems, one report."""
    wiring = station / "wiring.yaml"
    edit(
        wiring,
        ("repetition_idle_s: 1.0e-3", "repetition_idle_s: -1.0"),
        ("interpolation: linear", "interpolation: cubic"),
        ("    lo: lo_q1\n", "    oscillator: lo_q1\n"),
    )
    found = problems_of(station)
    assert len(found) == 4
    for text, key in (
        ("repetition_idle_s: -1.0", "repetition_idle_s"),
        ("interpolation: cubic", "interpolation"),
        ("oscillator: lo_q1", "outputs.drive_q1.oscillator: unknown key"),
        ("  drive_q1:", "outputs.drive_q1.lo: give either lo"),
    ):
        assert any(f"wiring.yaml:{line_of(wiring, text)}, {key}" in problem for problem in found), (text, found)


def test_a_kernel_ends_after_it_starts(station: Path) -> None:
    """The other way round it would weigh nothing, and be read as all."""
    edit(station / "wiring.yaml", ("start_s: 0.2e-6, stop_s: 2.7e-6", "start_s: 2.7e-6, stop_s: 0.2e-6"))
    (problem,) = problems_of(station)
    assert "readout.0.kernel: " in problem
    assert "stop_s has to be after start_s, 2.7e-06" in problem


def test_names_that_stand_for_nothing_are_all_reported(station: Path) -> None:
    """Oscillator, generator, adapter, device file: each with what there is."""
    edit(
        station / "wiring.yaml",
        ("    lo: lo_q0", "    lo: lo_q9"),
        ("    instrument: awg\n    ports: {i: 3, q: 4}", "    instrument: agw\n    ports: {i: 3, q: 4}"),
        ("adapter: alazar-ats9360", "adapter: alazar-ats9999"),
        ("device/props_jakarta.json", "device/props.json"),
    )
    found = problems_of(station)
    assert len(found) == 4
    for text in ("lo_q9", "agw", "alazar-ats9999", "props.json"):
        assert sum(text in problem for problem in found) == 1


def test_a_port_wired_twice_has_to_be_declared_shared(station: Path) -> None:
    """Two lines on port 3, and a line with two channels that does not say so."""
    edit(station / "wiring.yaml", ("ports: {i: 5, q: 6}", "ports: {i: 3, q: 6}"), ("    shared: true ", "    "))
    text = "\n".join(problems_of(station))
    assert "port 3" in text
    assert "shared" in text
    assert "feedline" in text


def test_a_shared_port_has_one_amplitude(station: Path) -> None:
    """Of two amplitudes for one port, one would be dropped in silence."""
    text = (station / "wiring.yaml").read_text(encoding="utf-8")
    line = "  feedline:\n    channels: [m0, m1]\n"
    begin, end = text.index(line), text.index("inputs:")
    second = text[begin:end].replace("feedline:", "second:").replace("amplitude_vpp: 0.5", "amplitude_vpp: 0.25")
    first = text[begin:end].replace("[m0, m1]", "[m0]")
    edited = text[:begin] + first + second.replace("[m0, m1]", "[m1]") + text[end:]
    (station / "wiring.yaml").write_text(edited, encoding="utf-8")
    found = problems_of(station)
    assert len(found) == 2
    for problem, port in zip(found, (7, 8), strict=True):
        assert f"outputs.second.amplitude_vpp: port {port} of awg" in problem
        assert "got 0.25; allowed: 0.5, as for 'feedline'" in problem


def test_a_line_at_baseband_has_no_oscillator_and_one_carrier(station: Path) -> None:
    """An oscillator all the same, an input at baseband; and two channels that only carriers would tell apart."""
    wiring = station / "wiring.yaml"
    edit(
        wiring,
        ("    channels: [u0]\n", "    channels: [u0]\n    baseband: true\n"),
        ("    channels: [a0, a1]\n", "    channels: [a0, a1]\n    baseband: true\n"),
    )
    found = "\n".join(problems_of(station))
    assert "outputs.cross_q0_q1.lo: a line at baseband has no oscillator" in found
    assert "inputs.feedline_return.baseband: an input is mixed down" in found
    edit(
        wiring,
        ("    channels: [a0, a1]\n    baseband: true\n", "    channels: [a0, a1]\n"),
        (
            "    channels: [u0]\n    baseband: true\n",
            "    channels: [u0, u1]\n    baseband: true\n    shared: true\n",
        ),
        ("    ports: {i: 5, q: 6}\n    lo: lo_q1\n", "    ports: {i: 5, q: 6}\n"),
    )
    (problem,) = problems_of(station)
    assert (
        "outputs.cross_q0_q1.channels: channels of different carriers share a line at baseband; got u0, u1"
        in problem
    )


def test_channels_the_device_does_not_have_are_reported(station: Path) -> None:
    """Channels beyond the device's qubits, on both sides of the wiring."""
    edit(station / "wiring.yaml", ("channels: [d1]", "channels: [d31]"), ("[a0, a1]", "[a0, a9]"))
    found = problems_of(station)
    assert any("d31" in problem and "drive_q1.channels.0" in problem for problem in found)
    assert any("a9" in problem and "feedline_return.channels.1" in problem for problem in found)


def test_an_acquire_channel_is_no_output(station: Path) -> None:
    """Channels on the wrong side are refused by their name."""
    edit(station / "wiring.yaml", ("channels: [u0]", "channels: [a0]"))
    assert "got 'a0'" in problems_of(station)[0]


def test_a_missing_role_setting_is_reported(station: Path) -> None:
    """An oscillator without a frequency, a digitizer without a rate."""
    edit(
        station / "wiring.yaml",
        ("    frequency_hz: 7.3e+9                 # between the two resonators\n", ""),
        ("    sample_rate_hz: 500_000_000\n", ""),
    )
    found = problems_of(station)
    assert sum("frequency_hz" in problem for problem in found) == 1
    assert sum("sample_rate_hz" in problem for problem in found) == 1


@pytest.mark.parametrize("name", ["wiring.yaml", "station.yaml"])
@pytest.mark.parametrize(
    "content", ["", "- a\n- b\n", "\x00\x01", "a: &a [*a]", "{" * 2000, "a: !!python/object:os.system x"]
)
def test_rubbish_is_refused_in_words(station: Path, name: str, content: str) -> None:
    """Whatever a file holds, the error is one of pulserig's own."""
    (station / name).write_text(content, encoding="utf-8")
    with pytest.raises(PulserigError, match=r"\.yaml"):
        load_station(station)


def test_a_lines_physics_reaches_the_wiring(station: Path) -> None:
    """Predistortion, crosstalk and policy, as they stand in the file."""
    edit(
        station / "wiring.yaml",
        (
            "interpolation: linear\n",
            (
                "interpolation: linear\npolicy: pad\n"
                "crosstalk:\n  - {source: drive_q1, victim: cross_q0_q1, amplitude: 0.02, phase_rad: 1.5}\n"
            ),
        ),
        (
            "    lo: lo_q0\n",
            (
                "    lo: lo_q0\n    predistortion:\n"
                "      exponentials: [{amplitude: -0.03, time_constant_s: 4.0e-8}]\n"
                "      bounce: {amplitude: 0.01, delay_s: 7.0e-9}\n      fir: [1.0, -0.1]\n"
            ),
        ),
    )
    loaded = load_station(station)
    line = loaded.wiring.outputs[0]
    assert loaded.policy == "pad"
    assert loaded.wiring.crosstalk == {("drive_q1", "cross_q0_q1"): pytest.approx(0.02 * cmath.exp(1.5j))}
    assert line.predistortion == Predistortion(
        exponentials=((-0.03, 4.0e-8),), bounce=(0.01, 7.0e-9), fir=(1.0, -0.1)
    )


def test_impossible_physics_is_refused_where_it_stands(station: Path) -> None:
    """A line that does not exist, an echo louder than its origin, both kinds of port."""
    wiring = station / "wiring.yaml"
    edit(
        wiring,
        ("    ports: {i: 1, q: 2}\n", "    ports: {i: 1, q: 2}\n    port: 3\n"),
        ("    lo: lo_q0\n", "    lo: lo_q0\n    predistortion: {bounce: {amplitude: 1.5, delay_s: 7.0e-9}}\n"),
        ("interpolation: linear\n", "interpolation: linear\npolicy: lenient\n"),
    )
    found = "\n".join(problems_of(station))
    assert "outputs.drive_q0.ports: give either ports" in found
    assert "outputs.drive_q0.predistortion.bounce.amplitude" in found
    assert "policy: input should be 'strict', 'pad' or 'shift'" in found
