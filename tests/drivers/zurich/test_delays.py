"""Delays of outputs: by the delay nodes, in their steps, and what is played late stays in step."""

from __future__ import annotations

import pytest

from drivers.contract import OutputSettings
from drivers.zurich.checks import settings_problems
from drivers.zurich.settings import output_nodes
from drivers.zurich.translation import core_of
from tests.drivers.zurich.bench import profile


@pytest.mark.parametrize(
    ("model", "ports", "node"),
    [
        ("HDAWG8", (3, 4), "sigouts/2/delay"),
        ("SHFSG8", (2,), "sgchannels/1/output/delay"),
        ("SHFQC", (7,), "qachannels/0/generator/delay"),
    ],
)
def test_a_delay_is_a_node(model: str, ports: tuple[int, ...], node: str) -> None:
    """In seconds, for every output of the pair."""
    limits = profile(model)
    output = OutputSettings(ports, 0.5 if model == "HDAWG8" else 1.0, 5e9, delay_s=10e-9)
    assert output_nodes(limits, core_of(limits, ports), output, 0)[node] == 10e-9


@pytest.mark.parametrize(
    ("model", "ports", "delay_s", "said"),
    [
        ("SHFSG8", (1,), 10e-9, ""),
        ("SHFSG8", (1,), 124e-9, ""),
        ("SHFSG8", (1,), 200e-9, "delay that the output does not have"),
        ("SHFSG8", (1,), 10.2e-9, "nearest 1e-08 s"),
        ("SHFQC", (7,), 100e-6, ""),
        ("SHFQC", (7,), 101e-9, "multiples of 2e-09 s, nearest 1e-07 s"),
        ("HDAWG8", (1, 2), 30e-9, "delay that the output does not have"),
    ],
)
def test_delays_are_checked(model: str, ports: tuple[int, ...], delay_s: float, said: str) -> None:
    """Range and steps, with the nearest that there is."""
    limits = profile(model)
    output = OutputSettings(ports, 0.5 if model == "HDAWG8" else 1.0, 5e9, delay_s=delay_s)
    problems = [str(each) for each in settings_problems("device", limits.sample_rates_hz[0], (output,), limits)]
    assert any(said in each for each in problems) if said else problems == []


def test_which_generators_share_a_synthesizer() -> None:
    """Two neighbours of an SHFSG8, none of an SHFSG4."""
    outputs = (OutputSettings((1,), 1.0, 5.0e9), OutputSettings((2,), 1.0, 5.2e9))
    told = [problem.what for problem in settings_problems("device", 2_000_000_000, outputs, profile("SHFSG8"))]
    assert told == ["the synthesizer is shared with device output 1, which wants another frequency"]
    assert not list(settings_problems("device", 2_000_000_000, outputs, profile("SHFSG4")))
