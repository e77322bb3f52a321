"""The package's public door, and what opening it loads."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
import time

import pytest

from runtime import pulse

HEAVY = ["matplotlib", "qcodes", "numba", "pandas", "scipy", "symengine"]


def test_importing_loads_nothing_heavy() -> None:
    code = f"import json, sys, runtime.pulse; print(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == []


def test_every_submodule_of_qiskit_is_an_attribute_of_the_package() -> None:
    names = [
        *("library", "channels", "instructions", "transforms", "builder", "macros", "exceptions", "filters"),
        *("utils", "configuration", "calibration_entries", "schedule", "instruction_schedule_map"),
    ]
    code = f"from runtime import pulse; print([n for n in {names} if not hasattr(pulse, n)])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "name",
    ["channels", "configuration", "exceptions", "filters", "instructions", "library", "parameters", "schedule"],
)
def test_public_modules_list_what_they_offer(name: str) -> None:
    module = importlib.import_module(f"runtime.pulse.{name}")
    for public in module.__all__:
        thing = getattr(module, public)
        assert thing.__doc__ or not (inspect.isclass(thing) or inspect.isfunction(thing))


def test_everything_listed_exists_once() -> None:
    assert len(set(pulse.__all__)) == len(pulse.__all__)
    for name in pulse.__all__:
        assert hasattr(pulse, name)


def seconds(operations: int) -> float:
    """Processor time to append that many instructions in place, the best of three."""
    play = pulse.Play(pulse.Constant(16, 0.1), pulse.DriveChannel(0))
    best = float("inf")
    for _ in range(3):
        begin = time.thread_time()
        schedule = pulse.Schedule()
        for _ in range(operations):
            schedule.append(play, inplace=True)
        best = min(best, time.thread_time() - begin)
        assert schedule.duration == 16 * operations
    return best


def test_appending_in_place_costs_the_same_each_time() -> None:
    # Ten times as much work; a quadratic one takes a hundred times as long.
    assert seconds(40_000) < 30 * seconds(4_000)
