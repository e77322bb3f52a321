"""What can be set on an SGS100A, with its ranges: those of the QCoDeS driver, except for the frequency."""

from __future__ import annotations

from simulators.scpi import Choice, Number, Setting, Switch

__all__ = ["SETTINGS"]


def _plain(value: float) -> str:
    """A number as this instrument writes it, without an exponent where it can."""
    return format(value, ".15g")


def _number(default: float, low: float, high: float, unit: str) -> Number:
    return Number(default, low, high, unit, _plain)


_SOURCES = ("INTernal", "EXTernal")
_POLARITIES = ("NORMal", "INVerted")
_REFERENCE_FREQUENCIES = ("10MHZ", "100MHZ", "1000MHZ")
_PULSE = "[SOURce]:PULM"

_SIGNAL = (
    # 12.75 GHz is the SGS100A with option B112; more takes the SGU100A upconverter, an instrument of its own.
    Setting(
        "frequency", _number(1e9, 1e6, 12.75e9, "Hz"), ("[SOURce]:FREQuency[:CW]", "[SOURce]:FREQuency:FIXed")
    ),
    Setting("phase", _number(0.0, -36000.0, 36000.0, "deg"), ("[SOURce]:PHASe",)),
    Setting("power", _number(-30.0, -120.0, 25.0, "dBm"), ("[SOURce]:POWer[:LEVel][:IMMediate][:AMPLitude]",)),
    Setting("output", Switch(), ("OUTPut[:STATe]",)),
    Setting("operation mode", Choice(("NORMal", "BBBYpass")), ("[SOURce]:OPMode",)),
    Setting("LO source", Choice(_SOURCES), ("[SOURce]:LOSCillator:SOURce",)),
    Setting("reference output", Choice(("REF", "LO", "OFF"), preset=2), ("CONNector:REFLo:OUTPut",)),
    Setting(
        "trigger connector",
        Choice(("SVALid", "SNVALid", "PVOut", "PETrigger", "PEMSource")),
        ("CONNector:TRIGger:OMODe",),
    ),
    Setting("reference source", Choice(_SOURCES), ("[SOURce]:ROSCillator:SOURce",)),
    Setting("reference out", Choice(_REFERENCE_FREQUENCIES), ("[SOURce]:ROSCillator:OUTPut:FREQuency",)),
    Setting("reference in", Choice(_REFERENCE_FREQUENCIES), ("[SOURce]:ROSCillator:EXTernal:FREQuency",)),
)

_IQ = (
    Setting("IQ", Switch(), ("[SOURce]:IQ:STATe", "IQ:STATe")),
    Setting("IQ impairments", Switch(), ("[SOURce]:IQ:IMPairment[:STATe]",)),
    Setting("I leakage", _number(0.0, -10.0, 10.0, "%"), ("[SOURce]:IQ:IMPairment:LEAKage:I",)),
    Setting("Q leakage", _number(0.0, -10.0, 10.0, "%"), ("[SOURce]:IQ:IMPairment:LEAKage:Q",)),
    Setting("IQ ratio", _number(0.0, -1.0, 1.0, "dB"), ("[SOURce]:IQ:IMPairment:IQRatio[:MAGNitude]",)),
    Setting("IQ angle", _number(0.0, -8.0, 8.0, "deg"), ("[SOURce]:IQ:IMPairment:QUADrature[:ANGLe]",)),
)

_PULSE_MODULATION = (
    Setting("pulse", Switch(), (f"{_PULSE}:STATe",)),
    Setting("pulse source", Choice(_SOURCES), (f"{_PULSE}:SOURce",)),
    Setting("pulse mode", Choice(("SINGle", "DOUBle")), (f"{_PULSE}:MODE",)),
    Setting("pulse delay", _number(0.0, 0.0, 100.0, "s"), (f"{_PULSE}:DELay",)),
    Setting("pulse width", _number(2e-6, 20e-9, 100.0, "s"), (f"{_PULSE}:WIDTh",)),
    Setting("pulse period", _number(1e-5, 100e-9, 100.0, "s"), (f"{_PULSE}:PERiod",)),
    Setting("double pulse delay", _number(1e-6, 40e-9, 100.0, "s"), (f"{_PULSE}:DOUBle:DELay",)),
    Setting("double pulse width", _number(1e-6, 20e-9, 100.0, "s"), (f"{_PULSE}:DOUBle:WIDTh",)),
    Setting("pulse polarity", Choice(_POLARITIES), (f"{_PULSE}:POLarity",)),
    Setting("gate polarity", Choice(_POLARITIES), (f"{_PULSE}:TRIGger:EXTernal:GATE:POLarity",)),
    Setting("trigger impedance", Choice(("G50", "G10K"), preset=1), (f"{_PULSE}:TRIGger:EXTernal:IMPedance",)),
    Setting("trigger slope", Choice(("NEGative", "POSitive"), preset=1), (f"{_PULSE}:TRIGger:EXTernal:SLOPe",)),
    Setting("trigger mode", Choice(("AUTO", "EXTernal", "EGATe")), (f"{_PULSE}:TRIGger:MODE",)),
)

SETTINGS: tuple[Setting[float] | Setting[bool] | Setting[str], ...] = (*_SIGNAL, *_IQ, *_PULSE_MODULATION)
"""Every setting: its name in the model, what it takes, and the headers it stands behind."""
