"""The channels of a device: which qubits they belong to, and the frequency each one is played at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from runtime.pulse import AcquireChannel, ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.channels import Channel
from runtime.pulse.pairs import Pairs
from runtime.target.checks import Findings, is_index
from runtime.target.errors import NotInTarget

__all__ = ["ChannelTable"]

Pair = tuple[int, ...]


class ChannelTable:
    """Channels, carrier frequencies and measurement groups of a device; checked once, then read only."""

    def __init__(
        self,
        frequencies: Pairs[Channel, float],
        controls: Pairs[Pair, Sequence[ControlChannel]],
        meas_map: Sequence[Sequence[int]],
        num_qubits: int | None,
        findings: Findings,
    ) -> None:
        """Take the tables of a Target; raises InvalidTarget for all `findings`, with what is wrong here."""
        for channel, frequency in frequencies.items():
            if not isinstance(channel, DriveChannel | MeasureChannel | ControlChannel):
                findings.add(
                    "channel_frequencies", "no pulse channel", channel, "drive, measure or control channels"
                )
            findings.positive(f"channel_frequencies[{channel!r}]", frequency, "Hz")
        for pair, channels in controls.items():
            findings.qubits("control_channels", pair, num_qubits)
            if not all(isinstance(channel, ControlChannel) for channel in channels):
                findings.add(f"control_channels[{pair}]", "not usable", list(channels), "control channels")
        for number, group in enumerate(meas_map):
            findings.qubits(f"meas_map[{number}]", group, num_qubits)
        findings.raise_if_any()
        self.frequencies = dict(frequencies.items())
        self.controls = {tuple(pair): tuple(channels) for pair, channels in controls.items()}
        self.meas_map = [list(group) for group in meas_map]

    def frequencies_view(self) -> Mapping[Channel, float]:
        """Carrier frequency of each channel in Hz, read only."""
        return MappingProxyType(self.frequencies)

    def control(self, qubits: Iterable[int]) -> list[ControlChannel]:
        """The control channels that act on an ordered group of qubits; raises NotInTarget without any."""
        pair = tuple(qubits)
        if pair not in self.controls or not all(map(is_index, pair)):
            known = ", ".join(map(str, sorted(self.controls))) or "none"
            raise NotInTarget("no control channel", where="Target.control", got=str(pair), allowed=known)
        return list(self.controls[pair])


def qubit_index(qubit: int, num_qubits: int | None, where: str) -> int:
    """`qubit` if the device has it; raises NotInTarget otherwise."""
    if not is_index(qubit) or (num_qubits is not None and qubit >= num_qubits):
        allowed = f"0 to {num_qubits - 1}" if num_qubits else "a whole number of at least 0"
        raise NotInTarget("no such qubit", where=where, got=repr(qubit), allowed=allowed)
    return int(qubit)


def drive_channel(qubit: int, num_qubits: int | None) -> DriveChannel:
    """The drive channel of a qubit."""
    return DriveChannel(qubit_index(qubit, num_qubits, "Target.drive"))


def measure_channel(qubit: int, num_qubits: int | None) -> MeasureChannel:
    """The measure channel of a qubit."""
    return MeasureChannel(qubit_index(qubit, num_qubits, "Target.measure"))


def acquire_channel(qubit: int, num_qubits: int | None) -> AcquireChannel:
    """The acquire channel of a qubit."""
    return AcquireChannel(qubit_index(qubit, num_qubits, "Target.acquire"))
