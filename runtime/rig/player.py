"""One routed batch on the instruments: upload, arm, play, fetch, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from drivers.contract import (
    Block,
    InstrumentProgram,
    InstrumentTimeout,
    PulserigError,
    SequencerProgram,
)
from runtime.lowering import Routed
from runtime.rig.causes import first_cause
from runtime.rig.instruments import Instruments
from runtime.rig.recording import Recording
from runtime.rig.requests import Report
from runtime.rig.stopwatch import Stopwatch

__all__ = ["Player"]

ARM_LIMIT_S = 10.0
"""Within which a digitizer waits for its first trigger; or its `timeout_s` of wiring.yaml, if that is longer."""

Sink = Callable[[Block], None]
"""Takes the blocks of a digitizer, on its worker's thread."""


@dataclass(frozen=True, slots=True)
class Player:
    """Plays what was routed; whoever calls it switches off what an error leaves on."""

    instruments: Instruments

    async def upload(self, routed: Routed, recording: Recording, report: Report) -> None:
        """Send every program to its instrument, all at once."""
        generators, sequencers = self.instruments.generators, self.instruments.sequencers
        staged = _staged(report, "upload")
        async with first_cause(), asyncio.TaskGroup() as group:
            for name, program in routed.programs.items():
                group.create_task(generators[name].upload(program, staged))
            for name, sequence in routed.sequencers.items():
                group.create_task(sequencers[name].load(sequence, recording.plans.get(name), staged))

    async def play(
        self, routed: Routed, recording: Recording, sink: Sink, clock: Stopwatch, report: Report
    ) -> None:
        """Arm the digitizers, then start what plays: a record that nobody waits for is a shot lost."""
        players = self.instruments.players
        names = _waiting_first({**routed.programs, **routed.sequencers})
        try:
            for oscillator in self.instruments.oscillators.values():
                await oscillator.on()
            async with first_cause(), asyncio.TaskGroup() as group:
                armed = asyncio.Event()
                signal = _setter(asyncio.get_running_loop(), armed)
                group.create_task(recording.acquire(sink, signal, _staged(report, "fetch")))
                with clock.stage("play"):
                    limits_s = [self.instruments.adapters[name].limit_s for name in recording.plans]
                    await _armed(armed, recording.plan.instrument, max(ARM_LIMIT_S, *limits_s))
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


async def _armed(event: asyncio.Event, digitizer: str, limit_s: float) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await event.wait()
    except TimeoutError:
        raise InstrumentTimeout(
            "the digitizer did not arm",
            instrument=digitizer,
            wait="arm",
            timeout_s=limit_s,
            got=f"nothing in {limit_s:g} s",
            fix="Check its connection and reopen the rig",
        ) from None


def _staged(report: Report, stage: str) -> Callable[[int, int], None]:
    return lambda done, total: report(stage, done, total)
