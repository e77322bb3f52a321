"""Averages: one number for each window however many shots, made by the instrument where it can."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.contract import RecordBlock
from drivers.zurich.averaging import CYCLIC, SEQUENTIAL, Averaging, averaging_of, mean_of_shots
from drivers.zurich.recording import send_averaging
from drivers.zurich.seqc import Readout, ReadoutLayout
from simulators.labone.hooks import Change
from tests.drivers.zurich.bench import Bench, profile, readout_plan
from tests.drivers.zurich.live import expected, experiment, opened, run, sums
from tests.simulators.labone.process import DEVICES, Served, serving

MODELS = ("SHFQC", "SHFQA4", "UHFQA")
PRECISION = 1e-3


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """Devices that record."""
    with serving(*(f"--device={DEVICES[model]}:{model}" for model in MODELS)) as served:
        yield served


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("order", ["cyclic", "sequential"])
async def test_means_are_those_of_the_cable(model: str, order: str, server: Served) -> None:
    """Programs of one and of two readouts; what the instrument cannot take together, the adapter does."""
    amplitudes = [1.0, 0.5, 0.25]
    wanted, plan = experiment(model, [[800], [800, 20_000], [1600]], 50, amplitudes, order=order)
    averaged = dataclasses.replace(plan, averaged=True)
    async with opened(server, model) as adapter:
        found = sums(await run(adapter, wanted, averaged))
        logger = "qas/0/result" if model == "UHFQA" else "qachannels/0/readout/result"
        averages = adapter._device.nodes.number(f"{logger}/averages")
    assert averages == (50 if order == "cyclic" and model != "UHFQA" else 1)
    reference = expected(model, dataclasses.replace(plan, shots=1, order="cyclic"), amplitudes)
    assert found.shape == (3, 4)
    assert np.array_equal(np.isnan(found), np.isnan(reference))
    there = ~np.isnan(reference)
    assert np.abs(found[there] - reference[there]).max() < PRECISION * np.abs(reference[there]).max()


@pytest.mark.parametrize("model", ["SHFQC", "SHFQA4"])
async def test_each_point_of_a_sequential_sweep_is_one_result(model: str, server: Served) -> None:
    """One readout a program: the logger averages each, then goes on to the next."""
    amplitudes = [0.2, 0.4, 0.6, 0.8]
    wanted, plan = experiment(model, [[800]] * 4, 100, amplitudes, order="sequential")
    async with opened(server, model) as adapter:
        found = sums(await run(adapter, wanted, dataclasses.replace(plan, averaged=True)))
        nodes = adapter._device.nodes.scalars(
            [f"qachannels/0/readout/result/{n}" for n in ("averages", "length", "mode")]
        )
    assert list(nodes.values()) == [100, 4, SEQUENTIAL]
    reference = expected(model, dataclasses.replace(plan, shots=1), amplitudes)
    assert np.abs(found - reference).max() < PRECISION * np.abs(reference).max()


@pytest.mark.parametrize("model", MODELS)
async def test_mean_traces(model: str, server: Served) -> None:
    """More shots than there are traces in the memory: the scope or the monitor averages them."""
    starts = [[800]] if model == "UHFQA" else [[800], [1600]]
    wanted, plan = experiment(model, starts, 2000, [0.8, 0.4][: len(starts)], integration=None)
    async with opened(server, model) as adapter:
        blocks = await run(adapter, wanted, dataclasses.replace(plan, averaged=True))
    volts = np.concatenate([block.volts for block in blocks if isinstance(block, RecordBlock)])
    assert volts.shape == (len(starts), 2, plan.record_length)
    for record, (start,) in enumerate(starts):
        emitted = wanted.tracks[0].samples(record, start + plan.record_length, wanted.sample_rate_hz)[start:]
        emitted = emitted * (1.5 if model == "UHFQA" else 1.0)
        assert np.abs(volts[record, 0] + 1j * volts[record, 1] - emitted).max() < 1e-3


def _layout(counts: list[int], kind: str = "sums") -> ReadoutLayout:
    readouts = tuple(Readout(n, 800 * k, (), ()) for n, count in enumerate(counts) for k in range(count))
    return ReadoutLayout(kind, 0, 100, (), readouts, 1)  # type: ignore[arg-type]  # one of the literals


@pytest.mark.parametrize(
    ("counts", "shots", "order", "kind", "averages", "mode"),
    [
        ([1, 2], 1000, "cyclic", "sums", 1000, CYCLIC),
        ([1, 1], 1000, "sequential", "sums", 1000, SEQUENTIAL),
        ([1, 2], 1000, "sequential", "sums", 1, CYCLIC),
        ([2], 1000, "sequential", "sums", 1000, CYCLIC),
        ([1, 1], 1000, "cyclic", "bits", 1, CYCLIC),
        ([1], 1 << 20, "cyclic", "sums", 1 << 17, CYCLIC),
        ([1], 1_000_000, "cyclic", "sums", 125_000, CYCLIC),
        ([1, 1], 500, "sequential", "traces", 1, CYCLIC),
        ([1, 1], 500, "cyclic", "traces", 500, CYCLIC),
    ],
)
def test_what_a_logger_can_take_together(
    counts: list[int], shots: int, order: str, kind: str, averages: int, mode: int
) -> None:
    """As many shots as go in whole results; never readouts that do not belong together."""
    plan = readout_plan("SHFQC", [[0]] * len(counts), (0.01,), shots=shots, order=order, averaged=True)
    readout = profile("SHFQC").readout
    assert readout is not None
    found = averaging_of(plan, _layout(counts, kind), readout)
    assert (found.averages, found.mode) == (averages, mode)
    assert averaging_of(dataclasses.replace(plan, averaged=False), _layout(counts), readout).averages == 1


def test_firmware_that_takes_powers_of_two_only() -> None:
    """Read back, and set up anew with the power of two in the number of shots: 1000 is 8 times 125."""
    bench = Bench.of("SHFQC")
    try:
        path = "qachannels/0/readout/result/averages"

        def rounded(change: Change) -> int:
            assert isinstance(change.value, int)
            return 1 << (change.value.bit_length() - 1)

        bench.device.tree.before_set(path, rounded)
        taken = send_averaging(bench.link, Averaging(1000, CYCLIC), lambda each: {path: each.averages})
        assert taken.averages == 8
        assert bench.link.nodes.number(path) == 8
    finally:
        bench.close()


def test_means_are_taken_over_shots() -> None:
    """Of records in either order."""
    plan = readout_plan("SHFQC", [[0], [0], [0]], (0.01,), shots=2)
    cyclic = np.array([[1.0], [10.0], [100.0], [3.0], [30.0], [300.0]], np.complex128)
    assert mean_of_shots(cyclic, plan).ravel().tolist() == [2, 20, 200]
    sequential = np.array([[1.0], [3.0], [10.0], [30.0], [100.0], [300.0]], np.complex128)
    assert mean_of_shots(sequential, dataclasses.replace(plan, order="sequential")).ravel().tolist() == [
        2,
        20,
        200,
    ]
