"""Training a discriminator, and saying how good it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import erfc, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from drivers.contract import ConfigurationError
from runtime.results.dataset import ConfusionMatrix, Estimate, wilson
from runtime.results.discriminators.discriminator import Discriminator
from runtime.results.discriminators.fitting import Cloud, Method, fit, median

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["QNDness", "TrainedReadout", "qndness", "train_discriminator", "train_threshold"]

FEWEST_SHOTS = 10
"""Of each state: fewer say nothing about the tails of a cloud."""


@dataclass(frozen=True, slots=True, eq=False)
class QNDness:
    """How often a second readout repeats the first."""

    numbers: NDArray[np.int64]
    """Int64 of shape (states, states): shots whose second readout was i (row) after a first of j (column)."""

    @property
    def value(self) -> float:
        """The mean over j of P(second = j | first = j); states that the first never read do not count."""
        seen = self.numbers.sum(axis=0)
        repeated = np.diag(self.numbers)[seen > 0] / seen[seen > 0]
        return float(repeated.mean())

    def repeated(self, state: int, confidence: float = 0.95) -> Estimate:
        """P(second = state | first = state), with Wilson's interval."""
        return wilson(int(self.numbers[state, state]), int(self.numbers[:, state].sum()), confidence)


@dataclass(frozen=True, slots=True, eq=False)
class TrainedReadout:
    """A discriminator with what its training shots say about it."""

    discriminator: Discriminator
    confusion: ConfusionMatrix
    """Of shots that were not used to find the boundary that judged them (two-fold cross-validation)."""
    snr: float
    """|m1 - m0| / (2 sigma) of the pair of clouds that is least apart: centres m are medians, sigma is the
    standard deviation along the line between them, from the median absolute deviation, pooled."""
    centres_v: tuple[complex, ...]
    """The median of each cloud."""
    clouds: tuple[Cloud, ...] = ()
    """The training shots, for pictures; not stored in files."""
    qndness: QNDness | None = None

    @property
    def fidelity(self) -> float:
        """The mean of P(j | j): 1 - (P(1|0) + P(0|1)) / 2 of two states."""
        return self.confusion.fidelity

    @property
    def p1_given_0(self) -> float:
        """How often 0 is read as 1."""
        return float(self.confusion.probabilities[1, 0])

    @property
    def p0_given_1(self) -> float:
        """How often 1 is read as 0."""
        return float(self.confusion.probabilities[0, 1])

    @property
    def overlap_error(self) -> float:
        """erfc(snr / sqrt 2) / 2: the error that noise alone makes; the rest is decay and preparation."""
        return erfc(self.snr / sqrt(2)) / 2

    def draw(self, style: str = "light", title: str = "") -> Figure:
        """The clouds with the boundary, and their distribution across it; style "light" or "dark"."""
        from runtime.results.discriminators.picture import draw_clouds

        return draw_clouds(self, style, title)

    def draw_plane(self, axis: Axes, style: str = "light", *, legend: bool = True) -> None:
        """The clouds with the boundary alone, into axes of one's own figure."""
        from runtime.results.discriminators.picture import draw_plane

        draw_plane(axis, self, style, legend=legend)


def train_discriminator(
    *clouds: ArrayLike,
    method: Method = "threshold",
    repeated: tuple[ArrayLike, ArrayLike] | None = None,
) -> TrainedReadout:
    """Find the boundaries between clouds, and how often they are wrong.

    Args:
        clouds: Kernelled shots after preparing 0, 1 (and 2): complex of shape (shots,) each, volts.
        method: "threshold", a line between two clouds where the empirical error is least; "lda", linear, and
            "qda", quadratic discriminant analysis, of two clouds or more.
        repeated: Kernelled shots of two readouts in a row of the same qubit, complex of shape (shots,) each.

    Raises:
        ConfigurationError: Fewer than two clouds or ten shots, shots that are not finite, clouds in one point,
            another number of states than the method takes, readouts in a row of different length.
    """
    shots = [_cloud(cloud, f"state {state}") for state, cloud in enumerate(clouds)]
    if len(shots) < 2:
        raise ConfigurationError("a discriminator needs two clouds or more", got=f"{len(shots)}")
    if min(np.ptp(cloud.real) + np.ptp(cloud.imag) for cloud in (*shots, np.concatenate(shots))) == 0:
        raise ConfigurationError(
            "all shots of a state are one point", fix="Check that the digitizer records signals"
        )
    discriminator = fit(method, shots)
    found = TrainedReadout(
        discriminator,
        _cross_validated(method, shots),
        _snr(shots),
        tuple(median(cloud) for cloud in shots),
        tuple(shots),
    )
    if repeated is None:
        return found
    first, second = (discriminator.classify(_cloud(cloud, "repeated")) for cloud in repeated)
    return replace(found, qndness=qndness(first, second, len(shots)))


def train_threshold(ground: ArrayLike, excited: ArrayLike) -> TrainedReadout:
    """`train_discriminator` with a threshold.

    Args:
        ground: Kernelled shots after nothing, complex of shape (shots,), volts.
        excited: Kernelled shots after a pi pulse, same.
    """
    return train_discriminator(ground, excited)


def qndness(first: NDArray[np.uint8], second: NDArray[np.uint8], states: int = 2) -> QNDness:
    """How often a second readout repeats the first, from the states of both: uint8 of shape (shots,)."""
    if first.shape != second.shape or not first.size:
        raise ConfigurationError(
            "two readouts in a row have the same shots", got=f"{first.shape} and {second.shape}", allowed="equal"
        )
    numbers = np.bincount(second.astype(np.int64) * states + first, minlength=states * states)
    return QNDness(numbers.reshape(states, states))


def _cross_validated(method: Method, clouds: Sequence[Cloud]) -> ConfusionMatrix:
    numbers = np.zeros((len(clouds), len(clouds)), np.int64)
    for held in (0, 1):
        judge = fit(method, [cloud[1 - held :: 2] for cloud in clouds])
        read = [judge.classify(cloud[held::2]) for cloud in clouds]
        numbers += ConfusionMatrix.of(*read).numbers
    return ConfusionMatrix(numbers)


def _snr(clouds: Sequence[Cloud]) -> float:
    return min(_snr_of_pair(*pair) for pair in combinations(clouds, 2))


def _snr_of_pair(ground: Cloud, excited: Cloud) -> float:
    separation = median(excited) - median(ground)
    along = np.exp(-1j * np.angle(separation))
    variance = np.mean([_robust_deviation((cloud * along).real) ** 2 for cloud in (ground, excited)])
    return float(abs(separation) / (2 * np.sqrt(variance))) if variance > 0 else float("inf")


def _robust_deviation(values: NDArray[np.float64]) -> float:
    # 1.4826: the median absolute deviation of a normal distribution is this much less than its standard deviation.
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def _cloud(cloud: ArrayLike, name: str) -> Cloud:
    shots = np.asarray(cloud, np.complex128)
    if shots.ndim != 1 or shots.size < FEWEST_SHOTS or not np.isfinite(shots).all():
        raise ConfigurationError(
            "these shots cannot train a discriminator",
            where=name,
            got=f"shape {shots.shape}" + ("" if np.isfinite(shots).all() else ", not all of them finite"),
            allowed=f"a row of {FEWEST_SHOTS} or more finite complex numbers",
        )
    return shots
