"""One batch of programs: lowered, played, and reduced to what was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from drivers.contract import AcquisitionPlan, ConfigurationError
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
from runtime.rig.requests import Report, Request
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
            readout = {**self.readout, **request.readout}
            wishes = particulars_of(timelines, readout, self.instruments.station.named_readouts)
            plan = self._integrated(_single(routed.plans), readout, wishes.readouts, request.level)
            collector = Collector(
                plan,
                readout,
                request.level,
                returns=request.returns,
                reuse_slots=request.reuse_slots,
                overrides=wishes.readouts,
                consumers=request.consumers,
            )
            try:
                await self._measure(routed, plan, collector, clock, report)
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
            replace(result, metadata={**result.metadata, **wishes.metadata(program)})
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
            plan = _single(routed.plans)
            collector = SpectrumCollector(plan, segment=segment)
            await self._measure(routed, plan, collector, clock, report)
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
        plan: AcquisitionPlan,
        collector: Collector | SpectrumCollector,
        clock: Stopwatch,
        report: Report,
    ) -> None:
        with clock.stage("upload"):
            await self._player.upload(routed, plan, report)
        await self._player.play(routed, plan, collector.take, clock, report)

    def _integrated(
        self,
        plan: AcquisitionPlan,
        readout: Mapping[int, QubitReadout],
        overrides: Mapping[tuple[int, int], QubitReadout],
        level: int,
    ) -> AcquisitionPlan:
        """The plan, with weights for an instrument that integrates by itself; at level 0 it sends traces.

        It tells bits where every discriminator is one line; where one is not, it sends sums.
        """
        if level == 0 or not self.instruments.digitizers[plan.instrument].limits.integrators:
            return plan
        thresholds = level == 2 and tells_by_threshold(plan, readout, overrides)
        weights = integration_weights(plan, readout, thresholds=thresholds, overrides=overrides)
        return replace(plan, integration=weights)

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
        except Exception:  # noqa: BLE001, a picture that fails must not cost the acquisition
            self.failed = True


def _told(consumers: Sequence[ConsumerReport]) -> dict[str, str]:
    """What became of the consumers, for the metadata of results."""
    told = [
        f"{report.name}: {report.delivered} records, {report.dropped} dropped"
        + (f", {type(report.failure).__name__}: {report.failure}" if report.failure is not None else "")
        for report in consumers
    ]
    return {"consumers": "; ".join(told)} if told else {}


def _single(plans: Mapping[str, AcquisitionPlan]) -> AcquisitionPlan:
    """The plan of the batch: a station's programs are read by one digitizer for now."""
    if len(plans) != 1:
        raise ConfigurationError(
            "a program has to be read by exactly one digitizer",
            got=f"{len(plans)}: {', '.join(plans) or 'no Acquire in any program'}",
            fix="Put an Acquire into every program, on channels that one digitizer records",
        )
    return next(iter(plans.values()))
