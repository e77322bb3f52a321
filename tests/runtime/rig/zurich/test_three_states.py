"""Three states where the instrument integrates, and where none of its thresholds can tell them."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.results import Linear, Quadratic
from runtime.rig import Rig
from runtime.rig.preparation import all_and_read


@pytest.mark.timeout(120)  # opening Zurich devices takes a while beside other tests
def test_three_states_of_integrated_shots() -> None:
    """Both qubits by LDA and by QDA: sums, not bits, come from the UHFQA, and most shots are read as prepared."""
    with Rig.open("zurich-hdawg-uhfqa") as rig:
        for method, kind in (("lda", Linear), ("qda", Quadratic)):
            trained = rig.train_readout([0, 1], shots=600, method=method, states=3)
            for found in trained.values():
                assert isinstance(found.discriminator, kind)
                assert found.discriminator.as_threshold() is None
                # The boxcar of 2.26 us leaves |1> and |2> some 2.5 standard deviations apart.
                assert np.diag(found.confusion.probabilities).min() > 0.78
        programs = all_and_read(rig.target, [0, 1], 3, rig.station.anharmonicities_hz, rig.cells_s)
        results = rig.run(programs, shots=300)
    for state, result in enumerate(results):
        for slot in (0, 1):
            assert result.populations(slot)[state] > 0.75
            assert result.populations(slot).sum() == pytest.approx(1.0)
