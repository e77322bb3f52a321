"""Flat tops are held, not stored: what is emitted stays the same, sample by sample, in less memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import SequencerProgram
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.translation import compiled, translated
from tests.drivers.zurich.bench import marker, profile, program, track, worst
from tests.drivers.zurich.test_compiler_agrees import assembly

STEPS = 1.5


def _flat_top(rise: int, width: int, before: int = 0, after: int = 0) -> np.ndarray:
    """A pulse with a flat top, and zeros around it, up to the next 16 samples."""
    edge = np.sin(np.linspace(0.01, np.pi / 2, rise)) ** 2 if rise else np.zeros(0)
    pulse = (
        0.9 * np.exp(0.4j) * np.concatenate([np.zeros(before), edge, np.ones(width), edge[::-1], np.zeros(after)])
    )
    return np.concatenate([pulse, np.zeros(-pulse.size % 16)])


def _batch(model: str, shape: np.ndarray, oscillator_hz: float = 87.6e6) -> SequencerProgram:
    ports = profile(model).generator_outputs[0]
    short = _flat_top(40, 100)
    events = [
        [(160, 0, 0.8, 0.3), (160 + shape.size, 1, 0.5, -1.0), (2 * shape.size + 640, 0, 0.4, 2.0)],
        [(0, 0, 1.0, 0.0)],
    ]
    line = track(ports, events, [shape, short], oscillator_hz)
    return program(model, [line], [3 * shape.size + 4096] * 2, passes=2)


@pytest.mark.parametrize("oscillator_hz", [0.0, 87.6e6])
@pytest.mark.parametrize("model", ["SHFSG8", "HDAWG8", "SHFQC"])
def test_a_flat_top_is_held(model: str, oscillator_hz: float, compiler: SeqcCompiler) -> None:
    """A pulse of 5,000 samples is stored as two of a hundred, and played with its oscillator running on."""
    wanted = _batch(model, _flat_top(60, 4800), oscillator_hz)
    made = translated(wanted, None, profile(model), {})
    assert "playHold(" in made.cores[0].source
    assert sum(wave.length for wave in made.cores[0].waves) < 500
    assert worst(model, wanted, compiler, shown=20_000) <= STEPS
    (elf,) = compiled(made, profile(model), compiler.compile)
    lines = [line for line in assembly(elf.elf) if line.strip() and not line.strip().endswith(":")]
    assert len(lines) == made.cores[0].instructions


@pytest.mark.parametrize("model", ["SHFSG8", "HDAWG8"])
def test_any_flat_top(model: str, compiler: SeqcCompiler) -> None:
    """Rises of any length, none too, tops that begin and end off the grid, zeros before and behind."""

    @settings(max_examples=12, deadline=None, database=None)
    @given(st.integers(0, 90), st.integers(200, 900), st.integers(0, 40), st.integers(0, 70))
    def check(rise: int, width: int, before: int, after: int) -> None:
        assert worst(model, _batch(model, _flat_top(rise, width, before, after)), compiler) <= STEPS

    check()


def test_what_is_not_held(compiler: SeqcCompiler) -> None:
    """Short tops, and pulses with a marker: its bits are in the waves. Silence is no top."""
    ports = profile("SHFSG8").generator_outputs[0]
    short = translated(_batch("SHFSG8", _flat_top(60, 250)), None, profile("SHFSG8"), {})
    assert "playHold" not in short.cores[0].source
    line = track(ports, [[(160, 0, 0.8, 0.3)]], [_flat_top(60, 2000)], 1e8)
    marked = program("SHFSG8", [line], [4096], markers=(marker(0, ports[0], 400, 1500),))
    assert "playHold" not in translated(marked, None, profile("SHFSG8"), {}).cores[0].source
    assert worst("SHFSG8", marked, compiler) <= STEPS
    padded = track(ports, [[(160, 0, 0.8, 0.3)]], [_flat_top(30, 60, after=2000)], 1e8)
    assert (
        "playHold"
        not in translated(program("SHFSG8", [padded], [4096]), None, profile("SHFSG8"), {}).cores[0].source
    )
