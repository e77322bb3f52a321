"""An adapter on a device that plays and records: its one thread stays free for both."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence

from drivers.contract import (
    AcquisitionError,
    AcquisitionLimits,
    AcquisitionPlan,
    Block,
    Progress,
    PulserigError,
    UploadError,
)
from drivers.zurich.loading import Loaded
from drivers.zurich.profiles import Profile
from drivers.zurich.recording import Recorder, Recording, blocks_of
from drivers.zurich.sequencing import SequencingAdapter

__all__ = ["AcquiringAdapter"]

FIRST_POLL_S, LAST_POLL_S = 0.002, 0.05

HUNG_S = 0.5
"""No news for so long, and the sequencers are asked whether they have failed."""

READ_BYTES_PER_S = 1e6
"""A slower link than this loses the results; 16 bytes each."""


class AcquiringAdapter(SequencingAdapter):
    """A device that plays readout pulses and records what comes back (contract: Sequencing, Acquisition)."""

    def __init__(self, name: str, address: str, load: Callable[[], object], limit_s: float) -> None:
        """As `SequencingAdapter`."""
        super().__init__(name, address, load, limit_s)
        self.limits: AcquisitionLimits = _recording_limits(self._profile)

    async def acquire(
        self,
        plan: AcquisitionPlan,
        sink: Callable[[Block], None],
        armed: Callable[[], None],
        progress: Progress | None = None,
    ) -> int:
        """Record what `plan` asks for and hand it on in order; returns the number of records.

        The plan has to be the one that was loaded. `limit_s` is how long no result may come beyond the time that
        the programs take.

        Raises:
            UploadError: Another plan was loaded.
            AcquisitionError: Results are missing or damaged: expected and got.
            InstrumentTimeout: The device itself does not answer.
        """
        loaded = self._recording(plan)
        for recorder in loaded.recorders:
            await self._session.call("arm", recorder.arm)
        try:
            await self._session.call("arm", armed)
            await self._until_done(loaded, plan, progress)
            recordings = []
            for recorder in loaded.recorders:
                limit_s = self.limit_s + 16 * recorder.wanted() * len(plan.windows) / READ_BYTES_PER_S
                recordings.append(await self._session.call("fetch", recorder.read, timeout_s=limit_s))
            await self._hand_on(loaded, plan, recordings, sink)
        except BaseException:
            for recorder in loaded.recorders:
                with contextlib.suppress(PulserigError):
                    await self._session.call("abort", recorder.disarm)
            raise
        if progress is not None:
            progress(plan.records, plan.records)
        return plan.records

    def _limits_changed(self, profile: Profile) -> None:
        super()._limits_changed(profile)
        self.limits = _recording_limits(profile)

    def _recording(self, plan: AcquisitionPlan) -> Loaded:
        loaded = self._required()
        if not loaded.recorders or loaded.plan != plan:
            raise UploadError(
                "it records nothing, because another plan was loaded",
                fix="Load the program together with its plan",
                instrument=self.name,
                address=self.address,
            )
        return loaded

    async def _until_done(self, loaded: Loaded, plan: AcquisitionPlan, progress: Progress | None) -> None:
        program = loaded.made.program
        tells = plan.integration is not None and not plan.averaged
        played_s = sum(program.lengths) / program.sample_rate_hz * (1 if tells else program.passes)
        limit_s = self.limit_s + 2 * played_s
        wanted = sum(recorder.wanted() for recorder in loaded.recorders)
        last, since, pause = -1, time.monotonic(), FIRST_POLL_S
        while not await self._session.call("fetch", _all_done, loaded.recorders):
            got = await self._session.call("fetch", _acquired, loaded.recorders)
            if got != last:
                last, since = got, time.monotonic()
                if progress is not None:
                    progress(plan.records * got // max(wanted, 1), plan.records)
            if time.monotonic() - since > HUNG_S:
                # Nothing comes from a sequencer that has failed; so it is not waited for.
                await self._session.call("fetch", self._require_good, loaded)
            if time.monotonic() - since > limit_s:
                raise self._missing(plan, got, wanted, limit_s)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_POLL_S)

    async def _hand_on(
        self, loaded: Loaded, plan: AcquisitionPlan, recordings: Sequence[Recording], sink: Callable[[Block], None]
    ) -> None:
        """The blocks, each on the worker's thread; what `sink` raises is its own and not the link's."""

        def hand(block: Block) -> BaseException | None:
            try:
                sink(block)
            except BaseException as error:  # noqa: BLE001 - handed on below
                return error
            return None

        for block in blocks_of(plan, loaded.made.recorded, recordings):
            failure = await self._session.call("fetch", hand, block)
            if failure is not None:
                raise failure

    def _missing(self, plan: AcquisitionPlan, got: int, wanted: int, limit_s: float) -> AcquisitionError:
        return AcquisitionError(
            f"triggers are missing: no result came within {limit_s:g} s",
            got=f"{got} results",
            allowed=f"{wanted} results ({plan.shots} shots of {plan.records_per_pass} records)",
            fix="Check the trigger line and that everything that plays is started",
            instrument=self.name,
            address=self.address,
        )


def _all_done(recorders: Iterable[Recorder]) -> bool:
    return all(recorder.done() for recorder in recorders)


def _acquired(recorders: Iterable[Recorder]) -> int:
    return sum(recorder.acquired() for recorder in recorders)


def _recording_limits(profile: Profile) -> AcquisitionLimits:
    limits = profile.acquisition_limits()
    if limits is None:
        raise ValueError(f"{profile.model} records nothing")
    return limits
