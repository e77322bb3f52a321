"""What may be asked of a rig: everything else is refused in words, before anything is played."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from drivers.contract import ConfigurationError
from runtime.pulse import Schedule
from runtime.results import Boxcar, QubitReadout
from runtime.rig import Rig
from runtime.rig.requests import Request, as_batch, as_shots
from tests.runtime.rig.programs import after_nothing

PROGRAM = Schedule(name="anything")
LATE = QubitReadout(Boxcar(1.0, 2.0))


@pytest.mark.parametrize("program", ["x", 5, None, [PROGRAM, 3], [], {}, {"a": PROGRAM}])
def test_a_program_is_a_schedule_or_several(program: object) -> None:
    """With the place of the one that is wrong."""
    with pytest.raises(ConfigurationError, match="no program") as caught:
        as_batch(program)
    assert caught.value.allowed
    if isinstance(program, list) and program:
        assert caught.value.where == "program 1"


@pytest.mark.parametrize("program", [PROGRAM, [PROGRAM], (PROGRAM,), iter([PROGRAM])])
def test_any_collection_of_schedules_will_do(program: object) -> None:
    """Generators too."""
    assert as_batch(program) == [PROGRAM]


@pytest.mark.parametrize("shots", [0, -1, 10**9, 1.5, "10", None, True, [1], np.float64(2)])
def test_shots_are_a_whole_number(shots: object) -> None:
    """Half a shot is none."""
    with pytest.raises(ConfigurationError, match="number of shots"):
        as_shots(shots)


def test_numpy_counts_too() -> None:
    """As numpy's integers do elsewhere."""
    assert as_shots(np.int64(3)) == 3
    assert type(Request.of(shots=1, level=np.uint8(1)).level) is int


@pytest.mark.parametrize("level", [-1, 3, 2.0, "2", None, True, []])
def test_levels_are_0_1_and_2(level: object) -> None:
    """True is no level 1."""
    with pytest.raises(ConfigurationError, match="measurement level"):
        Request.of(shots=1, level=level)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda rig: rig.run("x"), "no program"),
        (lambda rig: rig.prepare(5), "no program"),
        (lambda rig: rig.run(after_nothing(rig.target), shots=1.5), "number of shots"),
        (lambda rig: rig.run(after_nothing(rig.target), level="2"), "measurement level"),
        (lambda rig: rig.run(after_nothing(rig.target), returns="mean"), "no such kind of return"),
        (lambda rig: rig.run(after_nothing(rig.target), order="random"), "such an order"),
        (lambda rig: rig.run(after_nothing(rig.target), policy="lenient"), "no such policy"),
        (lambda rig: rig.use_readout(0, "a line"), "no readout"),
        (lambda rig: rig.use_readout(9, QubitReadout(Boxcar())), "no qubits of the station.*0, 1"),
        (lambda rig: rig.run(after_nothing(rig.target), readout=[1]), "no readouts.*mapping"),
        (lambda rig: rig.run(after_nothing(rig.target), readout={9: QubitReadout(Boxcar())}), "no qubits.*0, 1"),
        (lambda rig: rig.run(after_nothing(rig.target), readout={0: QubitReadout("x")}), "nothing with 'weights'"),
        (lambda rig: rig.run(after_nothing(rig.target), level=1, readout={0: LATE}), "no sample of the window"),
        (lambda rig: rig.train_readout([]), "nothing to train"),
        (lambda rig: rig.train_readout([0, 0]), "no qubits of the station.*each once"),
        (lambda rig: rig.train_readout("0"), "no qubits of the station"),
        (lambda rig: rig.train_readout([0], shot=5), "no such option; got shot; allowed: shots"),
        (lambda rig: rig.spectrum(after_nothing(rig.target), segment="long"), "no segment"),
        (lambda rig: rig.spectrum(after_nothing(rig.target), segment=1), "such segments.*2 to"),
        (lambda _: Rig.open(None), "no station"),
        (lambda rig: Rig.open(rig.station, addresses={"nobody": "ats://127.0.0.1:1"}), "no such instrument"),
    ],
)
def test_the_rig_asks_for_the_same(rig: Rig, ask: Callable[[Rig], Any], words: str) -> None:
    """Each door of the rig, and it still works afterwards."""
    with pytest.raises(ConfigurationError, match=words):
        ask(rig)
    assert rig.run(after_nothing(rig.target), shots=2).shots == 2


def test_a_qubit_without_a_kernel_can_be_trained(rig: Rig) -> None:
    """Then it is read with a boxcar over the whole window."""
    stored = rig._readout.pop(1)
    try:
        trained = rig.train_readout([1], shots=300)
        assert trained[1].fidelity > 0.9
    finally:
        rig.use_readout(1, stored)
