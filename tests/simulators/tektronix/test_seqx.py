"""The reader of sequence bundles."""

from __future__ import annotations

import contextlib
import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qcodes.instrument_drivers.tektronix import TektronixAWG5208

from simulators.tektronix import AWG5208_PROFILE, BadFile, Goto, Step, read_seqx
from tests.simulators.tektronix.files import seqx, sml, step, wfmx

ZEROS = wfmx(np.zeros(2400, np.float32))


def read_steps(*steps: str, tracks: int = 1, count: int | None = None) -> tuple[Step, ...]:
    """The steps of a sequence `s`."""
    return read_seqx(seqx({"s": sml("s", steps, tracks, count)}, {}), AWG5208_PROFILE).sequences["s"].steps


def test_steps_are_read_in_order_of_their_numbers() -> None:
    got = read_steps(
        step(2, ["b"], Repeat="Infinite", GoTo="End"),
        step(1, ["a"], Repeat="RepeatCount", RepeatCount="7", WaitInput="TrigA", GoTo="StepIndex", GoToStep="3"),
        step(3, ["c"], GoTo="First", EventJumpInput="Internal", EventJumpTo="StepIndex", EventJumpToStep="2"),
    )
    assert got == (
        Step(("a",), repeat=7, wait="TrigA", goto=3),
        Step(("b",), repeat=None, goto=Goto.END),
        Step(("c",), goto=Goto.FIRST, event_input="Internal", event_jump=2),
    )


def test_bundle_made_by_the_vendor_driver() -> None:
    steps, tracks = 12, 3
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, (tracks, steps, 1, 2400))
    data = TektronixAWG5208.makeSEQXFile(
        trig_waits=[2] + [0] * 11,
        nreps=[0, 1, 5] + [1] * 9,
        event_jumps=[1] + [0] * 11,
        event_jump_to=[4] + [0] * 11,
        go_to=[0] * 11 + [1],
        wfms=[[samples[track, n, 0] for n in range(steps)] for track in range(tracks)],
        amplitudes=[1.0] * tracks,
        seqname="my seq",
    )
    bundle = read_seqx(data, AWG5208_PROFILE)
    sequence = bundle.sequences["my_seq"]
    assert sequence.tracks == 3
    assert [entry.repeat for entry in sequence.steps] == [None, 1, 5] + [1] * 9
    assert sequence.steps[0].wait == "TrigB"
    assert sequence.steps[0].event_input == "TrigA"
    assert sequence.steps[0].event_jump == 4
    assert sequence.steps[11].goto == 1
    for n in range(steps):
        for track in range(tracks):
            read, _ = bundle.waveforms[sequence.steps[n].assets[track]]
            np.testing.assert_array_equal(read, (samples[track, n, 0] * 2.0).astype(np.float32))


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([step(1, ["a"], Repeat="Twice")], "step 1: Repeat 'Twice'"),
        ([step(1, ["a"], Repeat="RepeatCount", RepeatCount="0")], "step 1: RepeatCount '0' is not within"),
        ([step(1, ["a"], Repeat="RepeatCount", RepeatCount="9999999")], "step 1: RepeatCount"),
        ([step(1, ["a"], GoTo="StepIndex", GoToStep="2")], "step 1: GoToStep '2' is not within 1 to 1"),
        ([step(1, ["a"], GoTo="Home")], "step 1: GoTo 'Home'"),
        ([step(1, ["a"], WaitInput="TrigC")], "step 1: WaitInput 'TrigC'"),
        ([step(1, ["a", "b"])], "step 1: 2 assets for 1 tracks"),
        ([step(1, [])], "step 1: assets of type"),
        ([step(1, ["a"], AssetType="Picture")], "step 1: assets of type"),
        ([step(1, ["a"]), step(1, ["a"])], "step 1 occurs twice"),
        ([step(1, ["a"]), step(3, ["a"])], "StepNumber '3' is not within 1 to 2"),
        ([], "0 steps are not within"),
    ],
)
def test_bad_steps_are_named(steps: list[str], says: str) -> None:
    with pytest.raises(BadFile, match=f"s.sml: {says}"):
        read_steps(*steps)


def test_counts_must_agree() -> None:
    with pytest.raises(BadFile, match="StepCount '2' for 1 steps"):
        read_steps(step(1, ["a"]), count=2)
    with pytest.raises(BadFile, match="TrackCount '9' is not within 1 to 8"):
        read_steps(step(1, ["a"] * 9), tracks=9)


def test_too_many_steps() -> None:
    profile = replace(AWG5208_PROFILE, max_steps=2)
    data = seqx({"s": sml("s", [step(n, ["a"]) for n in (1, 2, 3)])}, {})
    with pytest.raises(BadFile, match="3 steps are not within 1 to 2"):
        read_seqx(data, profile)


def test_damaged_waveform_is_named() -> None:
    with pytest.raises(BadFile, match=r"w\.wfmx: 9596 bytes"):
        read_seqx(seqx({"s": sml("s", [step(1, ["w"])])}, {"w": ZEROS[:-4]}), AWG5208_PROFILE)


def test_bundle_without_a_sequence() -> None:
    with pytest.raises(BadFile, match="no sequence"):
        read_seqx(seqx({}, {"w": ZEROS}), AWG5208_PROFILE)


def test_bundle_that_unpacks_to_more_than_the_memory() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Waveforms/bomb.wfmx", bytes(1 << 22))
    with pytest.raises(BadFile, match="more than the memory holds"):
        read_seqx(buffer.getvalue(), replace(AWG5208_PROFILE, memory_samples=100_000))


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_no_damage_raises_anything_else(position: int, damage: bytes) -> None:
    data = bytearray(seqx({"s": sml("s", [step(1, ["w"])])}, {"w": ZEROS}))
    data[position : position + len(damage)] = damage
    with contextlib.suppress(BadFile):
        assert read_seqx(bytes(data), AWG5208_PROFILE).sequences
