"""Intervals against the binomial distribution itself, and corrections against exact inverses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from drivers.contract import ConfigurationError
from runtime.results import ConfusionMatrix, Result, wilson
from runtime.results.dataset.correction import onto_simplex


def result_of(bits: np.ndarray, slots: tuple[int, ...] | None = None, states: int = 2) -> Result:
    """Classified shots, uint8 of shape (shots, slots)."""
    names = slots or tuple(range(bits.shape[1]))
    return Result("test", 2, names, bits.astype(np.uint8), np.zeros(len(bits), bool), 5e8, states=states)


@settings(deadline=None)
@given(trials=st.integers(1, 10_000), data=st.data(), confidence=st.floats(0.5, 0.999))
def test_wilson_is_the_interval_that_scipy_knows(trials: int, data: st.DataObject, confidence: float) -> None:
    """The method named wilson of scipy.stats.binomtest."""
    successes = data.draw(st.integers(0, trials))
    found = wilson(successes, trials, confidence)
    expected = stats.binomtest(successes, trials).proportion_ci(confidence, "wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_without_shots_nothing_is_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0, 1)
    with pytest.raises(ConfigurationError, match="no such confidence"):
        wilson(1, 2, 1.0)


@pytest.mark.parametrize("truth", [0.0, 0.02, 0.5, 0.97])
def test_corrected_intervals_hold_the_truth_as_often_as_they_say(truth: float) -> None:
    """2000 repetitions of shots and of training: 95 % intervals, bounded by 0 and 1."""
    rng = np.random.default_rng(4)
    false_ones, false_zeros, shots, training = 0.03, 0.08, 500, 1000
    read = truth * (1 - false_zeros) + (1 - truth) * false_ones
    held = 0
    for _ in range(2000):
        ones, e0, e1 = rng.binomial([shots, training, training], [read, false_ones, false_zeros])
        confusion = ConfusionMatrix(np.array([[training - e0, e1], [e0, training - e1]]))
        bits = np.repeat([0, 1], [shots - ones, ones])[:, None]
        found = result_of(bits).estimate(0, correction=confusion)
        assert 0 <= found.low <= found.value <= found.high <= 1
        held += found.low <= truth <= found.high
    assert 0.93 <= held / 2000 <= 1.0


def test_a_correction_undoes_what_the_readout_did() -> None:
    """Shares that are exactly those of a distribution behind two readouts come back."""
    matrices = {0: np.array([[90, 20], [10, 80]]), 3: np.array([[95, 30], [5, 70]])}
    truth = np.array([[0.5, 0.0], [0.1, 0.4]])  # [slot 3, slot 0]
    read = np.einsum("ai,bj,ij->ab", matrices[3] / 100, matrices[0] / 100, truth)
    numbers = np.round(read * 1_000_000).astype(int)
    bits = np.concatenate(
        [np.tile([zero, three], (numbers[three, zero], 1)) for three in (0, 1) for zero in (0, 1)]
    )
    result = result_of(bits, (0, 3))
    correction = {slot: ConfusionMatrix(matrix * 1000) for slot, matrix in matrices.items()}
    found = result.probabilities(correction=correction)
    expected = {"00": 0.5, "11": 0.4, "10": 0.1}
    for string, value in expected.items():
        assert found[string].value == pytest.approx(value, abs=2e-6)
        assert found[string].low < value < found[string].high
    assert sum(estimate.value for estimate in found.values()) == pytest.approx(1)
    assert list(found)[:2] == ["00", "11"]
    # A slot alone is the marginal of the whole.
    assert result.estimate(0, correction=correction[0]).value == pytest.approx(0.4, abs=1e-5)


def test_the_joint_deviation_is_that_of_repetitions() -> None:
    """Standard deviations from the covariance, against 400 repeated experiments, training included."""
    rng = np.random.default_rng(6)
    matrix = np.array([[0.93, 0.12], [0.07, 0.88]])
    truth = np.array([0.3, 0.2, 0.2, 0.3])
    read = np.kron(matrix, matrix) @ truth
    values, reach = [], []
    for _ in range(400):
        numbers = rng.multinomial(800, read)
        trained = [np.stack([rng.multinomial(600, column) for column in matrix.T], axis=1) for _ in range(2)]
        bits = np.repeat([[0, 0], [1, 0], [0, 1], [1, 1]], numbers, axis=0)
        correction = {slot: ConfusionMatrix(table) for slot, table in enumerate(trained)}
        found = result_of(bits).probabilities(correction=correction)["11"]
        values.append(found.value)
        reach.append((found.high - found.low) / 2)
    assert np.mean(values) == pytest.approx(0.3, abs=0.005)
    assert np.mean(reach) / 1.96 == pytest.approx(np.std(values), rel=0.12)


def test_three_states_are_corrected_too() -> None:
    """Of a qutrit: probabilities by digit, and of 1 alone."""
    matrix = np.array([[900, 50, 20], [80, 900, 80], [20, 50, 900]])
    truth = np.array([0.2, 0.7, 0.1])
    numbers = np.round(matrix / 1000 @ truth * 100_000).astype(int)
    result = result_of(np.repeat([0, 1, 2], numbers)[:, None], states=3)
    confusion = ConfusionMatrix(matrix)
    assert result.estimate(0, correction=confusion).value == pytest.approx(0.7, abs=1e-4)
    found = result.probabilities(correction={0: confusion})
    assert [found[state].value for state in "012"] == pytest.approx(truth, abs=1e-4)
    assert result.populations(0) == pytest.approx(numbers / numbers.sum())


@settings(deadline=None)
@given(values=st.lists(st.floats(-2, 3), min_size=1, max_size=6))
def test_the_nearest_distribution_is_a_distribution_and_nearest(values: list[float]) -> None:
    """Against a general minimiser."""
    given_values = np.array(values)
    found = onto_simplex(given_values)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)
    start = np.full(len(values), 1 / len(values))
    best = optimize.minimize(
        lambda p: ((p - given_values) ** 2).sum(),
        start,
        bounds=[(0, 1)] * len(values),
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1},
    )
    assert ((found - given_values) ** 2).sum() <= best.fun + 1e-6


def test_uncorrected_probabilities_have_wilsons_interval() -> None:
    """Of each string that was counted, and of a slot."""
    result = result_of(np.array([[0, 1], [1, 1], [0, 1], [0, 0]]), (5, 2))
    found = result.probabilities(confidence=0.9)
    assert found == {string: wilson(number, 4, 0.9) for string, number in result.counts.items()}
    assert result.estimate(5) == wilson(1, 4)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([[1, 0]], "no confusion matrix"),
        ([[1, 0], [-1, 2]], "no confusion matrix"),
        ([[0, 1], [0, 1]], "some shots"),
    ],
)
def test_matrices_that_are_none_are_named(numbers: list, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ConfusionMatrix(np.array(numbers))


def test_what_cannot_be_corrected_is_named() -> None:
    """A readout that tells nothing, a slot without a matrix, more outcomes than fit."""
    useless = ConfusionMatrix(np.array([[50, 50], [50, 50]]))
    result = result_of(np.zeros((4, 2)))
    with pytest.raises(ConfigurationError, match=r"this large cannot be undone; got fidelity 0\.500"):
        result.estimate(0, correction=useless)
    good = ConfusionMatrix.of(np.zeros(9, np.uint8), np.ones(9, np.uint8))
    assert good.fidelity == 1
    with pytest.raises(ConfigurationError, match=r"nothing for \[1\]"):
        result.probabilities(correction={0: good})
    wide = result_of(np.zeros((4, 21)))
    with pytest.raises(ConfigurationError, match="slot by slot"):
        wide.probabilities(correction=dict.fromkeys(range(21), good))
