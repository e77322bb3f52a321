"""Command tables: what is taken, what is refused; and stored waveforms, both ways."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.labone.devices.commandtable import PHASE_TURN, parse_command_table
from simulators.labone.devices.errors import SequencerError
from simulators.labone.devices.program import read_program
from simulators.labone.devices.waves import decode_uploaded, encode_uploaded
from tests.simulators.labone.devices.bench import LSB, Compiler, gauss

HEAD = {"version": "1.1"}


@pytest.mark.parametrize(
    ("entry", "shf"),
    [
        ({"index": 4096}, True),
        ({"index": 1024}, False),
        ({"index": -1}, True),
        ({}, True),
        ({"index": 0, "phase0": {"value": 1}}, True),
        ({"index": 0, "phase": {"value": 1}}, False),
        ({"index": 0, "amplitude00": {"value": 1.1}}, True),
        ({"index": 0, "amplitude00": {"value": 0.1, "register": 4}}, True),
        ({"index": 0, "waveform": {"index": 0, "length": 40}}, True),
        ({"index": 0, "waveform": {"indx": 0}}, True),
        ({"index": 0, "oscillatorSelect": {"value": 8}}, True),
        ({"index": 0, "extra": 1}, True),
    ],
)
def test_entries_that_are_refused(entry: dict[str, Any], shf: bool) -> None:
    with pytest.raises(SequencerError, match="command table"):
        parse_command_table(json.dumps({"header": HEAD, "table": [entry]}), shf=shf)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"table": []}', '{"header": {"version": "1"}, "table": 3}'])
def test_texts_that_are_no_table(text: str) -> None:
    with pytest.raises(SequencerError, match="command table"):
        parse_command_table(text, shf=True)


def test_an_index_comes_once_and_a_partial_table_adds() -> None:
    twice = {"header": HEAD, "table": [{"index": 1}, {"index": 1}]}
    with pytest.raises(SequencerError, match="twice"):
        parse_command_table(json.dumps(twice), shf=True)
    first = parse_command_table(json.dumps({"header": HEAD, "table": [{"index": 1}, {"index": 2}]}), shf=True)
    entry = {"index": 2, "phase": {"value": -90}}
    partial = {"header": HEAD | {"partial": True}, "table": [entry]}
    added = parse_command_table(json.dumps(partial), shf=True, before=first)
    assert sorted(added.entries) == [1, 2]
    assert added.entries[2].phase is not None
    assert added.entries[2].phase.steps == 3 * PHASE_TURN // 4
    whole = parse_command_table(json.dumps({"header": HEAD, "table": [entry]}), shf=True, before=first)
    assert sorted(whole.entries) == [2]


@pytest.mark.parametrize("model", ["HDAWG8", "SHFSG8", "UHFQA"])
def test_compiled_waves_are_what_their_functions_say(seqc: Compiler, model: str) -> None:
    code = """
    wave a = gauss(64, 0.9, 32, 8); wave m = gauss(64, 0.9, 32, 8) + marker(64, 1);
    wave n = a * -1 + marker(64, 3);
    playWave(1, a); playWave(1, m); playWave(1, n); playWave(1, a, 2, n); playWave(2, placeholder(128));
    """
    program = read_program(seqc(code, model))
    expected = gauss(64, 0.9, 32, 8)
    seen = set()
    for slot in program.slots:
        depth = LSB * 2 ** (2 if model == "UHFQA" else max(slot.marker_bits, default=0))
        for channel, samples in enumerate(slot.wave.samples):
            sign = np.sign(samples[32]) if slot.length == 64 else 0
            seen.add((slot.channels, int(sign)))
            if sign:
                assert np.abs(samples - sign * expected).max() < 1.5 * depth
            bits = int(slot.wave.markers[channel].max())
            assert bits < 4
            assert (slot.wave.markers[channel] == bits).all()
    assert {(1, 1), (1, -1), (2, 1), (2, -1)} <= seen


@given(
    channels=st.integers(1, 2),
    markers=st.booleans(),
    values=st.lists(st.integers(-32767, 32767), min_size=32, max_size=32),
    seed=st.integers(0, 15),
)
def test_uploaded_waves_come_back(channels: int, markers: bool, values: list[int], seed: int) -> None:
    columns = [np.array(values, np.int16), np.array(values[::-1], np.int16)][:channels]
    if markers:
        bits = np.array([max(1, (seed + place) % 4**channels) for place in range(32)], np.int16)
        columns.append(bits)
    words = np.stack(columns, axis=1).reshape(-1)
    wave = decode_uploaded(words, channels, 32, markers=markers)
    assert encode_uploaded(wave).tolist() == words.tolist()
    assert wave.samples[0] == pytest.approx(np.array(values) / 32767)


def test_waves_that_do_not_fit_are_refused() -> None:
    with pytest.raises(SequencerError, match="at most 64"):
        decode_uploaded(np.zeros(66, np.int16), 2, 32, markers=False)
    with pytest.raises(SequencerError, match="columns"):
        decode_uploaded(np.zeros(31, np.int16), 2, 32, markers=False)
