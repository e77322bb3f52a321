"""How long a batch takes on its way to Zurich Instruments, beside LabOne Q compiling the same experiment.

    python benchmarks/zurich.py [--laboneq /path/to/venv/bin/python] [--repeats 7]

Stages of one batch, CPU milliseconds of this process, medians: lowering and routing (schedules to what each
instrument plays), source (SeqC, command tables, waves), then wall milliseconds for the vendor's compiler (nothing
kept), the upload to simulated devices, the same upload again, and 1000 shots. Several devices are those of
configs/zurich-four-shfqc, with the cables of their triggers and a chip, whose simulation is most of the run. The
limit: lowering, routing and source together take no longer than LabOne Q takes to compile.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from zurich_jobs import JOBS, Job, job

import configs
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
    return [translated(each, plans.get(name), _limits(), {1: READOUT}) for name, each in routed.sequencers.items()]


def _laboneq(python: str, name: str, repeats: int) -> float:
    """Median CPU milliseconds of LabOne Q's compilation; the first one, which also warms up, is left out."""
    script = Path(__file__).resolve().with_name("zurich_laboneq.py")
    command = [python, str(script), name, str(repeats + 1)]
    # LabOne Q leaves a folder with logs where it is run.
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return 1e3 * statistics.median(json.loads(answer.stdout.strip().split("\n")[-1])["cpu"][1:])


async def _on_devices(name: str) -> list[float]:
    """Wall milliseconds: vendor's compiler, upload, the same again, run."""
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
    with subprocess.Popen(  # noqa: ASYNC220 - nothing else runs on the loop yet
        _bench_of(len(names)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            told = json.loads(server.stdout.readline())
            adapters = {name: _adapter(name, place) for name, place in zip(names, _places(told), strict=True)}
            return [1e3 * compiler.seconds, *await _uploaded(adapters, routed, plans)]
        finally:
            server.stdin.close()


def _bench_of(devices: int) -> list[str]:
    """The command for an SHFQC that hears itself, or for several with cables between them and a chip."""
    if devices == 1:
        return [sys.executable, "-m", "simulators.labone", "--device=dev12000:SHFQC"]
    lab = configs.ROOT / "zurich-four-shfqc" / "lab.yaml"
    return [sys.executable, "-m", "simulators", str(lab), "--until-stdin-closes"]


def _places(told: dict[str, Any]) -> list[str]:
    """The addresses of the devices that a bench says are there."""
    if "instruments" in told:
        return [str(each["labone"]) for each in told["instruments"].values()]
    where = told["labone"]
    return [f"labone://{where['host']}:{where['port']}/dev12000"]


def _warm() -> CompileRequest:
    return CompileRequest("playZero(32);\n", "SHFQC", "", sequencer="sg")


def _adapter(name: str, address: str) -> SHFQCAdapter:
    def load() -> object:
        from drivers.zurich import SHFQC

        return SHFQC(name, address)

    return SHFQCAdapter(name, address, load, 30.0)


async def _uploaded(
    adapters: dict[str, SHFQCAdapter], routed: Routed, plans: dict[str, AcquisitionPlan]
) -> list[float]:
    try:
        for name, adapter in adapters.items():
            await adapter.open()
            settings = [OutputSettings(track.ports, 1.0, 5e9) for track in routed.sequencers[name].tracks]
            settings = [
                s if s.ports != READOUT else OutputSettings(READOUT, 1.0, 7e9, 0.0, (1,), 1.0) for s in settings
            ]
            await adapter.configure_outputs(2_000_000_000, tuple(settings))
            await adapter.load(_other(routed.sequencers[name]), None)  # starts the compiler's process
        seconds: list[float] = []
        for _ in range(2):
            began = time.perf_counter()
            for name, adapter in adapters.items():
                await adapter.load(routed.sequencers[name], plans.get(name))
            seconds.append(1e3 * (time.perf_counter() - began))
        began = time.perf_counter()
        await _run(adapters, routed, plans)
        return [*seconds, 1e3 * (time.perf_counter() - began)]
    finally:
        for adapter in adapters.values():
            await adapter.close()


def _other(program: SequencerProgram) -> SequencerProgram:
    return dataclasses.replace(program, passes=2)


async def _run(adapters: dict[str, SHFQCAdapter], routed: Routed, plans: dict[str, AcquisitionPlan]) -> None:
    """All analyzers armed, those that wait for a trigger started first."""
    armed = {name: asyncio.Event() for name in adapters}
    loop = asyncio.get_running_loop()

    def tell(name: str) -> None:
        loop.call_soon_threadsafe(armed[name].set)

    tasks = [
        asyncio.create_task(adapter.acquire(plans[name], lambda _: None, partial(tell, name)))
        for name, adapter in adapters.items()
    ]
    for event in armed.values():
        await event.wait()
    for name in sorted(adapters, key=lambda name: routed.sequencers[name].trigger_input is None):
        await adapters[name].play()
    await asyncio.gather(*tasks)
    for adapter in adapters.values():
        await adapter.require_ended()


if __name__ == "__main__":
    sys.exit(main())
