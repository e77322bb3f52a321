"""An adapter on a device with sequencers: outputs set, programs loaded, started together and watched."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import ClassVar

from drivers.contract import (
    AcquisitionError,
    AcquisitionPlan,
    Identity,
    InstrumentError,
    InstrumentTimeout,
    LinkLost,
    OutputSettings,
    ProblemReport,
    Progress,
    PulserigError,
    SequencerLimits,
    SequencerProgram,
    UploadError,
    UploadReceipt,
)
from drivers.ending import until_ended
from drivers.failures import timeout_of
from drivers.zurich.checks import settings_problems, unconfigured_problems
from drivers.zurich.checks.settings import synthesizer_of
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.ledger import Ledger
from drivers.zurich.loading import Load, Loaded
from drivers.zurich.models import LARGEST
from drivers.zurich.opening import FamilySession, checked_profile
from drivers.zurich.profiles import Family, Profile
from drivers.zurich.rescue import switch_off
from drivers.zurich.running import (
    device_errors,
    enabled_nodes,
    failed,
    forget_errors,
    has_own_trigger,
    hold_trigger,
    release,
    running,
    together_nodes,
    waiting,
)
from drivers.zurich.server import Value
from drivers.zurich.settings import all_off, output_nodes
from drivers.zurich.translation import core_of
from drivers.zurich.upload import DeviceLink

__all__ = ["SequencingAdapter"]

POLL_S = 0.01
END_GRACE_S = 3.0
"""How much later than the last sample of its last program a device may say that it has ended."""


class SequencingAdapter:
    """A device of one family (contract: Sequencing)."""

    family: ClassVar[Family]

    def __init__(self, name: str, address: str, load: Callable[[], object], limit_s: float) -> None:
        """`load` makes the QCoDeS instrument; `limit_s` is the most any single wait may take."""
        self.name = name
        self.address = address
        self.limit_s = limit_s
        self._session = FamilySession(name, address, load, limit_s, self.family)
        self._compiler = SeqcCompiler()
        self._profile = LARGEST[self.family]
        self._device: DeviceLink | None = None
        self._outputs: tuple[OutputSettings, ...] = ()
        self._loaded: Loaded | None = None
        self._rescue_at_work: asyncio.Future[bool] | None = None
        self.sequencer: SequencerLimits = self._profile.sequencer_limits()

    @property
    def sets(self) -> int:
        """How many nodes have been set since it was opened."""
        return 0 if self._device is None else self._device.nodes.sets

    async def open(self) -> Identity:
        """Connect, identify, read the device's own limits, outputs off."""
        self._outputs, self._loaded, self._rescue_at_work = (), None, None
        return await self._session.open(self._prepare)

    async def configure_outputs(self, sample_rate_hz: int, outputs: tuple[OutputSettings, ...]) -> None:
        """Set clock, ranges, synthesizers and delays, and read them back; outputs stay off.

        Raises:
            ProblemReport: The device has no such settings.
            InstrumentError: Refused, or read back otherwise.
        """
        problems = tuple(settings_problems(self.name, sample_rate_hz, outputs, self._profile))
        if problems:
            raise ProblemReport(f"{self.name} cannot be set like this", problems=problems)
        self._outputs, self._loaded = (), None
        await self._session.call("configure", self._configure, sample_rate_hz, outputs)
        self._outputs = outputs

    async def load(
        self, program: SequencerProgram, plan: AcquisitionPlan | None, progress: Progress | None = None
    ) -> UploadReceipt:
        """Send what the device does not hold yet, and verify it.

        Raises:
            ProblemReport: The program or the plan does not fit the device; nothing was sent.
            UploadError: Refused, incomplete, or the compiler failed; no program is loaded.
        """
        self._loaded = None
        missing = tuple(unconfigured_problems(program, self._outputs))
        if missing:
            raise ProblemReport(f"{self.name} cannot play the program", problems=missing)
        device = self._link()
        load = Load(self._session, device, self._compiler, self._outputs)
        try:
            self._loaded, receipt = await load.run(program, plan, progress)
        except UploadError as error:
            if not error.instrument:
                error.instrument, error.address = self.name, self.address
                error.where = f"{self.name} ({self.address})"
            raise
        return receipt

    async def play(self) -> None:
        """Outputs on, all sequencers from their first program; one that waits for triggers waits.

        Raises:
            UploadError: No verified program is loaded.
            InstrumentError: A sequencer refused to start; outputs are off.
        """
        loaded = self._required()
        try:
            await self._session.call("play", self._enable, loaded)
            await self._until_waiting(loaded)
            await self._session.call("play", release, self._link().nodes, self._profile, loaded.made.program)
        except BaseException:
            with contextlib.suppress(PulserigError):
                await self.safe()
            raise

    async def require_ended(self) -> None:
        """Make sure, once all records have come, that every sequencer has ended without errors.

        Raises:
            AcquisitionError: One still plays after the time that its last program takes, or the device reports
                errors.
        """
        loaded = self._required()
        cores = [made.core for made in loaded.made.cores]
        program = loaded.made.program

        async def still_playing() -> str:
            left = await self._session.call("end", running, self._link().nodes, cores)
            return f"{left[0].node} still running" if left else ""

        limit_s = max(program.lengths) / program.sample_rate_hz + END_GRACE_S
        await until_ended(still_playing, limit_s, program.passes, name=self.name, address=self.address)
        await self._session.call("end", self._require_good, loaded)

    async def stop(self) -> None:
        """Stop playing, outputs off."""
        await self._session.call("stop", self._off)

    async def safe(self) -> None:
        """As `stop`, within a second; over another connection where the link is lost and the server lives."""
        self._compiler.interrupt()
        try:
            await self._session.safe(self._off)
        except (LinkLost, InstrumentTimeout):
            await self._rescue()
            raise

    async def close(self) -> None:
        """Outputs off, then disconnect and end the compiler; never raises for a link that is broken already."""
        self._loaded = None
        self._compiler.interrupt()
        if self._session.broken:
            await self._rescue()
        await self._session.close(self._off)
        self._device = None
        self._compiler.close()

    def _link(self) -> DeviceLink:
        if self._device is None:
            raise InstrumentError(
                "it is not open", fix="Open the station", instrument=self.name, address=self.address
            )
        return self._device

    def _required(self) -> Loaded:
        """The verified program."""
        if self._loaded is None:
            raise UploadError(
                "it does not play, because no verified program is loaded",
                fix="Load a program first",
                instrument=self.name,
                address=self.address,
            )
        return self._loaded

    def _limits_changed(self, profile: Profile) -> None:
        self._profile = profile
        self.sequencer = profile.sequencer_limits()

    def _prepare(self) -> None:
        nodes, profile = checked_profile(self._session.driver, self.name, self.address)
        self._limits_changed(profile)
        ledger = Ledger(nodes, self.name, self.address)
        self._device = DeviceLink(self.name, self.address, profile, nodes, ledger)
        forget_errors(nodes)
        self._off()

    def _configure(self, sample_rate_hz: int, outputs: tuple[OutputSettings, ...]) -> None:
        device = self._link()
        self._off()
        if self._profile.family == "HDAWG":
            device.ledger.send({"system/clocks/sampleclock/freq": float(sample_rate_hz)})
        settings: dict[str, Value] = {}
        for output in outputs:
            core = core_of(self._profile, output.ports)
            told = f"sgchannels/{core.index}/synthesizer"
            synthesizer = synthesizer_of(self._profile, output.ports)
            if core.kind == "sg" and device.nodes.has(told):
                synthesizer = int(device.nodes.number(told))
            settings |= output_nodes(self._profile, core, output, synthesizer)
        device.ledger.send(settings)

    async def _until_waiting(self, loaded: Loaded) -> None:
        """A trigger that comes before a sequencer waits for it would leave that one behind."""
        if not has_own_trigger(self._profile, loaded.made.program):
            return
        cores = [made.core for made in loaded.made.cores]
        deadline = time.monotonic() + self.limit_s
        while not await self._session.call("play", waiting, self._link().nodes, cores):
            if time.monotonic() > deadline:
                raise timeout_of(self.name, self.address, "play", self.limit_s)
            await asyncio.sleep(POLL_S)

    def _enable(self, loaded: Loaded) -> None:
        device = self._link()
        cores = [made.core for made in loaded.made.cores]
        hold_trigger(device.nodes, self._profile, loaded.made.program)
        device.ledger.send(together_nodes(device.nodes, self._profile, cores))
        device.nodes.set(enabled_nodes(cores))
        self._require_good(loaded)

    def _require_good(self, loaded: Loaded) -> None:
        """No sequencer has failed, and the device reports no errors."""
        device = self._link()
        bad = failed(device.nodes, [made.core for made in loaded.made.cores])
        if bad:
            raise AcquisitionError(
                "sequencers failed",
                got=", ".join(core.node for core in bad),
                fix="Look at the device's log",
                instrument=self.name,
                address=self.address,
            )
        device_errors(device)

    def _off(self) -> None:
        if self._device is not None:
            self._device.nodes.set(self._all_off())

    def _all_off(self) -> dict[str, Value]:
        every = (*self._profile.generator_outputs, *self._profile.analyzer_outputs)
        return all_off(self._profile, [core_of(self._profile, ports) for ports in every])

    async def _rescue(self) -> None:
        """Switch off over another connection, once for each lost link; giving up waiting does not stop it."""
        if self._device is None or self._device.nodes.server_hangs():
            return
        if self._rescue_at_work is None:
            work = asyncio.to_thread(switch_off, self.name, self.address, self._all_off())
            self._rescue_at_work = asyncio.ensure_future(work)
        await asyncio.shield(self._rescue_at_work)
