"""The result loggers of an SHFQA's or SHFQC's analyzer channel: weighted integrations, and spectroscopy."""

from __future__ import annotations

import numpy as np

from drivers.contract import AcquisitionError, AcquisitionPlan
from drivers.zurich.averaging import Averaging, averaging_of
from drivers.zurich.recording import Recording, require_whole, send_averaging
from drivers.zurich.seqc import Core, ReadoutLayout
from drivers.zurich.server import Value
from drivers.zurich.upload import DeviceLink, compare_vectors
from drivers.zurich.vectors import weight_vector

__all__ = ["ShfLogger", "ShfSpectrometer", "input_overrange"]

SUMS, BITS = 1, 3
"""Sources of the result logger."""

SEQUENCER_TRIGGER = 32
"""Trigger of a spectroscopy: that of the first channel's sequencer; those of the others follow."""


class _Logger:
    """One of a channel's two result loggers (see `recording.Recorder`)."""

    unit: str
    """The branch of the node tree that it belongs to."""

    def __init__(self, link: DeviceLink, core: Core, plan: AcquisitionPlan, layout: ReadoutLayout) -> None:
        """`core` is the channel's sequencer."""
        self._link = link
        self._plan = plan
        self._layout = layout
        self._index = core.index
        self._channel = f"qachannels/{core.index}"
        self._result = f"{self._channel}/{self.unit}/result"
        self._averaging = averaging_of(plan, layout, link.readout)

    def arm(self) -> None:
        """Empty the logger and enable it."""
        self._link.nodes.set({f"{self._result}/enable": 0})
        self._link.nodes.set({f"{self._result}/enable": 1})

    def disarm(self) -> None:
        """Disable the logger."""
        self._link.nodes.set({f"{self._result}/enable": 0})

    def acquired(self) -> int:
        """Results so far."""
        return min(int(self._link.nodes.number(f"{self._result}/acquired")), self.wanted())

    def done(self) -> bool:
        """The logger has disabled itself."""
        return not self._link.nodes.number(f"{self._result}/enable")

    def wanted(self) -> int:
        """Results of the whole acquisition."""
        return self._averaging.results(self._plan, self._layout)

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
        results = tuple(link.nodes.vector(path) for path in self._vectors())
        for vector in results:
            require_whole(link, self._plan, vector.size, self.wanted())
        return Recording(results, input_overrange(link, self._index), self._averaging)

    def _vectors(self) -> list[str]:
        """The nodes of the results, integrator by integrator."""
        return [f"{self._result}/data/wave"]

    def _send(self, vectors: dict[str, Value], settings: dict[str, Value]) -> int:
        """Send what is new and read it back; returns how many vectors were sent."""
        self._link.nodes.set({f"{self._result}/enable": 0})
        sent = self._link.ledger.send(vectors)
        compare_vectors(self._link, sent)
        self._link.ledger.send(settings)
        self._averaging = send_averaging(self._link, self._averaging, self._logger_nodes)
        return len(sent)

    def _logger_nodes(self, averaging: Averaging) -> dict[str, Value]:
        return {
            f"{self._result}/averages": averaging.averages,
            f"{self._result}/length": averaging.results(self._plan, self._layout),
            f"{self._result}/mode": averaging.mode,
        }


class ShfLogger(_Logger):
    """Weighted integrations, or bits."""

    unit = "readout"

    def prepare(self) -> int:
        """Weights, thresholds, delay and logger."""
        layout, readout = self._layout, f"{self._channel}/readout"
        weights: dict[str, Value] = {
            f"{readout}/integration/weights/{index}/wave": weight_vector(unit, layout.length)
            for index, unit in enumerate(layout.integrators)
        }
        settings: dict[str, Value] = {
            f"{readout}/integration/length": layout.length,
            f"{readout}/integration/delay": layout.delay / self._plan.sample_rate_hz,
            f"{self._result}/source": BITS if layout.kind == "bits" else SUMS,
        }
        for index, unit in enumerate(layout.integrators):
            if unit.threshold is not None:
                settings[f"{readout}/discriminators/{index}/threshold"] = unit.threshold
        return self._send(weights, settings)

    def _vectors(self) -> list[str]:
        return [f"{self._result}/data/{index}/wave" for index in range(len(self._layout.integrators))]


class ShfSpectrometer(_Logger):
    """Integrations on the channel's oscillator, whose frequency its sequencer sets."""

    unit = "spectroscopy"

    def prepare(self) -> int:
        """Pulse shape, gain, trigger, delay and logger."""
        layout, unit = self._layout, f"{self._channel}/spectroscopy"
        if layout.probe is None:
            raise ValueError("a spectroscopy without its probe")
        # The shape in full, its amplitude as the oscillator's gain: another amplitude is no other envelope.
        peak = float(np.abs(layout.probe.envelope).max())
        settings: dict[str, Value] = {
            f"{self._channel}/oscs/0/gain": peak,
            f"{unit}/envelope/enable": 1,
            f"{unit}/length": layout.length,
            f"{unit}/delay": layout.delay / self._plan.sample_rate_hz,
            f"{unit}/trigger/channel": SEQUENCER_TRIGGER + self._index,
        }
        if self._link.nodes.has(f"{unit}/psd/enable"):
            # Complex sums are wanted, from which everybody can make powers.
            settings[f"{unit}/psd/enable"] = 0
        return self._send({f"{unit}/envelope/wave": layout.probe.envelope / (peak or 1.0)}, settings)


def input_overrange(link: DeviceLink, index: int) -> bool:
    """The converter of a channel's input has met an end of its range."""
    return bool(link.nodes.number(f"qachannels/{index}/input/overrangecount"))
