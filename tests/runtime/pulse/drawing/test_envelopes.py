"""Curves go through the samples, in their frame, whatever is left out."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from runtime.pulse import Constant, Drag, GaussianSquare, Pulse, Waveform
from runtime.pulse.drawing.changes import UNCHANGED
from runtime.pulse.drawing.envelopes import curve, still_stretches
from runtime.pulse.drawing.scene import PlayMark


def mark(pulse: Pulse, start: int = 0, phase: float = 0.0) -> PlayMark:
    return PlayMark(start, start + int(pulse.duration), pulse, phase, UNCHANGED)


@pytest.mark.parametrize("phase", [0.0, math.pi / 2, -1.0])
def test_the_curve_is_the_envelope_turned_by_the_frame(phase: float) -> None:
    drag = Drag(160, 0.4, 40, -3.0)
    instants, values = curve(mark(drag, 1000, phase), 0, 5000, points=1000)
    middles = (instants - 1000)[2:-2]
    np.testing.assert_allclose(values[2:-2], drag.evaluate(middles) * cmath.exp(1j * phase), atol=1e-12)
    assert instants[0] == 1000
    assert instants[-1] == 1160
    assert values[0] == values[-1] == 0


def test_only_what_lies_in_the_range_is_drawn() -> None:
    instants, values = curve(mark(Constant(100, 0.3), 50), 80, 120, points=1000)
    assert (instants[0], instants[-1]) == (80, 120)
    assert set(values) == {0.3 + 0j}
    assert curve(mark(Constant(100, 0.3), 50), 200, 300, points=1000)[0].size == 0


def test_no_peak_is_lost_when_there_are_more_samples_than_points() -> None:
    samples = np.zeros(100_000, complex)
    samples[12_345] = 0.9
    samples[77_777] = -0.8j
    instants, values = curve(mark(Waveform(samples)), 0, 100_000, points=500)
    assert instants.size < 600
    assert values.real.max() == 0.9
    assert values.imag.min() == -0.8
    assert abs(instants[values.real.argmax()] - 12_345) < 400


def test_smooth_slopes_stay_smooth_when_points_are_left_out() -> None:
    pulse = Drag(10_000, 0.5, 2500, 0.0)
    instants, values = curve(mark(pulse), 0, 10_000, points=400)
    np.testing.assert_allclose(values[2:-2].real, pulse.evaluate(instants[2:-2]).real, atol=1e-12)


def test_flat_stretches() -> None:
    assert still_stretches(Constant(100, 0.2)) == [(0, 100)]
    assert still_stretches(GaussianSquare(1000, 0.2, 50, width=600)) == [(200, 800)]
    assert still_stretches(Drag(160, 0.4, 40, -3.0)) == []
