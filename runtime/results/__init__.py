"""Results: records become kernelled numbers, bits, memory slots, and a dataset."""

from runtime.results.collector import Collector, QubitReadout
from runtime.results.discriminators import Threshold, TrainedReadout, train_threshold
from runtime.results.kernels import Boxcar, Integration, Kernel, Weights, demodulation
from runtime.results.result import LEVELS, Memory, Result
from runtime.results.saving import ENDINGS, require_ending, writing

__all__ = [
    "ENDINGS",
    "LEVELS",
    "Boxcar",
    "Collector",
    "Integration",
    "Kernel",
    "Memory",
    "QubitReadout",
    "Result",
    "Threshold",
    "TrainedReadout",
    "Weights",
    "demodulation",
    "require_ending",
    "train_threshold",
    "writing",
]
