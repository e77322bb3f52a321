"""The lab: instrument models on a bench, served on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

from simulators.alazar import ATS9360, AtsServer
from simulators.chip import warm_up
from simulators.lab.bench import Bench, Snapshot
from simulators.lab.ensemble import Ensemble
from simulators.lab.instruments import (
    ZURICH_MODELS,
    DigitizerConfig,
    GeneratorConfig,
    OscillatorConfig,
    ZurichConfig,
)
from simulators.lab.loading import load_lab
from simulators.lab.mixers import reaching
from simulators.lab.zurich import LabOneBench
from simulators.rohde_schwarz import SGS100A
from simulators.scpi import Ports, ScpiServer
from simulators.tektronix import AWG5208, Playback

__all__ = ["Lab", "running"]

FRESH_S = 5e-3
"""How long the digitizer goes by what it saw of the other instruments: asking costs a change of threads."""


class Lab:
    """A whole simulated lab.

    Args:
        path: the lab file.
        fixed_ports: listen on the ports that the file names, instead of free ones.

    Raises:
        ConfigurationProblems: with everything that is wrong with the lab file and its chip file.
    """

    def __init__(self, path: Path, *, fixed_ports: bool = False) -> None:
        self.config, self.chip = load_lab(path)
        self.generators: dict[str, AWG5208] = {}
        self.oscillators: dict[str, SGS100A] = {}
        self.boards: dict[str, ATS9360] = {}
        self.bench: Bench | None = None
        self.labone: LabOneBench | None = None
        self._ensemble: Ensemble | None = None
        sections = self.config.instruments
        if any(section.model in ZURICH_MODELS for section in sections.values()):
            self.labone = LabOneBench(self.config, self.chip, self._tones_hz, fixed_ports=fixed_ports)
        else:
            wires = self.config.wires
            assert wires.trigger is not None  # noqa: S101 - the file was checked
            self.bench = Bench(self.config, self.chip, self._snapshot, self._ends)
            self._ensemble = Ensemble(self.generators, wires.trigger, wires.starts)
        self._servers: dict[str, ScpiServer | AtsServer] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._owner: threading.Thread | None = None
        self._seen: tuple[Snapshot | None, float] = (None, 0.0)
        self._addresses: dict[str, dict[str, str]] = {}
        for name, section in sections.items():
            if not isinstance(section, ZurichConfig):
                self._servers[name] = self._build(name, section, fixed_ports=fixed_ports)

    @property
    def addresses(self) -> dict[str, dict[str, str]]:
        """For each instrument its model, and where it listens by transport; empty until started."""
        return self._addresses

    async def start(self) -> None:
        """Serve every instrument; raises OSError, with nothing left listening, when a port is taken.

        Where nothing is compiled yet, that comes first: some ten seconds, once for each installation.
        """
        self._loop, self._owner = asyncio.get_running_loop(), threading.current_thread()
        await asyncio.to_thread(warm_up, self.chip)
        try:
            for name, server in self._servers.items():
                model = self.config.instruments[name].model
                if isinstance(server, ScpiServer):
                    self._addresses[name] = {"model": model, **(await server.start()).as_dict()}
                else:
                    await server.start()
                    self._addresses[name] = {"model": model, "ats": server.address}
            if self.labone is not None:
                await asyncio.to_thread(self.labone.server.start)
                self._addresses |= self.labone.addresses()
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything; may be called twice."""
        self._addresses = {}
        if self.labone is not None:
            # Its devices may still ask this loop for the oscillators, so it must not wait for them itself.
            await asyncio.to_thread(self.labone.server.stop)
        for server in self._servers.values():
            await server.stop()

    def _build(
        self, name: str, section: GeneratorConfig | OscillatorConfig | DigitizerConfig, *, fixed_ports: bool
    ) -> ScpiServer | AtsServer:
        if isinstance(section, DigitizerConfig):
            assert self.bench is not None  # noqa: S101 - the file was checked
            board = ATS9360(self.bench) if section.serial is None else ATS9360(self.bench, section.serial)
            self.boards[name] = board
            return AtsServer(board, section.ports.ats if fixed_ports else 0)
        ports = Ports(**section.ports.model_dump()) if fixed_ports else Ports()
        if isinstance(section, GeneratorConfig):
            self.generators[name] = AWG5208() if section.serial is None else AWG5208(section.serial)
            return ScpiServer(self.generators[name], ports)
        self.oscillators[name] = SGS100A() if section.serial is None else SGS100A(section.serial)
        return ScpiServer(self.oscillators[name], ports)

    def _snapshot(self) -> Snapshot:
        """What the instruments put out, asked on the thread that owns them; elsewhere at most `FRESH_S` old.

        The digitizer arms on the owning thread, so that no acquisition begins with an old view.
        """
        if self._loop is None or self._owner is threading.current_thread():
            return self._look()
        seen, at = self._seen
        if seen is not None and time.monotonic() - at < FRESH_S:
            return seen
        return asyncio.run_coroutine_threadsafe(self._look_later(), self._loop).result()

    def _ends(self, playback: Playback, left_s: float) -> None:
        """Tell the generator, on the thread that owns it, when its play list comes to its end."""
        if self._ensemble is None:
            return
        if self._loop is None or self._owner is threading.current_thread():
            self._ensemble.ends(playback, left_s)
        else:
            self._loop.call_soon_threadsafe(self._ensemble.ends, playback, left_s)

    def _tones_hz(self) -> Mapping[str, float | None]:
        """Frequencies of the oscillators that mixers work with."""
        return reaching(self._snapshot().tones, self.config.mixer_lo_dbm)

    async def _look_later(self) -> Snapshot:
        return self._look()

    def _look(self) -> Snapshot:
        tones = {name: model.tone() for name, model in self.oscillators.items()}
        snapshot = Snapshot(self._ensemble.playback() if self._ensemble is not None else None, tones)
        self._seen = (snapshot, time.monotonic())
        return snapshot


@contextlib.contextmanager
def running(path: Path, *, fixed_ports: bool = False) -> Iterator[Lab]:
    """Run a lab in a thread of this process, for tests; its models can be looked at while it runs.

    Leaves no thread, no loop and no socket behind.
    """
    lab = Lab(path, fixed_ports=fixed_ports)
    ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(lab, ready)), name="simulated lab")
    thread.start()
    try:
        loop, stop = ready.result()
        try:
            yield lab
        finally:
            loop.call_soon_threadsafe(stop.set)
    finally:
        thread.join()


async def _serve(lab: Lab, ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
    """Start, tell how to be stopped, wait for that."""
    stop = asyncio.Event()
    try:
        await lab.start()
    except OSError as error:
        ready.set_exception(error)
        return
    ready.set_result((asyncio.get_running_loop(), stop))
    await stop.wait()
    await lab.stop()
