"""One batch of programs on the instruments: lower, upload, play, fetch, classify."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from drivers.contract import (
    AcquisitionPlan,
    ConfigurationError,
    InstrumentProgram,
    InstrumentTimeout,
    PulserigError,
    SequencerProgram,
)
from runtime.lowering import ChannelUse, Program, Routed, Sweep, Timeline, explain, lower, route
from runtime.results import Collector, QubitReadout, Result, integration_weights
from runtime.rig.instruments import Instruments
from runtime.rig.requests import Request
from runtime.rig.stopwatch import Stopwatch

__all__ = ["Execution", "Report"]

Report = Callable[[str, int, int], None]
"""Called with (stage, done, total) as a batch proceeds."""

ARM_LIMIT_S = 10.0


@dataclass(slots=True)
class Execution:
    """Runs batches on one station's open instruments, one batch at a time."""

    instruments: Instruments
    readout: Mapping[int, QubitReadout]

    async def run(
        self, programs: Sequence[Program] | Sweep, request: Request, report: Report
    ) -> tuple[Result, ...]:
        """Play each program as often as requested and return one Result each.

        On any error, and when cancelled, every output is off within a second.
        """
        clock = Stopwatch()
        try:
            with clock.stage("lower"):
                timelines, routed = await asyncio.to_thread(self.prepare, programs, request)
            plans = {name: self._integrated(plan, request.level) for name, plan in routed.plans.items()}
            collectors = {
                name: Collector(plan, self.readout, request.level, returns=request.returns)
                for name, plan in plans.items()
            }
            collector = _single(collectors)
            with clock.stage("upload"):
                await self._upload(routed, plans, report)
            await self._play(routed, plans, collectors, clock, report)
        except BaseException:
            await asyncio.shield(self.instruments.safe())
            raise
        clock.seconds["classify"] = collector.seconds
        clock.seconds["fetch"] = max(clock.seconds["fetch"] - collector.seconds, 0.0)
        return collector.results([timeline.name for timeline in timelines], clock.seconds)

    def prepare(self, programs: Sequence[Program] | Sweep, request: Request) -> tuple[list[Timeline], Routed]:
        """Lower and route a batch; pure, no instrument is touched."""
        station = self.instruments.station
        timelines = list(lower(programs, station.target, policy=request.policy or station.policy))
        limits = self.instruments.limits()
        return timelines, route(timelines, station.wiring, limits, shots=request.shots, order=request.order)

    def explain(self, programs: Sequence[Program] | Sweep) -> tuple[ChannelUse, ...]:
        """What each wired channel of a batch uses; pure, no instrument is touched."""
        station = self.instruments.station
        timelines, routed = self.prepare(programs, Request(shots=1))
        return explain(timelines, routed, station.wiring, self.instruments.limits(), station.target)

    def _integrated(self, plan: AcquisitionPlan, level: int) -> AcquisitionPlan:
        """The plan, with weights for an instrument that integrates by itself; at level 0 it sends traces."""
        if level == 0 or not self.instruments.digitizers[plan.instrument].limits.integrators:
            return plan
        return replace(plan, integration=integration_weights(plan, self.readout, thresholds=level == 2))

    async def _upload(self, routed: Routed, plans: Mapping[str, AcquisitionPlan], report: Report) -> None:
        generators, sequencers = self.instruments.generators, self.instruments.sequencers
        staged = _staged(report, "upload")
        async with _first_cause(), asyncio.TaskGroup() as group:
            for name, program in routed.programs.items():
                group.create_task(generators[name].upload(program, staged))
            for name, sequence in routed.sequencers.items():
                group.create_task(sequencers[name].load(sequence, plans.get(name), staged))

    async def _play(
        self,
        routed: Routed,
        plans: Mapping[str, AcquisitionPlan],
        collectors: Mapping[str, Collector],
        clock: Stopwatch,
        report: Report,
    ) -> None:
        """Arm the digitizers, then start what plays: a record that nobody waits for is a shot lost."""
        players, digitizers = self.instruments.players, self.instruments.digitizers
        names = _waiting_first({**routed.programs, **routed.sequencers})
        loop = asyncio.get_running_loop()
        try:
            for oscillator in self.instruments.oscillators.values():
                await oscillator.on()
            async with _first_cause(), asyncio.TaskGroup() as group:
                armed = {name: asyncio.Event() for name in plans}
                for name, plan in plans.items():
                    signal = _setter(loop, armed[name])
                    group.create_task(
                        digitizers[name].acquire(plan, collectors[name].take, signal, _staged(report, "fetch"))
                    )
                with clock.stage("play"):
                    await _all_armed(armed)
                    for name in names:
                        await players[name].play()
                clock.begin("fetch")
            clock.end("fetch")
            for name in names:
                await players[name].require_ended()
        except BaseException:
            # What failed first is what to tell, not that a generator behind the same dead link cannot be stopped.
            with suppress(PulserigError):
                await self._stop(names)
            raise
        await self._stop(names)

    async def _stop(self, names: Iterable[str]) -> None:
        for name in names:
            await asyncio.shield(self.instruments.players[name].stop())


def _waiting_first(programs: Mapping[str, InstrumentProgram | SequencerProgram]) -> list[str]:
    """Those that wait for another one's marker, then the others: a marker that nobody waits for is lost."""
    return sorted(programs, key=lambda name: programs[name].trigger_input is None)


def _setter(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> Callable[[], None]:
    """Sets the event, from whatever thread it is called on."""

    def signal() -> None:
        loop.call_soon_threadsafe(event.set)

    return signal


async def _all_armed(armed: Mapping[str, asyncio.Event]) -> None:
    try:
        async with asyncio.timeout(ARM_LIMIT_S):
            await asyncio.gather(*(ready.wait() for ready in armed.values()))
    except TimeoutError:
        late = ", ".join(name for name, ready in armed.items() if not ready.is_set())
        raise InstrumentTimeout(
            "the digitizer did not arm",
            instrument=late,
            wait="arm",
            timeout_s=ARM_LIMIT_S,
            got=f"nothing in {ARM_LIMIT_S:g} s",
            fix="Check its connection and reopen the rig",
        ) from None


@asynccontextmanager
async def _first_cause() -> AsyncIterator[None]:
    """Raise what failed, not the group that a TaskGroup wraps it in: the first failure cancelled the rest."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


def _staged(report: Report, stage: str) -> Callable[[int, int], None]:
    return lambda done, total: report(stage, done, total)


def _single(collectors: Mapping[str, Collector]) -> Collector:
    """The collector of the batch: a station's programs are read by one digitizer for now."""
    if len(collectors) != 1:
        raise ConfigurationError(
            "a program has to be read by exactly one digitizer",
            got=f"{len(collectors)}: {', '.join(collectors) or 'no Acquire in any program'}",
            fix="Put an Acquire into every program, on channels that one digitizer records",
        )
    return next(iter(collectors.values()))
