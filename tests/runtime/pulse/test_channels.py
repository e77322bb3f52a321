"""Channels: names, identity, indices good and bad."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from runtime.pulse import (
    AcquireChannel,
    Channel,
    ClassicalIOChannel,
    ControlChannel,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    Parameter,
    PulseChannel,
    PulseError,
    RegisterSlot,
    SnapshotChannel,
)

CONCRETE = [
    (DriveChannel, "d", PulseChannel),
    (MeasureChannel, "m", PulseChannel),
    (ControlChannel, "u", PulseChannel),
    (AcquireChannel, "a", Channel),
    (MemorySlot, "m", ClassicalIOChannel),
    (RegisterSlot, "c", ClassicalIOChannel),
]


@pytest.mark.parametrize(("kind", "prefix", "family"), CONCRETE)
def test_names_families_and_repr(kind: type[Channel], prefix: str, family: type[Channel]) -> None:
    channel = kind(3)
    assert (channel.name, channel.index, channel.prefix) == (f"{prefix}3", 3, prefix)
    assert isinstance(channel, family)
    assert repr(channel) == f"{kind.__name__}(3)"


def test_acquire_channel_belongs_to_neither_family() -> None:
    assert not isinstance(AcquireChannel(0), PulseChannel | ClassicalIOChannel)


@pytest.mark.parametrize("kind", [Channel, PulseChannel, ClassicalIOChannel])
def test_abstract_classes_cannot_be_made(kind: type[Channel]) -> None:
    with pytest.raises(NotImplementedError, match=kind.__name__):
        kind(0)


def test_equality_is_by_exact_type_and_index() -> None:
    assert DriveChannel(0) == DriveChannel(0)
    assert DriveChannel(0) != DriveChannel(1)
    assert DriveChannel(0) != MeasureChannel(0)
    assert MeasureChannel(0) != MemorySlot(0)
    assert MeasureChannel(0).name == MemorySlot(0).name
    assert len({MeasureChannel(0), MemorySlot(0), MeasureChannel(0)}) == 2
    assert DriveChannel(10**6) == DriveChannel(10**6)
    assert hash(DriveChannel(10**6)) == hash(DriveChannel(10**6))


def test_numpy_integers_are_indices() -> None:
    channel = DriveChannel(np.int64(3))
    assert channel == DriveChannel(3)
    assert type(channel.index) is int


@pytest.mark.parametrize("index", [-1, 0.5, 3.0, True, "0", None, 1j, np.float64(2), float("nan")])
@pytest.mark.parametrize("kind", [DriveChannel, MemorySlot])
def test_other_indices_are_refused(kind: type[Channel], index: Any) -> None:
    with pytest.raises(PulseError, match=kind.__name__):
        kind(index)


def test_snapshot_channel_takes_no_index() -> None:
    assert SnapshotChannel() == SnapshotChannel()
    assert SnapshotChannel().name == "s0"
    with pytest.raises(TypeError):
        SnapshotChannel(0)


def test_channels_cannot_be_changed() -> None:
    channel = DriveChannel(0)
    with pytest.raises(AttributeError, match="immutable"):
        channel.index = 1
    with pytest.raises(AttributeError, match="immutable"):
        del channel.index
    assert DriveChannel(0).index == 0


@pytest.mark.parametrize("channel", [DriveChannel(2), DriveChannel(10**6), SnapshotChannel(), MemorySlot(0)])
def test_copies_and_pickles_are_equal(channel: Channel) -> None:
    assert copy.copy(channel) is channel
    assert copy.deepcopy(channel) is channel
    assert pickle.loads(pickle.dumps(channel)) == channel


def test_parametrised_index() -> None:
    k = Parameter("k")
    channel = DriveChannel(k)
    assert channel.is_parameterized()
    assert channel.parameters == {k}
    assert channel != DriveChannel(Parameter("k"))
    assert channel == DriveChannel(k)
    assert hash(channel) == hash(DriveChannel(k))
    assert pickle.loads(pickle.dumps(channel)) == channel
    assert channel.assigned({k: 4}) == DriveChannel(4)
    assert channel.assigned({k: 4.0}) is DriveChannel(4)
    assert channel.assigned({Parameter("k"): 4}) is channel
    assert not DriveChannel(4).is_parameterized()
    assert DriveChannel(4).assigned({k: 1}) is DriveChannel(4)


@pytest.mark.parametrize("value", [-1, 0.5, 1j])
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_assigned_index_must_be_whole(value: complex) -> None:
    k = Parameter("k")
    with pytest.raises(PulseError, match="DriveChannel"):
        DriveChannel(k).assigned({k: value})


def test_fully_bound_expression_becomes_its_number() -> None:
    k = Parameter("k")
    channel = DriveChannel((k + 1).bind({k: 2}))
    assert channel is DriveChannel(3)
    with pytest.raises(PulseError):
        DriveChannel((k + 0.5).bind({k: 2}))
