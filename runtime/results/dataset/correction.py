"""Undoing readout errors: confusion matrices, and probabilities that stay probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError
from runtime.results.dataset.estimates import Estimate, normal_quantile, wilson
from runtime.results.dataset.tally import Tally

__all__ = ["ConfusionMatrix", "corrected", "corrected_outcomes", "onto_simplex"]

MOST_OUTCOMES = 1 << 20
"""Of a joint distribution: 8 MiB an array, and a second of work."""
WORST_CONDITION = 100.0
"""A matrix that is nearer to singular multiplies the noise of the shots by more than this."""


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionMatrix:
    """How often each prepared state was read as each."""

    numbers: NDArray[np.int64]
    """Int64 of shape (states, states): shots read as i (row) that were prepared as j (column)."""

    def __post_init__(self) -> None:
        numbers = np.array(self.numbers, np.int64)
        square = numbers.ndim == 2 and numbers.shape[0] == numbers.shape[1] >= 2
        if not square or (numbers < 0).any() or not numbers.sum(axis=0).all():
            raise ConfigurationError(
                "that is no confusion matrix",
                got=f"{numbers.tolist()}",
                allowed="numbers of shots, as many rows as columns, some shots in every column",
            )
        numbers.flags.writeable = False
        object.__setattr__(self, "numbers", numbers)

    @classmethod
    def of(cls, *read: NDArray[np.uint8], states: int | None = None) -> ConfusionMatrix:
        """From the states that were read, uint8 of shape (shots,), after preparing 0, 1, ..."""
        size = states or len(read)
        return cls(np.stack([np.bincount(shots, minlength=size) for shots in read], axis=1))

    @property
    def states(self) -> int:
        """How many states there are."""
        return int(self.numbers.shape[0])

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Float64 of shape (states, states): P(read i | prepared j) at [i, j]; columns add up to 1."""
        shares: NDArray[np.float64] = self.numbers / self.numbers.sum(axis=0)
        return shares

    @property
    def fidelity(self) -> float:
        """The mean of P(j | j): 1 - (P(1|0) + P(0|1)) / 2 of two states."""
        return float(np.diag(self.probabilities).mean())

    def inverse(self) -> NDArray[np.float64]:
        """Float64 of shape (states, states); raises ConfigurationError where the readout tells too little."""
        matrix = self.probabilities
        if not np.linalg.cond(matrix) < WORST_CONDITION:
            raise ConfigurationError(
                "readout errors this large cannot be undone",
                got=f"fidelity {self.fidelity:.3f}",
                fix="Improve the readout, or use the probabilities as they were read",
            )
        inverse: NDArray[np.float64] = np.linalg.inv(matrix).astype(np.float64)
        return inverse


def corrected(numbers: NDArray[np.int64], confusion: ConfusionMatrix, confidence: float) -> Estimate:
    """The probability of state 1 behind `numbers`, int64 of shape (states,): how often each state was read.

    Two states: p = (f - e0) / (1 - e0 - e1), with f the share of ones, e0 = P(1|0), e1 = P(0|1). The interval adds
    the ways from the estimate to the Wilson limits of f, e0 and e1 in quadrature (MOVER: G. Y. Zou and A. Donner,
    Stat. Med. 27, 1693 (2008)), so the shots behind the matrix count as well; it is cut at 0 and 1.
    """
    if confusion.states != 2 or numbers.size != 2:
        tally = Tally(np.arange(numbers.size, dtype=np.uint8)[:, None], numbers)
        found = corrected_outcomes(tally, (0,), numbers.size, {0: confusion}, confidence)
        return found["1"]
    confusion.inverse()
    columns = confusion.numbers.sum(axis=0)
    inputs = (
        wilson(int(numbers[1]), int(numbers.sum()), confidence),
        wilson(int(confusion.numbers[1, 0]), int(columns[0]), confidence),
        wilson(int(confusion.numbers[0, 1]), int(columns[1]), confidence),
    )
    centre = tuple(estimate.value for estimate in inputs)
    value = _undone(centre)
    below = above = 0.0
    for number, estimate in enumerate(inputs):
        moved = [(*centre[:number], end, *centre[number + 1 :]) for end in (estimate.low, estimate.high)]
        ends = [_undone(shares) for shares in moved]
        below += (value - min(ends)) ** 2
        above += (max(ends) - value) ** 2
    low, value, high = (min(max(end, 0.0), 1.0) for end in (value - sqrt(below), value, value + sqrt(above)))
    return Estimate(value, low, high, confidence)


def _undone(shares: tuple[float, ...]) -> float:
    ones, false_ones, false_zeros = shares
    # At a Wilson limit of a poor readout the denominator may vanish: then nothing at all is known.
    return (ones - false_ones) / max(1 - false_ones - false_zeros, 1e-9)


def corrected_outcomes(
    tally: Tally,
    slots: Sequence[int],
    states: int,
    confusion: Mapping[int, ConfusionMatrix],
    confidence: float,
) -> dict[str, Estimate]:
    """The joint probabilities behind the outcomes, by string, most probable first; those above 0 only.

    The inverse matrices are applied slot by slot, and the result is moved to the nearest distribution: none below
    0, all together 1 (J. A. Smolin, J. M. Gambetta, G. Smith, PRL 108, 070502 (2012)). Standard deviations come
    from the shots (multinomial) and from the shots behind each matrix, to first order; readout errors of different
    slots are taken as independent.
    """
    matrices = _matrices(slots, states, confusion)
    size = states ** len(slots)
    if size > MOST_OUTCOMES:
        raise ConfigurationError(
            "too many outcomes to correct together",
            got=f"{states} states in {len(slots)} slots",
            allowed=f"{MOST_OUTCOMES} outcomes",
            fix="Correct slot by slot, with estimate",
        )
    shots = int(tally.numbers.sum())
    shape = (states,) * len(slots)
    order = np.argsort(slots)[::-1]
    shares = np.zeros(shape)
    shares[tuple(tally.outcomes[:, order].T)] = tally.numbers / max(shots, 1)
    inverses = [matrices[column].inverse() for column in order]
    linear = _applied(inverses, shares)
    variance = np.maximum(_applied([inverse**2 for inverse in inverses], shares) - linear**2, 0) / max(shots, 1)
    for axis, (column, inverse) in enumerate(zip(order, inverses, strict=True)):
        variance += _along(axis, _training_variance(matrices[column], inverse), linear**2)
    values = onto_simplex(linear.reshape(-1))
    reach = normal_quantile(confidence) * np.sqrt(variance.reshape(-1))
    found = {}
    for index in np.argsort(-values, kind="stable"):
        if values[index] <= 0:
            break
        name = "".join(map(str, np.unravel_index(index, shape)))
        low, high = max(values[index] - reach[index], 0.0), min(values[index] + reach[index], 1.0)
        found[name] = Estimate(float(values[index]), float(low), float(high), confidence)
    return found


def onto_simplex(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distribution nearest to `values`, shape (n,): none below 0, sum 1."""
    descending = np.sort(values)[::-1]
    excess = (np.cumsum(descending) - 1) / np.arange(1, values.size + 1)
    last = int(np.flatnonzero(descending > excess)[-1])
    nearest: NDArray[np.float64] = np.maximum(values - excess[last], 0)
    return nearest


def _matrices(
    slots: Sequence[int], states: int, confusion: Mapping[int, ConfusionMatrix]
) -> list[ConfusionMatrix]:
    missing = [slot for slot in slots if slot not in confusion or confusion[slot].states != states]
    if missing:
        raise ConfigurationError(
            f"no confusion matrix of {states} states is given for some slots",
            got=f"nothing for {missing}",
            allowed=f"one for each of {list(slots)}",
        )
    return [confusion[slot] for slot in slots]


def _along(axis: int, matrix: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.moveaxis(np.tensordot(matrix, values, axes=(1, axis)), 0, axis)


def _applied(matrices: Sequence[NDArray[np.float64]], values: NDArray[np.float64]) -> NDArray[np.float64]:
    for axis, matrix in enumerate(matrices):
        values = _along(axis, matrix, values)
    return values


def _training_variance(confusion: ConfusionMatrix, inverse: NDArray[np.float64]) -> NDArray[np.float64]:
    """What an error of each column of a matrix does: the column is a multinomial share of its own shots."""
    spread = inverse**2 @ confusion.probabilities - np.eye(confusion.states)
    variance: NDArray[np.float64] = np.maximum(spread, 0) / confusion.numbers.sum(axis=0)
    return variance
