"""The analyzer channel of an SHFQA or SHFQC: integrations into the result logger, or traces by the scope."""

from __future__ import annotations

import numpy as np

from drivers.contract import AcquisitionError, AcquisitionPlan
from drivers.zurich.recording import Recording, require_whole
from drivers.zurich.seqc import Core, ReadoutLayout
from drivers.zurich.server import Value
from drivers.zurich.upload import DeviceLink, compare_vectors
from drivers.zurich.vectors import weight_vector

__all__ = ["ShfLogger", "ShfScope"]

SUMS, BITS = 1, 3
"""Sources of the result logger."""

MONITOR_TRIGGER = 64
"""Scope trigger: the monitor flag of the first channel's sequencer."""


class ShfLogger:
    """Weighted integrations (see `recording.Recorder`)."""

    def __init__(self, link: DeviceLink, core: Core, plan: AcquisitionPlan, layout: ReadoutLayout) -> None:
        """`core` is the channel's sequencer."""
        self._link = link
        self._plan = plan
        self._layout = layout
        self._channel = f"qachannels/{core.index}"
        self._result = f"{self._channel}/readout/result"

    def prepare(self) -> int:
        """Weights, thresholds, delay and logger."""
        layout, link = self._layout, self._link
        readout = f"{self._channel}/readout"
        weights: dict[str, Value] = {
            f"{readout}/integration/weights/{index}/wave": weight_vector(unit, layout.length)
            for index, unit in enumerate(layout.integrators)
        }
        settings: dict[str, Value] = {
            f"{readout}/integration/length": layout.length,
            f"{readout}/integration/delay": layout.delay / self._plan.sample_rate_hz,
            f"{self._result}/source": BITS if layout.kind == "bits" else SUMS,
            f"{self._result}/length": self.wanted(),
            f"{self._result}/averages": 1,
            f"{self._result}/mode": 0,
        }
        for index, unit in enumerate(layout.integrators):
            if unit.threshold is not None:
                settings[f"{readout}/discriminators/{index}/threshold"] = unit.threshold
        link.nodes.set({f"{self._result}/enable": 0})
        sent = link.ledger.send(weights)
        compare_vectors(link, sent)
        link.ledger.send(settings)
        return len(sent)

    def arm(self) -> None:
        """Empty the logger and enable it."""
        self._link.nodes.set({f"{self._result}/enable": 0})
        self._link.nodes.set({f"{self._result}/enable": 1})

    def disarm(self) -> None:
        """Disable the logger."""
        self._link.nodes.set({f"{self._result}/enable": 0})

    def acquired(self) -> int:
        """Results so far."""
        return int(self._link.nodes.number(f"{self._result}/acquired"))

    def done(self) -> bool:
        """The logger has disabled itself."""
        return not self._link.nodes.number(f"{self._result}/enable")

    def wanted(self) -> int:
        """Results of the whole acquisition."""
        return self._layout.results * self._plan.shots

    def read(self) -> Recording:
        """The results of all integrators; raises AcquisitionError for hold-off errors."""
        link = self._link
        errors = int(link.nodes.number(f"{self._result}/errors"))
        if errors:
            raise AcquisitionError(
                "readouts were started while the analyzer was still busy with earlier ones, or results overflowed",
                got=f"{errors} hold-off errors",
                allowed="none",
                fix="Leave more time between readouts",
                instrument=link.name,
                address=link.address,
            )
        results = tuple(
            link.nodes.vector(f"{self._result}/data/{index}/wave")
            for index in range(len(self._layout.integrators))
        )
        for vector in results:
            require_whole(link, self._plan, vector.size, self.wanted())
        return Recording(results, _overrange(link, self._channel))


class ShfScope:
    """Traces, one for each record, in the segments of the scope (see `recording.Recorder`)."""

    def __init__(self, link: DeviceLink, core: Core, plan: AcquisitionPlan, layout: ReadoutLayout) -> None:
        """`core` is the sequencer of the channel whose input is recorded."""
        self._link = link
        self._plan = plan
        self._layout = layout
        self._index = core.index
        self._wave = f"scopes/0/channels/{core.index}/wave"

    def prepare(self) -> int:
        """Length, segments, trigger."""
        scope = "scopes/0"
        settings: dict[str, Value] = {
            f"{scope}/time": 0,
            f"{scope}/length": self._layout.length,
            f"{scope}/averaging/enable": 0,
            f"{scope}/segments/enable": 1,
            f"{scope}/segments/count": self._plan.records,
            f"{scope}/channels/{self._index}/inputselect": self._index,
            f"{scope}/channels/{self._index}/enable": 1,
            f"{scope}/trigger/channel": MONITOR_TRIGGER + self._index,
            f"{scope}/trigger/delay": self._layout.delay / self._plan.sample_rate_hz,
            f"{scope}/trigger/enable": 1,
        }
        self._link.nodes.set({f"{scope}/enable": 0})
        self._link.ledger.send(settings)
        return 0

    def arm(self) -> None:
        """Wait for the first trigger."""
        self._link.nodes.set({"scopes/0/single": 1, "scopes/0/enable": 1})

    def disarm(self) -> None:
        """Wait for nothing."""
        self._link.nodes.set({"scopes/0/enable": 0})

    def acquired(self) -> int:
        """The scope tells only when it has all."""
        return self.wanted() if self.done() else 0

    def done(self) -> bool:
        """The scope has disabled itself."""
        return not self._link.nodes.number("scopes/0/enable")

    def wanted(self) -> int:
        """Traces of the whole acquisition."""
        return self._plan.records

    def read(self) -> Recording:
        """Complex volts, shape (records, samples)."""
        samples = self._link.nodes.vector(self._wave)
        require_whole(self._link, self._plan, samples.size // max(self._layout.length, 1), self.wanted())
        traces = np.asarray(samples, np.complex128).reshape(self.wanted(), self._layout.length)
        return Recording((traces,), _overrange(self._link, f"qachannels/{self._index}"))


def _overrange(link: DeviceLink, channel: str) -> bool:
    return bool(link.nodes.number(f"{channel}/input/overrangecount"))
