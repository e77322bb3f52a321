"""Our files against those of the driver's own writers: two independent writers, one decoder, one result."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from qcodes.instrument_drivers.tektronix import TektronixAWG5208

from drivers.contract import SILENCE, InstrumentProgram, MarkerPulse, Step
from drivers.tektronix.assets import PREFIX, ProgramAssets, assets_of
from drivers.tektronix.seqx import seqx_file, sml_file
from drivers.tektronix.wfmx import wfmx_file
from simulators.tektronix.profile import AWG5208_PROFILE
from simulators.tektronix.seqx import read_seqx
from simulators.tektronix.wfmx import read_wfmx
from tests.drivers.programs import program

VOLATILE = re.compile(r"<Timestamp>.*?</Timestamp>|offset=\"\d+\"")


def without_volatile(header: str) -> str:
    return VOLATILE.sub("", header)


@pytest.mark.parametrize("marked", [False, True])
def test_wfmx_is_the_drivers_file_but_for_its_time(marked: bool) -> None:
    """Same header, same samples, same markers, byte for byte."""
    random = np.random.default_rng(3)
    samples = random.uniform(-1, 1, 3000).astype(np.float32)
    marks = random.integers(0, 2, (4, 3000)).astype(np.uint8)
    packed = (marks << np.arange(4, dtype=np.uint8)[:, None]).sum(axis=0).astype(np.uint8)
    ours = wfmx_file(samples, packed if marked else None)
    # Amplitude 2 V peak to peak: full scale is 1 V, so that volts are units of full scale.
    data = np.vstack([samples, marks]).astype(float) if marked else samples.astype(float)
    theirs = TektronixAWG5208.makeWFMXFile(data, 2.0)
    size = 3000 * (5 if marked else 4)
    assert ours[-size:] == theirs[-size:]
    assert without_volatile(ours[:-size].decode()) == without_volatile(theirs[:-size].decode())


@given(arrays(np.float32, st.integers(2400, 2500), elements=st.floats(-1, 1, width=32)))
def test_wfmx_reads_back_as_written(samples: np.ndarray) -> None:
    """The simulated instrument decodes the very samples, and finds the header's length right."""
    found, markers = read_wfmx(wfmx_file(samples))
    assert (found == samples).all()
    assert markers is None


def driver_seqx(assets: ProgramAssets) -> bytes:
    """The same program through the driver's makeSEQXFile."""

    def packed(name: str) -> np.ndarray:
        waveform = assets.waveforms[name]
        bits = np.zeros(waveform.samples.size, np.uint8) if waveform.markers is None else waveform.markers
        return np.vstack([waveform.samples.astype(float), *((bits >> m & 1).astype(float) for m in range(4))])

    entries = assets.sequences[assets.bodies[0]]
    count = len(entries)
    tracks = [[packed(entry.assets[t]) for entry in entries] for t in range(assets.tracks)]
    return TektronixAWG5208.makeSEQXFile(
        trig_waits=[0] * count,
        nreps=[entry.repeat for entry in entries],
        event_jumps=[0] * count,
        event_jump_to=[0] * count,
        go_to=[0] * count,
        wfms=tracks,
        amplitudes=[2.0] * assets.tracks,
        seqname=assets.bodies[0],
    )


def test_seqx_decodes_as_the_drivers() -> None:
    """Ours holds each waveform once, theirs one for each step and track: what is played is equal."""
    assets = assets_of(program())
    ours = read_seqx(seqx_file(assets), AWG5208_PROFILE)
    theirs = read_seqx(driver_seqx(assets), AWG5208_PROFILE)
    assert len(ours.waveforms) == 7
    assert len(theirs.waveforms) == 15
    a, b = ours.sequences[assets.bodies[0]], theirs.sequences[assets.bodies[0]]
    assert (a.name, a.tracks, len(a.steps)) == (b.name, b.tracks, len(b.steps))
    for step, other in zip(a.steps, b.steps, strict=True):
        assert (step.repeat, step.goto, step.wait, step.event_input) == (
            other.repeat,
            other.goto,
            other.wait,
            other.event_input,
        )
        for name, twin in zip(step.assets, other.assets, strict=True):
            (samples, markers), (expected, marks) = ours.waveforms[name], theirs.waveforms[twin]
            assert (samples == expected).all()
            assert marks is not None
            assert (marks == (0 if markers is None else markers)).all()


def test_sml_is_the_drivers_but_for_names_and_time() -> None:
    """The sequence's own file has the driver's structure, element for element."""
    assets = assets_of(program())
    with zipfile.ZipFile(io.BytesIO(driver_seqx(assets))) as archive:
        theirs = archive.read(f"Sequences/{assets.bodies[0]}.sml").decode()
    asset_names = re.compile(r"<AssetName>.*?</AssetName>")
    ours = asset_names.sub("", without_volatile(sml_file(assets.bodies[0], assets.sequences[assets.bodies[0]], 3)))
    assert ET.canonicalize(ours) == ET.canonicalize(asset_names.sub("", without_volatile(theirs)))


@pytest.mark.parametrize(("passes", "repeats"), [(1, [1]), (7, [7]), (20, [7, 7, 6]), (21, [7, 7, 7])])
def test_main_sequence_is_the_drivers_but_for_its_time(passes: int, repeats: list[int]) -> None:
    """A step of type Sequence, repeated; another one where the instrument does not repeat as often."""
    assets = assets_of(dataclasses.replace(program(), passes=passes), max_repeat=7)
    ours = sml_file(assets.main, assets.sequences[assets.main], assets.tracks)
    count = len(repeats)
    theirs = TektronixAWG5208._makeSMLFile(
        trig_waits=[0] * count,
        nreps=repeats,
        event_jumps=[0] * count,
        event_jump_to=[0] * count,
        go_to=[0] * count,
        elem_names=[[assets.bodies[0]]] * count,
        seqname=assets.main,
        chans=3,
        subseq_positions=range(1, count + 1),
    )
    assert ET.canonicalize(without_volatile(ours)) == ET.canonicalize(without_volatile(theirs))


@pytest.mark.parametrize("trigger", [1, 2])
def test_a_program_that_waits_is_the_drivers_too(trigger: int) -> None:
    """The first step of the main sequence waits, as the driver writes it; the others do not."""
    waiting = dataclasses.replace(program(), passes=9, trigger_input=trigger)
    assets = assets_of(waiting, max_repeat=7)
    theirs = TektronixAWG5208._makeSMLFile(
        trig_waits=[trigger, 0],
        nreps=[7, 2],
        event_jumps=[0, 0],
        event_jump_to=[0, 0],
        go_to=[0, 0],
        elem_names=[[assets.bodies[0]]] * 2,
        seqname=assets.main,
        chans=3,
        subseq_positions=range(1, 3),
    )
    ours = sml_file(assets.main, assets.sequences[assets.main], assets.tracks)
    assert ET.canonicalize(without_volatile(ours)) == ET.canonicalize(without_volatile(theirs))
    assert assets.main != assets_of(dataclasses.replace(program(), passes=9), max_repeat=7).main


def test_sequential_order_repeats_program_by_program() -> None:
    """As decoded by the simulated instrument: every step of a program, so many times, before the next begins."""
    batch = dataclasses.replace(program(), passes=4, order="sequential", begins=(0, 2))
    assets = assets_of(batch)
    decoded = read_seqx(seqx_file(assets), AWG5208_PROFILE).sequences
    played = [
        inner.assets
        for step in decoded[assets.main].steps
        for _ in range(step.repeat or 0)
        for inner in decoded[step.assets[0]].steps
    ]
    cyclic = assets_of(dataclasses.replace(batch, order="cyclic"))
    once = [entry.assets for entry in cyclic.sequences[cyclic.bodies[0]]]
    assert played == once[:2] * 4 + once[2:] * 4


def test_passes_change_the_main_sequence_alone() -> None:
    few, many = (assets_of(dataclasses.replace(program(), passes=passes)) for passes in (10, 10**6))
    assert few.main != many.main
    assert (few.bodies[0], few.content_hash) == (many.bodies[0], many.content_hash)
    assert few.sequences[few.bodies[0]] == many.sequences[many.bodies[0]]
    assert few.waveforms.keys() == many.waveforms.keys()


def test_seqx_is_stored_and_has_its_four_parts() -> None:
    """Not compressed: the driver's archives are not, and float32 noise would not shrink."""
    with zipfile.ZipFile(io.BytesIO(seqx_file(assets_of(program())))) as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {info.filename.split("/")[0] for info in archive.infolist()} == {
            "Sequences",
            "Waveforms",
            "setup.xml",
            "userNotes.txt",
        }


def test_silence_of_one_length_is_one_waveform() -> None:
    """However many ports and steps are silent, and also where a waveform happens to be all zeros."""
    zeros, ones = np.zeros(2400), np.ones(2400)
    steps = (Step((SILENCE, SILENCE), 2400), Step((0, SILENCE), 2400), Step((1, SILENCE), 2400))
    assets = assets_of(InstrumentProgram("awg", 10**9, (1, 2), (zeros, ones), steps))
    assert len(assets.waveforms) == 2
    assert len({name for entry in assets.sequences[assets.bodies[0]] for name in entry.assets}) == 2


def test_names_come_from_content() -> None:
    """Equal programs have equal names, another sample or marker another one; every name is ours."""
    step = Step((0,), 2400, markers=(MarkerPulse(1, 2, 0, 10),))
    samples = np.linspace(-1, 1, 2400)
    changed = samples.copy()
    changed[7] += 1e-3

    def names(waveform: np.ndarray, *steps: Step) -> list[str]:
        assets = assets_of(InstrumentProgram("awg", 10**9, (1,), (waveform,), steps))
        assert all(name.startswith(PREFIX) for name in [*assets.sequences, *assets.waveforms])
        return [*assets.sequences, *assets.waveforms]

    plain = Step((0,), 2400)
    assert names(samples, step) == names(samples.copy(), step)
    assert set(names(samples, step)).isdisjoint(names(changed, step))
    assert set(names(samples, step)).isdisjoint(names(samples, plain))
