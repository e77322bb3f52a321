"""Mid-circuit acquisitions of one qubit, slots that are used again, and Acquires with a readout of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drivers.contract import AcquisitionPlan, AcquisitionWindow, ConfigurationError, ProblemReport
from runtime import pulse
from runtime.results import Boxcar, Collector, QubitReadout, Threshold, Weights, readout_of_acquire
from tests.runtime.results.collecting.acquisitions import RATE, block, collect, kernelled

READOUT = {0: QubitReadout(Boxcar(), Threshold(0.0, 1.5))}


def twice(slots: tuple[int, int]) -> tuple[AcquisitionPlan, np.ndarray]:
    """Qubit 0 is acquired in samples 0 to 10 (1 V) and 20 to 30 (2 V); in the plan the later one comes first."""
    first = AcquisitionWindow(0, 0, slots[0], 0, 10, 0.0)
    later = AcquisitionWindow(0, 0, slots[1], 20, 30, 0.0)
    volts = np.zeros((5, 1, 32), np.float32)
    volts[:, 0, :10], volts[:, 0, 20:30] = 1, 2
    return AcquisitionPlan("digitizer", RATE, 32, 0, 1, 5, (later, first)), volts


def test_mid_circuit_readouts_go_to_their_own_slots() -> None:
    """One qubit, two slots."""
    plan, volts = twice((3, 1))
    (result,) = collect(Collector(plan, READOUT, 1), volts, 2).results(["mid"], {})
    assert result.slots == (1, 3)
    assert result.memory[3] == pytest.approx([1] * 5)
    assert result.memory[1] == pytest.approx([2] * 5)
    (bits,) = collect(Collector(plan, READOUT, 2), volts, 2).results(["mid"], {})
    assert bits.counts == {"01": 5}


def test_a_slot_used_twice_is_an_error() -> None:
    """With both places."""
    plan, _ = twice((4, 4))
    with pytest.raises(
        ProblemReport, match=r"slot 4: memory slot used twice; got written from sample 20 and .* 0"
    ):
        Collector(plan, READOUT, 1)


def test_a_slot_used_twice_keeps_the_later_one_if_asked_for() -> None:
    """The one that is later in time, not in the plan; from records and from an instrument's sums."""
    plan, volts = twice((4, 4))
    (result,) = collect(Collector(plan, READOUT, 1, reuse_slots=True), volts, 2).results(["again"], {})
    assert result.slots == (4,)
    assert result.memory[4] == pytest.approx([2] * 5)
    collector = Collector(plan, READOUT, 1, reuse_slots=True)
    collector.take(kernelled(0, np.array([[2, 1]] * 5)))
    assert collector.results(["again"], {})[0].memory[4] == pytest.approx([2] * 5)


def test_windows_outside_the_record_are_refused() -> None:
    """Before anything is played."""
    plan, _ = twice((0, 1))
    with pytest.raises(ProblemReport, match=r"samples 20 to 30; allowed: 0 to 25"):
        Collector(replace(plan, record_length=25), READOUT, 1)


def test_one_window_may_be_read_in_its_own_way() -> None:
    """An override by program and slot; the other window of the qubit is read as the qubit is."""
    plan, volts = twice((3, 1))
    own = QubitReadout(Boxcar(stop_s=10e-9), Threshold(np.pi, -0.5))
    collector = Collector(plan, READOUT, 2, overrides={(0, 3): own})
    collector.take(block(0, volts))
    # 1 V is over 0.5 V the other way round; 2 V is over 1.5 V.
    assert collector.results(["mid"], {})[0].counts == {"01": 5}
    inverted = Collector(plan, READOUT, 2, overrides={(0, 3): replace(own, discriminator=Threshold(0.0, 0.5))})
    inverted.take(block(0, volts))
    assert inverted.results(["mid"], {})[0].counts == {"11": 5}


def acquire(**settings: object) -> pulse.Acquire:
    return pulse.Acquire(1000, pulse.AcquireChannel(0), pulse.MemorySlot(0), **settings)


def test_an_acquire_names_its_kernel_and_discriminator() -> None:
    """In units of dt; what it does not name is its qubit's."""
    default = READOUT[0]
    assert readout_of_acquire(acquire(), default, 1e-9) is default
    assert readout_of_acquire(acquire(kernel=pulse.Kernel()), default, 1e-9) is default
    kernel = pulse.Kernel("boxcar", start_window=100, stop_window=400)
    found = readout_of_acquire(acquire(kernel=kernel), default, 2e-9)
    assert found == QubitReadout(Boxcar(100 * 2e-9, 400 * 2e-9), default.discriminator)
    weights = readout_of_acquire(acquire(kernel=pulse.Kernel("weights", weights=[1, 1j])), default, 1e-9).kernel
    assert isinstance(weights, Weights)
    assert weights.values.tolist() == [1, 1j]
    line = pulse.Discriminator("threshold", angle_rad=1.0, threshold_v=0.1)
    assert readout_of_acquire(acquire(discriminator=line), default, 1e-9).discriminator == Threshold(1.0, 0.1)
    named = {"night": QubitReadout(Boxcar(5e-9), Threshold(2.0, 0.0))}
    both = acquire(kernel=pulse.Kernel("night"), discriminator=pulse.Discriminator("night"))
    assert readout_of_acquire(both, default, 1e-9, named) == named["night"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kernel": pulse.Kernel("unheard")}, "'unheard'; allowed: boxcar, weights, night"),
        ({"kernel": pulse.Kernel("boxcar", begin=3)}, "got begin; allowed: start_window, stop_window"),
        ({"kernel": pulse.Kernel("weights")}, "got weights"),
        ({"discriminator": pulse.Discriminator("threshold", angle_rad=1)}, "got threshold_v"),
        ({"discriminator": pulse.Discriminator("night", x=1)}, "got x; allowed: none"),
    ],
)
def test_a_readout_that_is_not_known_is_named(settings: dict, message: str) -> None:
    """It is never read in another way instead."""
    with pytest.raises(ConfigurationError, match=message):
        readout_of_acquire(acquire(**settings), READOUT[0], 1e-9, {"night": READOUT[0]})
