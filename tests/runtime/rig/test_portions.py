"""More shots than an instrument stores of one acquisition."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from drivers.contract import AcquisitionPlan, AcquisitionWindow, IntegrationWeights, KernelledBlock, PlayOrder
from runtime.rig import Rig, Stopwatch
from runtime.rig.player import Player
from runtime.rig.portions import portions
from runtime.rig.recording import Recording
from tests.runtime.rig.programs import after_nothing, after_x

WEIGHTS = IntegrationWeights(np.ones(8, np.complex128))


def plan_of(shots: int, programs: int, *, order: PlayOrder = "cyclic", instants: int = 1) -> AcquisitionPlan:
    """Each program reads a qubit at so many instants."""
    windows = tuple(
        AcquisitionWindow(program, 0, slot, 8 * slot, 8 * slot + 8, 0.0)
        for program in range(programs)
        for slot in range(instants)
    )
    return AcquisitionPlan(
        "digitizer", 500_000_000, 64, 0, programs, shots, windows, order, integration=(WEIGHTS,) * len(windows)
    )


@pytest.mark.parametrize(
    ("plan", "sizes"),
    [
        (plan_of(100, 1), [100]),
        (plan_of(101, 1), [51, 50]),
        (plan_of(1000, 3), [33] * 8 + [32] * 23),
        (plan_of(100, 1, instants=2), [50, 50]),
        (plan_of(3, 200), [1, 1, 1]),
        (plan_of(1000, 3, order="sequential"), [1000]),
        (plan_of(300, 1, order="sequential"), [100] * 3),
        (replace(plan_of(1000, 3), integration=None), [1000]),
    ],
)
def test_shots_are_divided_evenly(rig: Rig, plan: AcquisitionPlan, sizes: list[int]) -> None:
    """A hundred results an acquisition; each portion begins where the one before ended."""
    (digitizer,) = rig._execution.instruments.digitizers.values()
    able = _Able(replace(digitizer.limits, integrators=4, max_results=100))
    parts = portions({"digitizer": plan}, {"digitizer": able}, plan.order)  # type: ignore[dict-item]  # limits only
    assert [part.shots for part in parts] == sizes
    assert [part.first for part in parts] == [sum(sizes[:n]) * plan.records_per_pass for n in range(len(sizes))]
    assert {part.records for part in parts} == {plan.records}


class _Able:
    def __init__(self, limits: Any) -> None:
        self.limits = limits


def test_the_result_is_of_all_portions(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every shot in its place, progress over all of them, and never more asked for than the instrument stores."""
    asked: list[int] = []
    told: list[tuple[int, int]] = []

    async def upload(*_: Any) -> None: ...

    async def play(
        _player: Player, routed: Any, recording: Recording, sink: Any, clock: Stopwatch, report: Any
    ) -> None:
        clock.seconds["fetch"] = 0.0
        plan = recording.plan
        assert {program.passes for program in routed.programs.values()} == {plan.shots}
        began = sum(asked)
        asked.append(plan.shots)
        shots, programs = plan.places(np.arange(plan.records))
        numbers = began + shots + 1j * programs
        sink(KernelledBlock(0, np.stack([numbers] * 2, axis=1), np.zeros(plan.records, np.bool_)))
        report("fetch", plan.records, plan.records)

    (digitizer,) = rig._execution.instruments.digitizers.values()
    monkeypatch.setattr(digitizer, "limits", replace(digitizer.limits, integrators=4, max_results=500))
    monkeypatch.setattr(Player, "upload", upload)
    monkeypatch.setattr(Player, "play", play)
    programs = [after_nothing(rig.target), after_x(rig.target)]
    results = rig.run(programs, shots=700, level=1, report=lambda _, done, total: told.append((done, total)))
    assert asked == [234, 233, 233]
    assert told == [(468, 1400), (934, 1400), (1400, 1400)]
    for program, result in enumerate(results):
        assert result.memory[0] == pytest.approx(np.arange(700) + 1j * program)
