"""A small instrument for tests of the language and its transports."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from simulators.scpi import (
    Call,
    Identity,
    Number,
    ScpiError,
    ScpiInstrument,
    Setting,
    Settings,
    Switch,
    encode_block,
)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


class Box(ScpiInstrument):
    """An instrument with a few settings and one overlapped command."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, load_s: float = 2.0) -> None:
        super().__init__(Identity("Maker", "BOX", "7", "1.0"), clock=clock)
        self.loaded = 0
        self.block = b""
        self.settings = Settings(
            (
                Setting("frequency", Number(1e9, 1e6, 6e9, "Hz"), ("SOURce{1-2}:FREQuency",)),
                Setting("power", Number(0.0, -10.0, 10.0, "dBm"), ("SOURce{1-2}:POWer",)),
                Setting("output", Switch(), ("OUTPut[:STATe]",)),
            ),
            self.tree,
        )
        self.tree.add("LOAD", on_set=lambda _: self.overlap(load_s, self._load))
        self.tree.add("LOAD:FAIL", on_set=lambda _: self.overlap(2.0, self._fail))
        self.tree.add("BLOCk", on_set=self._keep, on_query=lambda _: encode_block(self.block))
        self.tree.add("LOAD:COUNt", on_query=lambda _: str(self.loaded))

    def _load(self) -> None:
        self.loaded += 1

    def _fail(self) -> None:
        raise ScpiError(-253, "file.bin")

    def _keep(self, call: Call) -> None:
        self.block = call.take(1)[0].block()


def port_of(address: str) -> int:
    """The TCP port in a VISA resource name of loopback: the last number that follows a comma or a double colon."""
    return int(re.findall(r"(?:,|::)(\d+)(?=::)", address)[-1])
