"""Program by program, or all programs again and again: who is told, and what that means for triggers."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.contract import PlayOrder, ProblemReport
from runtime.lowering import InputLine, lower, route
from runtime.pulse import Constant, Delay, Play, Schedule
from tests.runtime.lowering.lab import A0, D0, M0, make_target, make_wiring, measured
from tests.runtime.lowering.lab import LIMITS as PLAYING
from tests.runtime.lowering.sequencing import LIMITS, converter, pair

SWEEP = [measured(Schedule((0, Play(Constant(160, amp), D0))), length=600) for amp in (0.1, 0.2, 0.3)]
ORDERS: tuple[PlayOrder, ...] = ("cyclic", "sequential")


@pytest.mark.parametrize("order", ORDERS)
def test_everyone_in_a_batch_is_told_the_order(order: PlayOrder) -> None:
    timelines = lower(SWEEP, make_target())
    for wiring, limits in ((make_wiring(), PLAYING), (converter(), LIMITS), (pair(), LIMITS)):
        routed = route(timelines, wiring, limits, shots=7, order=order)
        programs = [*routed.programs.values(), *routed.sequencers.values()]
        assert programs
        assert {program.order for program in programs} == {order}
        assert {program.passes for program in programs} == {7}
        (plan,) = routed.plans.values()
        assert (plan.order, plan.shots, plan.records_per_pass) == (order, 7, 3)


def test_begins_tell_where_each_program_of_a_play_list_begins() -> None:
    """Each begins with its drive pulse and ends with its idle."""
    schedules = [SWEEP[0], SWEEP[1].insert(20_000, Play(Constant(160, 0.4), D0)), SWEEP[2]]
    routed = route(lower(schedules, make_target()), make_wiring(), PLAYING, shots=1, order="sequential")
    program = routed.programs["awg"]
    assert program.begins[0] == 0
    for begin, amp in zip(program.begins, (0.1, 0.2, 0.3), strict=True):
        i_port, q_port = (program.port_samples(port, begin)[:160] for port in (1, 2))
        np.testing.assert_allclose(np.hypot(i_port, q_port), amp, atol=1e-12)
    assert [len(body) for body in program.bodies()] == [3, 5, 3]
    assert sum(program.bodies(), ()) == program.steps


def test_orders_that_nobody_knows_are_refused() -> None:
    with pytest.raises(ProblemReport) as caught:
        route(lower(SWEEP, make_target()), make_wiring(), PLAYING, shots=1, order="random")  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert (problem.what, problem.got, problem.allowed) == ("unknown order", "random", "cyclic, sequential")


@pytest.mark.parametrize("order", ORDERS)
def test_a_short_program_follows_itself_in_sequential_order(order: PlayOrder) -> None:
    """Between long ones there is time for its record; after itself there is not."""
    late = Schedule((0, Delay(9_000, M0)))
    long = measured(late).insert(19_000, Delay(1_000, D0))
    timelines = lower([measured(length=400), long], make_target())
    inputs = (InputLine("return", (A0,), "digitizer", 7.3e9, 2e-6),)
    wiring = make_wiring(idle_s=0.0, inputs=inputs)
    if order == "cyclic":
        assert route(timelines, wiring, PLAYING, shots=5, order=order).plans
        return
    with pytest.raises(ProblemReport) as caught:
        route(timelines, wiring, PLAYING, shots=5, order=order)
    (problem,) = caught.value.problems
    assert (problem.what, problem.got) == (
        "triggers faster than records",
        "a trigger 6e-07 s after the one before",
    )
