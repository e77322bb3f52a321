"""One batch of programs: lowered, played, and reduced to what was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from drivers.contract import AcquisitionPlan, Block
from runtime.lowering import ChannelUse, Program, Routed, Sweep, Timeline, explain, lower, route
from runtime.results import (
    Collector,
    ConsumerReport,
    QubitReadout,
    Result,
    Spectrum,
    SpectrumCollector,
    integration_weights,
    tells_by_threshold,
)
from runtime.rig.acquires import particulars_of
from runtime.rig.instruments import Instruments
from runtime.rig.player import Player
from runtime.rig.portions import Portion, portions
from runtime.rig.recording import Recording
from runtime.rig.requests import Report, Request, as_qubits
from runtime.rig.stopwatch import Stopwatch

__all__ = ["Execution"]


@dataclass(slots=True)
class Execution:
    """Runs batches on one station's open instruments, one batch at a time."""

    instruments: Instruments
    readout: Mapping[int, QubitReadout]
    _player: Player = field(init=False)

    def __post_init__(self) -> None:
        self._player = Player(self.instruments)

    async def run(self, programs: Sequence[Program] | Sweep, request: Request) -> tuple[Result, ...]:
        """Play each program as often as requested and return one Result each.

        On any error, and when cancelled, every output is off within a second.
        """
        clock, report = Stopwatch(), _Harmless(request.report)
        async with self._left_safe():
            timelines, routed = await self._prepared(programs, request, clock)
            as_qubits(list(request.readout), self.instruments.station.wired_qubits, "readout")
            readout = {**self.readout, **request.readout}
            wishes = particulars_of(
                timelines, readout, self.instruments.station.named_readouts, reuse_slots=request.reuse_slots
            )
            integrated = self._integrated(routed.plans, readout, wishes.readouts, request.level)
            plans = self._averaged(integrated, request)
            recording = Recording.of(plans, self.instruments.digitizers)
            collector = Collector(
                recording.plan,
                readout,
                request.level,
                returns=request.returns,
                reuse_slots=request.reuse_slots,
                overrides=wishes.readouts,
                consumers=request.consumers,
            )
            try:
                parts = portions(plans, self.instruments.digitizers, request.order)
                for part, (some, recorded) in zip(
                    parts, self._parted(timelines, routed, recording, parts, request), strict=True
                ):
                    await self._measure(some, recorded, part.sink(collector.take), clock, part.report(report))
            except BaseException:
                collector.close(0.0)
                raise
        clock.seconds["classify"] = collector.seconds
        clock.seconds["fetch"] = max(clock.seconds["fetch"] - collector.seconds, 0.0)
        # Slow consumers are waited for, but not on the loop that others need.
        consumed = await asyncio.to_thread(collector.close)
        names = [timeline.name for timeline in timelines]
        results = collector.results(names, clock.seconds, _told(consumed))
        if not wishes.registers:
            return results
        return tuple(
            replace(result, register_slots=wishes.register_slots(program))
            for program, result in enumerate(results)
        )

    async def spectra(
        self, programs: Sequence[Program] | Sweep, request: Request, segment: int | None
    ) -> tuple[Spectrum, ...]:
        """Play each program as often as requested and return the spectrum of what its windows hold.

        On any error, and when cancelled, every output is off within a second.
        """
        clock, report = Stopwatch(), _Harmless(request.report)
        async with self._left_safe():
            timelines, routed = await self._prepared(programs, request, clock)
            recording = Recording.of(routed.plans, self.instruments.digitizers)
            collector = SpectrumCollector(recording.plan, segment=segment)
            await self._measure(routed, recording, collector.take, clock, report)
        return collector.results([timeline.name for timeline in timelines])

    def prepare(self, programs: Sequence[Program] | Sweep, request: Request) -> tuple[list[Timeline], Routed]:
        """Lower and route a batch; pure, no instrument is touched."""
        station = self.instruments.station
        policy = request.policy or station.policy
        timelines = list(lower(programs, station.target, policy=policy, reuse_slots=request.reuse_slots))
        limits = self.instruments.limits()
        return timelines, route(timelines, station.wiring, limits, shots=request.shots, order=request.order)

    def explain(self, programs: Sequence[Program] | Sweep) -> tuple[ChannelUse, ...]:
        """What each wired channel of a batch uses; pure, no instrument is touched."""
        station = self.instruments.station
        timelines, routed = self.prepare(programs, Request(shots=1))
        return explain(timelines, routed, station.wiring, self.instruments.limits(), station.target)

    async def _prepared(
        self, programs: Sequence[Program] | Sweep, request: Request, clock: Stopwatch
    ) -> tuple[list[Timeline], Routed]:
        with clock.stage("lower"):
            return await asyncio.to_thread(self.prepare, programs, request)

    async def _measure(
        self,
        routed: Routed,
        recording: Recording,
        sink: Callable[[Block], None],
        clock: Stopwatch,
        report: Report,
    ) -> None:
        with clock.stage("upload"):
            await self._player.upload(routed, recording, report)
        await self._player.play(routed, recording, sink, clock, report)

    def _parted(
        self,
        timelines: Sequence[Timeline],
        routed: Routed,
        recording: Recording,
        parts: Sequence[Portion],
        request: Request,
    ) -> Iterator[tuple[Routed, Recording]]:
        """What is played and recorded of each portion; of one that is all, what was routed already."""
        station = self.instruments.station
        known: dict[int, tuple[Routed, Recording]] = {request.shots: (routed, recording)}
        for part in parts:
            if part.shots not in known:
                some = route(
                    timelines, station.wiring, self.instruments.limits(), shots=part.shots, order=request.order
                )
                plans = {name: replace(plan, shots=part.shots) for name, plan in recording.plans.items()}
                known[part.shots] = some, Recording.of(plans, self.instruments.digitizers)
            yield known[part.shots]

    def _integrated(
        self,
        plans: Mapping[str, AcquisitionPlan],
        readout: Mapping[int, QubitReadout],
        overrides: Mapping[tuple[int, int], QubitReadout],
        level: int,
    ) -> dict[str, AcquisitionPlan]:
        """The plans, with weights for instruments that integrate by themselves; at level 0 they send traces.

        They tell bits where every discriminator is one line; where one is not, they send sums.
        """
        digitizers = self.instruments.digitizers
        able = {name for name in plans if level > 0 and digitizers[name].limits.integrators}
        thresholds = level == 2 and all(tells_by_threshold(plans[name], readout, overrides) for name in able)
        return {
            name: replace(
                plan, integration=integration_weights(plan, readout, thresholds=thresholds, overrides=overrides)
            )
            if name in able
            else plan
            for name, plan in plans.items()
        }

    def _averaged(self, plans: Mapping[str, AcquisitionPlan], request: Request) -> Mapping[str, AcquisitionPlan]:
        """The plans, of means where only they are wanted and every instrument makes them: fewer numbers to fetch.

        Counts need single shots, and so do consumers.
        """
        wanted = request.returns == "avg" and request.level < 2 and not request.consumers
        if not wanted or not all(self.instruments.digitizers[name].limits.averages for name in plans):
            return plans
        return {name: replace(plan, averaged=True) for name, plan in plans.items()}

    @asynccontextmanager
    async def _left_safe(self) -> AsyncIterator[None]:
        try:
            yield
        except BaseException:
            await asyncio.shield(self.instruments.safe())
            raise


@dataclass(slots=True)
class _Harmless:
    """A report that cannot stop what it reports on: what it raises ends its calls only."""

    report: Report
    failed: bool = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.failed:
            return
        try:
            self.report(stage, done, total)
        except Exception:  # noqa: BLE001 - a picture that fails must not cost the acquisition
            self.failed = True


def _told(consumers: Sequence[ConsumerReport]) -> dict[str, str]:
    """What became of the consumers, for the metadata of results."""
    told = [
        f"{report.name}: {report.delivered} records, {report.dropped} dropped"
        + (f", {type(report.failure).__name__}: {report.failure}" if report.failure is not None else "")
        for report in consumers
    ]
    return {"consumers": "; ".join(told)} if told else {}
