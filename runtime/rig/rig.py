"""The rig: one station, opened, run, left safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack, overload

from drivers.contract import Identity, PlayOrder
from runtime.lowering import ChannelUse, Policy, Program, Routed, Sweep
from runtime.pulse import Schedule, ScheduleBlock
from runtime.results import Consumer, QubitReadout, Result, Spectrum, TrainedReadout
from runtime.rig.execution import Execution
from runtime.rig.requests import (
    Report,
    Request,
    Returns,
    Wanted,
    as_batch,
    as_qubits,
    as_readout,
    as_segment,
    as_shots,
    require_known,
    silent,
)
from runtime.rig.session import Session
from runtime.rig.station import Station, load_station
from runtime.rig.training import Training, train_readout
from runtime.target import Target

__all__ = ["Rig"]


class Rig:
    """One open station.

    Example::

        with Rig.open("demo") as rig:
            result = rig.run(schedule, shots=1024)
            print(result.counts)

    `run` is for scripts and notebooks, `await rig.submit(...)` for coroutines; both can be called from any thread,
    and batches wait for one another.
    """

    def __init__(self, station: Station) -> None:
        """Use `Rig.open`."""
        self.station = station
        self._session = Session(station)
        self._readout: dict[int, QubitReadout] = dict(station.readout)
        self._trained: dict[int, TrainedReadout] = dict(station.trained)
        self._execution = Execution(self._session.instruments, self._readout)

    @classmethod
    def open(cls, station: str | Path | Station, *, addresses: Mapping[str, str] | None = None) -> Self:
        """Open a station by name or folder; the result is a context manager that closes it.

        Args:
            station: Name of an installed station, the path of a station's folder, or what `load_station` gave.
            addresses: Where the instruments are, in place of the addresses in station.yaml; a simulated lab is
                then taken to run already.

        Checks the configuration as a whole, starts the simulated lab if the station has one, connects to every
        instrument and sets it up. Raises a PulserigError that says what is wrong; nothing stays open then. A rig
        that nobody closed is closed when Python ends.
        """
        loaded = station if isinstance(station, Station) else load_station(station)
        require_known(addresses or (), loaded.instruments, "addresses")
        rig = cls(loaded)
        rig._session.open(addresses)
        return rig

    @property
    def target(self) -> Target:
        """The device: timing constraints, instructions, calibrated schedules."""
        return self.station.target

    @property
    def identities(self) -> Mapping[str, Identity]:
        """Who answers, by instrument name."""
        return dict(self._session.instruments.identities)

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each instrument was reached, by name."""
        return dict(self._session.addresses)

    @property
    def readout(self) -> Mapping[int, QubitReadout]:
        """Kernel and discriminator by qubit, trained ones included."""
        return dict(self._readout)

    @property
    def trained(self) -> Mapping[int, TrainedReadout]:
        """What training found, by qubit: of those trained on this rig, and of those stored with the station."""
        return dict(self._trained)

    @property
    def cells_s(self) -> tuple[Fraction, ...]:
        """The grids on which the station's sequencers start what they play, seconds each; none for play lists."""
        return self._session.instruments.cells_s

    def use_readout(self, qubit: int, readout: QubitReadout, trained: TrainedReadout | None = None) -> None:
        """Read a qubit in another way from now on, until the rig is closed; `trained` is what is known of it."""
        as_qubits([qubit], self.station.wired_qubits, "use_readout")
        self._readout[qubit] = as_readout(readout)
        self._trained.pop(qubit, None)
        if trained is not None:
            self._trained[qubit] = trained

    def prepare(self, program: Program | Sequence[Program] | Sweep, *, shots: int = 1024) -> Routed:
        """What each instrument would be given for a program; nothing is sent."""
        return self._execution.prepare(as_batch(program), Request(as_shots(shots)))[1]

    def explain(self, program: Program | Sequence[Program] | Sweep) -> tuple[ChannelUse, ...]:
        """What each wired channel of a program uses: port, LO, IF, samples, memory, headroom; nothing is sent."""
        return self._execution.explain(as_batch(program))

    def train_readout(self, qubits: Sequence[int], **wanted: Unpack[Training]) -> dict[int, TrainedReadout]:
        """Train how `qubits` are read on shots after nothing and after x on all of them, and do so from now on.

        Args:
            qubits: Those that are prepared and read together.
            wanted: shots (2000) after each preparation; kernel "keep" as it is (a boxcar where there was none) or
                "matched" to the mean traces of both states; method "threshold", "lda" or "qda"; states 2 or 3, the
                third by x and then x12.

        Returns:
            By qubit its discriminator with fidelity, SNR, confusion matrix, QNDness, and a picture by `draw`.

        Raises ConfigurationError for what cannot be trained; then every qubit is read as before.
        """
        return train_readout(self, qubits, **wanted)

    @overload
    def run(self, program: Program, **wanted: Unpack[Wanted]) -> Result: ...
    @overload
    def run(self, program: Sequence[Program] | Sweep, **wanted: Unpack[Wanted]) -> tuple[Result, ...]: ...
    def run(
        self,
        program: Program | Sequence[Program] | Sweep,
        *,
        shots: int = 1024,
        level: int = 2,
        returns: Returns = "single",
        order: PlayOrder = "cyclic",
        policy: Policy | None = None,
        reuse_slots: bool = False,
        readout: Mapping[int, QubitReadout] | None = None,
        consumers: Sequence[Consumer] = (),
        report: Report = silent,
    ) -> Result | tuple[Result, ...]:
        """Play a program, or a batch of them as one play list, and return what came back.

        Args:
            program: A Schedule or ScheduleBlock, or several, or a Sweep.
            shots: How often each is played.
            level: 0 raw traces, 1 kernelled complex numbers, 2 bits.
            returns: "single" keeps every shot; "avg" means, or counts at level 2, in memory that does not grow.
            order: "cyclic" plays all programs, then all of them again; "sequential" each one `shots` times, then
                the next.
            policy: "strict" refuses what breaks the Target's timing constraints, "pad" and "shift" mend it; None:
                as the station says.
            reuse_slots: Let the latest Acquire into a memory slot stay; otherwise several are an error.
            readout: Kernel and discriminator by qubit, for this batch in place of the rig's.
            consumers: Each is called with `runtime.results.Chunk`s of shots while they come in, on a thread of its
                own. One that is slow or raises loses chunks and holds up nothing; the metadata of the Result say
                what became of it.
            report: Called with (stage, done, total) as the batch proceeds, from other threads. What it raises ends
                its calls only.

        Returns:
            One Result for one program, a tuple of Results for several and for a sweep.
        """
        request = Request.of(
            shots=shots,
            level=level,
            returns=returns,
            order=order,
            policy=policy,
            reuse_slots=reuse_slots,
            readout=readout,
            consumers=consumers,
            report=report,
        )
        batch = as_batch(program)
        results = self._session.run(lambda: self._execution.run(batch, request))
        return results[0] if _is_one(program) else results

    @overload
    def spectrum(
        self, program: Program, *, shots: int = ..., segment: int | None = ..., report: Report = ...
    ) -> Spectrum: ...
    @overload
    def spectrum(
        self,
        program: Sequence[Program] | Sweep,
        *,
        shots: int = ...,
        segment: int | None = ...,
        report: Report = ...,
    ) -> tuple[Spectrum, ...]: ...
    def spectrum(
        self,
        program: Program | Sequence[Program] | Sweep,
        *,
        shots: int = 1024,
        segment: int | None = None,
        report: Report = silent,
    ) -> Spectrum | tuple[Spectrum, ...]:
        """Play a program, or a batch, and return the power spectral density of what each Acquire recorded.

        Args:
            program: As `run` takes it.
            shots: How many are averaged, in memory that does not grow with them.
            segment: Samples of a segment, see `runtime.results.SpectrumCollector`; None: the shortest window's.
            report: As `run` takes it.
        """
        request = Request.of(shots=shots, level=0, report=report)
        batch = as_batch(program)
        samples = as_segment(segment)
        spectra = self._session.run(lambda: self._execution.spectra(batch, request, samples))
        return spectra[0] if _is_one(program) else spectra

    @overload
    async def submit(self, program: Program, **wanted: Unpack[Wanted]) -> Result: ...
    @overload
    async def submit(self, program: Sequence[Program] | Sweep, **wanted: Unpack[Wanted]) -> tuple[Result, ...]: ...
    async def submit(
        self, program: Program | Sequence[Program] | Sweep, **wanted: Unpack[Wanted]
    ) -> Result | tuple[Result, ...]:
        """`run` for coroutines. Cancelled: the batch is stopped and every output is off within a second."""
        batch, request = as_batch(program), Request.of(**wanted)
        results = await self._session.submit(lambda: self._execution.run(batch, request))
        return results[0] if _is_one(program) else results

    def safe(self) -> None:
        """Every output off, now."""
        self._session.safe()

    def close(self) -> None:
        """Outputs off, disconnected, the simulated lab ended; what still runs is given up.

        Does nothing the second time. Ctrl-C does not cut it short.
        """
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _is_one(program: Program | Sequence[Program] | Sweep) -> bool:
    """Whether one Result answers, and no tuple of them."""
    return isinstance(program, Schedule | ScheduleBlock)
