"""What a device has in its log of errors is told once, and not again for the next run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from drivers.contract import AcquisitionError
from drivers.zurich.ledger import Ledger
from drivers.zurich.running import device_errors
from drivers.zurich.server import Nodes, Value
from drivers.zurich.upload import DeviceLink
from tests.drivers.zurich.bench import profile

LOG, CLEAR = "/dev1/raw/error/json/errors", "/dev1/raw/error/clear"


class LoggingServer:
    """A data server with one device, whose log keeps its errors until it is emptied."""

    def __init__(self, *messages: str) -> None:
        self.messages = [{"message": text} for text in messages]

    def set(self, settings: Sequence[tuple[str, Value]]) -> None:
        """Only the node that empties the log does anything."""
        if dict(settings).get(CLEAR):
            self.messages.clear()

    def get(self, paths: str, *, settingsonly: bool, flat: bool) -> Mapping[str, Any]:
        """The log, in the client's form."""
        del settingsonly, flat
        return {paths: [{"vector": json.dumps({"messages": self.messages})}]}

    def listNodes(self, path: str) -> list[str]:  # noqa: N802 - the vendor's name
        """The log and what empties it."""
        return [path] if path in {LOG, CLEAR} else []

    def disconnect(self) -> None:
        """Nothing to close."""


def test_errors_are_told_once() -> None:
    """The log keeps them: without emptying it every later run would fail by the first one's errors."""
    nodes = Nodes(LoggingServer("AWG runtime error", "overflow"), "dev1", "qc", "labone://h/dev1")
    link = DeviceLink("qc", "labone://h/dev1", profile("SHFQC"), nodes, Ledger(nodes, "qc", "labone://h/dev1"))
    with pytest.raises(AcquisitionError, match="AWG runtime error; overflow"):
        device_errors(link)
    device_errors(link)
