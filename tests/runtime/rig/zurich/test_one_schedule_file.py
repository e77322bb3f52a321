"""One schedule file on three vendors' paths: the same populations, within statistics.

The instruments differ: 500 MS/s records of 2.7 us behind mixers, an analyzer that integrates 2.04 us, another that
integrates 2.26 us. So P(1|0) and P(0|1) differ between the stations, and with them the plain counts, by a percent
or so, which 4000 shots resolve. What has to agree is what was there to be read. Each station finds its confusion
matrices in training, on shots that the test does not use. With M = M1 (x) M0 the counts n of a program give the
populations p = M^-1 n / N, with the covariance M^-1 (diag(q) - q q^T) M^-T / N of a multinomial with q = n / N and
that of the matrices' own errors (binomial in the training shots), carried through the derivative of p by each of
the four error rates. The difference d of two stations' first three populations (the fourth follows) is then
compared by d^T S^-1 d, which is chi square with 3 degrees of freedom. The bound is passed by chance as rarely as
4.5 sigma by one normal number (p = 6.8e-6); the 12 comparisons are then false alarms once in 12,000 runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import chi2, norm

from runtime.cli.schedule_file import schedules_of
from runtime.results import TrainedReadout
from runtime.rig import Rig

Floats = npt.NDArray[np.float64]

STATIONS = ("demo", "zurich-shfqc", "zurich-hdawg-uhfqa")
SHOTS = 4000
PROGRAMS = ("measure", "x, measure", "x on qubit 1, measure", "sx, measure")
BOUND = float(chi2.isf(2 * norm.sf(4.5), 3))

SCHEDULES = '''\
"""What is played on every station."""

from runtime.pulse import Schedule
from runtime.pulse.macros import measure


def build(target):
    read = measure([0, 1], target)
    programs = []
    for gates in ([], [("x", 0), ("x", 1)], [("x", 1)], [("sx", 0), ("sx", 1)]):
        program = Schedule()
        for gate, qubit in gates:
            program = program.insert(0, target.get_calibration(gate, (qubit,)))
        programs.append(program.insert(program.duration, read))
    return programs
'''


@dataclass(frozen=True)
class Found:
    """Populations of 00, 01, 10, 11 (qubit 0 rightmost), and their covariance."""

    populations: Floats
    covariance: Floats


Populations = Callable[[str], list[Found]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Populations:
    """For a station what each program of the file left in the qubits; each station plays once."""
    file = tmp_path_factory.mktemp("schedules") / "same.py"
    file.write_text(SCHEDULES, encoding="utf-8")
    return cache(lambda station: _populations(station, file))


@pytest.mark.parametrize("station", STATIONS)
def test_what_the_gates_are_for(station: str, found: Populations) -> None:
    """Agreement is not enough, all may be wrong alike: 00, 11, 10, and a quarter of each, up to decay."""
    wanted = ([1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0.25] * 4)
    for each, populations in zip(found(station), wanted, strict=True):
        assert each.populations == pytest.approx(np.array(populations), abs=0.05)


@pytest.mark.parametrize(("one", "other"), list(combinations(STATIONS, 2)))
@pytest.mark.parametrize("program", range(len(PROGRAMS)), ids=PROGRAMS)
def test_the_same_counts(program: int, one: str, other: str, found: Populations) -> None:
    """Any two stations, each program."""
    first, second = found(one)[program], found(other)[program]
    distance = (first.populations - second.populations)[:3]
    spread = (first.covariance + second.covariance)[:3, :3]
    assert distance @ np.linalg.solve(spread, distance) < BOUND
    # Sharp enough to mean something: an angle that is 5 % off in both sx moves P(11) by 0.08.
    assert np.sqrt(np.diagonal(spread)).max() < 0.02


def _populations(station: str, file: Path) -> list[Found]:
    with Rig.open(station) as rig:
        trained = rig.train_readout([0, 1], shots=SHOTS)
        programs = schedules_of(file, rig.target)
        results = rig.run(programs, shots=SHOTS)
    return [_corrected(result.counts, trained) for result in results]


def _corrected(counts: Mapping[str, int], trained: dict[int, TrainedReadout]) -> Found:
    numbers = np.array([counts.get(key, 0) for key in ("00", "01", "10", "11")], np.float64)
    assert numbers.sum() == SHOTS
    rates = np.array([[trained[qubit].p1_given_0, trained[qubit].p0_given_1] for qubit in (0, 1)])
    share = numbers / SHOTS
    populations: Floats = np.asarray(np.linalg.solve(_matrix(rates), share), np.float64)
    inverse = np.linalg.inv(_matrix(rates))
    covariance = inverse @ (np.diag(share) - np.outer(share, share)) @ inverse.T / SHOTS
    for place in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[place] = 1e-4
        slope = (np.linalg.solve(_matrix(rates + step), share) - populations) / 1e-4
        # One pseudo-count: where no shot was wrong, the rate is not known to be 0.
        rate = (rates[place] * SHOTS + 1) / (SHOTS + 2)
        covariance += np.outer(slope, slope) * rate * (1 - rate) / SHOTS
    # As many pseudo-counts for outcomes that never came.
    return Found(populations, np.asarray(covariance + np.eye(4) / SHOTS**2, np.float64))


def _matrix(rates: Floats) -> Floats:
    """P(read | was): float64 (4, 4), qubit 0 rightmost."""
    one, zero = (np.array([[1 - up, down], [up, 1 - down]]) for up, down in rates[::-1])
    return np.asarray(np.kron(one, zero), np.float64)
