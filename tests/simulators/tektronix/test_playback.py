"""From files and settings to volts and marker levels."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.tektronix import AWG5208, Playback, Stage
from simulators.tektronix.waveform import Samples
from tests.simulators.tektronix.files import NO_ERROR, ask, load, seqx, sml, step, wfmx

GENERATOR = np.random.default_rng(7)
NOISE = GENERATOR.uniform(-1.0, 1.0, 2400).astype(np.float32)
MARKERS = GENERATOR.integers(0, 16, 2400, dtype=np.uint8)


@pytest.fixture
def awg() -> AWG5208:
    awg = AWG5208()
    assert load(awg, "noise.wfmx", wfmx(NOISE, MARKERS)) == NO_ERROR
    return awg


def play(awg: AWG5208) -> Playback:
    """Run, and return what is played."""
    assert ask(awg, "AWGC:RUN;*OPC?;:SYST:ERR?") == f"1;{NO_ERROR}"
    playback = awg.playback()
    assert playback is not None
    return playback


@pytest.mark.parametrize("bits", [12, 13, 14, 15, 16])
def test_volts_are_the_packed_samples_within_half_a_step_of_the_converter(awg: AWG5208, bits: int) -> None:
    ask(awg, f'SOUR3:CASS:WAV "noise";:SOUR3:VOLT 0.75;VOLT:OFFS 0.1;:SOUR3:DAC:RES {bits};:OUTP3 ON')
    playback = play(awg)
    (entry,) = playback.steps
    lsb = 0.75 / (2**bits - 2)
    volts = entry.volts[2]
    assert volts.dtype == np.float64
    assert np.abs(volts - (NOISE.astype(np.float64) * 0.375 + 0.1)).max() <= lsb / 2 * (1 + 1e-9)
    steps = (volts - 0.1) / lsb
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-6)
    assert np.unique(volts).size <= 2**bits - 1
    assert playback.sample_rate_hz == 2.5e9
    assert (entry.repeat, entry.length, entry.goto, entry.wait) == (None, 2400, None, None)


@pytest.mark.parametrize(("bits", "markers"), [(12, 4), (13, 3), (14, 2), (15, 1), (16, 0)])
def test_each_marker_costs_a_bit(awg: AWG5208, bits: int, markers: int) -> None:
    ask(awg, f'SOUR1:CASS:WAV "noise";:SOUR1:DAC:RES {bits};:OUTP1 ON')
    levels = play(awg).steps[0].markers[0]
    assert levels.dtype == np.bool_
    assert levels.shape == (4, 2400)
    for marker in range(4):
        expected = (MARKERS >> marker) & 1 if marker < markers else np.zeros(2400)
        np.testing.assert_array_equal(levels[marker], expected.astype(bool))


def test_outputs_that_are_off_or_unused_are_silent(awg: AWG5208) -> None:
    ask(
        awg,
        'SOUR1:DAC:RES 12;:SOUR1:CASS:WAV "noise";:SOUR2:CASS:WAV "noise";:SOUR3:VOLT:OFFS 0.5;:OUTP2 1;:OUTP3 1',
    )
    entry = play(awg).steps[0]
    assert len(entry.volts) == len(entry.markers) == 8
    assert [bool(volts.any()) for volts in entry.volts] == [False, True] + [False] * 6
    assert not entry.markers[0].any()
    ask(awg, "OUTP:OFF 1")
    playback = awg.playback()
    assert playback is not None
    assert not any(volts.any() for volts in playback.steps[0].volts)


@given(st.lists(st.floats(-4.0, 4.0, width=32), min_size=1, max_size=50), st.integers(12, 16))
def test_codes_are_monotonic_symmetric_and_clipped(values: list[float], bits: int) -> None:
    samples = np.sort(np.array(values, np.float32))
    codes = Samples(samples).codes(bits)
    assert np.all(np.diff(codes) >= 0)
    np.testing.assert_array_equal(Samples(-samples).codes(bits), -codes)
    assert np.abs(codes).max() <= 2 ** (bits - 1) - 1
    assert Samples(samples).clipped == bool(np.abs(samples).max() > 1.0)


def test_clipped_ports_are_told(awg: AWG5208) -> None:
    load(awg, "loud.wfmx", wfmx(NOISE * 1.5))
    ask(awg, 'SOUR1:CASS:WAV "loud";:SOUR2:CASS:WAV "loud";:SOUR4:CASS:WAV "noise";:OUTP1 1;:OUTP4 1')
    playback = play(awg)
    assert playback.clipped_ports == (1,)
    assert playback.steps[0].volts[0].max() == 0.25


def test_equal_content_is_the_same_object(awg: AWG5208) -> None:
    steps = [step(n, [f"a{n}", f"b{n}"]) for n in range(1, 40)]
    waveforms = {f"a{n}": wfmx(NOISE, MARKERS) for n in range(1, 40)}
    waveforms |= {f"b{n}": wfmx(np.zeros(2400) if n % 2 else NOISE) for n in range(1, 40)}
    assert load(awg, "s.seqx", seqx({"s": sml("seq", steps, 2)}, waveforms)) == NO_ERROR
    ask(awg, "OUTP1 1;:OUTP2 1;:SOUR1:DAC:RES 15;:SOUR2:DAC:RES 15")
    ask(awg, 'SOUR1:CASS:SEQ "seq",1;:SOUR2:CASS:SEQ "seq",2')
    playback = play(awg)
    assert len({id(entry.volts[0]) for entry in playback.steps}) == 1
    assert {id(entry.volts[1]) for entry in playback.steps} == {
        id(playback.steps[0].volts[0]),
        id(playback.steps[0].volts[5]),
    }
    assert len({id(levels) for entry in playback.steps for levels in entry.markers}) == 2
    assert awg.playback() is playback
    volts = playback.steps[0].volts[0]
    ask(awg, "SOUR7:VOLT 0.7")
    again = awg.playback()
    assert again is not playback
    assert again is not None
    assert again.steps[0].volts[0] is volts
    with pytest.raises(ValueError, match="read-only"):
        volts[0] = 1.0


def test_many_lengths_keep_their_silence(awg: AWG5208) -> None:
    steps = [step(n, [f"w{n % 30}"]) for n in range(1, 61)]
    waveforms = {f"w{n}": wfmx(np.zeros(2400 + n)) for n in range(30)}
    load(awg, "s.seqx", seqx({"s": sml("seq", steps)}, waveforms))
    ask(awg, 'SOUR1:CASS:SEQ "seq",1;:OUTP1 1')
    playback = play(awg)
    assert len({id(volts) for entry in playback.steps for volts in entry.volts}) == 30


def test_tracks_go_to_the_channels_they_are_assigned_to(awg: AWG5208) -> None:
    steps = [step(1, ["x", "y"], Repeat="RepeatCount", RepeatCount="5"), step(2, ["y", "x"], GoTo="First")]
    waveforms = {"x": wfmx(np.full(2400, 0.5)), "y": wfmx(np.full(2400, -1.0))}
    load(awg, "s.seqx", seqx({"s": sml("seq", steps, 2)}, waveforms))
    ask(awg, 'SOUR8:CASS:SEQ "seq",1;:SOUR2:CASS:SEQ "seq",2;:SOUR1:CASS:SEQ "seq",2;:OUTP8 1;:OUTP2 1;:OUTP1 1')
    assert ask(awg, "SOUR8:CASS?;CASS:TYPE?;:SOUR3:CASS?;CASS:TYPE?") == '"seq,1";SEQ;"";NONE'
    first, second = play(awg).steps
    assert (first.repeat, second.repeat) == (5, 1)
    assert play(awg).stages == (Stage(0, goto=1), Stage(1, goto=0))
    assert [first.volts[port - 1][0] for port in (8, 2, 1)] == pytest.approx([0.125, -0.25, -0.25], abs=1e-5)
    assert second.volts[7][0] == pytest.approx(-0.25)


def test_dropped_waveform_plays_as_silence(awg: AWG5208) -> None:
    awg.load_faults.drops = lambda name: name == "y"
    steps = [step(1, ["x", "y"]), step(2, ["y", "y"])]
    waveforms = {"x": wfmx(NOISE), "y": wfmx(NOISE)}
    load(awg, "s.seqx", seqx({"s": sml("seq", steps, 2)}, waveforms))
    ask(awg, 'SOUR1:CASS:SEQ "seq",1;:SOUR2:CASS:SEQ "seq",2;:OUTP1 1;:OUTP2 1')
    first, second = play(awg).steps
    assert first.volts[0].any()
    assert not first.volts[1].any()
    assert (first.length, second.length) == (2400, 0)


def test_waveform_replaced_by_a_shorter_one_is_filled_up(awg: AWG5208) -> None:
    steps = [step(1, ["x", "y"])]
    waveforms = {"x": wfmx(np.ones(3000), np.ones(3000, np.uint8)), "y": wfmx(np.ones(3000))}
    load(awg, "s.seqx", seqx({"s": sml("seq", steps, 2)}, waveforms))
    load(awg, "y.wfmx", wfmx(np.ones(2400)))
    ask(awg, 'SOUR1:CASS:SEQ "seq",1;:SOUR2:CASS:SEQ "seq",2;:OUTP1 1;:OUTP2 1')
    entry = play(awg).steps[0]
    assert [volts.size for volts in entry.volts] == [3000] * 8
    assert entry.markers[1].shape == (4, 3000)
    assert entry.volts[1][2399] == 0.25
    assert entry.volts[1][2400] == 0.0


def test_subsequences_are_stages(awg: AWG5208) -> None:
    main = sml(
        "main",
        [
            step(1, ["x"]),
            step(2, ["sub"], AssetType="Sequence", Repeat="RepeatCount", RepeatCount="2", WaitInput="TrigA"),
            step(3, ["sub"], AssetType="Sequence"),
            step(4, ["x"], GoTo="First"),
        ],
    )
    sub = sml("sub", [step(1, ["y"], Repeat="RepeatCount", RepeatCount="3"), step(2, ["x"], GoTo="End")])
    waveforms = {"x": wfmx(NOISE), "y": wfmx(np.zeros(2500))}
    assert load(awg, "s.seqx", seqx({"main": main, "sub": sub}, waveforms)) == NO_ERROR
    ask(awg, 'SOUR1:CASS:SEQ "main",1;:OUTP1 1')
    playback = play(awg)
    assert [entry.length for entry in playback.steps] == [2400, 2500, 2400, 2400]
    assert [entry.goto for entry in playback.steps] == [None, 2, None, None]
    assert [entry.repeat for entry in playback.steps] == [1, 3, 1, 1]
    assert [entry.wait for entry in playback.steps] == [None] * 4
    assert playback.stages == (Stage(0, 1, 1), Stage(1, 2, 2, "TrigA"), Stage(1, 1, 3), Stage(3, 1, 0))
    assert playback.steps[0].volts[0] is playback.steps[2].volts[0]


def test_endless_subsequence_returns_to_its_own_start(awg: AWG5208) -> None:
    main = sml("main", [step(1, ["x"]), step(2, ["sub"], AssetType="Sequence", Repeat="Infinite")])
    sub = sml("sub", [step(1, ["x"]), step(2, ["x"])])
    load(awg, "s.seqx", seqx({"main": main, "sub": sub}, {"x": wfmx(NOISE)}))
    ask(awg, 'SOUR1:CASS:SEQ "main",1')
    assert play(awg).stages == (Stage(0, 1, 1), Stage(1, None, None))


def test_a_million_passes_cost_as_much_as_one(awg: AWG5208) -> None:
    """Neither loading, running nor the playback grows with the passes of a subsequence."""
    passes = 1_048_576
    main = sml("main", [step(1, ["sub"], AssetType="Sequence", Repeat="RepeatCount", RepeatCount=str(passes))])
    sub = sml("sub", [step(n, ["x"]) for n in range(1, 101)])
    tracemalloc.start()
    began = time.monotonic()
    try:
        assert load(awg, "s.seqx", seqx({"main": main, "sub": sub}, {"x": wfmx(NOISE)})) == NO_ERROR
        ask(awg, 'SOUR1:CASS:SEQ "main",1;:OUTP1 1')
        playback = play(awg)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
    assert time.monotonic() - began < 2.0
    assert len(playback.steps) == 100
    assert playback.stages == (Stage(0, passes),)


def test_too_many_steps_do_not_play(awg: AWG5208) -> None:
    """Subsequences count once each, together with the sequence that plays them."""
    sub = sml("sub", [step(n, ["x"]) for n in range(1, 16_384)])
    load(awg, "sub.seqx", seqx({"sub": sub}, {"x": wfmx(NOISE)}))
    for extra, answer in ((1, NO_ERROR), (2, "-221")):
        main = sml("main", [step(n, ["sub"], AssetType="Sequence") for n in range(1, extra + 1)])
        load(awg, "s.seqx", seqx({"main": main}, {}))
        ask(awg, 'SOUR1:CASS:SEQ "main",1')
        assert ask(awg, "AWGC:RUN;*OPC?;:SYST:ERR?").startswith(f"1;{answer}")


def test_subsequences_of_subsequences_are_refused(awg: AWG5208) -> None:
    main = sml("main", [step(1, ["main"], AssetType="Sequence")])
    assert load(awg, "s.seqx", seqx({"main": main}, {})).startswith("-221")
    lost = sml("main", [step(1, ["lost"], AssetType="Sequence")])
    assert load(awg, "s.seqx", seqx({"main": lost}, {})).startswith("-256")
