"""SCPI instruments without hardware: the language, and the three ways it travels.

An instrument model is a plain object, for example `simulators.tektronix.AWG5208(serial="B020001")` or
`simulators.rohde_schwarz.SGS100A(serial="101001")`: a `ScpiInstrument`, whose `handle(message) -> reply` needs no
socket. Its `faults` are for tests. To reach it as an instrument in a lab, start its servers inside an event loop::

    server = ScpiServer(model)                # or ScpiServer(model, Ports(hislip=48801)); 0 means any free port
    addresses = await server.start()          # VISA resource names, loopback only
    addresses.hislip                          # "TCPIP::127.0.0.1::hislip0,48801::INSTR"
    addresses.vxi11                           # "TCPIP::127.0.0.1,40213::inst0::INSTR"
    addresses.socket                          # "TCPIP::127.0.0.1::39871::SOCKET"
    addresses.as_dict()                       # {"hislip": ..., "vxi11": ..., "socket": ...}
    await server.stop()                       # idempotent; leaves no task and no socket

or, from a program that has no loop of its own, in a thread::

    with serving(model, other_model) as servers:
        servers[0].addresses.hislip
"""

from __future__ import annotations

from simulators.scpi.arguments import Argument, ArgumentKind
from simulators.scpi.blocks import encode_block
from simulators.scpi.errors import ErrorQueue, ScpiError
from simulators.scpi.framer import Framer, Message
from simulators.scpi.instrument import Execution, Faults, Identity, ScpiInstrument
from simulators.scpi.parser import Unit, parse
from simulators.scpi.settings import Choice, Number, Setting, Settings, Switch, format_scientific
from simulators.scpi.transports import Addresses, Ports, ScpiServer, serving
from simulators.scpi.tree import AfterOperations, Call, CommandTree, Handler, Reply

__all__ = [
    "Addresses",
    "AfterOperations",
    "Argument",
    "ArgumentKind",
    "Call",
    "Choice",
    "CommandTree",
    "ErrorQueue",
    "Execution",
    "Faults",
    "Framer",
    "Handler",
    "Identity",
    "Message",
    "Number",
    "Ports",
    "Reply",
    "ScpiError",
    "ScpiInstrument",
    "ScpiServer",
    "Setting",
    "Settings",
    "Switch",
    "Unit",
    "encode_block",
    "format_scientific",
    "parse",
    "serving",
]
