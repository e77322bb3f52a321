"""Quantum analyzers as users of zhinst-toolkit see them: the vendor's client, compiler and helpers."""

from __future__ import annotations

import numpy as np
import pytest
from zhinst.core.errors import CoreError
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
    assert np.asarray(data)[0] == pytest.approx(np.full(5, 0.7 / np.sqrt(2)), abs=1e-6)


@pytest.mark.parametrize("mode", ["cyclic", "sequential"])
@pytest.mark.parametrize("pulsed", [False, True], ids=["continuous", "pulsed"])
def test_the_vendors_sweeper_measures_the_loop(session: Session, mode: str, pulsed: bool) -> None:
    """A cable is flat: at each frequency the output's rms volts, or the share of them that an envelope has."""
    device = session.connect_device(DEVICES["SHFQA4"])
    sweeper = session.modules.shfqa_sweeper
    sweeper.device(device)
    sweeper.rf.channel(1)
    sweeper.rf.center_freq(5e9)
    sweeper.rf.input_range(0)
    sweeper.rf.output_range(0)
    sweeper.sweep.start_freq(-200e6)
    sweeper.sweep.stop_freq(200e6)
    sweeper.sweep.num_points(9)
    sweeper.sweep.oscillator_gain(0.8)
    sweeper.average.integration_time(2048 / 2e9)
    sweeper.average.integration_delay(0.0)
    sweeper.average.num_averages(4)
    sweeper.average.mode(mode)
    envelope = np.zeros(1024, complex) + 0.5
    if pulsed:
        sweeper.envelope.enable(True)
        sweeper.envelope.waveform(envelope)
        sweeper.envelope.delay(0.0)
    device.qachannels[1].input.on(True)
    device.qachannels[1].output.on(True)
    found = np.asarray(sweeper.run()["vector"])
    device.qachannels[1].output.on(False)
    rms = np.sqrt(50 * 1e-3) * 0.8 * (np.sum(envelope.real) / 2048 if pulsed else 1.0)
    assert found == pytest.approx(np.full(9, rms), rel=1e-4)


def test_power_is_taken_before_it_is_averaged(session: Session) -> None:
    """|V rms|^2 times the integration time, where plain averages of a phase that turns would cancel."""
    channel = session.connect_device(DEVICES["SHFQA4"]).qachannels[0]
    channel.configure_channel(
        center_frequency=5e9, input_range=0, output_range=10, mode=SHFQAChannelMode.SPECTROSCOPY
    )
    channel.input.on(True)
    channel.output.on(True)
    channel.oscs[0].gain(0.5)
    channel.oscs[0].freq(50e6)
    channel.spectroscopy.length(4096)
    channel.spectroscopy.trigger.channel("chan0seqtrig0")
    channel.spectroscopy.psd.enable(1)
    channel.spectroscopy.configure_result_logger(result_length=2, num_averages=8)
    channel.generator.load_sequencer_program("repeat (16) { playZero(8192); setTrigger(1); setTrigger(0); }")
    channel.spectroscopy.run()
    channel.generator.enable_sequencer(single=True)
    data = np.asarray(channel.spectroscopy.read())
    channel.spectroscopy.psd.enable(0)
    channel.output.on(False)
    assert data.reshape(-1) == pytest.approx(np.full(2, 0.5**2 / 2 * 4096 / 2e9), rel=1e-4)


def test_all_channels_of_a_device_at_once(session: Session) -> None:
    """Each with waveforms, weights, logger and averages of its own; they start with one software trigger."""
    device = session.connect_device(DEVICES["SHFQA4"])
    lengths = (2, 4, 8, 16)
    for number, (channel, results) in enumerate(zip(device.qachannels, lengths, strict=True)):
        channel.configure_channel(
            center_frequency=5e9, input_range=0, output_range=10, mode=SHFQAChannelMode.READOUT
        )
        channel.input.on(True)
        channel.output.on(True)
        waves = Waveforms()
        waves[0] = np.full(256, 0.1 * (number + 1) + 0j)
        channel.generator.write_to_waveform_memory(waves)
        channel.readout.write_integration_weights(weights={0: np.ones(256, complex)}, integration_delay=0.0)
        channel.generator.configure_sequencer_triggering(aux_trigger="software_trigger0", play_pulse_delay=0.0)
        channel.generator.load_sequencer_program(
            "waitDigTrigger(1); repeat (32) { playZero(4096); startQA(QA_GEN_0, QA_INT_0, true); }"
        )
        channel.readout.configure_result_logger(
            result_source="result_of_integration",
            result_length=results,
            num_averages=32 // results,
            averaging_mode=number % 2,
        )
        channel.readout.run()
        channel.generator.enable_sequencer(single=True)
    device.start_continuous_sw_trigger(num_triggers=1, wait_time=1e-3)
    for number, (channel, results) in enumerate(zip(device.qachannels, lengths, strict=True)):
        data = channel.readout.read()[0]
        assert data == pytest.approx(np.full(results, 25.6 * (number + 1)), rel=1e-4)
        channel.output.on(False)


@pytest.mark.parametrize("order", ["cyclic", "sequential"])
def test_the_logger_averages_in_both_orders(session: Session, order: str) -> None:
    """Two pulses in turn: cyclic gives each its own mean, sequential the mean of the halves of the run."""
    channel = session.connect_device(DEVICES["SHFQA2"]).qachannels[1]
    channel.configure_channel(center_frequency=5e9, input_range=0, output_range=10, mode=SHFQAChannelMode.READOUT)
    channel.input.on(True)
    channel.output.on(True)
    waves = Waveforms()
    waves[0], waves[1] = np.full(64, 0.25 + 0j), np.full(64, 0.75 + 0j)
    channel.generator.write_to_waveform_memory(waves)
    channel.readout.write_integration_weights(weights={0: np.ones(64, complex)}, integration_delay=0.0)
    channel.generator.load_sequencer_program(
        "repeat (3) { playZero(4096); startQA(QA_GEN_0, QA_INT_0); playZero(4096); startQA(QA_GEN_1, QA_INT_0); }"
        " playZero(4096); startQA(QA_GEN_1, QA_INT_0); playZero(4096); startQA(QA_GEN_1, QA_INT_0);"
    )
    channel.readout.configure_result_logger(
        result_source="result_of_integration",
        result_length=2,
        num_averages=4,
        averaging_mode=int(order == "sequential"),
    )
    channel.readout.run()
    channel.generator.enable_sequencer(single=True)
    taken = 64 * np.array([0.25, 0.75] * 3 + [0.75, 0.75])
    wanted = taken.reshape(4, 2).mean(axis=0) if order == "cyclic" else taken.reshape(2, 4).mean(axis=1)
    assert channel.readout.read()[0] == pytest.approx(wanted, rel=1e-4)


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


def test_products_of_results_are_refused_rather_than_made_up(session: Session) -> None:
    source = session.connect_device(DEVICES["UHFQA"]).qas[0].result.source
    source("result_after_rotation_unit")
    with pytest.raises(CoreError, match="not simulated"):
        source("correlation_after_crosstalk_unit")
    assert source() == 2
