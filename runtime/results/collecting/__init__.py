"""From blocks of records to memory slots: accounting, reduction, averages, consumers."""

from runtime.results.collecting.collector import Collector
from runtime.results.collecting.instrument_weights import integration_weights, tells_by_threshold
from runtime.results.collecting.named import readout_of_acquire
from runtime.results.collecting.readout import QubitReadout
from runtime.results.collecting.tap import Chunk, Consumer, ConsumerReport

__all__ = [
    "Chunk",
    "Collector",
    "Consumer",
    "ConsumerReport",
    "QubitReadout",
    "integration_weights",
    "readout_of_acquire",
    "tells_by_threshold",
]
