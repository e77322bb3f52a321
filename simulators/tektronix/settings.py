"""What can be set on an AWG5208, with its ranges."""

from __future__ import annotations

from simulators.scpi import Choice, Number, Setting, Switch

__all__ = ["SETTINGS"]

_OUT = "OUTPut{1-8}"
_SOURCE = "SOURce{1-8}"
_LEVEL = "[:LEVel][:IMMediate]"
_GENERATOR = "FGEN[:CHANnel{1-8}]"

_CLOCK = (
    # The AWG5208 goes to 2.5 GS/s without its DUC option.
    Setting("sample rate", Number(2.5e9, 298.0, 2.5e9, "Hz"), ("CLOCk:SRATe", "SOURce{1-8}:FREQuency[:CW]")),
    Setting("clock source", Choice(("INTernal", "EFIXed", "EVARiable", "EXTernal")), ("CLOCk:SOURce",)),
    # The AWG70000 takes 6.25 to 12.5 GHz, the AWG5208 less; the driver that both share asks for the former.
    Setting("external clock", Number(6.25e9, 2.5e9, 12.5e9, "Hz"), ("CLOCk:ECLock:FREQuency",)),
    Setting("mode", Choice(("AWG", "FGEN")), ("INSTrument:MODE",)),
    Setting("all outputs off", Switch(), ("OUTPut:OFF",)),
)

_CHANNEL = (
    Setting("output", Switch(), (f"{_OUT}[:STATe]",)),
    Setting("hold", Choice(("ZERO", "FIRST")), (f"{_OUT}:WVALue[:ANALog][:STATe]",)),
    Setting("stopped value", Choice(("OFF", "ZERO")), (f"{_OUT}:SVALue[:ANALog][:STATe]",)),
    Setting("marker hold", Choice(("FIRST", "LOW", "HIGH"), preset=1), (_OUT + ":WVALue:MARKer{1-4}",)),
    Setting("marker stopped", Choice(("OFF", "LOW")), (_OUT + ":SVALue:MARKer{1-4}",)),
    Setting("amplitude", Number(0.5, 0.025, 1.5, "V"), (f"{_SOURCE}:VOLTage{_LEVEL}[:AMPLitude]",)),
    Setting("offset", Number(0.0, -2.0, 2.0, "V"), (f"{_SOURCE}:VOLTage{_LEVEL}:OFFSet",)),
    Setting("resolution", Number(16, 12, 16, whole=True), (f"{_SOURCE}:DAC:RESolution",)),
)

_FUNCTION_GENERATOR = (
    Setting("fg amplitude", Number(0.5, 0.0, 1.5, "V"), (f"{_GENERATOR}:AMPLitude[:VOLTage]",)),
    Setting("fg offset", Number(0.0, -2.0, 2.0, "V"), (f"{_GENERATOR}:OFFSet",)),
    Setting("fg frequency", Number(1.2e6, 1.0, 12.5e9, "Hz"), (f"{_GENERATOR}:FREQuency",)),
    Setting("fg level", Number(0.0, -2.0, 2.0, "V"), (f"{_GENERATOR}:DCLevel",)),
    Setting("fg path", Choice(("DCHB", "DCHV", "ACD", "ACAM")), (f"{_GENERATOR}:PATH",)),
    Setting("fg phase", Number(0.0, -180.0, 180.0, "deg"), (f"{_GENERATOR}:PHASe",)),
    Setting("fg symmetry", Number(100.0, 0.0, 100.0, "%"), (f"{_GENERATOR}:SYMMetry",)),
    Setting(
        "fg type",
        Choice(("SINE", "SQUare", "TRIangle", "NOISe", "DC", "GAUSSian", "EXPRise", "EXPDecay", "NONE")),
        (f"{_GENERATOR}:TYPE",),
    ),
)

SETTINGS: tuple[Setting[float] | Setting[bool] | Setting[str], ...] = (*_CLOCK, *_CHANNEL, *_FUNCTION_GENERATOR)
"""Every setting: its name in the model, what it takes, and the headers it stands behind."""
