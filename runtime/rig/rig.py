"""The rig: one station, opened, run, left safe."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, overload

from drivers.contract import ConfigurationError, Identity, PlayOrder
from runtime.lowering import ChannelUse, Policy, Program, Routed, Sweep
from runtime.pulse import Schedule, ScheduleBlock
from runtime.results import QubitReadout, Result, TrainedReadout
from runtime.rig.execution import Execution, Report
from runtime.rig.instruments import Instruments, import_qcodes
from runtime.rig.lab_process import LabProcess
from runtime.rig.loop import LoopThread
from runtime.rig.requests import Request, Returns, Wanted, as_batch, as_readout, as_shots, require_known
from runtime.rig.station import Station, load_station
from runtime.rig.training import train_readout
from runtime.target import Target

__all__ = ["Rig"]

T = TypeVar("T")


def _silent(_stage: str, _done: int, _total: int) -> None:
    """The report nobody asked for."""


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
        self._instruments = Instruments(station)
        self._readout: dict[int, QubitReadout] = dict(station.readout)
        self._execution = Execution(self._instruments, self._readout)
        self._loop = LoopThread(f"rig-{station.name}")
        self._turn = asyncio.Lock()
        self._batches: set[asyncio.Task[Any]] = set()
        """What runs, or waits for its turn."""
        self._lab: LabProcess | None = None
        self._addresses: Mapping[str, str] = station.addresses
        self._closed = False

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
        try:
            rig._connect(addresses)
            # Only now: QCoDeS and pyvisa disconnect at exit too, but switch nothing off; who came last goes first.
            atexit.register(rig.close)
        except BaseException:
            rig.close()
            raise
        return rig

    @property
    def target(self) -> Target:
        """The device: timing constraints, instructions, calibrated schedules."""
        return self.station.target

    @property
    def identities(self) -> Mapping[str, Identity]:
        """Who answers, by instrument name."""
        return dict(self._instruments.identities)

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each instrument was reached, by name."""
        return dict(self._addresses)

    @property
    def readout(self) -> Mapping[int, QubitReadout]:
        """Kernel and discriminator by qubit, trained ones included."""
        return dict(self._readout)

    def use_readout(self, qubit: int, readout: QubitReadout) -> None:
        """Read a qubit in another way from now on, until the rig is closed."""
        self._readout[qubit] = as_readout(readout)

    def prepare(self, program: Program | Sequence[Program] | Sweep, *, shots: int = 1024) -> Routed:
        """What each instrument would be given for a program; nothing is sent."""
        return self._execution.prepare(as_batch(program), Request(as_shots(shots)))[1]

    def explain(self, program: Program | Sequence[Program] | Sweep) -> tuple[ChannelUse, ...]:
        """What each wired channel of a program uses: port, LO, IF, samples, memory, headroom; nothing is sent."""
        return self._execution.explain(as_batch(program))

    def train_readout(self, qubits: Sequence[int], *, shots: int = 2000) -> dict[int, TrainedReadout]:
        """Train the discriminators of `qubits` on shots after nothing and after x, and use them from now on.

        Returns fidelity, SNR and error rates with each discriminator.
        """
        return train_readout(self, qubits, shots)

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
        report: Report = _silent,
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
            report: Called with (stage, done, total) as the batch proceeds, from other threads.

        Returns:
            One Result for one program, a tuple of Results for several and for a sweep.
        """
        request = Request.of(shots, level, returns, order, policy)
        return self._loop_run(self._submit(program, request, report))

    @overload
    async def submit(self, program: Program, **wanted: Unpack[Wanted]) -> Result: ...
    @overload
    async def submit(self, program: Sequence[Program] | Sweep, **wanted: Unpack[Wanted]) -> tuple[Result, ...]: ...
    async def submit(
        self,
        program: Program | Sequence[Program] | Sweep,
        *,
        shots: int = 1024,
        level: int = 2,
        returns: Returns = "single",
        order: PlayOrder = "cyclic",
        policy: Policy | None = None,
        report: Report = _silent,
    ) -> Result | tuple[Result, ...]:
        """`run` for coroutines. Cancelled: the batch is stopped and every output is off within a second."""
        if self._closed:
            raise self._closed_error("it")
        request = Request.of(shots, level, returns, order, policy)
        running = self._loop.start(self._submit(program, request, report))
        try:
            return await asyncio.wrap_future(running)
        except asyncio.CancelledError:
            waiting = asyncio.current_task()
            if waiting is not None and waiting.cancelling():
                raise
            raise self._closed_error("meanwhile it") from None

    def safe(self) -> None:
        """Every output off, now."""
        self._loop_run(self._instruments.safe())

    def close(self) -> None:
        """Outputs off, disconnected, the simulated lab ended; what still runs is given up.

        Does nothing the second time. Ctrl-C does not cut it short.
        """
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        try:
            self._loop.run(self._give_up(), to_the_end=True)
        finally:
            try:
                self._loop.stop()
            finally:
                if self._lab is not None:
                    self._lab.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _connect(self, addresses: Mapping[str, str] | None) -> None:
        if addresses is not None:
            self._addresses = {**self.station.addresses, **addresses}
        elif self.station.simulation is not None:
            # The lab takes about as long to start as QCoDeS to import; what that raises, `open` will raise again.
            self._loop.start(asyncio.to_thread(import_qcodes))
            self._lab = lab = LabProcess(self.station.simulation)
            configured = self.station.addresses
            self._addresses = {name: lab.address(name, configured[name]) for name in self.station.instruments}
        self._loop.run(self._instruments.open(self._addresses))

    async def _submit(
        self, program: Program | Sequence[Program] | Sweep, request: Request, report: Report
    ) -> Result | tuple[Result, ...]:
        batch = as_batch(program)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101, a coroutine runs in a task
        self._batches.add(task)
        try:
            async with self._turn:
                results = await self._execution.run(batch, request, report)
        finally:
            self._batches.discard(task)
        return results[0] if isinstance(program, Schedule | ScheduleBlock) else results

    async def _give_up(self) -> None:
        """Cancel what runs and let it clean up, then switch everything off and disconnect."""
        batches = list(self._batches)
        for batch in batches:
            if not batch.cancelling():
                batch.cancel()
        await asyncio.gather(*batches, return_exceptions=True)
        await self._instruments.close()

    def _loop_run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            work.close()
            raise self._closed_error("it")
        try:
            return self._loop.run(work)
        except asyncio.CancelledError:
            raise self._closed_error("meanwhile it") from None

    def _closed_error(self, what: str) -> ConfigurationError:
        return ConfigurationError(
            f"{what} was closed", where=f"rig of station {self.station.name}", fix="Open it again with Rig.open"
        )
