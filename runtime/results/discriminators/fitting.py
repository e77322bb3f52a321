"""Fitting discriminators to the clouds of shots that prepared states leave in the IQ plane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError
from runtime.results.discriminators.discriminator import Discriminator, Linear, Quadratic, Threshold

__all__ = ["METHODS", "Cloud", "Method", "fit", "fit_lda", "fit_qda", "fit_threshold", "median"]

Cloud = NDArray[np.complex128]
"""Kernelled shots after preparing one state: complex of shape (shots,), volts."""

Method = Literal["threshold", "lda", "qda"]


def fit(method: Method, clouds: Sequence[Cloud]) -> Discriminator:
    """The discriminator that `method` finds; raises ConfigurationError for a method that there is not."""
    if method not in METHODS:
        raise ConfigurationError(
            "there is no such discriminator", got=repr(method), allowed=", ".join(map(repr, METHODS))
        )
    return METHODS[method](clouds)


def fit_threshold(clouds: Sequence[Cloud]) -> Threshold:
    """Rotate to the line between two clouds and put the threshold where the empirical error is least."""
    if len(clouds) != 2:
        raise ConfigurationError(
            "a threshold tells two states apart", got=f"{len(clouds)} clouds", fix='Use method="lda" or "qda"'
        )
    ground, excited = clouds
    # Medians: shots that decay during readout pull a mean towards the other cloud.
    angle = float(np.angle(median(excited) - median(ground)))
    line = Threshold(angle, 0.0)
    zeros, ones = np.sort(line.projected(ground)), np.sort(line.projected(excited))
    candidates = np.sort(np.concatenate([zeros, ones]))
    false_ones = 1.0 - np.searchsorted(zeros, candidates, side="right") / zeros.size
    false_zeros = np.searchsorted(ones, candidates, side="right") / ones.size
    errors = false_ones + false_zeros
    # The least error is often shared by a run of candidates: its middle is farthest from both clouds.
    best = np.flatnonzero(errors <= errors.min() + 1e-12)
    return Threshold(angle, float(candidates[best[best.size // 2]]))


def fit_lda(clouds: Sequence[Cloud]) -> Linear:
    """Linear discriminant analysis with equal priors: clouds of one common shape."""
    points, labels, scale, states = _scaled(clouds)
    analysis: Any = _sklearn().LinearDiscriminantAnalysis(priors=np.full(states, 1 / states))
    analysis.fit(points, labels)
    coefficients, intercepts = analysis.coef_ / scale, analysis.intercept_
    if states == 2:
        # Of two states scikit-learn gives the difference of the scores only.
        coefficients, intercepts = np.vstack([[0.0, 0.0], coefficients]), np.concatenate([[0.0], intercepts])
    return Linear(tuple((float(x), float(y)) for x, y in coefficients), tuple(float(b) for b in intercepts))


def fit_qda(clouds: Sequence[Cloud]) -> Quadratic:
    """Quadratic discriminant analysis with equal priors: each cloud has its own shape."""
    points, labels, scale, states = _scaled(clouds)
    analysis: Any = _sklearn().QuadraticDiscriminantAnalysis(
        priors=np.full(states, 1 / states), store_covariance=True
    )
    analysis.fit(points, labels)
    precisions = [np.linalg.inv(covariance * scale**2) for covariance in analysis.covariance_]
    return Quadratic(
        tuple((float(x * scale), float(y * scale)) for x, y in analysis.means_),
        tuple((float(p[0, 0]), float(p[0, 1]), float(p[1, 1])) for p in precisions),
        tuple(float(np.log(1 / states) + np.linalg.slogdet(p)[1] / 2) for p in precisions),
    )


METHODS: dict[str, Callable[[Sequence[Cloud]], Discriminator]] = {
    "threshold": fit_threshold,
    "lda": fit_lda,
    "qda": fit_qda,
}


def median(cloud: Cloud) -> complex:
    """The medians of I and of Q: a cloud's centre that shots which decayed do not move much."""
    return complex(np.median(cloud.real), np.median(cloud.imag))


def _scaled(clouds: Sequence[Cloud]) -> tuple[NDArray[np.float64], NDArray[np.int64], float, int]:
    """Points of order 1, (shots, 2): scikit-learn compares variances with absolute limits; volts are small."""
    everything = np.concatenate(clouds)
    scale = float(np.abs(everything - everything.mean()).std()) or 1.0
    points = np.stack([everything.real, everything.imag], axis=1) / scale
    labels = np.repeat(np.arange(len(clouds)), [cloud.size for cloud in clouds])
    return points, labels, scale, len(clouds)


def _sklearn() -> Any:  # noqa: ANN401 - scikit-learn publishes no types
    try:
        return import_module("sklearn.discriminant_analysis")
    except ImportError as error:
        raise ConfigurationError(
            "linear and quadratic discriminators are trained with scikit-learn, which is not installed",
            got=str(error),
            fix='Install scikit-learn, or use method="threshold"',
        ) from error
