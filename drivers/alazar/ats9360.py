"""The AlazarTech ATS9360 as a digitizer, on the QCoDeS driver."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from drivers.alazar.buffers import buffer_scheme
from drivers.alazar.connection import Standstill
from drivers.alazar.limits import ATS9360
from drivers.alazar.records import require_recordable
from drivers.contract import (
    AcquisitionError,
    AcquisitionLimits,
    AcquisitionPlan,
    Identity,
    Progress,
    RecordBlock,
)
from drivers.session import DriverSession, Link
from drivers.triggers import FREE_DRIFT, LOCKED_DRIFT

if TYPE_CHECKING:
    from qcodes.instrument_drivers.AlazarTech import AlazarTechATS9360

    from drivers.alazar.recorder import Recorder

__all__ = ["ATS9360Adapter"]

WAIT_TIMEOUT = 579
BUFFER_OVERFLOW = 582

EXTERNAL_REFERENCE = "EXTERNAL_CLOCK_10MHz_REF"

TRIGGER = {
    # Engine J looks at the external input for a rising edge, for as long as it takes; engine K is not used.
    "trigger_operation": "TRIG_ENGINE_OP_J",
    "trigger_engine1": "TRIG_ENGINE_J",
    "trigger_source1": "EXTERNAL",
    "trigger_slope1": "TRIG_SLOPE_POSITIVE",
    "trigger_engine2": "TRIG_ENGINE_K",
    "trigger_source2": "DISABLE",
    "external_trigger_coupling": "DC",
    "timeout_ticks": 0,
}


class ATS9360Adapter:
    """A two-input digitizer (contract: Acquisition), whose records tell when they were triggered.

    Trigger level and range, input coupling and clock source are those of the driver, so that a Station file can
    set them.
    """

    expected_model = "ATS9360"

    def __init__(self, name: str, address: str, load: Callable[[], object], limit_s: float) -> None:
        """`load` makes the QCoDeS instrument; `limit_s` is the most any single wait may take."""
        self.name = name
        self.address = address
        self.limit_s = limit_s
        self.limits: AcquisitionLimits = ATS9360
        self._session: DriverSession[AlazarTechATS9360] = DriverSession(
            name, address, load, limit_s, expected_model=self.expected_model, link=Link(_sever, _close)
        )
        self._stop = threading.Event()

    async def open(self) -> Identity:
        """Connect and identify; nothing is armed."""
        return await self._session.open(self._prepare)

    async def acquire(
        self,
        plan: AcquisitionPlan,
        sink: Callable[[RecordBlock], None],
        armed: Callable[[], None],
        progress: Progress | None = None,
    ) -> int:
        """Record what `plan` asks for and hand it on block by block, in order; returns the number of records.

        `limit_s` is how long one buffer (4 MiB at most) may take to fill, by the board's time: a simulated board's
        stands still while it computes what it would have recorded. `sink`, `armed` and `progress` run on
        the worker's thread; what they raise ends the acquisition and comes out here.

        Raises:
            ProblemReport: The board cannot do that.
            AcquisitionError: Triggers were missing, or came when none was sent; records were lost. Both with
                expected and got.
            InstrumentTimeout: The board itself does not answer.
        """
        require_recordable(plan, self.limits)
        self._stop = stop = threading.Event()
        still = Standstill()
        scheme = buffer_scheme(plan.records, plan.record_length)
        # Every wait inside has its own limit; this one is above their sum.
        limit = self.limit_s * (scheme.buffers + 2) * 1.1

        def run() -> int | BaseException:
            from drivers.alazar.recorder import Handlers, Recorder

            drift = LOCKED_DRIFT if self._on_reference() else FREE_DRIFT
            recorder = Recorder(plan, self.limits, Handlers(sink, armed, progress), stop, drift)
            return self._acquire(plan, recorder, stop, still)

        outcome = await self._session.call(
            "fetch", run, timeout_s=limit, stop=stop.set, excused=lambda: still.seconds
        )
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def safe(self) -> None:
        """Give up what is being recorded; nothing is armed."""
        self._stop.set()
        await self._session.safe(self._abort)

    async def close(self) -> None:
        """As `safe`, then disconnect; never raises for a link that is broken already."""
        self._stop.set()
        await self._session.close(self._abort)

    def _prepare(self) -> None:
        from drivers.alazar.network import NetworkATSAPI

        api = self._session.driver.api
        if isinstance(api, NetworkATSAPI):
            api.connection.timeout_s = self.limit_s
        self._abort()

    def _abort(self) -> None:
        driver = self._session.driver
        driver.api.abort_async_read(driver._handle)  # noqa: SLF001 - the driver has no method that aborts
        driver.clear_buffers()

    def _acquire(
        self, plan: AcquisitionPlan, recorder: Recorder, stop: threading.Event, still: Standstill
    ) -> int | BaseException:
        """The number of records, or what a handler raised: as a value, so that it is not taken for the link's."""
        from drivers.alazar.network import NetworkATSAPI
        from drivers.alazar.recorder import Stopped, record

        driver = self._session.driver
        if isinstance(driver.api, NetworkATSAPI):
            driver.api.stop, driver.api.standstill = stop, still
        scheme = buffer_scheme(plan.records, plan.record_length)
        self._set_up(plan)
        try:
            record(driver, recorder, scheme, plan.record_length, self.limit_s)
        except Stopped:
            raise self._incomplete(plan, recorder, "the acquisition was given up") from None
        except BaseException as error:
            if recorder.failure is error:
                return error
            code = _return_code(error)
            if code is None:
                raise
            raise self._incomplete(plan, recorder, self._reason(code, str(error), stop)) from error
        if recorder.records != plan.records:
            raise self._incomplete(plan, recorder, "records are missing")
        return recorder.records

    def _on_reference(self) -> bool:
        """Whether the board's clock follows a 10 MHz reference, which the generator's then follows too."""
        return bool(self._session.driver.clock_source() == EXTERNAL_REFERENCE)

    def _set_up(self, plan: AcquisitionPlan) -> None:
        driver, reference = self._session.driver, self._on_reference()
        # The driver wants exactly one of the two set.
        driver.sample_rate("UNDEFINED" if reference else plan.sample_rate_hz)
        driver.external_sample_rate(plan.sample_rate_hz if reference else "UNDEFINED")
        for name, value in TRIGGER.items():
            driver.parameters[name].set(value)
        driver.trigger_delay(plan.trigger_delay)
        driver.sync_settings_to_card()

    def _reason(self, code: int, text: str, stop: threading.Event) -> str:
        if stop.is_set():
            return "the acquisition was given up"
        if code == WAIT_TIMEOUT:
            return f"triggers are missing: a buffer did not fill within {self.limit_s:g} s"
        if code == BUFFER_OVERFLOW:
            return "the board's memory overflowed: records were lost"
        return f"the board refused: {text}"

    def _incomplete(self, plan: AcquisitionPlan, recorder: Recorder, what: str) -> AcquisitionError:
        return AcquisitionError(
            what,
            got=f"{recorder.records} records",
            allowed=f"{plan.records} records ({plan.shots} shots of {plan.records_per_pass})",
            fix="Check the trigger line and that the generator plays; a slow repetition needs a longer timeout_s",
            instrument=self.name,
            address=self.address,
        )


def _return_code(error: BaseException) -> int | None:
    """The API's return code in an error of the driver; None in any other error."""
    match = re.match(r"(?:unknown )?error (\d+)", str(error))
    return int(match[1]) if match and isinstance(error, RuntimeError) else None


def _sever(driver: AlazarTechATS9360) -> None:
    """Cut the connection of a forwarded API; a board in this machine has none, and its waits all have limits."""
    from drivers.alazar.network import NetworkATSAPI

    if isinstance(driver.api, NetworkATSAPI):
        driver.api.connection.sever()


def _close(driver: AlazarTechATS9360) -> None:
    driver.close()
