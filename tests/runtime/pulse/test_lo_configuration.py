"""Settings: local oscillators, and equality of kernels and discriminators."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from runtime.pulse import (
    AcquireChannel,
    ControlChannel,
    Discriminator,
    DriveChannel,
    Kernel,
    LoConfig,
    LoRange,
    MeasureChannel,
    PulseError,
)

D0, M0 = DriveChannel(0), MeasureChannel(0)


def test_ranges_include_their_ends_and_ignore_signs() -> None:
    reach = LoRange(1e9, 2e9)
    assert [reach.includes(f) for f in (1e9, -2e9, 1.5e9, 0.9e9, 2.1e9)] == [True, True, True, False, False]
    assert reach == LoRange(1e9, 2e9)
    assert hash(reach) == hash(LoRange(1e9, 2e9))
    assert (reach.lower_bound, reach.upper_bound) == (1e9, 2e9)
    assert repr(LoRange(1, 2)) == "LoRange(1.000000, 2.000000)"
    assert LoRange(0, math.inf).includes(1e15)


def test_configuration() -> None:
    config = LoConfig({D0: 4.9e9, M0: 7.1e9}, {D0: (4e9, 5e9)})
    assert config.qubit_los == {D0: 4.9e9}
    assert config.meas_los == {M0: 7.1e9}
    assert config.channel_lo(D0) == 4.9e9
    assert config.check_lo(M0, 1.0)
    config.add_lo(D0, 4.5e9)
    config.add_lo_range(DriveChannel(1), LoRange(1, 2))
    assert config.channel_lo(D0) == 4.5e9
    assert config == LoConfig({D0: 4.5e9, M0: 7.1e9}, {D0: LoRange(4e9, 5e9), DriveChannel(1): (1, 2)})
    assert config != LoConfig({D0: 4.5e9})
    with pytest.raises(PulseError, match=r"DriveChannel\(0\): the frequency is out of range.*4000000000"):
        config.add_lo(D0, 5.1e9)
    assert config.channel_lo(D0) == 4.5e9
    with pytest.raises(PulseError, match="no frequency is set"):
        config.channel_lo(DriveChannel(1))


@pytest.mark.parametrize("channel", [ControlChannel(0), AcquireChannel(0), "d0", None])
def test_other_channels_are_refused(channel: Any) -> None:
    for attempt in (
        lambda: LoConfig({channel: 1e9}),
        lambda: LoConfig(lo_ranges={channel: (1, 2)}),
        lambda: LoConfig().channel_lo(channel),
    ):
        with pytest.raises(PulseError, match="without an oscillator"):
            attempt()


@pytest.mark.parametrize("value", ["1e9", None, True, math.nan, [1e9]])
def test_frequencies_are_numbers(value: Any) -> None:
    with pytest.raises(PulseError):
        LoConfig({D0: value})
    with pytest.raises(PulseError):
        LoRange(value, 5e9)


def test_ranges_are_ranges() -> None:
    with pytest.raises(PulseError, match="above"):
        LoRange(2, 1)
    for bad in ((1, 2, 3), "12", 5):
        with pytest.raises(PulseError):
            LoConfig(lo_ranges={D0: bad})  # type: ignore[dict-item]  # what is tested


def test_settings_compare_within_their_parameters() -> None:
    for kind in (Kernel, Discriminator):
        one = kind("k", weights=[np.arange(3), {"a": np.ones(2)}], bias=0.5)
        assert one == kind("k", weights=[np.arange(3), {"a": np.ones(2)}], bias=0.5)
        assert hash(one) == hash(kind("k", weights=[np.arange(3), {"a": np.ones(2)}], bias=0.5))
        assert one != kind("k", weights=[np.arange(3), {"a": np.zeros(2)}], bias=0.5)
        assert one != kind("k", weights=[np.arange(4), {"a": np.ones(2)}], bias=0.5)
        assert one != kind("other", weights=[np.arange(3), {"a": np.ones(2)}], bias=0.5)
        assert one != kind("k", bias=0.5)
        assert kind("k", ragged=[[1], [1, 2]]) == kind("k", ragged=[[1], [1, 2]])
    assert Kernel("k") != Discriminator("k")
