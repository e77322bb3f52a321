"""Acquires that ask for a kernel, a discriminator or a register of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drivers.contract import ProblemReport
from runtime.pulse import Acquire, Discriminator, Kernel, MemorySlot, RegisterSlot, Schedule
from runtime.pulse.macros import measure
from runtime.results import Boxcar, QubitReadout, Threshold
from runtime.rig import Rig
from runtime.target import Target
from tests.runtime.rig.programs import after_nothing, after_x

DT = 2 / 9 * 1e-9


def with_wishes(schedule: Schedule, **wishes: object) -> Schedule:
    """The schedule, its Acquires of qubit 0 with something of their own."""
    changed = Schedule(name=schedule.name)
    for start, instruction in schedule.instructions:
        own = isinstance(instruction, Acquire) and instruction.channel.index == 0
        changed = changed.insert(start, replace(instruction, **wishes) if own else instruction)
    return changed


def test_an_acquire_has_its_own_kernel(rig: Rig) -> None:
    """A shorter boxcar in one program of a batch, averaged over shots: the same as setting it for the qubit."""
    # After nothing: after x a shot in thirty decays, and its number is far from the others'.
    plain = after_nothing(rig.target)
    short = with_wishes(plain, kernel=Kernel("boxcar", start_window=900, stop_window=4500))
    usual, own = rig.run([plain, short], shots=400, level=1, returns="avg")
    by_qubit = {0: QubitReadout(Boxcar(900 * DT, 4500 * DT))}
    expected = rig.run(plain, shots=400, level=1, returns="avg", readout=by_qubit)
    error = abs(own.deviation[0]) / np.sqrt(400) * 5
    assert own.memory[0] == pytest.approx(expected.memory[0], abs=error)
    assert own.memory[1] == pytest.approx(usual.memory[1], abs=error)
    # 0.8 us in place of 2.5: more noise by the root of that.
    assert abs(own.deviation[0]) == pytest.approx(abs(usual.deviation[0]) * np.sqrt(2.5 / 0.8), rel=0.15)


def test_an_acquire_has_its_own_discriminator(rig: Rig) -> None:
    """The line turned round: the opposite bits, of this qubit alone."""
    line = rig.readout[0].discriminator
    assert isinstance(line, Threshold)
    turned = Discriminator("threshold", angle_rad=line.angle_rad + np.pi, threshold_v=-line.threshold_v)
    result = rig.run(with_wishes(after_x(rig.target), discriminator=turned), shots=300)
    assert result.probability(0) < 0.1
    assert result.probability(1) > 0.9


def test_unknown_names_are_refused_together(rig: Rig) -> None:
    """With program and instruction, before anything is played."""
    odd = with_wishes(after_x(rig.target), kernel=Kernel("nobody's"))
    with pytest.raises(ProblemReport) as caught:
        rig.run([after_x(rig.target), odd, odd], shots=5)
    assert [problem.where.split(",")[0] for problem in caught.value.problems] == ["program 1 (x)", "program 2 (x)"]
    assert "boxcar" in caught.value.problems[0].allowed


def twice_into(target: Target, registers: tuple[int, int], slots: tuple[int, int]) -> Schedule:
    """Qubit 0 read, turned over and read again, each time into a register beside its memory slot."""
    read, flip = measure([0], target), target.get_calibration("x", (0,))
    period = read.duration + flip.duration
    schedule = Schedule((read.duration, flip), name="twice")
    for number, (register, slot) in enumerate(zip(registers, slots, strict=True)):
        wishes = {"mem_slot": MemorySlot(slot), "reg_slot": RegisterSlot(register)}
        schedule = schedule.insert(number * period, with_wishes(read, **wishes))
    return schedule


def test_a_register_holds_the_bits_as_well(rig: Rig) -> None:
    """In the middle of a program and at its end, beside their memory slots; a register alone is refused."""
    plain, result = rig.run([after_x(rig.target), twice_into(rig.target, (3, 1), (0, 5))], shots=300)
    assert not plain.registers
    assert not plain.register_counts
    assert dict(result.register_slots) == {1: 5, 3: 0}
    assert (result.registers[3] == result.memory[0]).all()
    assert (result.registers[1] == result.memory[5]).all()
    assert result.register_counts["01"] > 0.85 * 300, "first 0 into register 3, then 1 into register 1"
    averaged = rig.run(twice_into(rig.target, (3, 1), (0, 5)), shots=300, returns="avg")
    assert averaged.registers[1] == averaged.probability(5) > 0.85
    assert averaged.register_counts["01"] > 0.85 * 300
    alone = with_wishes(after_x(rig.target), mem_slot=None, reg_slot=RegisterSlot(3))
    with pytest.raises(ProblemReport, match="without a memory slot"):
        rig.run(alone, shots=5)


def test_a_register_is_not_overwritten_by_accident(rig: Rig) -> None:
    """One register for two Acquires, or its memory slot written by another: refused; or the latest, if wanted."""
    once, again = twice_into(rig.target, (2, 2), (0, 1)), twice_into(rig.target, (2, 3), (0, 0))
    with pytest.raises(ProblemReport, match="register slot used twice"):
        rig.run(once, shots=5)
    latest = rig.run(once, shots=200, reuse_slots=True)
    assert dict(latest.register_slots) == {2: 1}
    assert latest.registers[2].mean() > 0.85
    with pytest.raises(ProblemReport, match="overwrites what a register holds"):
        rig.run(again, shots=5, reuse_slots=True)


def test_of_a_reused_slot_the_latest_wish_counts(rig: Rig) -> None:
    """Two readouts into one slot, the first with a line of its own: the second is read as the qubit is."""
    line = rig.readout[0].discriminator
    assert isinstance(line, Threshold)
    turned = Discriminator("threshold", angle_rad=line.angle_rad + np.pi, threshold_v=-line.threshold_v)
    first = with_wishes(after_x(rig.target), discriminator=turned)
    twice = first.insert(first.duration, after_x(rig.target).filter(lambda item: item[0] >= 160))
    slots = {each.mem_slot for _, each in twice.instructions if isinstance(each, Acquire)}
    assert slots == {MemorySlot(0), MemorySlot(1)}
    result = rig.run(twice, shots=200, reuse_slots=True)
    assert result.probability(0) > 0.85
