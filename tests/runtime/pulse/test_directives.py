"""Instructions that steer layout, and references."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from runtime.pulse import (
    Delay,
    Directive,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    Parameter,
    PulseError,
    Reference,
    RelativeBarrier,
    Schedule,
    TimeBlockade,
    UnassignedReferenceError,
)

D0, D1, M0 = DriveChannel(0), DriveChannel(1), MeasureChannel(0)


def test_barriers() -> None:
    barrier = RelativeBarrier(D0, D1, name="b")
    assert barrier.operands == barrier.channels == (D0, D1)
    assert (barrier.duration, barrier.name) == (0, "b")
    assert barrier == RelativeBarrier(D1, D0) != RelativeBarrier(D0)
    assert len({barrier, RelativeBarrier(D1, D0)}) == 1
    assert barrier != Delay(0, D0)
    assert RelativeBarrier(M0) != RelativeBarrier(MemorySlot(0))
    assert repr(barrier) == "RelativeBarrier(DriveChannel(0), DriveChannel(1), name='b')"
    assert isinstance(barrier, Directive)
    p = Parameter("p")
    opened = RelativeBarrier(DriveChannel(p), D1)
    assert opened.parameters == {p}
    assert opened.assigned({p: 0}) == barrier
    with pytest.raises(PulseError):
        RelativeBarrier(D0, "d1")  # type: ignore[arg-type]  # what is tested


def test_blockades() -> None:
    blockade = TimeBlockade(10, D0)
    assert blockade.operands == (10, D0)
    assert blockade.channels == (D0,)
    assert blockade == TimeBlockade(np.int64(10), D0) != TimeBlockade(11, D0)
    assert type(TimeBlockade(np.int64(10), D0).duration) is int
    assert blockade != Delay(10, D0)
    assert repr(blockade) == "TimeBlockade(10, DriveChannel(0))"
    assert Schedule(blockade).duration == 10


@pytest.mark.parametrize("duration", [-1, 1.0, True, None, "3", float("nan"), Parameter("p")])
def test_bad_blockades(duration: Any) -> None:
    with pytest.raises(PulseError, match="TimeBlockade"):
        TimeBlockade(duration, D0)
    with pytest.raises(PulseError):
        TimeBlockade(3, duration)


def test_references() -> None:
    reference = Reference("a", "q0", "q1")
    assert reference.operands == reference.ref_keys == ("a", "q0", "q1")
    assert reference.name == "a"
    assert reference == Reference("a", "q0", "q1") != Reference("a")
    assert hash(reference) == hash(Reference("a", "q0", "q1"))
    assert repr(reference) == "Reference(a,q0,q1)"
    assert reference.parameters == set()
    for ask in (lambda r: r.duration, lambda r: r.channels, Schedule):
        with pytest.raises(UnassignedReferenceError, match="assign_references"):
            ask(reference)


@pytest.mark.parametrize("keys", [("a,b",), ("a", "b::c"), (3,), ("a", None), (b"a",)])
def test_bad_references(keys: Any) -> None:
    with pytest.raises(PulseError, match="keys"):
        Reference(*keys)


@pytest.mark.parametrize(
    "instruction", [RelativeBarrier(D0, D1, name="n"), TimeBlockade(3, D0), Reference("a", "b")]
)
def test_values(instruction: Any) -> None:
    assert copy.deepcopy(instruction) is instruction
    again = pickle.loads(pickle.dumps(instruction))
    assert again == instruction
    assert again.name == instruction.name
    with pytest.raises(AttributeError):
        instruction.name = "other"
