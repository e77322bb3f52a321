"""How long a batch takes on its way to Zurich Instruments, beside LabOne Q compiling the same experiment.

    python benchmarks/zurich.py [--laboneq /path/to/venv/bin/python] [--repeats 7]

Stages of one batch, CPU milliseconds of this process, medians: lowering and routing (schedules to what each
instrument plays), source (SeqC, command tables, waves), then wall milliseconds for the vendor's compiler (nothing
kept), the upload to simulated devices, the same upload again, and 1000 shots. The limit: lowering, routing and
source together take no longer than LabOne Q takes to compile.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from zurich_jobs import JOBS, Job, job

from drivers.contract import AcquisitionPlan, IntegrationWeights, OutputSettings, SequencerProgram
from drivers.zurich import SHFQCAdapter
from drivers.zurich.compiling import CompileRequest, SeqcCompiler
from drivers.zurich.models import profile_of
from drivers.zurich.profiles import Profile
from drivers.zurich.translation import DeviceProgram, compiled, translated
from runtime.lowering import Routed, lower, route

SHOTS = 1000
READOUT = (7,)
Answer = TypeVar("Answer")


def main() -> int:
    """Run and print; 1 when a limit is missed."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--laboneq", help="a Python that has laboneq installed")
    options.add_argument("--repeats", type=int, default=7)
    chosen = options.parse_args()
    head = ("lower", "route", "source", "sum", "LabOne Q", "compiler", "upload", "again", "run")
    print(f"{'ms':44}" + "".join(f"{name:>10}" for name in head))
    missed = False
    for name, title in JOBS.items():
        made = _made(name, chosen.repeats)
        total = sum(made.values())
        theirs = _laboneq(chosen.laboneq, name, chosen.repeats) if chosen.laboneq else None
        missed |= theirs is not None and total > theirs
        there = asyncio.run(_on_devices(name))
        figures = [*made.values(), total, theirs, *there]
        print(f"{title:44}" + "".join("         -" if each is None else f"{each:10.1f}" for each in figures))
    return int(missed)


def _made(name: str, repeats: int) -> dict[str, float]:
    """Median CPU milliseconds of each stage, on jobs that are new each time."""
    stages: dict[str, list[float]] = {"lower": [], "route": [], "source": []}
    for _ in range(repeats + 1):
        work = job(name)
        timelines = _timed(stages["lower"], lambda work=work: list(lower(work.programs, work.target)))
        routed = _timed(stages["route"], lambda work=work, lines=timelines: _route(work, lines))
        plans = _plans(routed)
        _timed(stages["source"], lambda routed=routed, plans=plans: _translate(routed, plans))
    return {stage: statistics.median(times[1:]) for stage, times in stages.items()}


def _timed(times: list[float], function: Callable[[], Answer]) -> Answer:
    began = time.process_time()
    answer = function()
    times.append(1e3 * (time.process_time() - began))
    return answer


def _limits() -> Profile:
    found = profile_of("SHFQC")
    if found is None:
        raise ValueError("no profile of an SHFQC")
    return found


def _route(work: Job, timelines: list[Any]) -> Routed:
    limits = _limits().limits()
    return route(timelines, work.wiring, dict.fromkeys(work.wiring.sample_rates_hz, limits), shots=SHOTS)


def _plans(routed: Routed) -> dict[str, AcquisitionPlan]:
    """The plans with a kernel for each qubit, as a calibrated station has them."""
    kernels: dict[tuple[int, int], IntegrationWeights] = {}
    plans = {}
    for name, plan in routed.plans.items():
        for window in plan.windows:
            length = window.stop - window.start
            turns = window.if_frequency_hz / plan.sample_rate_hz * np.arange(length)
            kernels.setdefault((window.qubit, length), IntegrationWeights(np.exp(-2j * np.pi * turns)))
        weights = tuple(kernels[window.qubit, window.stop - window.start] for window in plan.windows)
        plans[name] = dataclasses.replace(plan, integration=weights)
    return plans


def _translate(routed: Routed, plans: dict[str, AcquisitionPlan]) -> list[DeviceProgram]:
    return [translated(each, plans.get(name), _limits(), READOUT) for name, each in routed.sequencers.items()]


def _laboneq(python: str, name: str, repeats: int) -> float:
    """Median CPU milliseconds of LabOne Q's compilation; the first one, which also warms up, is left out."""
    script = Path(__file__).with_name("zurich_laboneq.py")
    command = [python, str(script), name, str(repeats + 1)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return 1e3 * statistics.median(json.loads(answer.stdout.strip().split("\n")[-1])["cpu"][1:])


async def _on_devices(name: str) -> list[float | None]:
    """Wall milliseconds: vendor's compiler, upload, the same again, run; None where nothing triggers a device."""
    work = job(name)
    routed = _route(work, list(lower(work.programs, work.target)))
    plans = _plans(routed)
    compiler = SeqcCompiler()
    try:
        made = _translate(routed, plans)
        compiler.compile(_warm())
        compiler.seconds = 0.0
        for each in made:
            compiled(each, _limits(), compiler.compile)
    finally:
        compiler.close()
    names = list(routed.sequencers)
    devices = [f"--device=dev1200{number}:SHFQC" for number in range(len(names))]
    command = [sys.executable, "-m", "simulators.labone", *devices]
    with subprocess.Popen(  # noqa: ASYNC220 - nothing else runs on the loop yet
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            where = json.loads(server.stdout.readline())["labone"]
            adapters = {
                each: _adapter(each, f"labone://{where['host']}:{where['port']}/dev1200{number}")
                for number, each in enumerate(names)
            }
            return [1e3 * compiler.seconds, *await _uploaded(adapters, routed, plans)]
        finally:
            server.stdin.close()


def _warm() -> CompileRequest:
    return CompileRequest("playZero(32);\n", "SHFQC", "", sequencer="sg")


def _adapter(name: str, address: str) -> SHFQCAdapter:
    def load() -> object:
        from drivers.zurich import SHFQC

        return SHFQC(name, address)

    return SHFQCAdapter(name, address, load, 30.0)


async def _uploaded(
    adapters: dict[str, SHFQCAdapter], routed: Routed, plans: dict[str, AcquisitionPlan]
) -> list[float | None]:
    try:
        for name, adapter in adapters.items():
            await adapter.open()
            settings = [OutputSettings(track.ports, 1.0, 5e9) for track in routed.sequencers[name].tracks]
            settings = [
                s if s.ports != READOUT else OutputSettings(READOUT, 1.0, 7e9, 0.0, (1,), 1.0) for s in settings
            ]
            await adapter.configure_outputs(2_000_000_000, tuple(settings))
            await adapter.load(_other(routed.sequencers[name]), None)  # starts the compiler's process
        seconds: list[float | None] = []
        for _ in range(2):
            began = time.perf_counter()
            for name, adapter in adapters.items():
                await adapter.load(routed.sequencers[name], plans.get(name))
            seconds.append(1e3 * (time.perf_counter() - began))
        if any(each.trigger_input is not None for each in routed.sequencers.values()):
            return [*seconds, None]  # nobody has laid the cables of the triggers
        began = time.perf_counter()
        for name, adapter in adapters.items():
            await _run(adapter, plans[name])
        return [*seconds, 1e3 * (time.perf_counter() - began)]
    finally:
        for adapter in adapters.values():
            await adapter.close()


def _other(program: SequencerProgram) -> SequencerProgram:
    return dataclasses.replace(program, passes=2)


async def _run(adapter: SHFQCAdapter, plan: AcquisitionPlan) -> None:
    armed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell() -> None:
        loop.call_soon_threadsafe(armed.set)

    task = asyncio.create_task(adapter.acquire(plan, lambda _: None, tell))
    await armed.wait()
    await adapter.play()
    await task
    await adapter.require_ended()


if __name__ == "__main__":
    sys.exit(main())
