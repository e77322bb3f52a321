"""Twenty qubits on four SHFQC: three of them follow the first one's markers, and all of them read.

What is read of a qubit is compared with what is in it, through the error rates that training has stored: after an
x the share of ones is 1 - P(0|1), else P(1|0), each known to its binomial error in 4000 shots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from runtime.pulse import Schedule
from runtime.pulse.macros import measure
from runtime.rig import Rig
from runtime.target import Target
from tests.runtime.rig.zurich.labs import copied, outputs_on, serving

QUBITS = range(20)
SHOTS = 500
TRAINED = 4000
STATION = "zurich-four-shfqc"


def after_x(target: Target, flipped: Sequence[int]) -> Schedule:
    """The x of some qubits, then joint readout of all."""
    program = Schedule(name=f"x on {len(flipped)}")
    for qubit in flipped:
        program = program.insert(0, target.get_calibration("x", (qubit,)))
    return program.insert(160, measure(list(QUBITS), target))


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """The station, opened once; every output is off when the tests are done with it."""
    station = copied(STATION, tmp_path_factory.mktemp("four"))
    with serving(station) as lab:
        with Rig.open(station, addresses=lab.addresses) as opened:
            # The compilers' processes last as long as the rig: they begin before the first test.
            opened.run(after_x(opened.target, list(QUBITS)), shots=1)
            yield opened
        assert outputs_on(lab) == []


def test_each_device_reads_what_is_in_its_own_qubits(rig: Rig) -> None:
    """Every qubit of every device, in programs that differ by device and by neighbour, within 4.5 sigma."""
    patterns = ([], list(QUBITS), [0, 7, 14, 16], [q for q in QUBITS if q % 2], list(range(5, 10)))
    results = rig.run([after_x(rig.target, pattern) for pattern in patterns], shots=SHOTS)
    readouts = rig.station.trained
    for pattern, result in zip(patterns, results, strict=True):
        assert result.slots == tuple(QUBITS)
        assert sum(result.counts.values()) == SHOTS
        for qubit in QUBITS:
            trained = readouts[qubit]
            wanted = 1 - trained.p0_given_1 if qubit in pattern else trained.p1_given_0
            spread = np.sqrt(wanted * (1 - wanted) * (1 / SHOTS + 1 / TRAINED))
            assert abs(result.probability(qubit) - wanted) < 4.5 * spread, (pattern, qubit)


def test_shots_of_the_devices_belong_together(rig: Rig) -> None:
    """Sequential order and averages: the sums of all devices, program by program."""
    programs = [after_x(rig.target, []), after_x(rig.target, list(QUBITS))]
    for order in ("cyclic", "sequential"):
        ground, excited = rig.run(programs, shots=300, level=1, order=order, returns="avg")
        single, _ = rig.run(programs, shots=300, level=1, order=order)
        for qubit in QUBITS:
            spread = np.std(single.memory[qubit]) / np.sqrt(300)
            place = ground.slots.index(qubit)
            assert abs(ground.data[place] - np.mean(single.memory[qubit])) < 6.5 * spread
            assert abs(excited.data[place] - ground.data[place]) > 20 * spread


def test_traces_of_all_devices(rig: Rig) -> None:
    """Level 0: each slot has the trace of its own device's input."""
    result = rig.run(after_x(rig.target, []), shots=5, level=0, returns="avg")
    levels = [np.abs(np.nanmean(result.data[result.slots.index(qubit), 1000:4000])) for qubit in (0, 5, 10, 15)]
    assert result.data.shape[0] == 20
    assert min(levels) >= 0.0
    traces = [result.data[result.slots.index(first)] for first in (0, 5, 10, 15)]
    for one, other in ((0, 1), (1, 2), (2, 3)):
        assert not np.allclose(traces[one][:2000], traces[other][:2000])
