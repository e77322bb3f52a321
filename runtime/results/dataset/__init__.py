"""Results: memory slots, counts and probabilities, as arrays, Datasets, files and QCoDeS runs."""

from runtime.results.dataset.correction import ConfusionMatrix
from runtime.results.dataset.estimates import Estimate, wilson
from runtime.results.dataset.files import ENDINGS, require_ending, writing
from runtime.results.dataset.memory import Memory
from runtime.results.dataset.qcodes_form import to_qcodes
from runtime.results.dataset.result import LEVELS, RETURNS, Result
from runtime.results.dataset.tally import Tally
from runtime.results.dataset.xarray_form import stacked

__all__ = [
    "ENDINGS",
    "LEVELS",
    "RETURNS",
    "ConfusionMatrix",
    "Estimate",
    "Memory",
    "Result",
    "Tally",
    "require_ending",
    "stacked",
    "to_qcodes",
    "wilson",
    "writing",
]
