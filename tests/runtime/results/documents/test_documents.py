"""Readouts in files: to the last bit, and refusals that say everything."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import ConfigurationError, ProblemReport
from runtime.results import (
    Boxcar,
    Linear,
    Quadratic,
    QubitReadout,
    Threshold,
    Weights,
    load_readouts,
    readouts_from_json,
    readouts_to_json,
    save_readouts,
    train_discriminator,
)

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
pairs = st.tuples(numbers, numbers)
kernels = st.one_of(
    st.builds(Boxcar, numbers, st.none() | numbers),
    st.builds(
        lambda values, rate: Weights(np.array([1.5, *values]), rate),
        st.lists(st.complex_numbers(allow_nan=False, allow_infinity=False, max_magnitude=1e100), max_size=5),
        st.none() | st.floats(1e3, 1e10),
    ),
)
discriminators = st.one_of(
    st.none(),
    st.builds(Threshold, numbers, numbers),
    st.builds(lambda a, b, c, d: Linear((a, b), (c, d)), pairs, pairs, numbers, numbers),
    st.builds(
        lambda a, b, c: Quadratic((a, b, a), ((*a, c), (*b, c), (c, *a)), (c, c, 0.0)), pairs, pairs, numbers
    ),
)


@settings(deadline=None)
@given(readouts=st.dictionaries(st.integers(0, 200), st.builds(QubitReadout, kernels, discriminators), max_size=4))
def test_readouts_come_back_to_the_last_bit(readouts: dict[int, QubitReadout]) -> None:
    """Kernels and discriminators of every kind."""
    stored = readouts_from_json(readouts_to_json(readouts))
    assert list(stored) == sorted(readouts)
    for qubit, readout in readouts.items():
        found = stored[qubit].readout
        assert found.discriminator == readout.discriminator
        if isinstance(readout.kernel, Weights):
            assert isinstance(found.kernel, Weights)
            assert np.array_equal(found.kernel.values, readout.kernel.values)
            assert found.kernel.sample_rate_hz == readout.kernel.sample_rate_hz
        else:
            assert found.kernel == readout.kernel


def test_what_training_found_is_stored_without_its_shots(tmp_path: Path) -> None:
    """Fidelity, SNR, confusion matrix, QNDness."""
    rng = np.random.default_rng(0)
    clouds = [centre + 0.2 * (rng.normal(size=500) + 1j * rng.normal(size=500)) for centre in (0, 1j)]
    trained = train_discriminator(*clouds, repeated=(clouds[1], clouds[1]))
    readout = QubitReadout(Boxcar(), trained.discriminator)
    path = save_readouts(tmp_path / "new" / "readout.json", {3: readout}, {3: trained})
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["format"], content["version"]) == ("pulserig-readout", 1)
    found = load_readouts(path)[3].trained
    assert found is not None
    assert (found.fidelity, found.snr, found.centres_v) == (trained.fidelity, trained.snr, trained.centres_v)
    assert found.confusion.numbers.tolist() == trained.confusion.numbers.tolist()
    assert found.qndness is not None
    assert found.qndness.value == trained.qndness.value
    with pytest.raises(ConfigurationError, match="files keep no shots"):
        found.draw()


def text(**changes: object) -> str:
    entry = {"kernel": {"type": "weights", "real": [1.0], "imag": [0.0]}}
    return json.dumps({"format": "pulserig-readout", "version": 1, "qubits": {"0": entry}} | changes)


@pytest.mark.parametrize(
    ("content", "wheres"),
    [
        ("{", [""]),
        (text(version=2), ["version"]),
        (text(format="else", extra=1), ["format", "extra"]),
        (text(qubits={"-1": {"kernel": {"type": "boxcar"}}}), ["qubits.-1.[key]"]),
        (text(qubits={"0": {"kernel": {"type": "sinc"}}, "1": {}}), ["qubits.0.kernel", "qubits.1.kernel"]),
        (text(qubits={"4": {"kernel": {"type": "weights", "real": [1, 2], "imag": [1]}}}), ["qubits.4"]),
        (text(qubits={"4": {"kernel": {"type": "weights", "real": [0], "imag": [0]}}}), ["qubits.4"]),
    ],
)
def test_everything_that_is_wrong_is_named(content: str, wheres: list[str]) -> None:
    """File and key of each."""
    with pytest.raises(ProblemReport) as caught:
        readouts_from_json(content, "night.json")
    found = [problem.where for problem in caught.value.problems]
    assert found == [f"night.json: {where}" if where else "night.json" for where in wheres]


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """Missing, and a folder in the way; kinds of one's own have no form."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_readouts(tmp_path / "missing.json")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        save_readouts(tmp_path, {})

    class Own:
        states = 2

    with pytest.raises(ConfigurationError, match="discriminator of one's own kind"):
        readouts_to_json({0: QubitReadout(Boxcar(), Own())})
    with pytest.raises(ConfigurationError, match="kernel of one's own kind"):
        readouts_to_json({0: QubitReadout(Own())})
