"""One load of a program: translated, compiled, sent step by step, each step short and named."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from drivers.contract import AcquisitionPlan, OutputSettings, Progress, SequencerProgram, UploadReceipt
from drivers.zurich.channels import Recorded
from drivers.zurich.compiling import Compiled, SeqcCompiler
from drivers.zurich.opening import FamilySession
from drivers.zurich.recording import Recorder
from drivers.zurich.running import trigger_nodes
from drivers.zurich.shf_recording import ShfLogger, ShfSpectrometer
from drivers.zurich.shf_scope import ShfScope
from drivers.zurich.translation import DeviceProgram, compiled, translated
from drivers.zurich.uhf_recording import UhfLogger, UhfMonitor
from drivers.zurich.upload import CoreUpload, DeviceLink

__all__ = ["Load", "Loaded"]

POLL_S = 0.005

COMPILE_LIMIT_S = 120.0
"""Above the sum of what the compiler's own limits allow for one device's sequencers in practice."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What a device holds, verified."""

    made: DeviceProgram
    plan: AcquisitionPlan | None
    recorders: tuple[Recorder, ...]
    """One for each channel that records."""


class Load:
    """Brings one program and plan into a device."""

    def __init__(
        self,
        session: FamilySession,
        device: DeviceLink,
        compiler: SeqcCompiler,
        outputs: Sequence[OutputSettings],
    ) -> None:
        """`outputs` are those that have been configured."""
        self._session = session
        self._device = device
        self._compiler = compiler
        self._outputs = {output.ports: output for output in outputs}

    async def run(
        self, program: SequencerProgram, plan: AcquisitionPlan | None, progress: Progress | None
    ) -> tuple[Loaded, UploadReceipt]:
        """Translate, compile, send and verify.

        Raises:
            ProblemReport: The device cannot play or record that.
            UploadError: The device or the compiler refused.
        """
        made, elves = await self._session.call(
            "compile", self._compiled, program, plan, timeout_s=COMPILE_LIMIT_S, stop=self._compiler.interrupt
        )
        before = self._device.ledger.bytes_sent
        await self._ask(self._device.ledger.renew)
        uploads = [CoreUpload(self._device, core, elf) for core, elf in zip(made.cores, elves, strict=True)]
        steps = 3 * len(uploads) + 1
        waves = 0
        for number, (upload, core, track) in enumerate(zip(uploads, made.cores, made.tracks, strict=True)):
            full_scale = self._full_scale(core.core.ports)
            await self._ask(upload.send_settings, track, program, full_scale)
            await self._ask(self._device.ledger.send, trigger_nodes(self._device.profile, core.core, program))
            await self._ask(upload.send_program)
            _report(progress, 3 * number + 1, steps)
            await self._until_ready(upload)
            await self._ask(upload.send_table)
            _report(progress, 3 * number + 2, steps)
            await self._ask(upload.send_waves)
            waves += upload.waves_sent
            _report(progress, 3 * number + 3, steps)
        recorders = tuple(self._recorder(each) for each in made.recorded)
        for recorder in recorders:
            waves += await self._ask(recorder.prepare)
        _report(progress, steps, steps)
        sent = self._device.ledger.bytes_sent - before
        return Loaded(made, plan, recorders), UploadReceipt(program.content_hash(), sent, waves, verified=True)

    def _compiled(
        self, program: SequencerProgram, plan: AcquisitionPlan | None
    ) -> tuple[DeviceProgram, tuple[Compiled, ...]]:
        profile = self._device.profile
        made = translated(program, plan, profile, self._channels(program, plan))
        return made, compiled(made, profile, self._compiler.compile)

    def _channels(self, program: SequencerProgram, plan: AcquisitionPlan | None) -> dict[int, tuple[int, ...]]:
        """Where each input of a plan is: beside the output of its number.

        Where a plan has one input only, it is that of the output that plays readout pulses, else the one that has
        inputs: an SHFQC's generators are counted first, so that its one input has another number than its output.
        """
        analyzers = self._device.profile.analyzer_outputs
        numbered = dict(enumerate(analyzers, 1))
        inputs = {window.port for window in plan.windows} if plan is not None else set()
        if len(inputs) != 1 or not analyzers:
            return numbered
        (port,) = inputs
        wired = [ports for ports, output in self._outputs.items() if ports in analyzers and port in output.inputs]
        played = [track.ports for track in program.tracks if track.ports in (wired or analyzers)]
        return {port: next(iter((*played, *wired, *analyzers)))}

    def _recorder(self, recorded: Recorded) -> Recorder:
        layout, core, plan = recorded.layout, recorded.core, recorded.plan
        if core.kind == "uhf":
            kind = UhfMonitor if layout.kind == "traces" else UhfLogger
            return kind(self._device, plan, layout)
        if layout.kind == "traces":
            return ShfScope(self._device, core, plan, layout)
        logger = ShfSpectrometer if layout.kind == "tones" else ShfLogger
        return logger(self._device, core, plan, layout)

    def _full_scale(self, ports: tuple[int, ...]) -> float:
        output = self._outputs.get(ports)
        return output.full_scale_v if output is not None else 0.0

    async def _until_ready(self, upload: CoreUpload) -> None:
        deadline = time.monotonic() + self._session.limit_s
        while not await self._ask(upload.is_ready):
            if time.monotonic() > deadline:
                raise self._device.late("upload", self._session.limit_s)
            await asyncio.sleep(POLL_S)

    async def _ask(self, function: Callable[..., Answer], *args: object) -> Answer:
        return await self._session.call("upload", function, *args)


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
