"""One open station: its loop, its simulated lab, its instruments, and their end."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from drivers.contract import ConfigurationError
from runtime.rig.instruments import Instruments, import_qcodes
from runtime.rig.lab_process import LabProcess
from runtime.rig.loop import LoopThread
from runtime.rig.station import Station
from runtime.rig.turns import Turns

__all__ = ["Session"]

T = TypeVar("T")

Work = Callable[[], Coroutine[Any, Any, T]]


class Session:
    """Runs what is asked of a station's instruments on a loop of its own, one piece after another.

    Attributes:
        instruments: Open between `open` and `close`.
        addresses: Where each of them was reached, by name.
        lab: The simulated lab, while there is one.
    """

    def __init__(self, station: Station) -> None:
        self.instruments = Instruments(station)
        self.addresses: Mapping[str, str] = station.addresses
        self.lab: LabProcess | None = None
        self._station = station
        self._loop = LoopThread(f"rig-{station.name}")
        self._turns = Turns()
        self._closed = False

    def open(self, addresses: Mapping[str, str] | None) -> None:
        """Start the simulated lab if the station has one, and connect; nothing stays open when it raises.

        Args:
            addresses: In place of the station's own; a simulated lab is then taken to run already.
        """
        try:
            self._connect(addresses)
            # Only now: QCoDeS and pyvisa disconnect at exit too, but switch nothing off; who came last goes first.
            atexit.register(self.close)
        except BaseException:
            self.close()
            raise

    def run(self, work: Work[T]) -> T:
        """Do a piece of work in its turn and wait for it, from any thread; Ctrl-C cancels it."""
        self._raise_if_closed()
        return self._finished(lambda: self._turns.take(work))

    async def submit(self, work: Work[T]) -> T:
        """`run` for coroutines: cancelled, the work is."""
        self._raise_if_closed()
        running = self._loop.start(self._turns.take(work))
        try:
            return await asyncio.wrap_future(running)
        except asyncio.CancelledError:
            waiting = asyncio.current_task()
            if waiting is not None and waiting.cancelling():
                raise
            raise self._closed_error("meanwhile it") from None

    def safe(self) -> None:
        """Every output off, now: out of turn."""
        self._raise_if_closed()
        self._finished(self.instruments.safe)

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
                if self.lab is not None:
                    self.lab.stop()

    def _connect(self, addresses: Mapping[str, str] | None) -> None:
        station = self._station
        if addresses is not None:
            self.addresses = {**station.addresses, **addresses}
        elif station.simulation is not None:
            # The lab takes about as long to start as QCoDeS to import; what that raises, `open` will raise again.
            self._loop.start(asyncio.to_thread(import_qcodes))
            self.lab = lab = LabProcess(station.simulation)
            self.addresses = {name: lab.address(name, station.addresses[name]) for name in station.instruments}
        self._loop.run(self.instruments.open(self.addresses))

    async def _give_up(self) -> None:
        """Cancel what runs and let it clean up, then switch everything off and disconnect."""
        await self._turns.give_up()
        await self.instruments.close()

    def _finished(self, work: Work[T]) -> T:
        try:
            return self._loop.run(work())
        except asyncio.CancelledError:
            raise self._closed_error("meanwhile it") from None

    def _raise_if_closed(self) -> None:
        if self._closed:
            raise self._closed_error("it")

    def _closed_error(self, what: str) -> ConfigurationError:
        return ConfigurationError(
            f"{what} was closed", where=f"rig of station {self._station.name}", fix="Open it again with Rig.open"
        )
