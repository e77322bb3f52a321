"""Several analyzer channels of one SHFQA: each integrates its own windows, and records come back whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.contract import (
    AcquisitionPlan,
    IntegrationWeights,
    OutputSettings,
    OutputTrack,
    ProblemReport,
    SequencerProgram,
)
from drivers.zurich.channels import channel_plans, columns_of
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.translation import core_of, translated
from tests.drivers.zurich.bench import profile, program, readout_plan, tone, track, worst
from tests.drivers.zurich.live import adapter_at, bits, run, sums
from tests.simulators.labone.process import DEVICES, Served, serving

TONES = {1: (0.03, 0.0421), 3: (0.027,), 4: (0.011, 0.019)}
"""Input to the tones that are read there."""
SCALES = {1: (1.0, 0.5), 3: (0.8, 0.2), 4: (0.6, 0.3)}
"""Input to the amplitude of its pulse in each program; input 3 reads the second program only."""
STARTS = {1: (800, 800), 3: (None, 1600), 4: (2400, 800)}
PRECISION = 1e-3


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """An SHFQA of four channels."""
    with serving(f"--device={DEVICES['SHFQA4']}:SHFQA4") as served:
        yield served


def _batch(shots: int, **changes: object) -> tuple[SequencerProgram, AcquisitionPlan]:
    """Two programs on three channels, whose windows stand in the plan qubit by qubit."""
    lines: list[OutputTrack] = []
    windows, weights = [], []
    for port, tones in TONES.items():
        pulse = 0.4 * sum(tone(1600, cycles) for cycles in tones) / 0.9
        events = [
            [(start, 0, scale, 0.0)] if start is not None else []
            for start, scale in zip(STARTS[port], SCALES[port], strict=True)
        ]
        lines.append(track((port,), events, [pulse], name=f"readout{port}"))
        for number, start in enumerate(STARTS[port]):
            if start is None:
                continue
            # Records count from the first readout pulse of their program.
            plan = readout_plan("SHFQA4", [[start - 800]], tones)
            for window, each in zip(plan.windows, plan.integration or (), strict=True):
                moved = dataclasses.replace(
                    window,
                    record=number,
                    port=port,
                    start=window.start + start - 800,
                    stop=window.stop + start - 800,
                )
                windows.append(moved)
                weights.append(each)
    order = sorted(
        range(len(windows)), key=lambda row: (windows[row].qubit, windows[row].record, -windows[row].port)
    )
    numbered = tuple(dataclasses.replace(windows[row], slot=slot) for slot, row in enumerate(order))
    wanted = program("SHFQA4", lines, [40_000, 30_000], passes=shots, order=changes.get("order", "cyclic"))
    plan = AcquisitionPlan(
        "device",
        wanted.sample_rate_hz,
        8000,
        0,
        2,
        shots,
        numbered,
        integration=tuple(weights[row] for row in order),
        **changes,
    )
    return wanted, plan


def _reference(plan: AcquisitionPlan) -> np.ndarray:
    assert plan.integration is not None
    of_program: list[list[complex]] = [[], []]
    for window, each in zip(plan.windows, plan.integration, strict=True):
        pulse = 0.4 * sum(np.exp(2j * np.pi * cycles * np.arange(1024)) for cycles in TONES[window.port])
        scale = SCALES[window.port][window.record]
        of_program[window.record].append(scale * complex(np.sum(each.weights * pulse)))
    table = np.full((2, max(map(len, of_program))), np.nan + 0j)
    for number, found in enumerate(of_program):
        table[number, : len(found)] = found
    _, programs = plan.places(np.arange(plan.records))
    return table[programs]


async def _recorded(server: Served, wanted: SequencerProgram, plan: AcquisitionPlan) -> list:
    adapter = adapter_at(server, "SHFQA4")
    await adapter.open()
    try:
        settings = tuple(
            OutputSettings((port,), 1.0, 5e9, inputs=(port,), input_full_scale_v=1.0) for port in (1, 2, 3, 4)
        )
        await adapter.configure_outputs(2_000_000_000, settings)
        return await run(adapter, wanted, plan)
    finally:
        await adapter.close()


@pytest.mark.parametrize(("order", "averaged"), [("cyclic", False), ("sequential", False), ("cyclic", True)])
async def test_every_window_is_that_of_its_input(order: str, averaged: bool, server: Served) -> None:
    """Sums of three channels in one program, single shots and means, in the plan's order of windows."""
    wanted, plan = _batch(20, order=order, averaged=averaged)
    found = sums(await _recorded(server, wanted, plan))
    reference = _reference(plan)
    assert found.shape == reference.shape == ((2, 5) if averaged else (40, 5))
    assert np.array_equal(np.isnan(found), np.isnan(reference))
    there = ~np.isnan(reference)
    assert np.abs(found[there] - reference[there]).max() < PRECISION * np.abs(reference[there]).max()


async def test_bits_of_several_channels(server: Served) -> None:
    """Each channel has its own discriminators; 255 stands where a program has no window."""
    wanted, plan = _batch(10)
    assert plan.integration is not None
    judged = tuple(IntegrationWeights(each.weights, 0.2 * 1024) for each in plan.integration)
    found = bits(await _recorded(server, wanted, dataclasses.replace(plan, integration=judged)))
    reference = _reference(plan)
    told = np.where(np.isnan(reference), 255, reference.real > 0.2 * 1024)
    assert np.array_equal(found, told.astype(np.uint8))


def test_every_channel_emits_its_own(compiler: SeqcCompiler) -> None:
    """Sample by sample, all started by one trigger."""
    wanted, _ = _batch(2)
    assert worst("SHFQA4", wanted, compiler) <= 1.5


def test_what_does_not_go_together_is_told() -> None:
    """Inputs that there are not, and traces of several channels."""
    wanted, plan = _batch(1)
    places = dict(enumerate(profile("SHFQA4").analyzer_outputs, 1))
    assert [core_of(profile("SHFQA4"), ports).index for ports in places.values()] == [0, 1, 2, 3]
    assert len(translated(wanted, plan, profile("SHFQA4"), places).recorded) == 3
    with pytest.raises(ProblemReport, match="traces of several channels at once"):
        translated(wanted, dataclasses.replace(plan, integration=None), profile("SHFQA4"), places)
    far = dataclasses.replace(
        plan, windows=tuple(dataclasses.replace(each, port=each.port + 4) for each in plan.windows)
    )
    with pytest.raises(ProblemReport, match="there is no such input"):
        translated(wanted, far, profile("SHFQA4"), places)
    with pytest.raises(ProblemReport, match="two inputs of one analyzer channel"):
        translated(wanted, plan, profile("SHFQA4"), {1: (1,), 3: (1,), 4: (4,)})


def test_columns_are_where_the_plan_has_them() -> None:
    """A plan is cut by input and put together again, whatever the order of its windows."""
    _, plan = _batch(1)
    parts = list(channel_plans(plan).values())
    tables = columns_of(plan, parts)
    assert [part.windows[0].port for part in parts] == [1, 3, 4]
    for number in range(2):
        of_program = [window for window in plan.windows if window.record == number]
        for part, table in zip(parts, tables, strict=True):
            own = [window for window in part.windows if window.record == number]
            assert [of_program[column] for column in table[number, : len(own)]] == own
            assert set(table[number, len(own) :]) <= {5}
