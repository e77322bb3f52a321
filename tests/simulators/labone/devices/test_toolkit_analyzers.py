"""Quantum analyzers as users of zhinst-toolkit see them: the vendor's client, compiler and helpers."""

from __future__ import annotations

import numpy as np
import pytest
from zhinst.toolkit import Session, SHFQAChannelMode, Waveforms

from tests.simulators.labone.devices.bench import LSB, gauss
from tests.simulators.labone.process import DEVICES


@pytest.mark.parametrize("model", ["SHFQA4", "SHFQA2", "SHFQC"])
def test_readout_loops_back_and_is_integrated(session: Session, model: str) -> None:
    device = session.connect_device(DEVICES[model])
    channel = device.qachannels[0]
    channel.configure_channel(center_frequency=5e9, input_range=0, output_range=0, mode=SHFQAChannelMode.READOUT)
    channel.input.on(True)
    channel.output.on(True)
    tones = {slot: 0.2 * np.exp(2j * np.pi * (50e6 + 20e6 * slot) / 2e9 * np.arange(512)) for slot in range(4)}
    waves = Waveforms()
    for slot, tone in tones.items():
        waves[slot] = tone
    channel.generator.write_to_waveform_memory(waves)
    weights = {slot: np.conj(tone) / 0.2 for slot, tone in tones.items()}
    channel.readout.write_integration_weights(weights=weights, integration_delay=0.0)
    assert channel.readout.read_integration_weights()[1][0] == pytest.approx(weights[1])
    channel.generator.configure_sequencer_triggering(aux_trigger="software_trigger0", play_pulse_delay=0.0)
    channel.generator.load_sequencer_program(
        "repeat (16) { playZero(4096); startQA(QA_GEN_ALL, QA_INT_ALL, true, 0, 0x0); }"
    )
    channel.readout.configure_result_logger(result_source="result_of_integration", result_length=4, num_averages=4)
    channel.readout.run()
    channel.generator.enable_sequencer(single=True)
    data = channel.readout.read()
    volts = np.sqrt(2 * 50 * 1e-3)
    sent = volts * sum(tones.values())
    assert channel.readout.result.acquired() == 16
    assert channel.readout.result.errors() == 0
    for slot, weight in weights.items():
        assert data[slot] == pytest.approx(np.full(4, np.sum(sent * weight)), rel=1e-4)


def test_discrimination_compares_with_the_threshold(session: Session) -> None:
    channel = session.connect_device(DEVICES["SHFQA4"]).qachannels[1]
    channel.configure_channel(center_frequency=5e9, input_range=0, output_range=0, mode=SHFQAChannelMode.READOUT)
    channel.input.on(True)
    channel.output.on(True)
    waves = Waveforms()
    waves[0] = np.full(256, 0.5 + 0j)
    channel.generator.write_to_waveform_memory(waves)
    channel.readout.write_integration_weights(weights={0: np.ones(256), 1: -np.ones(256)}, integration_delay=0.0)
    channel.readout.discriminators[0].threshold(1.0)
    channel.readout.discriminators[1].threshold(1.0)
    channel.generator.load_sequencer_program(
        "repeat (3) { playZero(4096); startQA(QA_GEN_0, QA_INT_0 | QA_INT_1); }"
    )
    channel.readout.configure_result_logger(result_source="result_of_discrimination", result_length=3)
    channel.readout.run()
    channel.generator.enable_sequencer(single=True)
    data = channel.readout.read()
    assert data[0].tolist() == [1, 1, 1]
    assert data[1].tolist() == [0, 0, 0]


def test_generator_and_analyzer_start_with_one_internal_trigger(session: Session) -> None:
    device = session.connect_device(DEVICES["SHFQC"])
    for name, core in (("sg", device.sgchannels[0].awg), ("qa", device.qachannels[0].generator)):
        core.auxtriggers[0].channel("internal_trigger")
        action = "playZero(512);" if name == "sg" else "startQA(QA_GEN_0, QA_INT_0, true); playZero(4096);"
        core.load_sequencer_program(f"repeat (8) {{ waitDigTrigger(1); {action} }}")
    channel = device.qachannels[0]
    channel.readout.configure_result_logger(result_source="result_of_integration", result_length=8)
    channel.readout.run()
    device.sgchannels[0].awg.enable_sequencer(single=True)
    channel.generator.enable_sequencer(single=True)
    assert device.sgchannels[0].awg.enable() == 1
    device.system.internaltrigger.repetitions(8)
    device.system.internaltrigger.holdoff(10e-6)
    device.system.internaltrigger.enable(1)
    device.sgchannels[0].awg.wait_done(timeout=10)
    channel.generator.wait_done(timeout=10)
    assert len(channel.readout.read()[0]) == 8
    assert device.system.internaltrigger.progress() == 1.0


def test_the_scope_records_what_was_sent(session: Session) -> None:
    device = session.connect_device(DEVICES["SHFQA4"])
    channel = device.qachannels[2]
    channel.configure_channel(center_frequency=5e9, input_range=0, output_range=10, mode=SHFQAChannelMode.READOUT)
    channel.input.on(True)
    channel.output.on(True)
    waves = Waveforms()
    waves[0] = gauss(256, 0.5, 128, 30) * (1 + 0.5j)
    channel.generator.write_to_waveform_memory(waves)
    channel.generator.load_sequencer_program("repeat (8) { playZero(4096); startQA(QA_GEN_0, 0, true); }")
    scope = device.scopes[0]
    scope.configure(
        input_select={0: "channel2_signal_input"},
        num_samples=512,
        trigger_input="channel2_sequencer_monitor0",
        num_segments=2,
        num_averages=4,
    )
    scope.run(single=True)
    channel.generator.enable_sequencer(single=True)
    data, *_ = scope.read(timeout=10)
    expected = np.zeros((2, 512), dtype=complex)
    expected[:, :256] = gauss(256, 0.5, 128, 30) * (1 + 0.5j)
    assert np.asarray(data[0]).reshape(2, 512) == pytest.approx(expected, abs=LSB)


def test_spectroscopy_measures_the_loop(session: Session) -> None:
    device = session.connect_device(DEVICES["SHFQA4"])
    channel = device.qachannels[3]
    channel.configure_channel(
        center_frequency=5e9, input_range=0, output_range=10, mode=SHFQAChannelMode.SPECTROSCOPY
    )
    channel.input.on(True)
    channel.output.on(True)
    channel.oscs[0].gain(0.7)
    channel.oscs[0].freq(33e6)
    channel.spectroscopy.configure_result_logger(result_length=5, num_averages=2)
    channel.spectroscopy.length(2048)
    channel.spectroscopy.trigger.channel("chan3seqtrig0")
    channel.generator.load_sequencer_program(
        """
        configFreqSweep(0, 10e6, 5e6); var i;
        for (i = 0; i < 5; i++) { repeat (2) {
            setSweepStep(0, i); resetOscPhase(); playZero(4096); setTrigger(1); setTrigger(0); playZero(4096); } }
        """
    )
    channel.spectroscopy.result.mode("sequential")
    channel.spectroscopy.run()
    channel.generator.enable_sequencer(single=True)
    data = channel.spectroscopy.read()
    assert np.asarray(data)[0] == pytest.approx(np.full(5, 0.7), abs=1e-6)


def test_the_uhfqa_integrates_rotates_and_averages(session: Session) -> None:
    device = session.connect_device(DEVICES["UHFQA"])
    for number in (0, 1):
        device.sigouts[number].on(1)
        device.sigouts[number].range(1.5)
        device.sigins[number].on(1)
    tone = 0.4 * np.cos(2 * np.pi * 50e6 / 1.8e9 * np.arange(512))
    device.awgs[0].load_sequencer_program(
        """
        wave i = placeholder(512); wave q = placeholder(512); assignWaveIndex(1, i, 2, q, 0);
        repeat (32) { playWave(1, i, 2, q); startQA(QA_INT_ALL, true); playZero(4096); }
        """
    )
    waves = Waveforms()
    waves[0] = (tone, 0.5 * tone)
    device.awgs[0].write_to_waveform_memory(waves)
    unit = device.qas[0]
    unit.integration.length(512)
    weight = np.cos(2 * np.pi * 50e6 / 1.8e9 * np.arange(512))
    unit.integration.weights[0].real(weight)
    unit.integration.weights[0].imag(weight)
    unit.integration.weights[3].real(weight)
    unit.rotations[0](1 - 1j)
    unit.result.length(8)
    unit.result.averages(4)
    unit.result.source("result_after_rotation_unit")
    unit.monitor.length(256)
    unit.monitor.averages(2)
    unit.result.reset(1)
    unit.result.enable(1)
    unit.monitor.enable(1)
    device.awgs[0].enable_sequencer(single=True)
    device.awgs[0].wait_done(timeout=10)
    product = 1.5 * np.sum(tone * weight)
    assert unit.result.acquired() == 32
    assert unit.result.data[0].wave() == pytest.approx(np.full(8, 1.5 * product), rel=1e-3)
    assert unit.result.data[3].wave() == pytest.approx(np.full(8, product), rel=1e-3)
    assert unit.monitor.inputs[0].wave() == pytest.approx(1.5 * tone[:256], abs=1.5 * LSB)
    assert unit.monitor.inputs[1].wave() == pytest.approx(0.75 * tone[:256], abs=1.5 * LSB)
