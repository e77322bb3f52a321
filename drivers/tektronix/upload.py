"""Sending a program's assets piece by piece, with progress, limits that grow with the bytes, and verification."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from drivers.contract import Progress, PulserigError, UploadError
from drivers.session import DriverSession
from drivers.tektronix.assets import ProgramAssets
from drivers.tektronix.seqx import seqx_file
from drivers.tektronix.store import AssetStore
from drivers.visa import timeout

if TYPE_CHECKING:
    from qcodes.instrument_drivers.tektronix import TektronixAWG5208

__all__ = ["Upload"]

Answer = TypeVar("Answer")

SLOWEST_LINK_BYTES_PER_S = 100_000.0
"""Limits grow with the bytes as if the link were no faster than this."""

PIECE_BYTES = 256 * 1024
MOST_PIECES = 64

READ_BACK_S = 0.02
"""What one more question after a waveform or a step of the main sequence may take."""


class Upload:
    """Brings the assets of one program into the instrument."""

    def __init__(self, session: DriverSession[TektronixAWG5208], store: AssetStore, assets: ProgramAssets) -> None:
        """`store` is that of the session's instrument."""
        self._session = session
        self._store = store
        self._assets = assets
        self.bytes_sent = 0
        self.waveforms_sent = 0

    async def run(self, progress: Progress | None) -> None:
        """Send what is not there and verify all of it.

        Raises:
            UploadError: Refused or incomplete; the program's sequences have been removed.
        """
        try:
            if not await self._ask(self._store.holds, self._assets):
                await self._ask(self._store.clear_except, self._assets)
                await self._send_missing(progress)
        except UploadError:
            with contextlib.suppress(PulserigError):
                await self._ask(self._store.discard, self._assets)
            raise

    async def _send_missing(self, progress: Progress | None) -> None:
        """Send what is missing, then, where that is refused, everything.

        The manual does not say whether a file may name waveforms and subsequences that are in the instrument only.
        """
        assets = self._assets
        held = await self._ask(self._store.held_waveforms, assets)
        held |= await self._ask(self._store.held_sequences, assets)
        if held:
            waveforms = {name: waveform for name, waveform in assets.waveforms.items() if name not in held}
            # A file without any sequence is none; the main sequence is small.
            sequences = {
                name: entries for name, entries in assets.sequences.items() if name not in held - {assets.main}
            }
            try:
                return await self._send(replace(assets, waveforms=waveforms, sequences=sequences), progress)
            except UploadError:
                await self._ask(self._store.discard, self._assets)
        return await self._send(self._assets, progress)

    async def _send(self, content: ProgramAssets, progress: Progress | None) -> None:
        file = memoryview(await self._ask(seqx_file, content))
        before, total = self.bytes_sent, self.bytes_sent + len(file)
        piece = max(PIECE_BYTES, -(-len(file) // MOST_PIECES))
        await self._ask(self._store.begin_file)
        for start in range(0, len(file), piece):
            await self._patiently(piece, self._store.write_piece, start, file[start : start + piece])
            self.bytes_sent = before + min(start + piece, len(file))
            if progress is not None:
                progress(self.bytes_sent, total)
        await self._patiently(len(file), self._store.load_file, len(file))
        await self._ask(self._store.verify, self._assets)
        self.waveforms_sent = len(content.waveforms)

    async def _ask(self, function: Callable[..., Answer], *args: object) -> Answer:
        questions = len(self._assets.waveforms) + len(self._assets.sequences[self._assets.main])
        limit = self._session.limit_s + READ_BACK_S * questions
        return await self._session.call("upload", function, *args, timeout_s=limit)

    async def _patiently(self, size: int, function: Callable[..., None], *args: object) -> None:
        """Run a step whose duration grows with `size` bytes."""
        limit = self._session.limit_s + size / SLOWEST_LINK_BYTES_PER_S

        def step() -> None:
            with timeout(self._session.driver, limit):
                function(*args)

        await self._session.call("upload", step, timeout_s=limit)
