"""Generator slots: amplitude sweeps of readout pulses from steps that are added up, in one program."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import OutputTrack, ProblemReport
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.seqc import slots_of
from drivers.zurich.translation import translated
from tests.drivers.zurich.bench import profile, program, tone, track, worst

PULSE = tone(1600, 0.013) / 0.9 * np.sin(np.linspace(0.05, 3.0, 1600))


def _sweep(amplitudes: list[float], ports: tuple[int, ...] = (1,)) -> OutputTrack:
    """A readout pulse a program, amplitude inside, as routing makes them."""
    events = [[(800, number, 1.0, 0.0)] for number in range(len(amplitudes))]
    return track(ports, events, [amplitude * PULSE for amplitude in amplitudes], name="readout")


def _played(line: OutputTrack, samples: int, most: int) -> list[np.ndarray]:
    """What the slots of each row's masks add up to."""
    plan = slots_of(line, samples, most)
    found = []
    for masks in plan.of_row:
        pieces = []
        for mask in masks:
            chosen = [slot.samples for number, slot in enumerate(plan.slots) if mask >> number & 1]
            length = chosen[0].size if chosen else 0
            pieces.append(np.sum(chosen, axis=0) if chosen else np.zeros(length))
        found.append(np.concatenate(pieces))
    return found


@pytest.mark.parametrize(("model", "port"), [("SHFQA4", 1), ("SHFQC", 7)])
def test_an_amplitude_sweep_is_one_program(model: str, port: int, compiler: SeqcCompiler) -> None:
    """101 amplitudes from 8 slots, played sample by sample."""
    line = _sweep(np.linspace(0.05, 0.85, 101).tolist(), (port,))
    wanted = program(model, [line], [8000] * 101)
    made = translated(wanted, None, profile(model), {})
    assert len(made.cores[0].waves) == 8
    assert worst(model, wanted, compiler, shown=2500) <= 1.5


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 120), st.integers(0, 40), st.sampled_from([0.1, 0.0731, 1.0]), st.sampled_from([400, 4096]))
def test_steps_add_up_to_every_amplitude(count: int, first: int, scale: float, samples: int) -> None:
    """Evenly spaced from anywhere, whole pulses and such as take several slots."""
    amplitudes = scale * (first + np.arange(count)) / (first + count) + 1e-3
    line = _sweep(amplitudes.tolist())
    for amplitude, found in zip(amplitudes, _played(line, samples, 1), strict=True):
        np.testing.assert_allclose(found, amplitude * PULSE, rtol=0, atol=1e-6)


def test_few_pulses_have_slots_of_their_own() -> None:
    """Nothing is added up where there is room."""
    line = _sweep([0.1, 0.2, 0.3, 0.4, 0.5])
    assert len(slots_of(line, 4096, 8).slots) == 5
    assert len(slots_of(line, 4096, 4).slots) == 3


def test_negative_amplitudes_and_gaps() -> None:
    """Through zero, and with points left out."""
    amplitudes = [-0.3, -0.2, -0.1, 0.0, 0.1, 0.3, 0.4]
    line = _sweep(amplitudes)
    plan = slots_of(line, 4096, 4)
    assert len(plan.slots) == 4
    for amplitude, found in zip(amplitudes, _played(line, 4096, 4), strict=True):
        np.testing.assert_allclose(found if found.size else 0 * PULSE, amplitude * PULSE, rtol=0, atol=1e-6)


def test_uneven_amplitudes_are_told() -> None:
    """What no steps make needs a slot each, and there are not as many."""
    line = _sweep((0.9 * np.linspace(0.2, 1.0, 40) ** 2).tolist())
    with pytest.raises(ProblemReport, match="evenly spaced amplitudes of one shape"):
        translated(program("SHFQA4", [line], [8000] * 40), None, profile("SHFQA4"), {})
