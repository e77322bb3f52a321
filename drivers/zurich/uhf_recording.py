"""The quantum analyzer unit of a UHFQA: sums of real numbers, two for each complex one, or one monitor trace."""

from __future__ import annotations

import time

import numpy as np

from drivers.contract import AcquisitionError, AcquisitionPlan
from drivers.zurich.averaging import averaging_of
from drivers.zurich.recording import Recording, require_whole
from drivers.zurich.seqc import ReadoutLayout
from drivers.zurich.server import Value
from drivers.zurich.upload import DeviceLink, compare_vectors
from drivers.zurich.vectors import uhf_weights

__all__ = ["UhfLogger", "UhfMonitor"]

BITS, SUMS = 1, 2
"""Sources of the result logger: after the threshold, after the rotation."""

SEQUENCER_TRIGGER = 7

SETTLING_S = 0.5
"""How much later than the count of results the results themselves are there at the latest."""


class UhfLogger:
    """Weighted integrations (see `recording.Recorder`)."""

    def __init__(self, link: DeviceLink, plan: AcquisitionPlan, layout: ReadoutLayout) -> None:
        """The unit belongs to the instrument's one sequencer."""
        self._link = link
        self._plan = plan
        self._layout = layout
        self._averaging = averaging_of(plan, layout, link.readout)
        self._full_since: float | None = None
        """When the logger was first seen to have all."""

    def prepare(self) -> int:
        """Weights, inputs, rotations, thresholds, delay and logger."""
        link, layout = self._link, self._layout
        link.nodes.set({"qas/0/result/enable": 0})
        unit: dict[str, Value] = {
            "qas/0/integration/mode": 0,
            "qas/0/integration/length": layout.length,
            "qas/0/integration/trigger/channel": SEQUENCER_TRIGGER,
            "qas/0/delay": layout.delay,
            "qas/0/bypass/crosstalk": 1,
            "qas/0/result/source": BITS if layout.kind == "bits" else SUMS,
            "qas/0/result/length": self.wanted(),
            "qas/0/result/averages": self._averaging.averages,
            "qas/0/result/mode": self._averaging.mode,
        }
        weights = uhf_weights(layout.integrators, layout.length, sums=layout.kind == "sums")
        sent = link.ledger.send(weights)
        compare_vectors(link, sent)
        link.ledger.send(unit)
        return sum(isinstance(value, np.ndarray) for value in sent.values())

    def arm(self) -> None:
        """Empty the logger and enable it."""
        self._full_since = None
        self._link.nodes.set({"qas/0/result/enable": 0, "qas/0/result/reset": 1})
        self._link.nodes.set({"qas/0/result/enable": 1})

    def disarm(self) -> None:
        """Disable the logger."""
        self._link.nodes.set({"qas/0/result/enable": 0})

    def acquired(self) -> int:
        """Results so far."""
        return int(self._link.nodes.number("qas/0/result/acquired"))

    def done(self) -> bool:
        """The logger has disabled itself, or has had all for a while and stays enabled."""
        if not self._link.nodes.number("qas/0/result/enable"):
            return True
        if self.acquired() < self.wanted():
            return False
        now = time.monotonic()
        self._full_since = self._full_since or now
        return now - self._full_since > SETTLING_S

    def wanted(self) -> int:
        """Results of the whole acquisition."""
        return self._averaging.results(self._plan, self._layout)

    def read(self) -> Recording:
        """The results of all integrators, complex; raises AcquisitionError for what the unit counted as errors."""
        link = self._link
        errors = int(link.nodes.number("qas/0/result/errors"))
        if errors:
            raise AcquisitionError(
                "results overflowed, or readouts were started while earlier ones were not done",
                got=f"{errors} errors",
                allowed="none",
                fix="Leave more time between readouts",
                instrument=link.name,
                address=link.address,
            )
        step, units = self._step(), range(len(self._layout.integrators) * self._step())
        vectors = [np.asarray(link.nodes.vector(f"qas/0/result/data/{unit}/wave")) for unit in units]
        for vector in vectors:
            require_whole(link, self._plan, vector.size, self.wanted())
        if step == 1:
            return Recording(tuple(vectors), _overrange(link), self._averaging)
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        sums = tuple(real.real + 1j * imag.real for real, imag in pairs)
        return Recording(sums, _overrange(link), self._averaging)

    def _step(self) -> int:
        """Units for each integration."""
        return 2 if self._layout.kind == "sums" else 1


class UhfMonitor:
    """One trace of both inputs (see `recording.Recorder`)."""

    def __init__(self, link: DeviceLink, plan: AcquisitionPlan, layout: ReadoutLayout) -> None:
        """The monitor averages what it records; without averages it keeps one trace."""
        self._link = link
        self._plan = plan
        self._layout = layout
        self._averaging = averaging_of(plan, layout, link.readout)

    def prepare(self) -> int:
        """Length, delay, trigger."""
        self._link.nodes.set({"qas/0/monitor/enable": 0})
        self._link.ledger.send(
            {
                "qas/0/monitor/length": self._layout.length,
                "qas/0/monitor/averages": self._averaging.averages,
                "qas/0/monitor/trigger/channel": SEQUENCER_TRIGGER,
                "qas/0/delay": self._layout.delay,
            }
        )
        return 0

    def arm(self) -> None:
        """Empty the monitor and enable it."""
        self._link.nodes.set({"qas/0/monitor/reset": 1, "qas/0/monitor/enable": 1})

    def disarm(self) -> None:
        """Disable the monitor."""
        self._link.nodes.set({"qas/0/monitor/enable": 0})

    def acquired(self) -> int:
        """The monitor tells only when it has all."""
        return self.wanted() if self.done() else 0

    def done(self) -> bool:
        """The monitor has its trace."""
        nodes = self._link.nodes
        return not nodes.number("qas/0/monitor/enable")

    def wanted(self) -> int:
        """One trace."""
        return 1

    def read(self) -> Recording:
        """Both inputs as one complex trace, volts, shape (1, samples)."""
        first, second = (self._link.nodes.vector(f"qas/0/monitor/inputs/{index}/wave") for index in range(2))
        length = self._layout.length
        require_whole(self._link, self._plan, min(first.size, second.size) // max(length, 1), 1)
        traces = (first[:length] + 1j * second[:length]).reshape(1, length)
        return Recording((traces,), _overrange(self._link), self._averaging)


def _overrange(link: DeviceLink) -> bool:
    """The monitors of the inputs, in units of their range, have met an end of it."""
    if not link.nodes.has("sigins/0/max"):
        return False
    found = link.nodes.scalars([f"sigins/{index}/{side}" for index in range(2) for side in ("min", "max")])
    return any(abs(float(value)) >= 1.0 for value in found.values())
