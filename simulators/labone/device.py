"""What the data server asks of an instrument, and an instrument that is nothing but its nodes.

A device model owns a `NodeTree`. It declares what happens when a client sets a node (`tree.before_set`,
`tree.after_set`), answers reads that depend on the moment (`tree.on_get`), and changes nodes itself, from any
thread (`tree.put`): the server sends every change to those who subscribed. A minimal model:

    class Blinker(NodeDevice):
        def __init__(self, setup: DeviceSetup) -> None:
            super().__init__(setup)
            self.tree.after_set("awgs/*/enable", self._enable)

        def _enable(self, change: Change) -> None:
            core = change.indices[0]
            self.worker.submit(lambda: self.tree.put(f"awgs/{core}/enable", 0))

Hooks run on the server's own thread, one at a time, in the order in which the client's requests came; while one
runs, the server answers nobody. So what takes longer than some milliseconds belongs on `worker`, and never waits
inside a hook. A `before_set` hook that raises `NodeRefused` leaves the node as it was, and the client gets the
sentence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from simulators.labone.faults import DeviceFaults
from simulators.labone.models import MODELS, Model
from simulators.labone.nodes import NodeTree
from simulators.labone.shfvectors import complex_wave
from simulators.labone.worker import Worker

__all__ = ["Device", "DeviceSetup", "NodeDevice"]


@dataclass(frozen=True, slots=True)
class DeviceSetup:
    """Which instrument to stand in for.

    Attributes:
        serial: "dev12345", lower case.
        model: A key of `MODELS`, such as "SHFQC".
        options: Installed options; None for those that the model usually comes with.
        firmware: Revision that the instrument reports; None for the one that goes with the server.
    """

    serial: str
    model: str
    options: tuple[str, ...] | None = None
    firmware: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no instrument is called.

        Raises:
            ValueError: For an unknown model or a serial that is not "dev" and digits.
        """
        if self.model not in MODELS:
            raise ValueError(f"model: {self.model!r} is not simulated; choose one of {', '.join(sorted(MODELS))}")
        if not (self.serial.startswith("dev") and self.serial[3:].isdigit()):
            raise ValueError(f"serial: {self.serial!r} is no device's; write it as dev12345")


class Device(Protocol):
    """An instrument behind the data server.

    Attributes:
        serial: "dev12345", lower case; the first word of the paths of its nodes.
        model: What it is and which options it may have.
        options: The installed ones.
        tree: Its nodes; paths inside are relative ("awgs/0/enable"), lower case.
        faults: What a test has asked it to do wrong; the model reads it where the fault belongs.
    """

    @property
    def serial(self) -> str:
        """Like dev12345."""
        ...

    @property
    def model(self) -> Model:
        """What it is."""
        ...

    @property
    def options(self) -> tuple[str, ...]:
        """The installed options."""
        ...

    @property
    def tree(self) -> NodeTree:
        """Its nodes."""
        ...

    @property
    def faults(self) -> DeviceFaults:
        """What it is asked to do wrong."""
        ...

    def start(self) -> None:
        """The server listens from now on; called once, before the first client can connect."""
        ...

    def stop(self) -> None:
        """End what runs and join every thread; called once, after the last hook. Must not take a second."""
        ...


@dataclass
class NodeDevice:
    """An instrument without playback: it stores what is set, and is the base of the models that play.

    Attributes:
        setup: What it was built from.
        worker: A thread for what takes time; jobs run one after another.
    """

    setup: DeviceSetup
    faults: DeviceFaults = field(default_factory=DeviceFaults)
    worker: Worker = field(init=False)
    tree: NodeTree = field(init=False)
    _clock: Callable[[], int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        started = time.monotonic_ns()
        rate = self.model.clock_hz
        self._clock = lambda: (time.monotonic_ns() - started) * rate // 1_000_000_000
        self.worker = Worker(name=self.serial)
        self.tree = self.model.build_tree(
            self.serial, options=self.options, firmware=self.setup.firmware, clock=self._clock
        )
        self.tree.before_set("qachannels/*/generator/waveforms/*/wave", complex_wave)
        self.tree.before_set("qachannels/*/readout/integration/weights/*/wave", complex_wave)
        self.tree.before_set("qachannels/*/spectroscopy/envelope/wave", complex_wave)

    @property
    def serial(self) -> str:
        """Like dev12345."""
        return self.setup.serial

    @property
    def model(self) -> Model:
        """What it is."""
        return MODELS[self.setup.model]

    @property
    def options(self) -> tuple[str, ...]:
        """The installed options."""
        return self.model.options if self.setup.options is None else self.setup.options

    def now(self) -> int:
        """Ticks of the instrument's clock since it was started."""
        return self._clock()

    def start(self) -> None:
        """Nothing to do before the first client."""

    def stop(self) -> None:
        """End the worker; what it has not begun is dropped."""
        self.worker.stop()
