"""Device models by their nodes, without a server: starts, triggers, loggers, faults."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from simulators.labone.devices.surroundings import Acquisition, Bench, Loopback, ReadoutInput
from simulators.labone.faults import DeviceFault
from simulators.labone.outcome import NodeRefused
from tests.simulators.labone.devices.bench import LSB, Compiler, gauss
from tests.simulators.labone.devices.nodes import Make, load, readout_ready, settle, start, vector

Complex = npt.NDArray[np.complex128]


def test_a_program_for_another_instrument_is_refused(make: Make, seqc: Compiler) -> None:
    device = make("HDAWG8")
    with pytest.raises(NodeRefused, match="not this instrument"):
        device.tree.set("awgs/0/elf/data", np.frombuffer(seqc("playZero(64);", "SHFSG8"), dtype=np.uint8))
    with pytest.raises(NodeRefused, match="not a compiled"):
        device.tree.set("awgs/0/elf/data", b"rubbish")
    assert device.tree.integer("awgs/0/ready") == 0


def test_a_core_without_a_program_does_not_start(make: Make) -> None:
    device = make("SHFSG4")
    start(device, "sgchannels/2/awg")
    assert device.tree.integer("sgchannels/2/awg/enable") == 0
    assert device.tree.integer("sgchannels/2/awg/sequencer/status") == 8


def test_reset_forgets_the_program(make: Make, seqc: Compiler) -> None:
    device = make("SHFSG4")
    load(device, "sgchannels/0/awg", seqc("playWave(ones(64));", "SHFSG8"))
    assert "sgchannels/0/awg/waveform/waves/0" in device.tree
    device.tree.set("sgchannels/0/awg/reset", 1)
    assert device.tree.integer("sgchannels/0/awg/ready") == 0
    assert not device.tree.match("sgchannels/0/awg/waveform/waves/*")


def test_what_is_not_simulated_fails_the_run(make: Make, seqc: Compiler, caplog: pytest.LogCaptureFixture) -> None:
    device = make("SHFSG4")
    load(device, "sgchannels/0/awg", seqc("playWaveDIO();", "SHFSG8"))
    start(device, "sgchannels/0/awg")
    assert device.tree.integer("sgchannels/0/awg/sequencer/status") == 8
    assert device.tree.integer("sgchannels/0/awg/enable") == 0
    assert "feedback or DIO" in caplog.text


def test_uploaded_waves_leave_the_output_to_the_last_bit(make: Make, seqc: Compiler) -> None:
    device = make("SHFSG8")
    tree = device.tree
    code = "wave w = placeholder(96); assignWaveIndex(1, w, 2, w, 0); waitDigTrigger(1); executeTableEntry(0);"
    load(device, "sgchannels/5/awg", seqc(code, "SHFSG8"))
    words = np.random.default_rng(3).integers(-32767, 32767, (96, 2)).astype(np.int16)
    tree.set("sgchannels/5/awg/waveform/waves/0", words.reshape(-1))
    table = {"header": {"version": "1.1"}, "table": [{"index": 0, "waveform": {"index": 0}}]}
    tree.set("sgchannels/5/awg/commandtable/data", json.dumps(table))
    for path, value in {
        "output/on": 1,
        "output/range": 10.0,
        "awg/modulation/enable": 0,
        "awg/auxtriggers/0/channel": 8,
    }.items():
        tree.set(f"sgchannels/5/{path}", value)
    start(device, "sgchannels/5/awg")
    assert device.playback("sgchannels/5/awg") is None
    tree.set("system/internaltrigger/repetitions", 1)
    tree.set("system/internaltrigger/enable", 1)
    settle(device)
    playback = device.playback("sgchannels/5/awg")
    assert playback is not None
    volts = playback.render(0, 96).volts
    assert np.rint(volts.real * 32767).tolist() == words[:, 0].tolist()
    assert np.rint(volts.imag * 32767).tolist() == words[:, 1].tolist()
    assert tree.integer("sgchannels/5/awg/enable") == 0


def test_an_oscillator_and_a_phase_of_the_nodes(make: Make, seqc: Compiler) -> None:
    device = make("SHFSG8")
    code = "wave a = gauss(64, 0.5, 32, 8); playZero(32); playWave(1, 2, a);"
    load(device, "sgchannels/0/awg", seqc(code, "SHFSG8"))
    for path, value in {
        "output/on": 1,
        "output/range": 10.0,
        "awg/modulation/enable": 1,
        "awg/outputamplitude": 0.5,
        "sines/0/oscselect": 3,
        "sines/0/phaseshift": 30.0,
        "oscs/3/freq": 91.3e6,
    }.items():
        device.tree.set(f"sgchannels/0/{path}", value)
    start(device, "sgchannels/0/awg")
    playback = device.playback("sgchannels/0/awg")
    assert playback is not None
    turns = 91.3e6 / 2e9 * (32 + np.arange(64)) + 30 / 360
    expected = 0.5 * gauss(64, 0.5, 32, 8) * np.exp(2j * np.pi * turns)
    assert np.abs(playback.render(32, 64).volts - expected).max() < LSB


def test_an_hdawg_is_started_by_its_own_trigger_output(make: Make, seqc: Compiler) -> None:
    device = make("HDAWG8")
    for core in (0, 2):
        load(device, f"awgs/{core}", seqc("waitDigTrigger(1); playZero(64); setUserReg(0, 5);", "HDAWG8"))
        device.tree.set(f"awgs/{core}/auxtriggers/0/channel", 4 + 1)
    start(device, "awgs/0", "awgs/2")
    assert device.tree.integer("awgs/0/enable") == 1
    for source in (18, 17, 18):
        device.tree.set("triggers/out/1/source", source)
    settle(device)
    for core in (0, 2):
        assert device.tree.integer(f"awgs/{core}/enable") == 0
        assert device.tree.integer(f"awgs/{core}/userregs/0") == 5


def test_the_host_triggers_shot_by_shot(make: Make, seqc: Compiler) -> None:
    device = make("SHFQA4")
    code = "repeat (3) { waitDigTrigger(1); playZero(512); startQA(1, 1); }"
    load(device, "qachannels/0/generator", seqc(code, "SHFQA4"))
    device.tree.set("qachannels/0/generator/auxtriggers/0/channel", 1024)
    readout_ready(device, 3)
    start(device, "qachannels/0/generator")
    for shots in (1, 2, 3):
        assert device.tree.integer("qachannels/0/generator/enable") == 1
        device.tree.set("system/swtriggers/0/single", 1)
        settle(device)
        assert device.tree.integer("qachannels/0/readout/result/acquired") == shots
    assert device.tree.integer("qachannels/0/generator/enable") == 0
    assert vector(device, "qachannels/0/readout/result/data/0/wave") == pytest.approx(np.full(3, 32.0))


def test_a_program_without_end_plays_until_it_is_stopped(make: Make, seqc: Compiler) -> None:
    device = make("SHFQA4")
    load(device, "qachannels/0/generator", seqc("while (true) { playZero(4096); startQA(1, 1); }", "SHFQA4"))
    start(device, "qachannels/0/generator")
    assert device.tree.integer("qachannels/0/generator/enable") == 1
    readout_ready(device, 5, 2)
    settle(device)
    assert device.tree.integer("qachannels/0/readout/result/enable") == 0
    assert vector(device, "qachannels/0/readout/result/data/0/wave") == pytest.approx(np.full(5, 32.0))
    device.tree.set("qachannels/0/generator/enable", 0)
    assert device.tree.integer("qachannels/0/generator/sequencer/status") == 0


def test_out_of_single_mode_the_program_starts_again(make: Make, seqc: Compiler) -> None:
    device = make("SHFQA4")
    load(device, "qachannels/0/generator", seqc("playZero(4096); startQA(1, 1);", "SHFQA4"))
    readout_ready(device, 7)
    start(device, "qachannels/0/generator", single=0)
    assert device.tree.integer("qachannels/0/generator/enable") == 1
    assert vector(device, "qachannels/0/readout/result/data/0/wave").size == 7


def test_a_logger_that_is_not_filled_goes_on_waiting(make: Make, seqc: Compiler) -> None:
    device = make("SHFQA4")
    load(device, "qachannels/0/generator", seqc("repeat (4) { playZero(4096); startQA(1, 1); }", "SHFQA4"))
    readout_ready(device, 5)
    start(device, "qachannels/0/generator")
    assert device.tree.integer("qachannels/0/generator/enable") == 0
    assert device.tree.integer("qachannels/0/readout/result/enable") == 1
    assert device.tree.integer("qachannels/0/readout/result/acquired") == 4


def test_units_without_part_in_the_readouts_have_no_numbers(make: Make, seqc: Compiler) -> None:
    device = make("SHFQA4")
    load(device, "qachannels/0/generator", seqc("repeat (3) { playZero(4096); startQA(1, 1); }", "SHFQA4"))
    device.tree.set("qachannels/0/readout/integration/weights/2/wave", np.ones(64, dtype=complex))
    readout_ready(device, 3)
    start(device, "qachannels/0/generator")
    assert np.isnan(vector(device, "qachannels/0/readout/result/data/2/wave").real).all()
    assert not vector(device, "qachannels/0/readout/result/data/7/wave").any()


def test_qudits_of_two_states_bring_their_own_weights(make: Make, seqc: Compiler) -> None:
    device = make("SHFQC")
    load(device, "qachannels/0/generator", seqc("repeat (3) { playZero(4096); startQA(1, 1); }", "SHFQC", "qa"))
    readout_ready(device, 3)
    at = "qachannels/0/readout"
    for path, value in {
        "multistate/enable": 1,
        "multistate/qudits/0/enable": 1,
        "multistate/qudits/0/numstates": 2,
        "multistate/qudits/0/weights/0/wave": np.full(64, 0.25 + 0j),
        "multistate/qudits/0/thresholds/0/value": 7.0,
    }.items():
        device.tree.set(f"{at}/{path}", value)
    start(device, "qachannels/0/generator")
    assert vector(device, f"{at}/result/data/0/wave") == pytest.approx(np.full(3, 8.0))
    device.tree.set(f"{at}/result/source", 3)
    device.tree.set(f"{at}/result/enable", 1)
    start(device, "qachannels/0/generator")
    assert vector(device, f"{at}/result/data/0/wave").tolist() == [1.0] * 3


def test_faults_show_where_they_belong(make: Make, seqc: Compiler) -> None:
    device = make("SHFQC")
    elf = seqc("repeat (3) { waitDigTrigger(1); playZero(512); startQA(1, 1); }", "SHFQC", "qa")
    load(device, "qachannels/0/generator", elf)
    device.tree.set("qachannels/0/generator/auxtriggers/0/channel", 8)
    device.tree.set("system/internaltrigger/repetitions", 3)
    device.tree.set("system/internaltrigger/holdoff", 10e-6)

    def attempt(fault: DeviceFault) -> None:
        readout_ready(device, 3)
        device.faults.ask(fault)
        start(device, "qachannels/0/generator")
        device.tree.set("system/internaltrigger/enable", 1)
        settle(device)

    attempt(DeviceFault.LOST_TRIGGER)
    assert device.tree.integer("qachannels/0/readout/result/acquired") == 2
    assert device.tree.integer("qachannels/0/generator/enable") == 1
    device.tree.set("qachannels/0/generator/enable", 0)
    attempt(DeviceFault.OVERFLOW)
    assert device.tree.integer("qachannels/0/readout/result/errors") == 1
    assert device.tree.integer("qachannels/0/generator/enable") == 0
    attempt(DeviceFault.STALL)
    assert device.tree.integer("qachannels/0/generator/enable") == 1
    device.tree.set("qachannels/0/generator/enable", 0)
    assert device.tree.integer("qachannels/0/generator/sequencer/status") == 0


def test_slots_that_are_too_long_are_refused(make: Make) -> None:
    device = make("SHFQA2")
    with pytest.raises(NodeRefused, match="at most 4096"):
        device.tree.set("qachannels/0/generator/waveforms/3/wave", np.zeros(4097, dtype=complex))
    device.tree.set("qachannels/0/generator/waveforms/3/wave", np.ones(100, dtype=complex))
    assert device.tree.integer("qachannels/0/generator/waveforms/3/length") == 100
    device.tree.set("qachannels/0/generator/clearwave", 1)
    assert device.tree.integer("qachannels/0/generator/waveforms/3/length") == 0


def test_synchronized_cores_begin_when_the_last_is_enabled(make: Make, seqc: Compiler) -> None:
    """Enabled one by one, as a client does; a core that is not synchronized waits for nobody."""
    device = make("HDAWG8")
    for core in range(3):
        load(device, f"awgs/{core}", seqc("playWave(ones(64));", "HDAWG8"))
        device.tree.set(f"awgs/{core}/synchronization/enable", int(core < 2))
    start(device, "awgs/0")
    start(device, "awgs/2")
    assert device.playback("awgs/0") is None
    assert device.tree.integer("awgs/0/enable") == 1
    assert device.playback("awgs/2") is not None
    start(device, "awgs/1")
    assert device.playback("awgs/0") is not None
    assert device.playback("awgs/1") is not None
    assert [device.tree.integer(f"awgs/{core}/enable") for core in range(3)] == [0, 0, 0]


class Switching:
    """An input that the host stops and sets up anew while the first results of a run are on their way."""

    def __init__(self, changes: Callable[[], None]) -> None:
        self.changes: Callable[[], None] | None = changes

    def traces(self, acquisition: Acquisition) -> Complex:
        """As wired."""
        return Loopback().traces(acquisition)

    def kernelled(self, acquisition: Acquisition, weights: Complex) -> Complex:
        """As wired, after the change."""
        if self.changes is not None:
            self.changes()
            self.changes = None
        return Loopback().kernelled(acquisition, weights)


def test_results_of_a_run_that_was_given_up_are_not_those_of_the_next(make: Make, seqc: Compiler) -> None:
    """The logger that was enabled meanwhile keeps waiting: its own run fills it."""
    result = "qachannels/0/readout/result"

    def set_up_anew() -> None:
        for path, value in (("enable", 0), ("length", 2), ("enable", 1)):
            device.tree.set(f"{result}/{path}", value)

    class Wired(Bench):
        source = Switching(set_up_anew)

        def readout_input(self, serial: str, channel: int) -> ReadoutInput:  # noqa: ARG002 - the protocol's
            return self.source

    device = make("SHFQA4", Wired())
    load(device, "qachannels/0/generator", seqc("repeat (8) { playZero(4096); startQA(1, 1); }", "SHFQA4"))
    readout_ready(device, 8)
    start(device, "qachannels/0/generator")
    assert device.tree.integer(f"{result}/enable") == 1
    assert device.tree.integer(f"{result}/acquired") == 0
    assert vector(device, f"{result}/data/0/wave").size == 0
    start(device, "qachannels/0/generator")
    assert vector(device, f"{result}/data/0/wave") == pytest.approx(np.full(2, 32.0))
