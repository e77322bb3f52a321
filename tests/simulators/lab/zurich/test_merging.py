"""Runs on one clock, cut into shots."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.lab.zurich.merging import TICKS_HZ, Receiver, Source, merge
from simulators.lab.zurich.pulses import Pulses

WAVES = (np.full(100, 0.5 + 0j), np.full(300, 0.25j))


def source(line: str, rate: int, starts: list[int], which: list[int] | None = None, factor: float = 1.0) -> Source:
    numbers = np.array(which or [0] * len(starts), np.int64)
    pulses = Pulses(np.array(starts, np.int64), numbers, np.zeros(len(starts)), WAVES)
    return Source(line, 5e9, rate, factor, pulses)


def receiver(starts: list[int], rate: int = 2_000_000_000, length: int = 4000) -> Receiver:
    return Receiver("feedline", 7e9, rate, np.array(starts, np.int64), length)


MS = 2_000_000


def test_equal_shots_are_one_content() -> None:
    drive = source("q0", 2_000_000_000, [k * MS for k in range(5)])
    merged = merge([drive], receiver([k * MS + 500 for k in range(5)]))
    assert len(merged.contents) == 1
    assert merged.order.tolist() == [0] * 5
    assert merged.contents[0].duration_s == 1e-3
    assert merged.windows_s == ((250e-9,),)
    assert merged.first.tolist() == [0, 1, 2, 3, 4, 5]


def test_a_sweep_has_a_content_for_each_point() -> None:
    drive = source("q0", 2_000_000_000, [k * MS for k in range(6)], [0, 1] * 3)
    merged = merge([drive], receiver([k * MS + 500 for k in range(6)]))
    assert merged.order.tolist() == [0, 1, 0, 1, 0, 1]
    assert [content.signals[0].waveforms[0].size for content in merged.contents] == [100, 300]


def test_silence_before_the_readout_does_not_end_a_shot() -> None:
    """A pulse, 100 us, a readout: relaxation is measured like this."""
    drive = source("q0", 2_000_000_000, [k * MS for k in range(3)])
    merged = merge([drive], receiver([k * MS + 200_000 for k in range(3)]))
    assert merged.order.tolist() == [0, 0, 0]
    assert merged.windows_s == ((100e-6,),)


def test_readouts_of_one_program_stay_in_one_shot() -> None:
    drive = source("q0", 2_000_000_000, [k * MS for k in range(3)])
    windows = sorted([k * MS + 500 for k in range(3)] + [k * MS + 12_000 for k in range(3)])
    merged = merge([drive], receiver(windows))
    assert merged.order.tolist() == [0, 0, 0]
    assert merged.windows_s == ((250e-9, 6e-6),)


def test_without_silence_between_programs() -> None:
    """5 us from readout to the next pulse, which is little; still every readout ends a shot."""
    drive = source("q0", 2_000_000_000, [k * 15_000 for k in range(4)])
    merged = merge([drive], receiver([k * 15_000 + 500 for k in range(4)]))
    assert merged.order.tolist() == [0, 0, 0, 0]


def test_different_rates_and_attenuation() -> None:
    """A drive at 2.4 GS/s and a feedline at 1.8 GS/s: starts are counted in samples of each."""
    drive = source("q0", 2_400_000_000, [48, 48 + 2_400_000], factor=0.1)
    probe = source("feedline", 1_800_000_000, [108, 108 + 1_800_000], [1, 1])
    merged = merge([drive, probe], receiver([180, 180 + 1_800_000], 1_800_000_000))
    (content,) = merged.contents
    by_line = {signal.line: signal for signal in content.signals}
    begin_s = 48 / 2.4e9  # the first sample of all
    assert by_line["q0"].starts.tolist() == [0]
    assert by_line["feedline"].starts[0] / 1.8e9 + begin_s == pytest.approx(108 / 1.8e9, abs=1e-15)
    assert np.allclose(by_line["q0"].waveforms[0], 0.05)
    assert content.duration_s == 1e-3


def test_a_probe_at_another_phase_is_the_same_shot_turned() -> None:
    starts = np.arange(4) * MS
    pulses = Pulses(starts, np.ones(4, np.int64), np.array([0.0, 1.0, 2.0, 6.0]), WAVES)
    merged = merge([Source("feedline", 7e9, 2_000_000_000, 1.0, pulses, probes=True)], receiver(starts.tolist()))
    assert merged.order.tolist() == [0] * 4
    assert np.allclose(np.angle(merged.turns) % (2 * np.pi), [0.0, 1.0, 2.0, 6.0])
    (content,) = merged.contents
    assert content.signals[0].phases_rad.tolist() == [0.0]


@given(st.lists(st.tuples(st.integers(50, 400), st.integers(0, 1), st.integers(0, 40)), min_size=1, max_size=8))
def test_nothing_is_lost_or_moved(shots: list[tuple[int, int, int]]) -> None:
    """Whatever the distances: put end to end, the shots are the run."""
    at, starts, which, windows = 0, [], [], []
    for gap, wave, later in shots:
        starts.append(at)
        which.append(wave)
        windows.append(at + 1000 + 100 * later)
        at = windows[-1] + 4000 + 1000 * gap
    rate = 2_000_000_000
    merged = merge([source("q0", rate, starts, which)], receiver(windows))
    now, found, heard = starts[0] / rate, [], []
    for shot in merged.order.tolist():
        content = merged.contents[shot]
        for signal in content.signals:
            found += [now + start / rate for start in signal.starts.tolist()]
        heard += [now + window for window in merged.windows_s[shot]]
        now += content.duration_s
    assert np.allclose(found, np.array(starts) / rate, atol=1.0 / TICKS_HZ)
    assert np.allclose(heard, np.array(windows) / rate, atol=1.0 / TICKS_HZ)
