"""The vendor's client, as much of it as is used: the one module that sees its untyped objects.

All of it runs on the worker's thread. What the client raises becomes an OSError where the link is to blame, and
an InstrumentError where the device refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from drivers.contract import InstrumentError

__all__ = ["DataServer", "Nodes", "Scalar", "Value", "nodes_of"]

ALWAYS_THERE = "features/devtype"
"""A node of every device; small."""

Scalar = int | float | str
Value = Scalar | bytes | complex | NDArray[Any]


class DataServer(Protocol):
    """The parts of `zhinst.core.ziDAQServer` that are used."""

    def set(self, settings: Sequence[tuple[str, Value]]) -> None:
        """Set many nodes at once."""
        ...

    def get(self, paths: str, *, settingsonly: bool, flat: bool) -> Mapping[str, Any]:
        """Values of the nodes that match comma-separated paths."""
        ...

    def listNodes(self, path: str) -> list[str]:  # noqa: N802 - the vendor's name
        """The nodes below a path."""
        ...

    def disconnect(self) -> None:
        """Close the connection."""
        ...


class Nodes:
    """The nodes of one device: paths are relative to it, lower case, e.g. `oscs/0/freq`."""

    def __init__(
        self, server: DataServer, serial: str, name: str, address: str, hangs: Callable[[], bool] = bool
    ) -> None:
        """`name` and `address` stand in errors; `hangs` tells whether a line was cut because the server hangs."""
        self._server = server
        self._hangs = hangs
        self._base = f"/{serial}"
        self._name = name
        self._address = address
        self.sets = 0
        """How many nodes have been set."""

    def set(self, settings: Mapping[str, Value]) -> None:
        """Set nodes, in order; returns when the server has taken them.

        Raises:
            InstrumentError: The device has no such node, or refused a value.
            OSError: The link broke.
        """
        if not settings:
            return
        try:
            self._server.set([(f"{self._base}/{path}", value) for path, value in settings.items()])
            # The client does not wait for the server to take them; an answer to a question behind them tells.
            self._server.get(f"{self._base}/{ALWAYS_THERE}", settingsonly=False, flat=True)
        except RuntimeError as error:
            raise self._failure(error, ", ".join(list(settings)[:5])) from error
        self.sets += len(settings)

    def scalars(self, paths: Sequence[str]) -> dict[str, Scalar]:
        """The values of nodes; raises KeyError for one that the device does not have."""
        found = self._get(paths)
        return {path: _scalar(found[path]) for path in paths}

    def scalar(self, path: str) -> Scalar:
        """The value of one node."""
        return self.scalars([path])[path]

    def number(self, path: str) -> float:
        """The value of a numeric node."""
        return float(self.scalar(path))

    def vector(self, path: str) -> NDArray[Any]:
        """The array in a vector node; empty where there is none yet."""
        found = self._get([path]).get(path)
        if isinstance(found, Sequence) and found and not isinstance(found, str):
            return np.asarray(found[-1]["vector"])
        return np.zeros(0)

    def text(self, path: str) -> str:
        """The text in a string or vector node."""
        found = self._get([path]).get(path)
        if isinstance(found, Sequence) and found and not isinstance(found, str):
            content = found[-1]["vector"]
            return content if isinstance(content, str) else bytes(np.asarray(content)).decode(errors="replace")
        return "" if found is None else str(_scalar(found))

    def has(self, path: str) -> bool:
        """The device has a node of that path."""
        return self.count(path) > 0

    def count(self, pattern: str) -> int:
        """How many nodes match a pattern."""
        try:
            return len(self._server.listNodes(f"{self._base}/{pattern}"))
        except RuntimeError as error:
            if "not" in type(error).__name__.lower():
                return 0
            raise self._failure(error, pattern) from error

    def disconnect(self) -> None:
        """Cut the connection; a call that waits ends with an error."""
        self._server.disconnect()

    def server_hangs(self) -> bool:
        """The line was cut because the data server accepts and does not answer."""
        return self._hangs()

    def _get(self, paths: Sequence[str]) -> dict[str, Any]:
        wanted = ",".join(f"{self._base}/{path}" for path in paths)
        try:
            found = self._server.get(wanted, settingsonly=False, flat=True)
        except RuntimeError as error:
            raise self._failure(error, ", ".join(list(paths)[:5])) from error
        return {path.lower().removeprefix(f"{self._base}/"): value for path, value in found.items()}

    def _failure(self, error: RuntimeError, what: str) -> Exception:
        kind, text = type(error).__name__, " ".join(str(error).split())
        if kind == "TimeoutError" or "timeout" in text.lower():
            return TimeoutError(text)
        if kind in {"ConnectionError", "SampleLossError"} or _tells_of_link(text):
            return TimeoutError("the data server hangs") if self.server_hangs() else ConnectionError(text)
        return InstrumentError(
            f"the device refused {what}",
            got=text,
            fix="Check the device's firmware and options",
            instrument=self._name,
            address=self._address,
        )


def nodes_of(driver: object, name: str, address: str) -> Nodes:
    """The nodes of the device behind a QCoDeS driver of zhinst-qcodes."""
    made = cast("Any", driver)
    device = made._tk_object  # noqa: SLF001 - zhinst-qcodes has no public way to the toolkit's device
    server = cast("DataServer", device.root.connection)
    hangs = getattr(made, "server_hangs", bool)
    return Nodes(server, str(device.serial).lower(), name, address, hangs)


def _tells_of_link(text: str) -> bool:
    words = ("connect", "disconnect", "broken pipe", "end of file", "reset by peer", "closed", "link")
    return any(word in text.lower() for word in words)


def _scalar(found: object) -> Scalar:
    value: Any = found
    if isinstance(found, Mapping):
        value = found["value"]
    if isinstance(value, np.ndarray | list):
        value = value[-1]
    if isinstance(value, Mapping):
        value = value.get("vector", "")
    return cast("Scalar", value.item() if isinstance(value, np.generic) else value)
