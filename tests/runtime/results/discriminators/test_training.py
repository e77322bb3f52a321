"""Trained discriminators against closed forms and a direct use of scikit-learn."""

from __future__ import annotations

import pickle
from math import erfc, sqrt

import numpy as np
import pytest

from drivers.contract import ConfigurationError
from runtime.results import Linear, Quadratic, qndness, train_discriminator


def cloud(centre: complex, sigma: float, shots: int, seed: int, ratio: float = 1.0) -> np.ndarray:
    """A normal cloud; `ratio`: how much wider in Q than in I."""
    noise = np.random.default_rng(seed).normal(scale=sigma, size=(2, shots))
    return centre + noise[0] + 1j * ratio * noise[1]


CENTRES = (0.004 - 0.001j, 0.001 + 0.005j, -0.006 + 0.001j)
CLOUDS = tuple(cloud(centre, 0.0015, 20_000, seed) for seed, centre in enumerate(CENTRES))


@pytest.mark.parametrize("method", ["threshold", "lda", "qda"])
def test_every_method_finds_the_optimum_of_two_equal_clouds(method: str) -> None:
    """Overlap error erfc(SNR / sqrt 2) / 2, the best there is for two normal clouds of equal width."""
    trained = train_discriminator(*CLOUDS[:2], method=method)
    snr = abs(CENTRES[1] - CENTRES[0]) / (2 * 0.0015)
    expected = erfc(snr / sqrt(2)) / 2
    assert trained.fidelity == pytest.approx(1 - expected, abs=0.002)
    assert trained.snr == pytest.approx(snr, rel=0.02)
    assert trained.overlap_error == pytest.approx(expected, rel=0.1)
    assert trained.confusion.numbers.sum(axis=0).tolist() == [20_000, 20_000]


@pytest.mark.parametrize("method", ["lda", "qda"])
def test_three_levels_are_told_apart(method: str) -> None:
    """Against the nearest centre, which is the best rule for equal round clouds."""
    trained = train_discriminator(*CLOUDS, method=method)
    assert trained.discriminator.states == 3
    probes = cloud(-0.001 + 0.002j, 0.005, 5000, 9)
    nearest = np.argmin(np.abs(probes[:, None] - np.array(CENTRES)), axis=1)
    assert (trained.discriminator.classify(probes) == nearest).mean() > 0.985
    assert np.diag(trained.confusion.probabilities).min() > 0.95


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e6])
@pytest.mark.parametrize(("method", "kind"), [("lda", Linear), ("qda", Quadratic)])
def test_the_plain_numbers_classify_as_scikit_learn_does(method: str, kind: type, scale: float) -> None:
    """Whatever the unit: scikit-learn itself is asked in units of order 1."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis

    shapes = [cloud(centre * 100, 0.3, 400, seed, 1 + seed) for seed, centre in enumerate(CENTRES)]
    theirs = (LinearDiscriminantAnalysis if method == "lda" else QuadraticDiscriminantAnalysis)(priors=[1 / 3] * 3)
    points = np.concatenate(shapes)
    theirs.fit(np.stack([points.real, points.imag], axis=1), np.repeat([0, 1, 2], 400))
    ours = train_discriminator(*(shape * scale for shape in shapes), method=method).discriminator
    assert isinstance(ours, kind)
    probes = cloud(0, 1.0, 3000, 5)
    expected = theirs.predict(np.stack([probes.real, probes.imag], axis=1))
    assert (ours.classify(probes * scale) == expected).mean() > 0.999
    assert b"sklearn" not in pickle.dumps(ours)


def test_a_wider_cloud_has_a_curved_boundary() -> None:
    """One cloud around another: no line tells them apart, an ellipse does."""
    inner, outer = cloud(0, 0.1, 5000, 1), cloud(0.05, 1.0, 5000, 2)
    assert train_discriminator(inner, outer, method="lda").fidelity < 0.6
    quadratic = train_discriminator(inner, outer, method="qda")
    assert quadratic.fidelity > 0.95
    assert quadratic.discriminator.as_threshold() is None


def test_noise_alone_is_not_praised() -> None:
    """Shots that do not depend on the state: the shots that found a boundary do not judge it."""
    trained = train_discriminator(cloud(0, 1, 60, 1), cloud(0, 1, 60, 2))
    assert trained.fidelity == pytest.approx(0.5, abs=0.12)


def test_decays_are_in_the_fidelity_and_not_in_the_snr() -> None:
    """A tenth of the ones fell to 0 before they were read."""
    excited = np.concatenate([cloud(1, 0.1, 900, 1), cloud(0, 0.1, 100, 2)])
    trained = train_discriminator(cloud(0, 0.1, 1000, 3), np.random.default_rng(0).permutation(excited))
    assert trained.p0_given_1 == pytest.approx(0.1, abs=0.01)
    assert trained.snr == pytest.approx(5, rel=0.2)
    assert trained.overlap_error < 1e-4


def test_qndness_is_how_often_the_second_readout_agrees() -> None:
    """After 0: 8 of 10; after 1: 5 of 10."""
    first = np.repeat([0, 1], 10).astype(np.uint8)
    second = np.array([0] * 8 + [1] * 2 + [1] * 5 + [0] * 5, np.uint8)
    found = qndness(first, second)
    assert found.numbers.tolist() == [[8, 5], [2, 5]]
    assert found.value == pytest.approx((0.8 + 0.5) / 2)
    estimate = found.repeated(0)
    assert estimate.low < 0.8 < estimate.high
    with pytest.raises(ConfigurationError, match="same shots"):
        qndness(first, second[:5])


def test_readouts_in_a_row_are_classified_by_what_was_found() -> None:
    """Nearly all shots of 1 are read as 1 twice; after a decay they are not."""
    decayed = np.concatenate([CLOUDS[1][:15_000], CLOUDS[0][:5_000]])
    trained = train_discriminator(*CLOUDS[:2], repeated=(CLOUDS[1], decayed))
    assert trained.qndness is not None
    assert trained.qndness.repeated(1).value == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize(
    ("clouds", "method", "message"),
    [
        ((CLOUDS[0],), "lda", "two clouds or more; got 1"),
        (CLOUDS, "threshold", "two states apart; got 3 clouds"),
        ((CLOUDS[0], CLOUDS[1][:9]), "lda", r"state 1: .*got shape \(9,\)"),
        ((CLOUDS[0], CLOUDS[1] * np.nan), "lda", "not all of them finite"),
        ((np.ones(50), np.ones(50)), "lda", "one point"),
        (CLOUDS, "svm", "'svm'; allowed: 'threshold', 'lda', 'qda'"),
    ],
)
def test_what_cannot_be_trained_is_named(clouds: tuple, method: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        train_discriminator(*clouds, method=method)


def test_a_missing_scikit_learn_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A threshold needs none."""
    monkeypatch.setitem(__import__("sys").modules, "sklearn.discriminant_analysis", None)
    assert train_discriminator(*CLOUDS[:2]).fidelity > 0.9
    with pytest.raises(ConfigurationError, match="scikit-learn, which is not installed"):
        train_discriminator(*CLOUDS, method="lda")


@pytest.mark.parametrize("style", ["light", "dark"])
@pytest.mark.parametrize("method", ["threshold", "qda"])
def test_the_picture_shows_clouds_boundary_and_figures(style: str, method: str) -> None:
    """One collection of dots a state, a boundary, and the numbers above."""
    trained = train_discriminator(*(CLOUDS[:2] if method == "threshold" else CLOUDS), method=method)
    figure = trained.draw(style, "qubit 0")
    plane, across = figure.axes
    labels = [text.get_text() for text in plane.get_legend().get_texts()]
    assert labels == [*(f"prepared {state}" for state in range(len(trained.clouds))), "boundary", "medians"]
    assert f"qubit 0, fidelity {trained.fidelity:.4f}, SNR {trained.snr:.2f}" in figure.get_suptitle()
    if method == "threshold":
        assert across.get_yscale() == "log"
    else:
        shown = [float(text.get_text()) for text in across.texts]
        assert shown == pytest.approx(trained.confusion.probabilities.ravel(), abs=1e-4)
    assert plane.get_xlabel() == "I (mV)"
    assert (figure.get_facecolor()[0] < 0.2) == (style == "dark")
    figure.canvas.draw()


def test_a_style_that_there_is_not_is_named() -> None:
    trained = train_discriminator(*CLOUDS[:2])
    with pytest.raises(ConfigurationError, match="'sepia'; allowed: 'light' or 'dark'"):
        trained.draw("sepia")


def test_a_discriminator_needs_as_many_numbers_of_each_kind() -> None:
    with pytest.raises(ConfigurationError, match="got 2, 1"):
        Linear(((0.0, 0.0),), (1.0, 2.0))
    with pytest.raises(ConfigurationError, match="got 1, 1, 1"):
        Quadratic(((0.0, 0.0),), ((1.0, 0.0, 1.0),), (0.0,))
