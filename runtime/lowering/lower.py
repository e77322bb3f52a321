"""From programs to timelines, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args, overload

import numpy as np

from drivers.contract import ConfigurationError, Problem, ProblemReport
from runtime.lowering.batch import Batch
from runtime.lowering.checks import constraint_problems
from runtime.lowering.frames import warn_of_aliasing
from runtime.lowering.input_checks import input_problems
from runtime.lowering.programs import laid_out
from runtime.lowering.shifting import shifted
from runtime.lowering.sweep import Program, Sweep
from runtime.lowering.timeline import Timeline
from runtime.pulse import Schedule, ScheduleBlock
from runtime.target import Target

__all__ = ["Policy", "lower"]

Policy = Literal["strict", "pad", "shift"]
"""What to do with what is off a Target's grids: refuse it, extend pulses with silence, or move it later."""


@overload
def lower(
    program: Program, target: Target, *, policy: Policy = "strict", reuse_slots: bool = False
) -> Timeline: ...
@overload
def lower(
    program: Sequence[Program] | Sweep, target: Target, *, policy: Policy = "strict", reuse_slots: bool = False
) -> tuple[Timeline, ...]: ...
def lower(
    program: Program | Sequence[Program] | Sweep,
    target: Target,
    *,
    policy: Policy = "strict",
    reuse_slots: bool = False,
) -> Timeline | tuple[Timeline, ...]:
    """Turn programs into timelines, and check them against a Target.

    Several programs are better lowered together: what they share is looked at once.

    Args:
        program: a schedule or a block with every parameter assigned; several of them; or a sweep.
        target: gives dt, the timing constraints and the channels' carrier frequencies.
        policy: `strict` moves and pads nothing. `pad` extends pulses with silence, see `runtime.lowering.padding`.
            `shift` moves later what may move, see `runtime.lowering.shifting`. What remains off a grid is refused.
        reuse_slots: several Acquires of a program, one after the other, may write the same memory slot.

    Returns:
        A timeline for one program; for several, and for the points of a sweep, as many in their order.

    Raises:
        ProblemReport: unassigned parameters, channels that the Target lacks, starts off `pulse_alignment` or
            `acquire_alignment`, lengths off `granularity` or under `min_length`, acquisitions of one measurement
            group that overlap without coinciding, a memory slot used twice, an empty program, blocks that cannot
            be laid out; all of them at once.
        ConfigurationError: the Target has no dt, no such policy, nothing to lower, a sweep of what is no
            parameter.

    Warns:
        AliasingWarning: a frame's frequency offset is beyond 1/(2 dt).
    """
    _check_target(target)
    if target.dt is None:
        raise ConfigurationError("the Target has no dt", fix="Make it with Target(dt=...)")
    if policy not in get_args(Policy):
        raise ConfigurationError("no such policy", got=repr(policy), allowed=", ".join(get_args(Policy)))
    laid = laid_out(program, each=policy == "shift")
    if policy == "shift":
        laid = laid.moved([shifted(layout, target) for layout in laid.layouts])
    timelines = _lowered(Batch(laid, target, pad=policy == "pad"), reuse_slots=reuse_slots)
    return timelines[0] if isinstance(program, Schedule | ScheduleBlock) else tuple(timelines)


def _check_target(target: object) -> None:
    if not isinstance(target, Target):
        raise ConfigurationError("not a Target", got=repr(target)[:80], allowed="a runtime.target.Target")


def _lowered(batch: Batch, *, reuse_slots: bool) -> list[Timeline]:
    timelines, rows = batch.timelines(), batch.laid.row.tolist()
    # Points of a sweep that share a layout share all that these constraints are about.
    _, first = np.unique(batch.laid.row, return_index=True)
    layouts = [timelines[program] for program in first.tolist()]
    constraints = constraint_problems(layouts, batch.target, reuse_slots=reuse_slots)
    problems = [[*found, *constraints[row]] for found, row in zip(input_problems(batch), rows, strict=True)]
    faults = batch.laid.faults
    _raise_if(
        timelines, [[faults[row]] if row in faults else problems[program] for program, row in enumerate(rows)]
    )
    _warn(timelines)
    return timelines


def _raise_if(timelines: Sequence[Timeline], problems: Sequence[Sequence[Problem]]) -> None:
    faulty = [index for index, found in enumerate(problems) if found]
    if not faulty:
        return
    if len(timelines) == 1:
        (found,) = problems
        raise ProblemReport("the schedule cannot be lowered", where=timelines[0].name, problems=tuple(found))
    placed = [
        replace(problem, where=f"program {index} ({timelines[index].name}), {problem.where}".removesuffix(", "))
        for index in faulty
        for problem in problems[index]
    ]
    what = f"{len(faulty)} of {len(timelines)} programs cannot be lowered"
    raise ProblemReport(what, problems=tuple(placed))


def _warn(timelines: Sequence[Timeline]) -> None:
    if not timelines[0].batch.plays.frequency.any():
        return
    for timeline in timelines:
        plays = timeline.plays
        if plays.frequency.any():
            names = [timeline.channels[row].name for row in plays.channel.tolist()]
            warn_of_aliasing(set(zip(names, plays.frequency.tolist(), strict=True)), timeline.dt)
