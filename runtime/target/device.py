"""A device without its instructions: clock and grids, qubits, channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from runtime.pulse import AcquireChannel, ControlChannel, DriveChannel, MeasureChannel
from runtime.pulse.channels import Channel
from runtime.pulse.pairs import Pairs
from runtime.target.channels import ChannelTable, acquire_channel, drive_channel, measure_channel
from runtime.target.checks import Findings
from runtime.target.errors import InvalidTarget, NotInTarget
from runtime.target.properties import QubitProperties
from runtime.target.timing import TimingConstraints, exact_period

__all__ = ["DeviceDescription"]

Qargs = tuple[int, ...]


class DeviceDescription:
    """Clock and grids, qubits and channels of a device: what a Target knows besides its instructions.

    `dt` and the four grids may be set; each is checked as in the constructor.
    """

    def __init__(  # noqa: PLR0917 - the order of Qiskit's Target
        self,
        description: str | None = None,
        num_qubits: int | None = 0,
        dt: float | None = None,
        granularity: int = 1,
        min_length: int = 1,
        pulse_alignment: int = 1,
        acquire_alignment: int = 1,
        qubit_properties: Sequence[QubitProperties | None] | None = None,
        concurrent_measurements: Sequence[Sequence[int]] | None = None,
        *,
        channel_frequencies: Pairs[Channel, float] | None = None,
        meas_map: Sequence[Sequence[int]] | None = None,
        control_channels: Pairs[Qargs, Sequence[ControlChannel]] | None = None,
    ) -> None:
        """Describe a device without instructions; add those with `add_instruction`.

        Args:
            description: What it is, for people.
            num_qubits: How many qubits it has; grows with the instructions. None: unknown, qubits go unchecked.
            dt: Sample period, seconds.
            granularity: The length of a pulse is a multiple of this, samples.
            min_length: Shortest pulse, samples.
            pulse_alignment: Pulses start at multiples of this, samples.
            acquire_alignment: Acquisitions start at multiples of this, samples.
            qubit_properties: One entry a qubit; sets num_qubits when that is not given.
            concurrent_measurements: Groups of qubits that must be measured at the same time.
            channel_frequencies: Carrier frequency of drive, measure and control channels, Hz.
            meas_map: Groups of qubits that must be acquired together.
            control_channels: The control channels of each ordered pair of qubits.

        Raises:
            InvalidTarget: All arguments that cannot be used (a ValueError, and Qiskit's TranspilerError).
        """
        findings = Findings("Target")
        self.description = description
        self.num_qubits = num_qubits
        if num_qubits is not None:
            findings.whole("num_qubits", num_qubits, lowest=0)
        self._qubit_properties = None if qubit_properties is None else list(qubit_properties)
        self._take_number_of_qubits(findings)
        if dt is not None:
            findings.positive("dt", dt, "seconds")
        try:
            self._timing = TimingConstraints(granularity, min_length, pulse_alignment, acquire_alignment)
        except InvalidTarget as error:
            findings.problems += error.problems
        known_qubits = None if findings.problems else self.num_qubits
        for number, group in enumerate(concurrent_measurements or ()):
            findings.qubits(f"concurrent_measurements[{number}]", group, known_qubits)
        self._channels = ChannelTable(
            channel_frequencies or {}, control_channels or {}, meas_map or (), known_qubits, findings
        )
        self.concurrent_measurements: list[list[int]] | None = None
        if concurrent_measurements is not None:
            self.concurrent_measurements = [list(group) for group in concurrent_measurements]
        self._dt = dt
        self._dt_exact = None if dt is None else exact_period(dt)

    def _take_number_of_qubits(self, findings: Findings) -> None:
        properties = self._qubit_properties
        if properties is None:
            return
        if not self.num_qubits:
            self.num_qubits = len(properties)
        elif len(properties) != self.num_qubits:
            allowed = f"{self.num_qubits} entries, as num_qubits says"
            findings.add("qubit_properties", "wrong number of qubits", len(properties), allowed)

    # Clock and grids

    @property
    def dt(self) -> float | None:
        """Sample period, seconds."""
        return self._dt

    @dt.setter
    def dt(self, dt: float | None) -> None:
        if dt is not None:
            findings = Findings("Target")
            findings.positive("dt", dt, "seconds")
            findings.raise_if_any()
        self._dt = dt
        self._dt_exact = None if dt is None else exact_period(dt)

    @property
    def dt_exact(self) -> Fraction:
        """Sample period as an exact number of seconds, e.g. 2/9 ns; see `runtime.target.exact_period`.

        Raises NotInTarget (a KeyError) when the Target was made without dt.
        """
        if self._dt_exact is None:
            raise NotInTarget("the target has no dt", where="Target.dt_exact", fix="Give dt to the constructor")
        return self._dt_exact

    @property
    def granularity(self) -> int:
        """The length of a pulse is a multiple of this, samples."""
        return self._timing.granularity

    @granularity.setter
    def granularity(self, samples: int) -> None:
        self._timing = replace(self._timing, granularity=samples)

    @property
    def min_length(self) -> int:
        """Shortest pulse, samples."""
        return self._timing.min_length

    @min_length.setter
    def min_length(self, samples: int) -> None:
        self._timing = replace(self._timing, min_length=samples)

    @property
    def pulse_alignment(self) -> int:
        """Pulses start at multiples of this, samples."""
        return self._timing.pulse_alignment

    @pulse_alignment.setter
    def pulse_alignment(self, samples: int) -> None:
        self._timing = replace(self._timing, pulse_alignment=samples)

    @property
    def acquire_alignment(self) -> int:
        """Acquisitions start at multiples of this, samples."""
        return self._timing.acquire_alignment

    @acquire_alignment.setter
    def acquire_alignment(self, samples: int) -> None:
        self._timing = replace(self._timing, acquire_alignment=samples)

    def timing_constraints(self) -> TimingConstraints:
        """The grids that a compiler has to keep to; the Target itself checks no schedule."""
        return self._timing

    # Qubits and channels

    @property
    def qubit_properties(self) -> list[QubitProperties | None] | None:
        """One entry a qubit, None where nothing is known."""
        return self._qubit_properties

    @property
    def physical_qubits(self) -> list[int]:
        """The indices of the qubits."""
        return list(range(self.num_qubits or 0))

    @property
    def channel_frequencies(self) -> Mapping[Channel, float]:
        """Carrier frequency of each drive, measure and control channel, Hz, read only."""
        return self._channels.frequencies_view()

    @property
    def meas_map(self) -> list[list[int]]:
        """Groups of qubits that must be acquired together; empty: every qubit may be acquired alone."""
        return self._channels.meas_map

    @property
    def control_channels(self) -> Mapping[Qargs, tuple[ControlChannel, ...]]:
        """The control channels of each ordered group of qubits, read only."""
        return MappingProxyType(self._channels.controls)

    def drive(self, qubit: int) -> DriveChannel:
        """The drive channel of a qubit; raises NotInTarget when the device has no such qubit."""
        return drive_channel(qubit, self.num_qubits)

    def measure(self, qubit: int) -> MeasureChannel:
        """The measure channel of a qubit; raises NotInTarget when the device has no such qubit."""
        return measure_channel(qubit, self.num_qubits)

    def acquire(self, qubit: int) -> AcquireChannel:
        """The acquire channel of a qubit; raises NotInTarget when the device has no such qubit."""
        return acquire_channel(qubit, self.num_qubits)

    def control(self, qubits: Iterable[int]) -> list[ControlChannel]:
        """The control channels of an ordered group, (control, target); raises NotInTarget without any."""
        return self._channels.control(qubits)
