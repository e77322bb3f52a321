"""What the builder asks its device for: channels, clock, readout."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.pulse import (
    AcquireChannel,
    BackendNotSet,
    Channel,
    ControlChannel,
    Delay,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    NoActiveBuilder,
    PulseError,
    RegisterSlot,
    RelativeBarrier,
    Schedule,
    builder,
)
from runtime.pulse.macros import measure as measure_macro
from runtime.pulse.transforms import target_qobj_transform
from runtime.target import Target
from tests.runtime.pulse.device import DT, Backend, readout, target

NEEDS_DEVICE: list[Callable[[], object]] = [
    builder.active_backend,
    builder.num_qubits,
    lambda: builder.drive_channel(0),
    lambda: builder.measure_channel(0),
    lambda: builder.acquire_channel(0),
    lambda: builder.control_channels(0, 1),
    lambda: builder.qubit_channels(0),
    lambda: builder.seconds_to_samples(1e-9),
    lambda: builder.samples_to_seconds(1),
    lambda: builder.measure(0),
    builder.measure_all,
    lambda: builder.delay_qubits(10, 0),
    lambda: builder.barrier(0, 1),
]


@pytest.mark.parametrize("call", NEEDS_DEVICE)
def test_without_a_device(call: Callable[[], object]) -> None:
    with pytest.raises(NoActiveBuilder):
        call()
    with builder.build(target()), builder.build() as program, pytest.raises(BackendNotSet, match="needs a device"):
        call()
    assert len(program) == 0


@pytest.mark.parametrize("wrap", [lambda device: device, Backend])
def test_channels_of_a_target_or_of_what_has_one(wrap: Callable[[Target], Target]) -> None:
    backend = wrap(target())
    with builder.build(backend):
        assert builder.active_backend() is backend
        assert builder.num_qubits() == 3
        assert builder.drive_channel(1) == DriveChannel(1)
        assert builder.measure_channel(1) == MeasureChannel(1)
        assert builder.acquire_channel(1) == AcquireChannel(1)
        assert builder.control_channels(0, 1) == [ControlChannel(0)]


def test_contexts_inherit_the_device_and_macros_too() -> None:
    @builder.macro
    def asking() -> int:
        return builder.num_qubits()

    with builder.build(target()), builder.align_right(), builder.align_left():
        assert builder.num_qubits() == 3
        assert asking() == 3


def own(qubit: int) -> set[Channel]:
    """A qubit's own channels."""
    return {DriveChannel(qubit), MeasureChannel(qubit), AcquireChannel(qubit)}


def test_channels_of_a_qubit_include_every_edge_with_it() -> None:
    both: set[Channel] = {ControlChannel(0), ControlChannel(1)}
    with builder.build(target()):
        assert builder.qubit_channels(0) == own(0) | both
        assert builder.qubit_channels(1) == own(1) | both
        assert builder.qubit_channels(2) == own(2)


def test_qubits_and_channels_that_the_device_lacks() -> None:
    with builder.build(target()):
        for call in (builder.drive_channel, builder.measure_channel, builder.acquire_channel):
            with pytest.raises(KeyError, match="no such qubit"):
                call(3)
        with pytest.raises(KeyError, match="no control channel"):
            builder.control_channels(1, 2)


def test_barrier_on_qubits() -> None:
    with builder.build(target()) as program:
        builder.barrier(0, 2, DriveChannel(7))
    assert list(program.blocks) == [
        RelativeBarrier(*own(0), *own(2), ControlChannel(0), ControlChannel(1), DriveChannel(7))
    ]


def test_delay_of_qubits_delays_each_channel_once() -> None:
    with builder.build(target()) as program:
        builder.delay_qubits(10, 0, 1)
    channels = own(0) | own(1) | {ControlChannel(0), ControlChannel(1)}
    assert target_qobj_transform(program) == Schedule(*[Delay(10, channel) for channel in channels])


def test_seconds_and_samples() -> None:
    with builder.build(target()):
        assert builder.seconds_to_samples(1.9e-9) == 3
        assert builder.samples_to_seconds(3) == pytest.approx(1.5e-9)
        samples = builder.seconds_to_samples(np.array([[0.0, 0.4e-9], [1.1e-9, 80e-9]]))
        np.testing.assert_array_equal(samples, [[0, 0], [2, 160]])
        assert samples.dtype == np.int64
        np.testing.assert_allclose(builder.samples_to_seconds(np.array([1, 2])), [DT, 2 * DT])
    with builder.build(target(dt=None)), pytest.raises(PulseError, match="sample period"):
        builder.seconds_to_samples(1.0)


@given(st.floats(0, 1e-3))
def test_seconds_to_samples_cuts_off(seconds: float) -> None:
    with builder.build(target()):
        samples = builder.seconds_to_samples(seconds)
    assert samples <= seconds / DT < samples + 1


def test_an_unknown_number_of_qubits() -> None:
    with builder.build(target()) as _:
        pass
    unknown = Target(num_qubits=None, dt=DT)
    with builder.build(unknown), pytest.raises(PulseError, match="number of qubits"):
        builder.num_qubits()


def test_measure_one_qubit_gives_its_slot() -> None:
    with builder.build(target()) as program:
        slots = [builder.measure(1), builder.measure([2]), builder.measure(0, MemorySlot(5))]
    assert slots == [MemorySlot(1), MemorySlot(2), MemorySlot(5)]
    assert list(program.references) == [("measure_1..1",), ("measure_2..2",), ("measure_0..5",)]


def test_measure_several_qubits_together() -> None:
    with builder.build(target()) as program:
        assert builder.measure([0, 1], [MemorySlot(3), MemorySlot(4)]) == [MemorySlot(3), MemorySlot(4)]
    assert list(program.references) == [("measure_0&1..3&4",)]
    expected = measure_macro([0, 1], target(), qubit_mem_slots={0: 3, 1: 4})
    assert target_qobj_transform(program) == expected


def test_the_same_measurement_twice_is_one_subroutine() -> None:
    with builder.build(target()) as program:
        builder.measure([0, 1])
        builder.measure([0, 1])
    assert list(program.references) == [("measure_0&1..0&1",)]
    once = measure_macro([0, 1], target())
    assert target_qobj_transform(program) == once.insert(once.duration, once)


def test_measure_into_a_register_slot() -> None:
    with builder.build(target()) as program:
        assert builder.measure(0, RegisterSlot(2)) == RegisterSlot(2)
    assert RegisterSlot(2) in target_qobj_transform(program).channels
    assert not any(isinstance(channel, MemorySlot) for channel in target_qobj_transform(program).channels)


def test_measure_all() -> None:
    with builder.build(target()) as program:
        assert builder.measure_all() == [MemorySlot(0), MemorySlot(1), MemorySlot(2)]
    assert list(program.references) == [("measure_all",)]
    assert target_qobj_transform(program) == measure_macro([0, 1, 2], target())


@pytest.mark.parametrize(
    ("qubits", "registers"),
    [([0, 1], [MemorySlot(0)]), (0, [MemorySlot(0), MemorySlot(1)]), ([0, 1], MemorySlot(0))],
)
def test_registers_that_do_not_fit(qubits: list[int] | int, registers: list[MemorySlot] | MemorySlot) -> None:
    with builder.build(target()) as program, pytest.raises(PulseError, match="one register"):
        builder.measure(qubits, registers)
    assert len(program) == 0


def test_two_qubits_cannot_share_a_slot_and_all_must_be_calibrated() -> None:
    with builder.build(target()):
        with pytest.raises(PulseError, match="share a slot"):
            builder.measure([0, 1], [MemorySlot(0), MemorySlot(0)])
        with pytest.raises(PulseError, match="Qubit 5 has no calibration 'measure'"):
            builder.measure(5)


def test_readout_keeps_its_own_channels_and_timing() -> None:
    with builder.build(target()) as program:
        builder.measure(0)
    own_part = readout(0).filter(channels=[MeasureChannel(0), AcquireChannel(0)])
    assert target_qobj_transform(program) == own_part
