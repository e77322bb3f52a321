"""Adapters through the vendor's client and a data server: what is set, sent, played and recorded."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.contract import (
    Acquisition,
    Adapter,
    IntegrationWeights,
    OutputSettings,
    ProblemReport,
    RecordBlock,
    Sequencing,
    UploadError,
)
from tests.drivers.zurich.bench import profile, program
from tests.drivers.zurich.live import (
    adapter_at,
    bits,
    drive,
    expected,
    experiment,
    opened,
    outputs,
    run,
    run_loaded,
    sums,
)
from tests.simulators.labone.process import DEVICES, Served, serving

ANALYZERS = ["SHFQC", "SHFQA4", "SHFQA2", "UHFQA"]
PRECISION = 1e-3
"""Relative; pulses have 16 bits."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A device of every model."""
    with serving(*(f"--device={serial}:{model}" for model, serial in DEVICES.items())) as served:
        yield served


@pytest.mark.parametrize("model", sorted(DEVICES))
async def test_every_model_opens(model: str, server: Served) -> None:
    """Identity, limits as the device tells them, abilities."""
    adapter = adapter_at(server, model)
    identity = await adapter.open()
    try:
        assert (identity.vendor, identity.model, identity.serial) == ("Zurich Instruments", model, DEVICES[model])
        assert adapter.sequencer.model == model
        assert adapter.sequencer.outputs == profile(model).sequencer_limits().outputs
        assert isinstance(adapter, Adapter)
        assert isinstance(adapter, Sequencing)
        assert isinstance(adapter, Acquisition) == (model in ANALYZERS)
    finally:
        await adapter.close()


@pytest.mark.parametrize("model", ANALYZERS)
@pytest.mark.parametrize("order", ["cyclic", "sequential"])
async def test_sums_are_those_of_the_cable(model: str, order: str, server: Served) -> None:
    """Programs with one and two readouts at different instants: every window of every record, in order."""
    amplitudes = [1.0, 0.5, 0.25]
    starts = [[800], [800, 20_000], [1600]]
    wanted, plan = experiment(model, starts, 20, amplitudes, order=order)
    async with opened(server, model) as adapter:
        found = sums(await run(adapter, wanted, plan))
    reference = expected(model, plan, amplitudes)
    assert found.shape == (60, 4)
    assert np.array_equal(np.isnan(found), np.isnan(reference))
    there = ~np.isnan(reference)
    assert np.abs(found[there] - reference[there]).max() < PRECISION * np.abs(reference[there]).max()


@pytest.mark.parametrize("model", ["SHFQC", "UHFQA"])
async def test_bits_are_those_of_the_threshold(model: str, server: Served) -> None:
    """Real part above the threshold is 1: strong pulses are, weak ones are not."""
    amplitudes = [1.0, 0.2]
    wanted, plan = experiment(model, [[800], [800]], 50, amplitudes)
    assert plan.integration is not None
    limit = 0.3 * 1024 * (1.5 if model == "UHFQA" else 1.0)
    judged = tuple(IntegrationWeights(each.weights, limit) for each in plan.integration)
    async with opened(server, model) as adapter:
        found = bits(await run(adapter, wanted, dataclasses.replace(plan, integration=judged)))
    assert np.array_equal(found, np.tile([[1, 1], [0, 0]], (50, 1)))


@pytest.mark.parametrize(("model", "shots"), [("SHFQC", 4), ("SHFQA4", 4), ("UHFQA", 1)])
async def test_traces_are_what_came_in(model: str, shots: int, server: Served) -> None:
    """A trace a record, in volts; a UHFQA keeps one."""
    starts = [[800]] if model == "UHFQA" else [[800], [1600]]
    amplitudes = [0.8, 0.4][: len(starts)]
    wanted, plan = experiment(model, starts, shots, amplitudes, integration=None)
    async with opened(server, model) as adapter:
        blocks = await run(adapter, wanted, plan)
    assert all(isinstance(block, RecordBlock) for block in blocks)
    volts = np.concatenate([block.volts for block in blocks if isinstance(block, RecordBlock)])
    assert volts.shape == (shots * len(starts), 2, plan.record_length)
    readout = wanted.tracks[0]
    for record, (number, start) in enumerate([(n, of[0]) for _ in range(shots) for n, of in enumerate(starts)]):
        emitted = readout.samples(number, start + plan.record_length, wanted.sample_rate_hz)[start:]
        emitted = emitted * (1.5 if model == "UHFQA" else 1.0)
        assert np.abs(volts[record, 0] + 1j * volts[record, 1] - emitted).max() < 1e-3


async def test_an_amplitude_costs_one_table_entry(server: Served) -> None:
    """The same batch again sends nothing; another amplitude sends a command table and nothing else."""
    async with opened(server, "SHFQC") as adapter:
        wanted, plan = experiment("SHFQC", [[4000], [4000]])
        first = await adapter.load(wanted, plan)
        assert first.bytes_sent > 10_000
        assert first.verified
        before = adapter.sets
        again = await adapter.load(wanted, plan)
        idle = adapter.sets - before
        assert (again.bytes_sent, again.waveforms_sent) == (0, 0)
        louder = dataclasses.replace(wanted, tracks=(wanted.tracks[0], drive("SHFQC", 2, amplitude=0.61)))
        before, compiled = adapter.sets, adapter._compiler.compiled
        changed = await adapter.load(louder, plan)
        assert adapter.sets - before - idle == 1
        assert changed.waveforms_sent == 0
        assert 0 < changed.bytes_sent < 2000
        assert adapter._compiler.compiled == compiled
        assert len(sums(await run_loaded(adapter, plan))) == plan.records


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sgchannels/0/oscs/0/freq", 3e6),
        ("qachannels/0/readout/integration/delay", 1e-6),
        ("qachannels/0/output/range", -30.0),
    ],
)
async def test_what_somebody_else_set_is_set_again(path: str, value: float, server: Served) -> None:
    """Another program at the same data server, or the user's own driver, leaves no wrong results behind."""
    async with opened(server, "SHFQC") as adapter:
        wanted, plan = experiment("SHFQC", [[4000], [4000]], shots=10)
        ours = sums(await run(adapter, wanted, plan))
        before = adapter._device.nodes.number(path)
        adapter._device.nodes.set({path: value})
        assert np.allclose(sums(await run(adapter, wanted, plan)), ours, rtol=1e-3)
        assert adapter._device.nodes.number(path) == before


@pytest.mark.parametrize("model", ["HDAWG8", "HDAWG4", "SHFSG8", "SHFSG4"])
async def test_generators_play_to_their_end(model: str, server: Served) -> None:
    """All outputs at once; when it has ended, outputs are off."""
    limits = profile(model)
    lines = [
        dataclasses.replace(drive(model, 3), ports=ports, name=f"q{ports}") for ports in limits.generator_outputs
    ]
    async with opened(server, model) as adapter:
        await adapter.load(program(model, lines, [4000, 4000, 4000], passes=50), None)
        await adapter.play()
        await adapter.require_ended()
        await adapter.stop()
        node = "sigouts/0/on" if model.startswith("HDAWG") else "sgchannels/0/output/on"
        assert adapter._device.nodes.number(node) == 0


async def test_settings_that_a_device_does_not_have(server: Served) -> None:
    """Ranges, grids and shared synthesizers, all at once, and nothing is set."""
    async with opened(server, "SHFQC") as adapter:
        before = adapter.sets
        wrong = (
            OutputSettings((1,), 0.7, 5e9),
            OutputSettings((2,), 1.0, 5.1e9),
            OutputSettings((3,), 1.0, 4.4e9),
            OutputSettings((4,), 1.0, 4.6e9),
            OutputSettings((5,), 1.0, None),
            OutputSettings((9,), 1.0, 5e9),
            OutputSettings((6,), 1.0, 5e9, delay_s=1e-3),
            OutputSettings((7,), 1.0, 7.35e9, input_full_scale_v=3.0),
        )
        with pytest.raises(ProblemReport) as caught:
            await adapter.configure_outputs(1_000_000_000, wrong)
        text = str(caught.value)
        for part in (
            "sample rate",
            "0.7 V",
            "synthesizer frequency off its grid; got 5.1e+09 Hz",
            "shared with device output 3",
            "needs a frequency",
            "there is no such output",
            "delay that the output does not have",
            "off its grid; got 7.35e+09 Hz",
            "full scale that the input does not have",
        ):
            assert part in text
        assert adapter.sets == before


async def test_nothing_plays_or_records_before_a_load(server: Served) -> None:
    """Neither after opening, nor after another configuration, nor another plan."""
    async with opened(server, "SHFQC") as adapter:
        wanted, plan = experiment("SHFQC", [[800]])
        with pytest.raises(UploadError, match="no verified program"):
            await adapter.play()
        await adapter.load(wanted, plan)
        other = dataclasses.replace(plan, shots=plan.shots + 1)
        with pytest.raises(UploadError, match="another plan"):
            await adapter.acquire(other, lambda _: None, lambda: None)
        await adapter.configure_outputs(2_000_000_000, outputs("SHFQC", ((1,),)))
        with pytest.raises(UploadError, match="no verified program"):
            await adapter.play()
        with pytest.raises(ProblemReport, match="not configured"):
            await adapter.load(wanted, plan)


async def test_cancelling_leaves_nothing_on(server: Served) -> None:
    """An acquisition that waits is given up at once; then the device runs again."""
    async with opened(server, "SHFQC") as adapter:
        wanted, plan = experiment("SHFQC", [[800]])
        await adapter.load(wanted, plan)
        task = asyncio.create_task(adapter.acquire(plan, lambda _: None, lambda: None))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await adapter.safe()
        nodes = adapter._device.nodes
        assert nodes.number("qachannels/0/readout/result/enable") == 0
        assert nodes.number("qachannels/0/output/on") == 0
        assert len(sums(await run(adapter, wanted, plan))) == plan.records


async def test_what_a_sink_raises_comes_out(server: Served) -> None:
    """And is not taken for a fault of the link: the device goes on working."""
    async with opened(server, "SHFQC") as adapter:
        wanted, plan = experiment("SHFQC", [[800]])
        await adapter.load(wanted, plan)

        def sink(_block: object) -> None:
            raise OSError("disk full")

        task = asyncio.create_task(adapter.acquire(plan, sink, lambda: None))
        await asyncio.sleep(0.05)
        await adapter.play()
        with pytest.raises(OSError, match="disk full"):
            await task
        assert len(sums(await run(adapter, wanted, plan))) == plan.records
