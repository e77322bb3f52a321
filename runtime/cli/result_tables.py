"""What came back, as tables and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from runtime.results import LEVELS, Result, TrainedReadout

__all__ = ["flags_of", "readout_table", "table_of"]


def table_of(result: Result) -> Table:
    """Counts at level 2, else means and standard deviations in volts."""
    averaged = "averages of " if result.returns == "avg" else ""
    title = f"{result.name}: {averaged}{result.shots} shots, {LEVELS[result.level]}"
    return _counts(result, title) if result.level == 2 else _volts(result, f"{title}, volts")


def flags_of(result: Result) -> Iterator[str]:
    """A sentence for each thing that was wrong with some shots."""
    if result.overranges:
        yield f"{result.overranges} of {result.shots} shots met an end of the digitizer's range"
    if result.clock_losses:
        yield f"{result.clock_losses} of {result.shots} shots were taken without a locked reference clock"


def _counts(result: Result, title: str) -> Table:
    bits = ", ".join(f"slot {slot}" for slot in sorted(result.slots, reverse=True))
    table = Table(f"bits ({bits})", "counts", "share", title=title)
    for string, count in result.counts.items():
        table.add_row(string, str(count), f"{count / result.shots:.4f}")
    return table


def _volts(result: Result, title: str) -> Table:
    if result.deviation is not None:
        table = Table("slot", "mean of I", "mean of Q", "deviation of I", "deviation of Q", title=title)
        for slot, mean in result.memory.items():
            deviation = result.deviation[result.memory.column(slot)]
            table.add_row(str(slot), *map(_volt, (mean.real, mean.imag, deviation.real, deviation.imag)))
        return table
    what = "samples" if result.level == 0 else "shots"
    table = Table("slot", "mean of I", "mean of Q", f"standard deviation of {what}", title=title)
    for slot, values in result.memory.items():
        # Behind windows that are shorter than others stands NaN.
        known: NDArray[np.complex128] = values[~np.isnan(values)]
        mean = known.mean()
        table.add_row(str(slot), *map(_volt, (mean.real, mean.imag, known.std())))
    return table


def _volt(number: float) -> str:
    return f"{number:.6f}"


def readout_table(found: Mapping[int, TrainedReadout], title: str) -> Table:
    """How well each qubit is read; of three states, how often each is read as what it is."""
    states = max((about.confusion.states for about in found.values()), default=2)
    shares = ["P(1|0)", "P(0|1)"] if states == 2 else [f"P({state}|{state})" for state in range(states)]
    table = Table("qubit", "fidelity", "SNR", *shares, "QNDness", title=title)
    for qubit, about in found.items():
        told = (about.p1_given_0, about.p0_given_1) if states == 2 else np.diag(about.confusion.probabilities)
        repeated = "" if about.qndness is None else f"{about.qndness.value:.4f}"
        numbers = (f"{share:.4f}" for share in told)
        table.add_row(str(qubit), f"{about.fidelity:.4f}", f"{about.snr:.2f}", *numbers, repeated)
    return table
