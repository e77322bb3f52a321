"""More shots than an instrument stores of one acquisition: taken one portion after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from drivers.contract import Acquisition, AcquisitionPlan, Block, PlayOrder
from runtime.rig.requests import Report

__all__ = ["Portion", "portions"]


@dataclass(frozen=True, slots=True)
class Portion:
    """Some of the shots of a batch, as a part of the whole acquisition."""

    shots: int
    first: int
    """The first of its records among all of the batch's."""
    records: int
    """Of the whole batch."""

    def sink(self, take: Callable[[Block], None]) -> Callable[[Block], None]:
        """Counts records from the batch's first."""
        return lambda block: take(replace(block, first=block.first + self.first) if self.first else block)

    def report(self, report: Report) -> Report:
        """Counts records of all portions."""

        def counted(stage: str, done: int, total: int) -> None:
            if stage == "fetch":
                done, total = self.first + done, self.records
            report(stage, done, total)

        return counted


def portions(
    plans: Mapping[str, AcquisitionPlan], digitizers: Mapping[str, Acquisition], order: PlayOrder
) -> list[Portion]:
    """How the shots of a batch are divided: as evenly as can be, most often not at all.

    An instrument that integrates by itself stores so many results of an acquisition. Only what is played cyclic
    can be divided, since then the shots of all programs go on together.

    Args:
        plans: By digitizer, for all shots.
        digitizers: By name.
        order: In which the programs are played.
    """
    plan = next(iter(plans.values()))
    whole = plan.shots if order == "cyclic" or plan.records_per_pass == 1 else 1
    number = max(-(-whole // _most_shots(plan, digitizers[name])) for name, plan in plans.items())
    sizes = [plan.shots // number + (place < plan.shots % number) for place in range(number)]
    found, first = [], 0
    for size in sizes:
        found.append(Portion(size, first, plan.records))
        first += size * plan.records_per_pass
    return found


def _most_shots(plan: AcquisitionPlan, digitizer: Acquisition) -> int:
    """One integrator has a result of each instant at which something is read; of means, one for all shots."""
    limits = digitizer.limits
    if plan.integration is None or plan.averaged or not limits.max_results:
        return plan.shots
    instants = len({(window.record, window.start) for window in plan.windows})
    return max(limits.max_results // max(instants, 1), 1)
