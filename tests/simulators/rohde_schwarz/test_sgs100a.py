"""The signal source over SCPI, and with the unmodified QCoDeS driver."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from qcodes.instrument import Instrument
from qcodes.instrument_drivers.rohde_schwarz import RohdeSchwarzSGS100A

from simulators.rohde_schwarz import SGS100A
from simulators.scpi import serving


@pytest.fixture
def model() -> SGS100A:
    return SGS100A("101999")


@pytest.fixture(params=["hislip", "vxi11", "socket"])
def driver(model: SGS100A, request: pytest.FixtureRequest) -> Iterator[RohdeSchwarzSGS100A]:
    with serving(model) as (server,):
        yield RohdeSchwarzSGS100A("lo", server.addresses.as_dict()[request.param], visalib="@py", timeout=5)
        Instrument.close_all()


def test_tone_is_what_was_set_while_the_output_is_on(model: SGS100A) -> None:
    assert model.tone() is None
    model.handle(b"SOUR:FREQ 5.5 GHz;POW 13 dBm;:OUTP ON")
    assert model.tone() == (5.5e9, 13.0)
    model.handle(b"OUTP:STAT 0")
    assert model.tone() is None
    model.handle(b":OUTP 1;*RST")
    assert model.tone() is None


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        (b"SOUR:FREQ 10MHz;FREQ?", b"10000000\n"),
        (b"FREQ 7.278492341 GHZ;:SOURCE:FREQUENCY:CW?", b"7278492341\n"),
        (b"SOUR:ROSC:OUTP:FREQ 1000MHz;FREQ?", b"1000MHZ\n"),
        (b"SOUR:PULM:WIDT 2us;WIDT?", b"2e-06\n"),
        (b"CONN:TRIG:OMOD PEMSOURCE;OMOD?", b"PEMS\n"),
        (b"SOUR:IQ:IMP:QUAD:ANGL -1.5DEG;:SOUR:IQ:IMP:QUAD?", b"-1.5\n"),
    ],
)
def test_units_and_forms(model: SGS100A, message: bytes, reply: bytes) -> None:
    assert model.handle(message) == reply


@pytest.mark.parametrize(
    "message", [b"FREQ 0.9MHz", b"FREQ 20GHz", b"POW 25.1", b"POW -121dBm", b"SOUR:IQ:IMP:IQR 1.01"]
)
def test_out_of_range_is_refused_and_changes_nothing(model: SGS100A, message: bytes) -> None:
    header = message.split()[0]
    before = model.handle(header + b"?")
    assert model.handle(message) == b""
    assert model.handle(b"SYST:ERR:CODE?;CODE?") == b"-222;0\n"
    assert model.handle(header + b"?") == before


def test_every_parameter_answers(driver: RohdeSchwarzSGS100A) -> None:
    assert driver.IDN()["serial"] == "101999"
    snapshot = driver.snapshot(update=True)["parameters"]
    assert len(snapshot) > 30
    assert [name for name, entry in snapshot.items() if name != "timeout" and entry["value"] is None] == []
    assert driver.ask("SYST:ERR?") == '0,"No error"'
    driver.run_self_tests()


def test_what_the_driver_sets_it_reads_back(driver: RohdeSchwarzSGS100A, model: SGS100A) -> None:
    values = {
        "frequency": 7.278492341e9, "phase": 45.0, "power": -12.34, "status": True, "IQ_state": True,
        "pulsemod_state": True, "IQ_impairments": True, "I_offset": -2.5, "Q_offset": 3.25,
        "IQ_gain_imbalance": 0.5, "IQ_angle": -7.0, "pulsemod_delay": 1e-6, "pulsemod_double_delay": 5e-8,
        "pulsemod_double_width": 3e-8, "pulsemod_period": 2e-5, "pulsemod_width": 1e-7,
    }  # fmt: skip
    words = {
        "pulsemod_source": ("ext", "EXT"), "ref_osc_source": ("EXT", "EXT"), "LO_source": ("ext", "EXT"),
        "ref_LO_out": ("Off", "OFF"), "ref_osc_output_freq": ("100MHz", "100MHZ"),
        "ref_osc_external_freq": ("1000MHz", "1000MHZ"), "trigger_connector_mode": ("pet", "PET"),
        "pulsemod_mode": ("double", "DOUB"), "pulsemod_polarity": ("inverted", "INV"),
        "pulsemod_trig_ext_gate_polarity": ("INV", "INV"), "pulsemod_trig_ext_impedance": ("G50", "G50"),
        "pulsemod_trig_ext_slope": ("negative", "NEG"), "pulsemod_trig_mode": ("egate", "EGAT"),
        "operation_mode": ("BBBYpass", "BBBY"),
    }  # fmt: skip
    for name, value in values.items():
        driver.parameters[name].set(value)
        assert driver.parameters[name].get() == value, name
    for name, (word, told) in words.items():
        driver.parameters[name].set(word)
        assert driver.parameters[name].get() == told, name
    assert model.tone() == (7278492341.0, -12.34)
    driver.off()
    assert driver.status() is False
    assert driver.ask("SYST:ERR?") == '0,"No error"'


def test_frequency_that_the_driver_allows_and_the_instrument_does_not(driver: RohdeSchwarzSGS100A) -> None:
    driver.frequency(15e9)
    assert driver.frequency() == 1e9
    assert driver.ask("SYST:ERR?").startswith("-222")
