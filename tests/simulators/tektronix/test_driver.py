"""The unmodified QCoDeS driver against the simulated generator, over every transport."""

from __future__ import annotations

import numpy as np
import pytest
from pyvisa.errors import VisaIOError
from qcodes.instrument_drivers.tektronix import TektronixAWG5208

from simulators.tektronix import AWG5208

transports = pytest.mark.parametrize("transport", ["hislip", "vxi11", "socket"])
one_transport = pytest.mark.parametrize("transport", ["hislip"])


def error(driver: TektronixAWG5208) -> str:
    """The oldest error in the queue."""
    return str(driver.ask("SYSTem:ERRor?"))


@transports
def test_every_parameter_answers(driver: TektronixAWG5208) -> None:
    assert driver.IDN() == {
        "vendor": "TEKTRONIX",
        "model": "AWG5208",
        "serial": "B020777",
        "firmware": "FV:7.0.0154.0",
    }
    read = 0
    for part in (driver, *driver.channels):
        for parameter in part.parameters.values():
            if parameter.gettable and parameter.name != "force_jump":  # it has no query
                assert parameter.get() is not None
                read += 1
    assert read > 250
    assert error(driver) == '0,"No error"'


@one_transport
def test_what_the_driver_sets_it_reads_back(driver: TektronixAWG5208) -> None:
    channel = driver.channels[4]
    values = {
        "state": 1, "hold": "FIRST", "awg_amplitude": 1.25, "offset": -0.5, "resolution": 13,
        "fgen_type": "GAUSSIAN", "fgen_frequency": 1e7, "fgen_amplitude": 0.3, "fgen_offset": 0.1,
        "fgen_dclevel": -0.1, "fgen_phase": 90.0, "fgen_symmetry": 40.0, "fgen_signalpath": "AC Direct",
        "marker3_high": 1.5, "marker3_low": 0.25, "marker4_waitvalue": "HIGH", "marker1_stoppedvalue": "LOW",
    }  # fmt: skip
    for name, value in values.items():
        channel.parameters[name].set(value)
    for name, value in values.items():
        assert channel.parameters[name].get() == value, name
    for name, value in {
        "sample_rate": 2e9, "clock_source": "External", "clock_external_frequency": 7e9, "mode": "FGEN",
        "all_output_off": True,
    }.items():  # fmt: skip
        driver.parameters[name].set(value)
        assert driver.parameters[name].get() == value, name
    assert channel.fgen_period() == pytest.approx(1e-7)
    assert error(driver) == '0,"No error"'


@transports
def test_waveform_file_arrives_bit_for_bit(driver: TektronixAWG5208, model: AWG5208) -> None:
    volts = np.random.default_rng(2).uniform(-0.25, 0.25, 100_000)
    marker = (np.arange(100_000) % 3 == 0).astype(float)
    data = driver.makeWFMXFile(np.array([volts, marker, 1.0 - marker]), 0.5)
    driver.sendWFMXFile(data, "ramp;a.wfmx")
    driver.loadWFMXFile("ramp;a.wfmx")
    assert driver.waveformList == ["ramp;a"]
    waveform = model.library.waveform("ramp;a")
    np.testing.assert_array_equal(waveform.samples.values, (volts * 4).astype(np.float32))
    driver.visa_handle.write('WLIS:WAV:DATA? "ramp;a"')
    reply = driver.visa_handle.read_binary_values(datatype="f", container=np.ndarray)
    np.testing.assert_array_equal(reply, (volts * 4).astype(np.float32))
    assert error(driver) == '0,"No error"'


@transports
def test_sequence_of_twelve_steps_plays_what_was_packed(driver: TektronixAWG5208, model: AWG5208) -> None:
    steps, ports = 12, 8
    generator = np.random.default_rng(3)
    packed = [
        [np.array([generator.uniform(-0.25, 0.25, 2400 + n), *generator.integers(0, 2, (2, 2400 + n))])
         for n in range(steps)]
        for _ in range(ports)
    ]  # fmt: skip
    markers = [[wave[1:].copy() for wave in track] for track in packed]  # the driver adds them up in place
    data = driver.makeSEQXFile(
        [0] * steps, [2] * steps, [0] * steps, [0] * steps, [0] * 11 + [1], packed, [0.5] * ports, "rabi"
    )
    driver.sendSEQXFile(data, "rabi.seqx")
    driver.loadSEQXFile("rabi.seqx")
    assert driver.sequenceList == ["rabi"]
    assert error(driver) == '0,"No error"'
    for track, channel in enumerate(driver.channels, start=1):
        channel.awg_amplitude(0.5)
        channel.resolution(14)
        channel.setSequenceTrack("rabi", track)
        channel.state(1)
        assert channel.assigned_asset() == f"rabi,{track}"
    driver.play()
    assert driver.run_state() == "Running"
    playback = model.playback()
    assert playback is not None
    assert [entry.length for entry in playback.steps] == [2400 + n for n in range(steps)]
    assert [entry.repeat for entry in playback.steps] == [2] * steps
    assert playback.stages[11].goto == 0
    lsb = 0.5 / 2**14
    for port in range(ports):
        for n, entry in enumerate(playback.steps):
            assert np.abs(entry.volts[port] - packed[port][n][0]).max() <= lsb
            np.testing.assert_array_equal(entry.markers[port][:2], markers[port][n].astype(bool))
    driver.stop()
    assert driver.run_state() == "Stopped"
    assert error(driver) == '0,"No error"'


@one_transport
def test_waveform_is_assigned_and_lists_are_cleared(driver: TektronixAWG5208) -> None:
    driver.sendWFMXFile(driver.makeWFMXFile(np.zeros(2400), 0.5), "zero.wfmx")
    driver.loadWFMXFile("zero.wfmx")
    driver.ch2.setWaveform("zero")
    assert driver.ch2.assigned_asset() == "zero"
    driver.play()
    driver.ch2.clear_asset()
    assert driver.ch2.assigned_asset() == "N/A"
    assert driver.run_state() == "Stopped"
    driver.clearWaveformList()
    driver.clearSequenceList()
    driver.wait_for_operation_to_complete()
    assert driver.waveformList == [""]
    assert driver.sequenceList == []


@one_transport
def test_sequence_waits_until_the_driver_triggers(driver: TektronixAWG5208) -> None:
    data = driver.makeSEQXFile([1, 0], [1, 0], [0, 0], [0, 0], [0, 0], [[np.zeros(2400)] * 2], [0.5], "wait")
    driver.sendSEQXFile(data, "wait.seqx")
    driver.loadSEQXFile("wait.seqx")
    driver.ch1.setSequenceTrack("wait", 1)
    driver.set_event_jump("wait", 1, 2)
    driver.play()
    assert driver.run_state() == "Waiting for trigger"
    driver.force_triggerA()
    assert driver.run_state() == "Running"
    driver.force_jump(1)
    assert driver.run_state() == "Running"
    assert error(driver) == '0,"No error"'


@transports
def test_damaged_file_leaves_its_error_although_the_driver_is_silent(driver: TektronixAWG5208) -> None:
    data = driver.makeWFMXFile(np.zeros(2400), 0.5)
    driver.sendWFMXFile(data[:-1], "bad.wfmx")
    driver.loadWFMXFile("bad.wfmx")
    assert driver.waveformList == [""]
    assert error(driver).startswith('-253,"Corrupt media;bad.wfmx')
    driver.loadWFMXFile("missing.wfmx")
    assert error(driver).startswith("-256")


@transports
def test_instrument_that_falls_silent_is_a_timeout(driver: TektronixAWG5208, model: AWG5208) -> None:
    driver.visa_handle.timeout = 100
    model.faults.silent = True
    with pytest.raises(VisaIOError, match="VI_ERROR_TMO"):
        driver.ask("*OPC?")


@one_transport
def test_slow_completion_is_a_timeout_that_a_device_clear_ends(driver: TektronixAWG5208, model: AWG5208) -> None:
    driver.visa_handle.timeout = 100
    model.faults.opc_delay_s = 60.0
    with pytest.raises(VisaIOError, match="VI_ERROR_TMO"):
        driver.wait_for_operation_to_complete()
    driver.device_clear()
    driver.visa_handle.timeout = 5000
    assert driver.ask("*TST?") == "0"
