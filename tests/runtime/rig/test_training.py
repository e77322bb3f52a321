"""Training on a station: kernels, discriminators, three states, two readouts in a row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from drivers.contract import ConfigurationError
from runtime.interop.ibm import load_anharmonicities
from runtime.pulse import Play, ShiftFrequency
from runtime.results import Linear, Quadratic, Weights
from runtime.rig import Rig
from runtime.rig.preparation import all_and_read, each_and_read
from tests.runtime.rig.programs import after_x

SHOTS = 1000


@pytest.fixture
def rig_as_found(rig: Rig) -> Iterator[Rig]:
    """The module's rig, read afterwards as before."""
    before = rig.readout
    yield rig
    for qubit, readout in before.items():
        rig.use_readout(qubit, readout)


def test_matched_kernels_separate_better(rig_as_found: Rig) -> None:
    """A matched filter has the higher SNR than the station's boxcar, and reads on the same way afterwards."""
    rig = rig_as_found
    boxcar = rig.train_readout([0, 1], shots=SHOTS)
    matched = rig.train_readout([0, 1], shots=SHOTS, kernel="matched", method="lda")
    for qubit in (0, 1):
        assert matched[qubit].snr > 1.15 * boxcar[qubit].snr
        assert isinstance(rig.readout[qubit].kernel, Weights)
        assert isinstance(rig.readout[qubit].discriminator, Linear)
        assert rig.trained[qubit] is matched[qubit]
    assert rig.run(after_x(rig.target), shots=SHOTS).counts["11"] > 0.9 * SHOTS


def test_a_matched_kernel_listens_to_its_own_qubit(rig_as_found: Rig) -> None:
    """With x on qubit 1 alone, qubit 0 is read as 0: a kernel trained on both at once would not do that."""
    rig = rig_as_found
    rig.train_readout([0, 1], shots=SHOTS, kernel="matched")
    _, _, only_1 = rig.run(each_and_read(rig.target, [0, 1]), shots=SHOTS)
    assert only_1.probability(0) < 0.05
    assert only_1.probability(1) > 0.9


def test_a_second_readout_repeats_the_first(rig_as_found: Rig) -> None:
    """QNDness by hand from the same two readouts in a row; decay in a readout of 5 us costs some percent."""
    rig = rig_as_found
    trained = rig.train_readout([0, 1], shots=SHOTS)
    results = rig.run(all_and_read(rig.target, [0, 1], 2, {}), shots=SHOTS)
    for qubit, found in trained.items():
        first = np.concatenate([result.memory[qubit] for result in results])
        second = np.concatenate([result.memory[2 + qubit] for result in results])
        by_hand = np.mean([(second[first == state] == state).mean() for state in (0, 1)])
        assert found.qndness is not None
        assert found.qndness.numbers.sum() == 2 * SHOTS
        assert found.qndness.value == pytest.approx(by_hand, abs=0.03)
        assert found.qndness.repeated(0).value > found.qndness.repeated(1).value > 0.9


def test_three_states_are_told_apart(rig_as_found: Rig) -> None:
    """x, then x at the second transition's frequency: a third cloud, most of it read as 2."""
    rig = rig_as_found
    (found,) = rig.train_readout([0], shots=SHOTS, kernel="matched", method="qda", states=3).values()
    assert isinstance(found.discriminator, Quadratic)
    assert found.confusion.probabilities.shape == (3, 3)
    assert np.diag(found.confusion.probabilities).min() > 0.85
    # The states of the shots, on another batch of the same programs.
    _, _, second = rig.run(all_and_read(rig.target, [0], 3, rig.station.anharmonicities_hz), shots=SHOTS)
    assert second.populations(0)[2] > 0.85


def test_three_states_by_lines(rig_as_found: Rig) -> None:
    """Linear discriminants with the station's boxcars, both qubits together: somewhat worse, and no one line."""
    rig = rig_as_found
    trained = rig.train_readout([0, 1], shots=SHOTS, method="lda", states=3)
    for found in trained.values():
        assert isinstance(found.discriminator, Linear)
        assert found.discriminator.as_threshold() is None
        assert len(found.clouds) == 3
        assert np.diag(found.confusion.probabilities).min() > 0.8
    counts = rig.run(all_and_read(rig.target, [0, 1], 3, rig.station.anharmonicities_hz)[2], shots=200).counts
    assert max(counts, key=lambda string: counts[string]) == "2222", "both, and in both readouts"


def test_the_second_transition_is_driven_at_its_own_frequency(rig: Rig) -> None:
    """ShiftFrequency by the published anharmonicity, 1/sqrt(2) of x's amplitude, and back."""
    shifts = rig.station.anharmonicities_hz
    assert shifts == load_anharmonicities(rig.station.folder / "device" / "props_jakarta.json")
    assert shifts[0] == pytest.approx(-339.883615e6)
    schedule = all_and_read(rig.target, [0], 3, shifts)[2]
    drive = rig.target.drive(0)
    own = [instruction for _, instruction in schedule.filter(channels=[drive]).instructions]
    x, *rest = own
    assert [each.frequency for each in rest if isinstance(each, ShiftFrequency)] == [shifts[0], -shifts[0]]
    (again,) = (each for each in rest if isinstance(each, Play))
    assert isinstance(x, Play)
    assert abs(again.pulse.amp) == pytest.approx(abs(x.pulse.amp) / np.sqrt(2))


def test_all_programs_read_out_at_the_same_instant(rig: Rig) -> None:
    """So that mean traces can be subtracted."""
    programs = all_and_read(rig.target, [0, 1], 3, rig.station.anharmonicities_hz)
    measure = rig.target.measure(0)
    starts = [[time for time, _ in p.filter(channels=[measure]).instructions] for p in programs]
    assert starts[0] == starts[1] == starts[2]
    assert len({program.duration for program in programs}) == 1


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"kernel": "best"}, "keep"),
        ({"method": "svm"}, "qda"),
        ({"states": 4}, "2, 3"),
        ({"states": 3}, "lda"),
        ({"shots": 0}, "number of shots"),
        ({"shots": 3}, "10 or more"),
    ],
)
def test_what_cannot_be_trained_changes_nothing(rig: Rig, wanted: dict[str, object], words: str) -> None:
    """In words, and every qubit is read as before."""
    before = rig.readout
    with pytest.raises(ConfigurationError, match=words):
        rig.train_readout([0], **wanted)  # type: ignore[arg-type]  # that is the point
    assert rig.readout == before


def test_a_third_state_that_nothing_prepares(rig: Rig) -> None:
    """No x12, no anharmonicity: what to add is said."""
    with pytest.raises(ConfigurationError, match="third state") as caught:
        all_and_read(rig.target, [0], 3, {})
    assert "x12" in caught.value.allowed
