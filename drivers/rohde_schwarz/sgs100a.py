"""The Rohde & Schwarz SGS100A as a local oscillator, on the QCoDeS driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drivers.contract import ConfigurationError, Identity, InstrumentError
from drivers.readback import require_value
from drivers.session import DriverSession
from drivers.visa import VISA_LINK, drain_errors, require_no_errors

if TYPE_CHECKING:
    from qcodes.instrument_drivers.rohde_schwarz import RohdeSchwarzSGS100A

__all__ = ["SGS100AAdapter"]

FREQUENCY_STEP_HZ = 0.01
POWER_STEP_DB = 0.01
"""The driver sends both with two decimals."""


class SGS100AAdapter:
    """A local oscillator (contract: LocalOscillator)."""

    expected_model = "SGS100A"

    def __init__(self, name: str, address: str, load: Callable[[], object], limit_s: float) -> None:
        """`load` makes the QCoDeS instrument; `limit_s` is the most any single wait may take."""
        self.name = name
        self.address = address
        self.limit_s = limit_s
        self._session: DriverSession[RohdeSchwarzSGS100A] = DriverSession(
            name,
            address,
            load,
            limit_s,
            expected_model=self.expected_model,
            link=VISA_LINK,
        )

    async def open(self) -> Identity:
        """Connect, identify, tone off."""
        return await self._session.open(self._off)

    async def tune(self, frequency_hz: float, power_dbm: float) -> None:
        """Set frequency and level, and read them back.

        Raises:
            ConfigurationError: Beyond the driver's range.
            InstrumentError: The instrument refused, or holds other values than were sent.
        """
        await self._session.call("tune", self._tune, frequency_hz, power_dbm)

    async def on(self) -> None:
        """Switch the tone on."""
        await self._session.call("on", self._on)

    async def safe(self) -> None:
        """Tone off."""
        await self._session.safe(self._off)

    async def close(self) -> None:
        """Tone off, then disconnect; never raises for a link that is broken already."""
        await self._session.close(self._off)

    def _tune(self, frequency_hz: float, power_dbm: float) -> None:
        driver = self._session.driver
        drain_errors(driver)
        try:
            driver.frequency(frequency_hz)
            driver.power(power_dbm)
        except (ValueError, TypeError) as error:
            raise ConfigurationError(
                "the oscillator cannot be tuned there",
                where=f"{self.name} ({self.address})",
                got=f"{frequency_hz!r} Hz, {power_dbm!r} dBm",
                allowed=str(error).splitlines()[0],
                fix="Correct frequency_hz or power_dbm in wiring.yaml",
            ) from error
        require_no_errors(driver, self.address, "tune")
        # A step: half of it for the driver's rounding, and as much again for that of the instrument's answer.
        for what, unit, got, wanted, step in (
            ("frequency", "Hz", driver.frequency(), frequency_hz, FREQUENCY_STEP_HZ),
            ("level", "dBm", driver.power(), power_dbm, POWER_STEP_DB),
        ):
            require_value(what, got, wanted, step, name=self.name, address=self.address, unit=unit)

    def _on(self) -> None:
        driver = self._session.driver
        driver.on()
        require_no_errors(driver, self.address, "on")

    def _off(self) -> None:
        driver = self._session.driver
        driver.off()
        # The answer shows that the command was taken.
        if driver.status() is not False:
            raise InstrumentError(
                "its output stays on", fix="Switch it off by hand", instrument=self.name, address=self.address
            )
