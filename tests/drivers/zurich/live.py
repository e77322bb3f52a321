"""Adapters on simulated devices behind a data server in another process, through the vendor's client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import numpy as np

from drivers.contract import (
    AcquisitionPlan,
    Block,
    ClassifiedBlock,
    KernelledBlock,
    OutputSettings,
    OutputTrack,
    SequencerProgram,
)
from drivers.zurich.acquiring import AcquiringAdapter
from drivers.zurich.sequencing import SequencingAdapter
from tests.drivers.zurich.bench import profile, program, readout_plan, tone, track
from tests.simulators.labone.process import DEVICES, Served

TONES = (0.03, 0.0421)
GAUSS = np.exp(-0.5 * ((np.arange(160) - 79.5) / 30) ** 2)


def adapter_at(server: Served, model: str, limit_s: float = 10.0, name: str = "device") -> SequencingAdapter:
    """An adapter as the rig makes it."""
    import drivers.zurich

    kind = profile(model).family
    address = f"labone://{server.host}:{server.port}/{DEVICES[model]}"

    def load() -> object:
        return getattr(drivers.zurich, kind)(name, address)

    made = getattr(drivers.zurich, f"{kind}Adapter")(name, address, load, limit_s)
    assert isinstance(made, SequencingAdapter)
    return made


def outputs(model: str, ports: tuple[tuple[int, ...], ...] = ()) -> tuple[OutputSettings, ...]:
    """All outputs of a device, or some, at full scales they have."""
    limits = profile(model)
    chosen = ports or (*limits.generator_outputs, *limits.analyzer_outputs)
    volts = {"HDAWG": 0.5, "UHFQA": 1.5}.get(limits.family, 1.0)
    lo = 5e9 if limits.lo_range_hz[1] else None
    return tuple(
        OutputSettings(each, volts, lo, inputs=(1,), input_full_scale_v=volts)
        if each in limits.analyzer_outputs
        else OutputSettings(each, volts, lo)
        for each in chosen
    )


@asynccontextmanager
async def opened(server: Served, model: str, limit_s: float = 10.0) -> AsyncIterator[Any]:
    """An open adapter with all outputs configured, closed afterwards."""
    adapter = adapter_at(server, model, limit_s)
    await adapter.open()
    try:
        await adapter.configure_outputs(profile(model).sample_rates_hz[0], outputs(model))
        yield adapter
    finally:
        await adapter.close()


class MidRun(NamedTuple):
    """An acquisition on an SHFQC that waits for records which do not come."""

    adapter: Any
    program: SequencerProgram
    plan: AcquisitionPlan
    task: asyncio.Task[int]


async def in_mid_run(server: Served, limit_s: float = 10.0) -> MidRun:
    """Open an SHFQC and begin an acquisition; closing is left to the test, which breaks something first."""
    adapter: Any = adapter_at(server, "SHFQC", limit_s)
    await adapter.open()
    await adapter.configure_outputs(2_000_000_000, outputs("SHFQC"))
    wanted, plan = experiment("SHFQC", [[800]])
    await adapter.load(wanted, plan)
    task = asyncio.create_task(adapter.acquire(plan, lambda _: None, lambda: None))
    await asyncio.sleep(0.1)
    return MidRun(adapter, wanted, plan, task)


def drive(model: str, programs: int, amplitude: float = 0.5, phase: float = 0.0) -> OutputTrack:
    """Two pulses in each program."""
    events = [[(160, 0, amplitude, phase), (480 + 16 * n, 0, amplitude, 0.1 * n)] for n in range(programs)]
    return track(profile(model).generator_outputs[0], events, [GAUSS], 100e6, "drive_q0")


def experiment(
    model: str, starts: list[list[int]], shots: int = 100, amplitudes: list[float] | None = None, **changes: Any
) -> tuple[SequencerProgram, AcquisitionPlan]:
    """Readout pulses of two tones at given starts, and a plan that integrates both."""
    limits = profile(model)
    pulse = 0.5 * (tone(1600, TONES[0]) + tone(1600, TONES[1])) / 0.9
    scales = amplitudes or [1.0] * len(starts)
    events = [[(at, 0, scale, 0.0) for at in of] for of, scale in zip(starts, scales, strict=True)]
    lines = [track(limits.analyzer_outputs[0], events, [pulse], name="readout")]
    if limits.generator is not None:
        lines.append(drive(model, len(starts)))
    lengths = [max(of) + 40_000 for of in starts]
    wanted = program(model, lines, lengths, passes=shots, order=changes.get("order", "cyclic"))
    return wanted, readout_plan(model, starts, TONES, 1024, shots=shots, **changes)


def expected(model: str, plan: AcquisitionPlan, amplitudes: list[float]) -> np.ndarray[Any, Any]:
    """The sums that a cable from output to input gives: complex128 of shape (records, windows)."""
    assert plan.integration is not None
    volts = 1.5 if model == "UHFQA" else 1.0
    pulse = 0.5 * volts * sum(np.exp(2j * np.pi * cycles * np.arange(1024)) for cycles in TONES)
    by_program: list[list[complex]] = [[] for _ in range(plan.records_per_pass)]
    for window, weights in zip(plan.windows, plan.integration, strict=True):
        by_program[window.record].append(amplitudes[window.record] * complex(np.sum(weights.weights * pulse)))
    width = max(map(len, by_program))
    table = np.full((plan.records_per_pass, width), np.nan + 0j)
    for number, sums in enumerate(by_program):
        table[number, : len(sums)] = sums
    _, programs = plan.places(np.arange(plan.records))
    return table[programs]


async def run(adapter: AcquiringAdapter, wanted: SequencerProgram, plan: AcquisitionPlan) -> list[Block]:
    """Load, arm, play, fetch, end: as the rig does."""
    await adapter.load(wanted, plan)
    return await run_loaded(adapter, plan)


async def run_loaded(adapter: AcquiringAdapter, plan: AcquisitionPlan) -> list[Block]:
    """As `run`, with what was loaded before."""
    blocks: list[Block] = []
    armed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell() -> None:
        loop.call_soon_threadsafe(armed.set)

    task = asyncio.create_task(adapter.acquire(plan, blocks.append, tell))
    waiting = asyncio.create_task(armed.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        if not task.done():
            await adapter.play()
        assert await task == plan.records
    except BaseException:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
    await adapter.require_ended()
    await adapter.stop()
    return blocks


def sums(blocks: list[Block]) -> np.ndarray[Any, Any]:
    """The values of kernelled blocks, joined."""
    assert all(isinstance(block, KernelledBlock) for block in blocks)
    return np.concatenate([block.values for block in blocks if isinstance(block, KernelledBlock)])


def bits(blocks: list[Block]) -> np.ndarray[Any, Any]:
    """The bits of classified blocks, joined."""
    assert all(isinstance(block, ClassifiedBlock) for block in blocks)
    return np.concatenate([block.bits for block in blocks if isinstance(block, ClassifiedBlock)])
