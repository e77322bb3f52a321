"""Uploads into a simulated AWG5208 over its real protocols."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest

from drivers.contract import ProblemReport, UploadError
from simulators.scpi import Addresses, ScpiError
from simulators.tektronix import AWG5208, Bundle, Stage
from tests.drivers.conftest import open_awg
from tests.drivers.programs import RATE_HZ, program

LSB_V = 0.5 / 2**16


@pytest.mark.parametrize("transport", ["hislip", "vxi11", "socket"])
async def test_what_plays_is_the_program(awg_model: AWG5208, awg_addresses: Addresses, transport: str) -> None:
    """Upload, play: every port of every entry is the program's within one step of the converter."""
    wanted = program()
    async with open_awg(getattr(awg_addresses, transport)) as awg:
        receipt = await awg.upload(wanted)
        assert receipt.verified
        assert receipt.content_hash == wanted.content_hash()
        assert receipt.bytes_sent > 4 * 2400 * len(wanted.waveforms)
        await awg.play()
        playback = awg_model.playback()
        assert playback is not None
        assert playback.sample_rate_hz == RATE_HZ
        assert len(playback.steps) == len(wanted.steps)
        for number, (step, played) in enumerate(zip(wanted.steps, playback.steps, strict=True)):
            assert (played.repeat, played.length) == (step.repeat, step.length)
            for port in range(1, 9):
                volts = wanted.port_samples(port, number) * 0.25 if port in wanted.ports else np.zeros(step.length)
                lsb = LSB_V * 2 if port == 7 else LSB_V  # a marker takes one bit
                assert np.abs(played.volts[port - 1] - volts).max() <= lsb
            marker = np.zeros(step.length, bool)
            for pulse in step.markers:
                marker[pulse.start : pulse.stop] = True
            assert (played.markers[6][0] == marker).all()
            assert not played.markers[0].any()
        assert playback.stages == (Stage(0, wanted.passes),)
        await awg.stop()
        assert awg_model.playback() is None


async def test_the_same_program_costs_nothing_the_second_time(awg_addresses: Addresses) -> None:
    """A program that the instrument holds is verified and not sent, also by another session."""
    async with open_awg(awg_addresses.hislip) as awg:
        first = await awg.upload(program())
        again = await awg.upload(program())
    assert first.bytes_sent > 0
    assert (
        first.waveforms_sent == 4 + 1 + 2
    )  # the program's, one of them with a marker too, silence of two lengths
    assert (again.bytes_sent, again.waveforms_sent, again.verified) == (0, 0, True)
    async with open_awg(awg_addresses.hislip) as awg:
        assert (await awg.upload(program())).bytes_sent == 0
        await awg.play()


async def test_only_new_waveforms_are_sent_and_old_ones_go(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """A changed program brings its new waveforms; what it does not need is removed, other people's assets stay."""
    awg_model.library.add_waveform("somebodys", np.zeros(2400, np.float32), None)
    wanted = program()
    changed = dataclasses.replace(wanted, waveforms=(*wanted.waveforms[:3], -wanted.waveforms[3]))
    async with open_awg(awg_addresses.hislip) as awg:
        first = await awg.upload(wanted)
        second = await awg.upload(changed)
        await awg.play()
        playback = awg_model.playback()
    assert second.waveforms_sent == 1
    assert second.bytes_sent < first.bytes_sent
    assert playback is not None
    assert np.abs(playback.steps[3].volts[0] - changed.waveforms[3] * 0.25).max() <= LSB_V
    assert len(awg_model.library.sequences) == 2
    assert "somebodys" in awg_model.library.waveforms
    assert len(awg_model.library.waveforms) == 1 + first.waveforms_sent


async def test_a_dropped_waveform_is_found(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """The instrument says all is well and lacks one waveform: UploadError says which, and nothing plays."""
    seen: list[str] = []
    awg_model.load_faults.drops = lambda name: seen.append(name) or len(set(seen)) == 3
    async with open_awg(awg_addresses.hislip) as awg:
        with pytest.raises(UploadError) as caught:
            await awg.upload(program())
        assert "waveform 2 of 7" in caught.value.what
        assert (caught.value.got, caught.value.allowed) == ("0 samples", "2400 samples")
        assert caught.value.instrument == "awg"
        with pytest.raises(UploadError, match="no verified program"):
            await awg.play()
        assert awg_model.playback() is None
        assert awg_model.library.sequences == {}
        awg_model.load_faults.drops = None
        assert (await awg.upload(program())).waveforms_sent == 1
        await awg.play()


async def test_a_refusing_instrument_is_heard(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """What stands in the error queue after a file is the error, with its number."""
    awg_model.library._profile = dataclasses.replace(awg_model.profile, memory_samples=5000)
    async with open_awg(awg_addresses.hislip) as awg:
        with pytest.raises(UploadError, match="-225"):
            await awg.upload(program())
        with pytest.raises(UploadError, match="no verified program"):
            await awg.play()


async def test_nothing_plays_before_an_upload(awg_addresses: Addresses) -> None:
    """Neither after opening, nor after another configuration."""
    async with open_awg(awg_addresses.hislip) as awg:
        with pytest.raises(UploadError, match="no verified program"):
            await awg.play()
        await awg.upload(program())
        await awg.configure(RATE_HZ, ())
        with pytest.raises(UploadError, match="no verified program"):
            await awg.play()


async def test_a_program_for_another_clock_is_refused(awg_addresses: Addresses) -> None:
    """Its sample rate is not the configured one."""
    other = dataclasses.replace(program(), sample_rate_hz=1_000_000_000)
    async with open_awg(awg_addresses.hislip) as awg:
        with pytest.raises(UploadError, match="another clock; got 1000000000 Sa/s; allowed: 2500000000 Sa/s"):
            await awg.upload(other)


async def test_progress_counts_bytes_up_to_all_of_them(awg_addresses: Addresses) -> None:
    """A file larger than a piece reports several times, in order, and ends at the total."""
    reports: list[tuple[int, int]] = []
    async with open_awg(awg_addresses.hislip) as awg:
        receipt = await awg.upload(program(waveforms=8, length=24_000), lambda *report: reports.append(report))
    done = [report[0] for report in reports]
    assert len(done) >= 3
    assert done == sorted(done)
    assert {report[1] for report in reports} == {receipt.bytes_sent}
    assert done[-1] == receipt.bytes_sent


async def test_every_problem_of_a_program_is_told_at_once(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """NaN, over-range, too short, and a port that is not there: one report, nothing sent."""
    good = program()
    nan, loud = good.waveforms[0].copy(), good.waveforms[1].copy()
    nan[17], loud[3] = np.nan, 1.01
    bad = dataclasses.replace(
        good,
        ports=(1, 2, 9),
        waveforms=(nan, loud, *good.waveforms[2:]),
        steps=(*good.steps, dataclasses.replace(good.steps[-1], length=100)),
    )
    async with open_awg(awg_addresses.hislip) as awg:
        with pytest.raises(ProblemReport) as caught:
            await awg.upload(bad)
    text = str(caught.value)
    assert "waveform 0, sample 17: sample that no instrument may get; got nan" in text
    assert "waveform 1, sample 3: sample that no instrument may get; got 1.01; allowed: finite, -1 to 1" in text
    assert "step 5: length that the instrument does not have; got 100 samples; allowed: 2400 to" in text
    assert "no such port; got 9" in text
    assert awg_model.library.waveforms == {}


async def test_another_number_of_shots_costs_the_main_sequence_alone(
    awg_model: AWG5208, awg_addresses: Addresses
) -> None:
    """No waveform and no play list goes again, less than 20 kB in all, and what plays is as often as asked."""
    wanted = program(waveforms=40, passes=10)
    async with open_awg(awg_addresses.hislip) as awg:
        first = await awg.upload(wanted)
        assert first.bytes_sent > 400_000
        for passes in (11, 10, 1, 1_048_576):
            receipt = await awg.upload(dataclasses.replace(wanted, passes=passes))
            assert (receipt.waveforms_sent, receipt.content_hash) == (0, first.content_hash)
            assert 0 < receipt.bytes_sent < 20_000
            assert len(awg_model.library.sequences) == 2
            await awg.play()
            playback = awg_model.playback()
            assert playback is not None
            assert playback.stages == (Stage(0, passes),)
            await awg.stop()


async def test_more_passes_than_a_step_repeats(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """Several steps of the main sequence play the one subsequence; together as often as asked."""
    async with open_awg(awg_addresses.hislip) as awg:
        await awg.upload(program(passes=5_000_001))
        await awg.play()
        playback = awg_model.playback()
    assert playback is not None
    assert [stage.passes for stage in playback.stages] == [1_048_576] * 4 + [805_697]
    assert [stage.goto for stage in playback.stages] == [1, 2, 3, 4, None]
    assert {stage.first for stage in playback.stages} == {0}
    assert len(playback.steps) == 5


async def test_passes_that_are_not_there(awg_addresses: Addresses) -> None:
    """None, and more than all steps of the sequencer repeat."""
    most = (16_383 - 5) * 1_048_576
    async with open_awg(awg_addresses.hislip) as awg:
        for passes in (0, -1, most + 1):
            with pytest.raises(
                ProblemReport, match=f"so many passes are not there; got {passes}; allowed: 1 to {most}"
            ):
                await awg.upload(program(passes=passes))


async def test_a_million_passes_take_no_longer(awg_addresses: Addresses) -> None:
    """Neither to upload nor to start."""
    async with open_awg(awg_addresses.hislip) as awg:
        await awg.upload(program(passes=1))
        began = time.monotonic()
        receipt = await awg.upload(program(seed=2, passes=1_000_000))
        await awg.play()
        assert time.monotonic() - began < 2.0
    assert receipt.bytes_sent < 200_000


async def test_an_instrument_that_repeats_otherwise_is_refused(
    awg_model: AWG5208, awg_addresses: Addresses
) -> None:
    """A repeat count that does not read back would be another number of shots."""
    awg_model.tree.add("SLISt:SEQuence:STEP{1-16384}:RCOunt", on_query=lambda _: "65536")
    async with open_awg(awg_addresses.hislip) as awg:
        with pytest.raises(UploadError) as caught:
            await awg.upload(program(passes=100_000))
        assert (caught.value.got, caught.value.allowed) == ("65536 times", "100000 times")
        with pytest.raises(UploadError, match="no verified program"):
            await awg.play()
    assert awg_model.library.sequences == {}


async def test_an_instrument_that_wants_subsequences_in_the_same_file(
    awg_model: AWG5208, awg_addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses a main sequence alone: then everything is sent."""
    add = awg_model.library.add_bundle

    def add_whole(bundle: Bundle) -> None:
        for sequence in bundle.sequences.values():
            if any(step.is_sequence and step.assets[0] not in bundle.sequences for step in sequence.steps):
                raise ScpiError(-256)
        add(bundle)

    monkeypatch.setattr(awg_model.library, "add_bundle", add_whole)
    async with open_awg(awg_addresses.hislip) as awg:
        first = await awg.upload(program(passes=5))
        second = await awg.upload(program(passes=6))
        assert second.waveforms_sent == first.waveforms_sent
        await awg.play()


async def test_no_sequence_ever_lacks_its_subsequence(awg_model: AWG5208, awg_addresses: Addresses) -> None:
    """What plays a subsequence is deleted before it."""
    sequences = awg_model.library.sequences
    lacking: list[str] = []

    def look() -> None:
        for sequence in sequences.values():
            lacking.extend(s.assets[0] for s in sequence.steps if s.is_sequence and s.assets[0] not in sequences)

    awg_model.library.watchers.append(look)
    async with open_awg(awg_addresses.hislip) as awg:
        for seed in (1, 2, 3):
            await awg.upload(program(seed))
    assert lacking == []
