"""A block's records, reduced to the measurement level."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import Block, ClassifiedBlock, KernelledBlock, RecordBlock
from runtime.results.collecting.layout import Group, Layout
from runtime.results.collecting.readout import Reading
from runtime.results.kernels import Integration, envelope_weights

__all__ = ["Reduction"]

NOTHING = 255
"""A bit that was not measured, in what an instrument sends that classifies by itself."""


class Reduction:
    """Cuts, integrates and classifies records; raises ValueError for numbers that no measurement gives."""

    def __init__(self, layout: Layout, reading: Reading, level: int, sample_rate_hz: float) -> None:
        self._layout = layout
        self._reading = reading
        self._level = level
        self._rate = sample_rate_hz
        self._integrations: dict[int, Integration] = {}

    def records(self, block: Block, some: Any) -> NDArray[np.float32]:  # noqa: ANN401 - slice or indices
        """Some whole records: volts of shape (records, inputs, samples)."""
        if not isinstance(block, RecordBlock):
            raise ValueError(f"{type(block).__name__}: no traces, which level 0 wants")  # noqa: TRY004 - data's fault
        volts: NDArray[np.float32] = block.volts[some]
        # One sum tells: it costs a tenth of looking at each sample, and NaN and infinity do not leave it.
        with np.errstate(invalid="ignore"):
            total = volts.sum(dtype=np.float64)
        if not np.isfinite(total):
            raise ValueError("NaN or infinity among the samples")
        return volts

    def reduced(
        self,
        number: int,
        block: Block,
        some: Any,  # noqa: ANN401 - slice or indices
        rows: NDArray[np.int64],
    ) -> NDArray[Any]:
        """Some records of a group: traces, kernelled numbers or states, shape (records, windows, ...)."""
        group = self._layout.groups[number]
        if self._level == 0:
            return _traces(group, self.records(block, some))
        if isinstance(block, ClassifiedBlock):
            return self._told(group, block.bits[some])
        if isinstance(block, KernelledBlock):
            kernelled = _measured(block.values[some], group)
        else:
            kernelled = self._integrated(number, group, block.volts[some]) * group.turns[rows]
        if not np.isfinite(kernelled).all():
            raise ValueError("NaN or infinity among the kernelled numbers")
        return kernelled if self._level == 1 else self._classified(group, kernelled)

    def _integrated(self, number: int, group: Group, volts: NDArray[np.float32]) -> NDArray[np.complex128]:
        if number not in self._integrations:
            kernels = [self._reading.of(window).kernel for window in group.windows]
            weights = [
                envelope_weights(window, self._rate, kernel)
                for window, kernel in zip(group.windows, kernels, strict=True)
            ]
            self._integrations[number] = Integration.of(group.windows, weights, (volts.shape[1], volts.shape[2]))
        # What is not finite is looked for in the few numbers that come out.
        with np.errstate(invalid="ignore", over="ignore"):
            return self._integrations[number].apply(volts)

    def _classified(self, group: Group, kernelled: NDArray[np.complex128]) -> NDArray[np.uint8]:
        states = np.empty(kernelled.shape, np.uint8)
        for column, window in enumerate(group.windows):
            discriminator = self._reading.of(window).discriminator
            assert discriminator is not None  # noqa: S101 - the collector has made sure
            states[:, column] = discriminator.classify(kernelled[:, column])
        return states

    def _told(self, group: Group, bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self._level != 2:
            raise ValueError("bits, where kernelled numbers are wanted")
        sent = bits[:, : group.sent]
        if (sent > 1).any() or (bits[:, group.sent :] != NOTHING).any():
            raise ValueError("bits that are neither 0 nor 1, or bits where nothing is measured")
        return sent[:, group.columns]


def _measured(values: NDArray[np.complex128], group: Group) -> NDArray[np.complex128]:
    if not np.isnan(values[:, group.sent :]).all():
        raise ValueError("a number where nothing is measured")
    measured: NDArray[np.complex128] = values[:, group.columns]
    return measured


def _traces(group: Group, volts: NDArray[np.float32]) -> NDArray[np.complex64]:
    traces = np.empty((volts.shape[0], len(group.windows), group.longest), np.complex64)
    for column, window in enumerate(group.windows):
        samples = window.stop - window.start
        traces.real[:, column, :samples] = volts[:, 0, window.start : window.stop]
        traces.imag[:, column, :samples] = volts[:, 1, window.start : window.stop] if volts.shape[1] > 1 else 0
        traces[:, column, samples:] = np.nan
    return traces
