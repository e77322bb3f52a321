"""The scope of an SHFQA or SHFQC: traces of one input."""

from __future__ import annotations

import numpy as np

from drivers.contract import AcquisitionPlan
from drivers.zurich.averaging import Averaging, averaging_of
from drivers.zurich.recording import Recording, require_whole, send_averaging
from drivers.zurich.seqc import Core, ReadoutLayout
from drivers.zurich.server import Value
from drivers.zurich.shf_recording import input_overrange
from drivers.zurich.upload import DeviceLink

__all__ = ["ShfScope"]

MONITOR_TRIGGER = 64
"""Scope trigger: the monitor flag of the first channel's sequencer."""


class ShfScope:
    """Traces, one for each record, in the segments of the scope (see `recording.Recorder`)."""

    def __init__(self, link: DeviceLink, core: Core, plan: AcquisitionPlan, layout: ReadoutLayout) -> None:
        """`core` is the sequencer of the channel whose input is recorded."""
        self._link = link
        self._plan = plan
        self._layout = layout
        self._index = core.index
        self._averaging = averaging_of(plan, layout, link.readout)
        self._wave = f"scopes/0/channels/{core.index}/wave"

    def prepare(self) -> int:
        """Length, segments, trigger."""
        scope = "scopes/0"
        settings: dict[str, Value] = {
            f"{scope}/time": 0,
            f"{scope}/length": self._layout.length,
            f"{scope}/segments/enable": 1,
            f"{scope}/channels/{self._index}/inputselect": self._index,
            f"{scope}/channels/{self._index}/enable": 1,
            f"{scope}/trigger/channel": MONITOR_TRIGGER + self._index,
            f"{scope}/trigger/delay": self._layout.delay / self._plan.sample_rate_hz,
            f"{scope}/trigger/enable": 1,
        }
        self._link.nodes.set({f"{scope}/enable": 0})
        self._link.ledger.send(settings)
        self._averaging = send_averaging(self._link, self._averaging, self._segment_nodes)
        return 0

    def _segment_nodes(self, averaging: Averaging) -> dict[str, Value]:
        return {
            "scopes/0/averaging/enable": int(averaging.averages > 1),
            "scopes/0/averaging/count": averaging.averages,
            "scopes/0/segments/count": averaging.results(self._plan, self._layout),
        }

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
        return self._averaging.results(self._plan, self._layout)

    def read(self) -> Recording:
        """Complex volts, shape (records, samples)."""
        samples = self._link.nodes.vector(self._wave)
        require_whole(self._link, self._plan, samples.size // max(self._layout.length, 1), self.wanted())
        traces = np.asarray(samples, np.complex128).reshape(self.wanted(), self._layout.length)
        return Recording((traces,), input_overrange(self._link, self._index), self._averaging)
