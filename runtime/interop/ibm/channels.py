"""Channels of an OpenPulse device: their names, qubits and frequencies."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runtime.interop.ibm.schema import ConfFile, DefsFile
from runtime.pulse import ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.channels import Channel

__all__ = ["PlayChannel", "channel_frequencies", "control_channels", "parse_channel"]

PlayChannel = DriveChannel | MeasureChannel | ControlChannel

_NAME = re.compile(r"([dmu])(0|[1-9]\d*)")
_KINDS: Mapping[str, type[DriveChannel | MeasureChannel | ControlChannel]] = {
    "d": DriveChannel,
    "m": MeasureChannel,
    "u": ControlChannel,
}
_HZ_PER_GHZ = 1e9


def parse_channel(name: str) -> PlayChannel | None:
    """The channel called d0, m0 or u0; None for any other text."""
    found = _NAME.fullmatch(name)
    return _KINDS[found[1]](int(found[2])) if found else None


def channel_frequencies(conf: ConfFile, defs: DefsFile, qubits: frozenset[int]) -> dict[Channel, float]:
    """Carrier of every drive and measure channel of `qubits`, and of the control channels that follow them, Hz.

    A control channel's frequency is the sum of scale * frequency over the qubits it names: for cross resonance,
    the frequency of the target qubit.
    """
    carriers: dict[Channel, float] = {}
    for qubit in sorted(qubits):
        carriers[DriveChannel(qubit)] = defs.qubit_freq_est[qubit] * _HZ_PER_GHZ
    for qubit in sorted(qubits):
        carriers[MeasureChannel(qubit)] = defs.meas_freq_est[qubit] * _HZ_PER_GHZ
    for index, terms in enumerate(conf.u_channel_lo):
        if qubits.issuperset(term.q for term in terms):
            carrier = sum(term.scale.real * defs.qubit_freq_est[term.q] for term in terms)
            carriers[ControlChannel(index)] = carrier * _HZ_PER_GHZ
    return carriers


def control_channels(conf: ConfFile, qubits: frozenset[int]) -> dict[tuple[int, ...], list[ControlChannel]]:
    """The control channels of each ordered pair (control, target) that lies within `qubits`."""
    found: dict[tuple[int, ...], list[ControlChannel]] = {}
    for name, entry in conf.channels.items():
        channel = parse_channel(name)
        pair = tuple(entry.operates.qubits)
        if entry.type == "control" and isinstance(channel, ControlChannel) and pair and qubits.issuperset(pair):
            found.setdefault(pair, []).append(channel)
    return {
        pair: sorted(channels, key=lambda channel: int(channel.index)) for pair, channels in sorted(found.items())
    }
