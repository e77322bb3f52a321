"""Values read back, against those that were set."""

from __future__ import annotations

import math

import pytest

from drivers.contract import UploadError
from drivers.readback import require_value


@pytest.mark.parametrize("got", [5e9, 5e9 + 0.01, 5e9 - 0.01])
def test_within_the_tolerance(got: float) -> None:
    """What the instrument rounds away is no other value."""
    require_value("frequency", got, 5e9, 0.015625, name="lo", address="there")


@pytest.mark.parametrize("got", [5e9 + 0.02, 5e9 - 0.02, 0.0, math.inf, math.nan])
def test_another_value_is_told(got: float) -> None:
    """Not a number is no value that was set."""
    with pytest.raises(UploadError, match="the frequency is not what was set") as caught:
        require_value("frequency", got, 5e9, 0.015625, name="lo", address="there", unit="Hz")
    assert caught.value.instrument == "lo"


def test_the_text_shows_hundredths_of_a_hertz() -> None:
    """A difference that an error tells has to be seen in it."""
    with pytest.raises(UploadError) as caught:
        require_value("frequency", 5e9 + 0.02, 5e9, 0.01, name="lo", address="there", unit="Hz")
    assert caught.value.got == "5000000000.02 Hz"
    assert caught.value.allowed == "5000000000 Hz, within 0.01 Hz"


def test_without_a_unit() -> None:
    """Nodes have none."""
    with pytest.raises(UploadError) as caught:
        require_value("node range", 10.0, 5.0, 0.0, name="dev", address="there")
    assert (caught.value.got, caught.value.allowed) == ("10", "5, within 0")
