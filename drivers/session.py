"""One QCoDeS instrument behind one worker: opened with its identity checked, closed whatever happens."""

from __future__ import annotations

import contextlib
import errno
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from drivers.addresses import require_listener
from drivers.contract import (
    ConfigurationError,
    ConnectionFailed,
    Identity,
    InstrumentError,
    LinkLost,
    PulserigError,
    WrongInstrument,
)
from drivers.failures import REOPEN, link_failure
from drivers.leftovers import close_sockets, half_made_instrument, refuse_namesake, sever_thread
from drivers.worker import InstrumentWorker

if TYPE_CHECKING:
    from qcodes.instrument import Instrument

__all__ = ["DriverSession", "Link"]

Driver = TypeVar("Driver", bound="Instrument")
Kind = TypeVar("Kind")
Answer = TypeVar("Answer")

CLOSE_LIMIT_S = 2.0

SAFE_LIMIT_S = 0.9
"""Below the second within which a rig has every output off."""


@dataclass(frozen=True, slots=True)
class Link(Generic[Kind]):
    """How the link of a kind of driver ends."""

    sever: Callable[[Kind], None]
    """Cuts it from another thread, at once, so that a thread that hangs in it ends."""
    close: Callable[[Kind], None]
    """Disconnects and removes the instrument from QCoDeS, also after the link was cut."""


class DriverSession(Generic[Driver]):
    """Makes, holds and closes the QCoDeS instrument of an adapter, always on the worker's thread."""

    def __init__(
        self,
        name: str,
        address: str,
        load: Callable[[], object],
        limit_s: float,
        *,
        expected_model: str,
        link: Link[Any],
    ) -> None:
        """`expected_model` is the model in the identity; `link` cuts and closes a driver of its kind."""
        self.name = name
        self.address = address
        self.limit_s = limit_s
        self._load = load
        self._expected_model = expected_model
        self._link = link
        self._worker: InstrumentWorker | None = None
        self._driver: Driver | None = None
        self._loading: int | None = None
        """The thread that makes the driver, while it does."""

    @property
    def driver(self) -> Driver:
        """The open QCoDeS instrument; for the worker's thread only."""
        if self._driver is None:
            raise self._not_open()
        return self._driver

    @property
    def broken(self) -> bool:
        """The link was cut; calls are refused until it is opened again."""
        return self._worker is not None and self._worker.broken

    async def open(self, prepare: Callable[[], None]) -> Identity:
        """Connect, check the identity, and run `prepare` (outputs off); nothing stays open when it raises."""
        await self.close()
        worker = self._worker = InstrumentWorker(self.name, self.address, self._cut)
        try:
            identity = await worker.call("identify", self._make, worker, timeout_s=self.limit_s)
            await worker.call("safe", prepare, timeout_s=self.limit_s)
        except BaseException:
            await self.close()
            raise
        return identity

    async def safe(self, function: Callable[[], object]) -> None:
        """Run `function`, which switches outputs off, within the second that a rig has for it."""
        await self.call("safe", function, timeout_s=min(self.limit_s, SAFE_LIMIT_S))

    async def call(
        self,
        wait: str,
        function: Callable[..., Answer],
        *args: object,
        timeout_s: float | None = None,
        **hooks: Callable[[], Any],
    ) -> Answer:
        """As `InstrumentWorker.call`, with its hooks, within `limit_s` where no other limit is given."""
        if self._worker is None or self._driver is None:
            raise self._not_open()
        limit = self.limit_s if timeout_s is None else timeout_s
        return await self._worker.call(wait, function, *args, timeout_s=limit, **hooks)

    def quarantine(self, wait: str) -> None:
        """Cut the link: after a wait without an end nobody knows what the instrument still does."""
        if self._worker is not None:
            self._worker.cut(wait)

    async def close(self, safe: Callable[[], object] | None = None) -> None:
        """Run `safe` on a link that is whole, then disconnect and end the thread; never raises."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        try:
            if safe is not None and self._driver is not None and not worker.broken:
                with contextlib.suppress(Exception):
                    await worker.call("safe", safe, timeout_s=min(self.limit_s, SAFE_LIMIT_S))
        finally:
            await worker.close(self._close_driver, timeout_s=CLOSE_LIMIT_S)

    def _make(self, worker: InstrumentWorker) -> Identity:
        require_listener(self.name, self.address)
        refuse_namesake(self.name)
        self._loading = threading.get_ident()
        try:
            driver = cast("Driver", self._load())
        except Exception as error:
            raise self._why_not(error) from error
        finally:
            self._loading = None
        if worker.broken:
            # Nobody waits any more: `open` has given up, so the instrument must not stay open unseen.
            self._link.close(driver)
            raise self._not_open()
        self._driver = driver
        return self._checked(driver.IDN())

    def _checked(self, idn: dict[str, Any]) -> Identity:
        if idn.get("model") != self._expected_model:
            raise WrongInstrument(
                "another instrument answers there",
                got=" ".join(str(idn.get(key)) for key in ("vendor", "model") if idn.get(key)),
                allowed=self._expected_model,
                fix="Correct the address or the instrument's type in station.yaml",
                instrument=self.name,
                address=self.address,
            )
        vendor, model, serial, firmware = (str(idn.get(key) or "") for key in _IDN_KEYS)
        return Identity(vendor, model, serial, firmware)

    def _why_not(self, error: Exception) -> PulserigError:
        """What it means that the driver's constructor raised; closes what it left open."""
        half_made = half_made_instrument(error, self.name)
        try:
            if isinstance(error, PulserigError):
                return error
            if _is_missing_library(error):
                return self._no_driver(error)
            failure = link_failure(error, self.name, self.address, "identify", self.limit_s)
            if failure is not None:
                return self._no_connection(f"{type(error).__name__}: {error}".removesuffix(": "))
            if half_made is None:
                return self._no_driver(error)
            return self._stranger(half_made, error)
        finally:
            close_sockets(error)
            if half_made is not None:
                with contextlib.suppress(Exception):
                    self._link.close(half_made)

    def _stranger(self, half_made: Instrument, error: Exception) -> PulserigError:
        """A driver that connected and then raised has most often met another model than its own."""
        idn = half_made.IDN.cache.get(get_if_invalid=False) or _ask_identity(half_made)
        # QCoDeS puts its own name for the instrument where no model was told, but never a vendor.
        if not idn.get("vendor"):
            return self._no_connection("a connection, but no answer to *IDN?")
        try:
            self._checked(idn)
        except WrongInstrument as wrong:
            return wrong
        return InstrumentError(
            "its driver cannot be set up",
            got=f"{type(error).__name__}: {error}",
            fix="Look at its entry in station.yaml",
            instrument=self.name,
            address=self.address,
        )

    def _no_connection(self, got: str) -> ConnectionFailed:
        return ConnectionFailed(
            "nobody answers there", got=got, fix=REOPEN, instrument=self.name, address=self.address
        )

    def _no_driver(self, error: Exception) -> ConfigurationError:
        return ConfigurationError(
            "its driver cannot be made",
            where=f"instrument {self.name}",
            got=f"{type(error).__name__}: {error}",
            fix="Correct its type and its init section in station.yaml",
        )

    def _not_open(self) -> LinkLost:
        return LinkLost("it is not open", fix="Open the station", instrument=self.name, address=self.address)

    def _cut(self) -> None:
        if self._driver is not None:
            self._link.sever(self._driver)
        elif self._loading is not None:
            sever_thread(self._loading)

    def _close_driver(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            self._link.close(driver)


_IDN_KEYS = ("vendor", "model", "serial", "firmware")


def _ask_identity(half_made: Instrument) -> dict[str, Any]:
    with contextlib.suppress(Exception):
        return dict(half_made.get_idn())
    return {}


def _is_missing_library(error: Exception) -> bool:
    """A vendor's library or a file is not there; errors of the network have other numbers."""
    of_network = isinstance(error, (ConnectionError, TimeoutError))
    return isinstance(error, OSError) and not of_network and error.errno in {None, errno.ENOENT}
