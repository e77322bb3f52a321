"""What was requested is what came back, or an error: never an array that is silently wrong."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract import AcquisitionError, PlayOrder
from runtime.results import Collector
from tests.runtime.results.collecting.acquisitions import READOUT, block, collect, marked, plan_of, two_slots

ORDERS: tuple[PlayOrder, ...] = ("cyclic", "sequential")


@st.composite
def broken_streams(draw: st.DrawFn) -> tuple[int, int, PlayOrder, str, list[tuple[int, int]]]:
    """Blocks [(first, stop)] of an acquisition in which something was lost, doubled, exchanged or late."""
    programs, shots = draw(st.integers(1, 4)), draw(st.integers(1, 12))
    total = programs * shots
    edges = sorted({0, total, *draw(st.lists(st.integers(0, total), max_size=6))})
    blocks = list(pairwise(edges))
    at = draw(st.integers(0, len(blocks) - 1))
    first, stop = blocks[at]
    fault = draw(st.sampled_from(["lost", "doubled", "exchanged", "late", "short", "long", "none"]))
    if fault == "lost":
        del blocks[at]
    elif fault == "doubled":
        blocks.insert(at, blocks[at])
    elif fault == "exchanged":
        other = draw(st.integers(0, len(blocks) - 1))
        blocks[at], blocks[other] = blocks[other], blocks[at]
    elif fault == "late":
        shift = draw(st.integers(1, 3))
        blocks[at:] = [(a + shift, b + shift) for a, b in blocks[at:]]
    elif fault == "short":
        blocks[at] = (first, stop - draw(st.integers(1, stop - first)))
    elif fault == "long":
        blocks[at] = (first, stop + draw(st.integers(1, 3)))
    return programs, shots, draw(st.sampled_from(ORDERS)), fault, blocks


@settings(deadline=None)
@given(
    stream=broken_streams(),
    level=st.sampled_from([0, 1, 2]),
    returns=st.sampled_from(["single", "avg"]),
)
def test_a_wrong_stream_never_becomes_an_array(stream: tuple, level: int, returns: str) -> None:
    """Whatever happens to blocks: every shot of every slot is the requested one, or an AcquisitionError."""
    programs, shots, order, _fault, blocks = stream
    plan = plan_of(programs, shots, order, samples=4)
    longer = marked(replace(plan, shots=shots + 6))  # a digitizer that sends more than it was asked for
    volts = marked(plan)
    collector = Collector(plan, READOUT, level, returns=returns)
    with suppress(AcquisitionError):
        for first, stop in blocks:
            inside = volts if stop <= plan.records else longer
            collector.take(block(first, inside[first:stop]))
    names = [str(program) for program in range(programs)]
    if blocks != list(pairwise(sorted({0, plan.records, *(stop for _, stop in blocks)}))):
        with pytest.raises(AcquisitionError) as caught:
            collector.results(names, {})
        assert caught.value.got
        assert caught.value.allowed
        return
    for program, result in enumerate(collector.results(names, {})):
        assert result.shots == shots
        expected = (program + 1j * np.arange(shots)) / 1000
        if level == 2:
            assert result.counts == {"1" if program else "0": shots}
        elif returns == "avg":
            assert np.allclose(result.memory[0], expected.mean(), atol=1e-6)
        else:
            assert np.allclose(result.memory[0].reshape(shots, -1), expected[:, None], atol=1e-6)


@pytest.mark.parametrize("order", ORDERS)
def test_missing_shots_are_counted_slot_by_slot(order: PlayOrder) -> None:
    """Expected and got, for each slot of each program that is short."""
    plan = two_slots(2, 10, order)
    collector = Collector(plan, READOUT, 1)
    collector.take(block(0, marked(plan)[:15]))
    with pytest.raises(AcquisitionError, match="shots are missing") as caught:
        collector.results(["a", "b"], {})
    assert "digitizer" in str(caught.value)
    assert "20 records: 10 shots in every slot" in caught.value.allowed
    short = {"cyclic": "program 1, slot 2: 7 shots", "sequential": "program 1, slot 2: 5 shots"}[order]
    assert "15 records" in caught.value.got
    assert short in caught.value.got


def test_a_refused_block_spoils_the_acquisition() -> None:
    """Records that fit again afterwards do not heal what is not known any more."""
    plan = plan_of(1, 10)
    collector = Collector(plan, READOUT, 1)
    with pytest.raises(AcquisitionError, match=r"records are missing in between; got records 2 to 9.*from 0 on"):
        collector.take(block(2, marked(plan)[2:]))
    with pytest.raises(AcquisitionError, match="in between"):
        collector.take(block(0, marked(plan)))
    with pytest.raises(AcquisitionError, match="in between"):
        collector.results(["a"], {})


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda b: replace(b, volts=b.volts[:, :, :-1]), "another shape"),
        (lambda b: replace(b, volts=b.volts[:, 0]), "another shape"),
        (lambda b: replace(b, overrange=b.overrange[1:]), "overrange flags"),
        (lambda b: replace(b, clock_lost=np.zeros(3, bool)), "clock_lost flags"),
        (lambda b: replace(b, volts=np.where(np.arange(32) == 5, np.nan, b.volts).astype(np.float32)), "damaged"),
        (lambda b: replace(b, volts=np.where(np.arange(32) == 5, np.inf, b.volts).astype(np.float32)), "damaged"),
    ],
)
@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("returns", ["single", "avg"])
def test_damaged_blocks_are_refused(damage: object, what: str, level: int, returns: str) -> None:
    """Shapes, and numbers that no converter gives."""
    plan = plan_of(1, 10)
    collector = Collector(plan, READOUT, level, returns=returns)
    with pytest.raises(AcquisitionError, match=what):
        collector.take(damage(block(0, marked(plan))))


def test_empty_blocks_mean_nothing() -> None:
    """A digitizer may hand on nothing."""
    plan = plan_of(2, 3)
    collector = Collector(plan, READOUT, 1)
    collector.take(block(0, marked(plan)[:0]))
    collect(collector, marked(plan), 4)
    assert collector.received == 6
    assert collector.results(["a", "b"], {})[1].memory[0].tolist() == pytest.approx(
        [0.001, 0.001 + 0.001j, 0.001 + 0.002j]
    )
