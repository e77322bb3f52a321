"""What a device can do, cut by ability: an adapter has those that its instrument has.

All methods are coroutines that run on the adapter's own worker thread; each wait has a name and a limit, and ends
in `InstrumentTimeout` when it is over. After a timeout the adapter refuses further work until it is reopened,
because nobody knows what the instrument still does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from drivers.contract.limits import AcquisitionLimits, PlaybackLimits, SequencerLimits
    from drivers.contract.program import AcquisitionPlan, InstrumentProgram
    from drivers.contract.records import Block
    from drivers.contract.sequencer import OutputSettings, SequencerProgram

__all__ = [
    "Acquisition",
    "Adapter",
    "AdapterFactory",
    "Identity",
    "LocalOscillator",
    "Playback",
    "PortSettings",
    "Progress",
    "Sequencing",
    "UploadReceipt",
]

Progress = Callable[[int, int], None]
"""Called with (done, total) in units of the work at hand: bytes of an upload, records of an acquisition."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answers at an address."""

    vendor: str
    model: str
    serial: str
    firmware: str


@dataclass(frozen=True, slots=True)
class PortSettings:
    """How one output port of a generator is set."""

    port: int
    amplitude_vpp: float
    """Peak-to-peak volts that full scale (-1 to 1) stands for."""
    offset_v: float = 0.0
    markers: int = 0
    """How many markers are in use, counted from 1."""


@dataclass(frozen=True, slots=True)
class UploadReceipt:
    """What an upload did."""

    content_hash: str
    bytes_sent: int
    """0 when the instrument held the program already."""
    waveforms_sent: int
    verified: bool
    """The error queue was empty, and lengths and counts were read back."""


@runtime_checkable
class Adapter(Protocol):
    """What every adapter has."""

    name: str
    address: str
    limit_s: float
    """The most any single wait may take where nothing else is said, seconds."""

    async def open(self) -> Identity:
        """Connect, identify, and leave every output off.

        Raises ConnectionFailed when nobody answers. Cancelled or timed out: not connected.
        """
        ...

    async def safe(self) -> None:
        """Every output off, nothing armed. Cancelled or timed out: unknown, the link is cut."""
        ...

    async def close(self) -> None:
        """`safe`, then disconnect. Never raises for a link that is already broken; leaves no thread."""
        ...


@runtime_checkable
class Playback(Protocol):
    """It plays programs."""

    limits: PlaybackLimits

    async def configure(self, sample_rate_hz: int, ports: tuple[PortSettings, ...]) -> None:
        """Set clock, amplitudes, offsets and resolution. Cancelled or timed out: outputs off, settings unknown."""
        ...

    async def upload(self, program: InstrumentProgram, progress: Progress | None = None) -> UploadReceipt:
        """Send what the instrument does not hold yet, and verify it.

        Raises UploadError, after which no program is loaded. Cancelled or timed out: no program is loaded, and
        none can be played before the next complete upload.
        """
        ...

    async def play(self) -> None:
        """Outputs on, play list from its first entry. Cancelled or timed out: outputs off."""
        ...

    async def require_ended(self) -> None:
        """Make sure, after the last record, that no pass is still to come; raises AcquisitionError.

        Cancelled or timed out: it plays on, if it did.
        """
        ...

    async def stop(self) -> None:
        """Stop playing, outputs off. Cancelled or timed out: unknown, the link is cut."""
        ...


@runtime_checkable
class Sequencing(Protocol):
    """It plays sequencer programs: stored envelopes by a command table, on its own oscillators."""

    sequencer: SequencerLimits

    async def configure_outputs(self, sample_rate_hz: int, outputs: tuple[OutputSettings, ...]) -> None:
        """Set clock, ranges, synthesizers and delays. Cancelled or timed out: outputs off, settings unknown."""
        ...

    async def load(
        self, program: SequencerProgram, plan: AcquisitionPlan | None, progress: Progress | None = None
    ) -> UploadReceipt:
        """Send what the instrument does not hold yet, and verify it.

        `plan` is what the same instrument records meanwhile, None if nothing. Raises UploadError, after which no
        program is loaded. Cancelled or timed out: no program is loaded.
        """
        ...

    async def play(self) -> None:
        """Outputs on, programs from the first; one that waits for triggers waits. Cancelled or timed out: off."""
        ...

    async def require_ended(self) -> None:
        """Make sure, after the last record, that nothing is still to come; raises AcquisitionError."""
        ...

    async def stop(self) -> None:
        """Stop playing, outputs off. Cancelled or timed out: unknown, the link is cut."""
        ...


@runtime_checkable
class Acquisition(Protocol):
    """It digitizes records."""

    limits: AcquisitionLimits

    async def acquire(
        self,
        plan: AcquisitionPlan,
        sink: Callable[[Block], None],
        armed: Callable[[], None],
        progress: Progress | None = None,
    ) -> int:
        """Record what `plan` asks for and hand it on block by block, in order; returns the number of records.

        `armed` is called once the digitizer waits for its first trigger. `sink` runs on the worker thread. Raises
        AcquisitionError when another number of records came back than was requested. Cancelled or timed out:
        the acquisition is aborted, and nothing is armed.
        """
        ...


@runtime_checkable
class LocalOscillator(Protocol):
    """It emits one tone."""

    async def tune(self, frequency_hz: float, power_dbm: float) -> None:
        """Set frequency and level, and read them back. Cancelled or timed out: output off, settings unknown."""
        ...

    async def on(self) -> None:
        """Switch the tone on. Cancelled or timed out: unknown until `safe`."""
        ...


class AdapterFactory(Protocol):
    """How an adapter is made from a QCoDeS driver that a Station has yet to load."""

    def __call__(self, name: str, address: str, load: Callable[[], object], limit_s: float) -> Adapter:
        """`load` makes the QCoDeS instrument; the adapter calls it on its own worker thread, in `open`."""
        ...
