"""The Tektronix AWG5208 as a generator, on the QCoDeS driver."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.contract import (
    Identity,
    InstrumentError,
    InstrumentProgram,
    PlaybackLimits,
    PortSettings,
    Progress,
    PulserigError,
    UploadError,
    UploadReceipt,
)
from drivers.ending import until_ended
from drivers.failures import timeout_of
from drivers.readback import require_value
from drivers.session import DriverSession
from drivers.tektronix.assets import ProgramAssets, assets_of
from drivers.tektronix.checks import require_playable, require_settable
from drivers.tektronix.limits import AWG5208
from drivers.tektronix.running import has_run, run_state, start, tail_s
from drivers.tektronix.store import AssetStore
from drivers.tektronix.upload import Upload
from drivers.visa import VISA_LINK, drain_errors, require_no_errors

if TYPE_CHECKING:
    from qcodes.instrument_drivers.tektronix import TektronixAWG5208

__all__ = ["AWG5208Adapter"]

POLL_S = 0.01

END_GRACE_S = 0.25
"""How much later than its last sample a generator may say that it has stopped."""

READ_BACK_TOLERANCE = 1e-3
"""Relative; instruments round amplitudes to their own steps."""


class AWG5208Adapter:
    """An eight-port generator (contract: Playback)."""

    expected_model = "AWG5208"

    def __init__(self, name: str, address: str, load: Callable[[], object], limit_s: float) -> None:
        """`load` makes the QCoDeS instrument; `limit_s` is the most any single wait may take."""
        self.name = name
        self.address = address
        self.limit_s = limit_s
        self.limits: PlaybackLimits = AWG5208
        self._session: DriverSession[TektronixAWG5208] = DriverSession(
            name,
            address,
            load,
            limit_s,
            expected_model=self.expected_model,
            link=VISA_LINK,
        )
        self._sample_rate_hz: int | None = None
        self._verified: InstrumentProgram | None = None

    async def open(self) -> Identity:
        """Connect, identify, read the instrument's own limits, outputs off."""
        self._sample_rate_hz = self._verified = None
        return await self._session.open(self._prepare)

    async def configure(self, sample_rate_hz: int, ports: tuple[PortSettings, ...]) -> None:
        """Set clock, amplitudes, offsets and resolution, and read them back; outputs stay off.

        A program that was loaded has to be uploaded again, which costs nothing if the instrument still holds it.

        Raises:
            ProblemReport: Out of range.
            InstrumentError: Refused, or read back otherwise.
        """
        require_settable(self.name, sample_rate_hz, ports, self.limits)
        self._sample_rate_hz = self._verified = None
        await self._session.call("configure", self._configure, sample_rate_hz, ports)
        self._sample_rate_hz = sample_rate_hz

    async def upload(self, program: InstrumentProgram, progress: Progress | None = None) -> UploadReceipt:
        """Send what the instrument does not hold yet, verify it, and assign it to the ports.

        Raises:
            ProblemReport: The program does not fit the instrument; nothing was sent.
            UploadError: Refused or incomplete; no program is loaded.
        """
        self._verified = None
        assets = await self._session.call("upload", self._checked_assets, program)
        await self._session.call("upload", self._off)
        store = AssetStore(self._session.driver, self.name, self.address)
        upload = Upload(self._session, store, assets)
        await upload.run(progress)
        await self._session.call("upload", store.assign, assets, program.ports)
        self._verified = program
        return UploadReceipt(assets.content_hash, upload.bytes_sent, upload.waveforms_sent, verified=True)

    async def play(self) -> None:
        """Outputs on, play list from its first entry; after the program's last pass it stops by itself.

        Raises:
            UploadError: The last upload did not end, or was not verified.
            InstrumentTimeout: It did not run in time; outputs are off.
        """
        program = self._required()
        try:
            await self._session.call("play", start, self._session.driver, program.ports)
            await self._until_running()
        except BaseException:
            with contextlib.suppress(PulserigError):
                await self.safe()
            raise

    async def require_ended(self) -> None:
        """Make sure, once all records have come, that every pass has been played; outputs stay as they are.

        A digitizer that saw more triggers than were sent has all its records while passes are still to come. That
        is seen here only if what is to come takes longer than the tail of the last pass and `END_GRACE_S`: one
        trigger too many is not where programs are short, and the digitizer cannot tell it from a real one.

        Assumed, for want of the manual: the run state is Stopped after the last step of a sequence.

        Raises:
            AcquisitionError: It still plays.
        """
        program, driver = self._required(), self._session.driver

        async def still_playing() -> str:
            state = await self._session.call("end", run_state, driver, self.address)
            return "" if state == "Stopped" else f"run state {state}"

        limit_s = tail_s(program) + END_GRACE_S
        await until_ended(still_playing, limit_s, program.passes, name=self.name, address=self.address)

    async def stop(self) -> None:
        """Stop playing, outputs off."""
        await self._session.call("stop", self._off)

    async def safe(self) -> None:
        """As `stop`, within a second."""
        await self._session.safe(self._off)

    async def close(self) -> None:
        """Outputs off, then disconnect; never raises for a link that is broken already."""
        self._verified = None
        await self._session.close(self._off)

    def _checked_assets(self, program: InstrumentProgram) -> ProgramAssets:
        require_playable(program, self.limits)
        self._require_rate(program)
        return assets_of(program, self.limits.max_repeat)

    def _required(self) -> InstrumentProgram:
        """The verified program."""
        if self._verified is None:
            raise UploadError(
                "it does not play, because no verified program is loaded",
                fix="Upload a program first",
                instrument=self.name,
                address=self.address,
            )
        return self._verified

    def _prepare(self) -> None:
        driver = self._session.driver
        driver.timeout(self.limit_s)
        self._off()
        shortest = int(driver.ask("WLISt:WAVeform:LMINimum?"))
        longest = int(driver.ask("WLISt:WAVeform:LMAXimum?"))
        self.limits = replace(AWG5208, min_length=shortest, max_length=longest)
        drain_errors(driver)

    def _configure(self, sample_rate_hz: int, ports: tuple[PortSettings, ...]) -> None:
        driver = self._session.driver
        self._off()
        drain_errors(driver)
        if driver.mode() != "AWG":
            driver.mode("AWG")
        driver.sample_rate(sample_rate_hz)
        self._require("sample rate", driver.sample_rate(), sample_rate_hz)
        for port in ports:
            channel = driver.channels[port.port - 1]
            channel.awg_amplitude(port.amplitude_vpp)
            channel.offset(port.offset_v)
            # Each marker in use takes one bit of the converter.
            bits = self.limits.dac_bits - port.markers
            channel.resolution(bits)
            self._require(f"amplitude of port {port.port}", channel.awg_amplitude(), port.amplitude_vpp)
            self._require(f"offset of port {port.port}", channel.offset(), port.offset_v)
            self._require(f"resolution of port {port.port}", channel.resolution(), bits)
        require_no_errors(driver, self.address, "configure")

    def _require(self, what: str, got: float, wanted: float) -> None:
        tolerance = READ_BACK_TOLERANCE * max(abs(wanted), READ_BACK_TOLERANCE)
        require_value(what, got, wanted, tolerance, name=self.name, address=self.address)

    def _require_rate(self, program: InstrumentProgram) -> None:
        if program.sample_rate_hz != self._sample_rate_hz:
            raise UploadError(
                "the program was made for another clock",
                got=f"{program.sample_rate_hz} Sa/s",
                allowed=f"{self._sample_rate_hz} Sa/s" if self._sample_rate_hz else "none, it is not configured",
                fix="Configure the instrument with the program's sample rate",
                instrument=self.name,
                address=self.address,
            )

    async def _until_running(self) -> None:
        deadline = time.monotonic() + self.limit_s
        while not await self._session.call("play", has_run, self._session.driver, self.address):
            if time.monotonic() > deadline:
                await self.safe()
                self._session.quarantine("play")
                raise timeout_of(self.name, self.address, "play", self.limit_s)
            await asyncio.sleep(POLL_S)
        await self._session.call("play", require_no_errors, self._session.driver, self.address, "play")

    def _off(self) -> None:
        driver = self._session.driver
        driver.all_output_off("on")
        driver.stop()
        for channel in driver.channels:
            channel.state(0)
        if not driver.all_output_off():
            raise InstrumentError(
                "its outputs stay on", fix="Switch them off by hand", instrument=self.name, address=self.address
            )
