"""Settings of a run: how records become results, and where local oscillators may stand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Complex, Real
from typing import Any

import numpy as np

from runtime.pulse.channels import DriveChannel, MeasureChannel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.frozen import itself, itself_deep, refuse_deletion, refuse_setting
from runtime.pulse.pairs import Pairs

__all__ = ["Discriminator", "Kernel", "LoChannel", "LoConfig", "LoRange"]

LoChannel = DriveChannel | MeasureChannel
"""The channels that have a local oscillator of their own to set."""


class _Setting:
    """A name with parameters. Copies of them are kept, and handed out again; those of arrays are read-only."""

    __slots__ = ("_params", "name")

    name: str | None
    _params: dict[str, Any]

    __setattr__ = refuse_setting
    __delattr__ = refuse_deletion
    __copy__ = itself
    __deepcopy__ = itself_deep

    def __init__(self, name: str | None = None, **params: Any) -> None:  # noqa: ANN401 - any keyword, by name
        if name is not None and not isinstance(name, str):
            raise PulseError(f"the name of a {type(self).__name__} is a string", got=repr(name))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_params", _kept(params, taken=True))

    @property
    def params(self) -> dict[str, Any]:
        """The parameters by name."""
        params: dict[str, Any] = _kept(self._params, taken=False)
        return params

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or not isinstance(other, _Setting):
            return NotImplemented
        return self.name == other.name and _same(self._params, other._params)

    def __hash__(self) -> int:
        # Values may be lists or arrays; the names tell settings apart well enough.
        return hash((type(self).__name__, self.name, frozenset(self._params)))

    def __repr__(self) -> str:
        params = [f"{key}={value}" for key, value in self._params.items()]
        return f"{type(self).__name__}({', '.join([repr(self.name), *params])})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.name, self._params)


class Kernel(_Setting):
    """Weights that turn a record into one complex number, by name.

    Args:
        name: as the station knows it; None for its default.
        params: what the kernel needs, by keyword.
    """

    __slots__ = ()


class Discriminator(_Setting):
    """A rule that turns a complex number into a bit, by name.

    Args:
        name: as the station knows it; None for its default.
        params: what the discriminator needs, by keyword.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class LoRange:
    """The frequencies that a local oscillator reaches, both ends included.

    Raises:
        PulseError: a bound is no real number, or they are the wrong way round.
    """

    lower_bound: float
    """Hz."""
    upper_bound: float
    """Hz."""

    def __post_init__(self) -> None:
        bounds: tuple[object, object] = (self.lower_bound, self.upper_bound)
        for bound in bounds:
            if isinstance(bound, bool) or not isinstance(bound, Real) or math.isnan(bound):
                raise PulseError("a bound of a LoRange is a frequency in Hz", got=repr(bound))
        if self.lower_bound > self.upper_bound:
            raise PulseError("the lower bound is above the upper one", where=repr(self))

    def includes(self, lo_freq: complex) -> bool:
        """Whether |lo_freq| (Hz) lies within."""
        return bool(self.lower_bound <= abs(lo_freq) <= self.upper_bound)

    def __repr__(self) -> str:
        return f"LoRange({self.lower_bound:f}, {self.upper_bound:f})"


class LoConfig:
    """Frequencies of local oscillators for one run, and the ranges they must lie in.

    Args:
        channel_los: frequency in Hz by drive or measure channel.
        lo_ranges: range by channel, as `LoRange` or (lower, upper) in Hz; without one any frequency is taken.

    Raises:
        PulseError: another kind of channel, no finite frequency, or one outside of its channel's range.
    """

    __hash__ = None  # type: ignore[assignment]  # configurations change

    def __init__(
        self,
        channel_los: Pairs[LoChannel, float] | None = None,
        lo_ranges: Pairs[LoChannel, LoRange | tuple[float, float]] | None = None,
    ) -> None:
        self._los: dict[LoChannel, float] = {}
        self._ranges: dict[LoChannel, LoRange] = {}
        for channel, lo_range in (lo_ranges or {}).items():
            self.add_lo_range(channel, lo_range)
        for channel, frequency in (channel_los or {}).items():
            self.add_lo(channel, frequency)

    @property
    def qubit_los(self) -> dict[DriveChannel, float]:
        """Frequencies in Hz by drive channel."""
        return {channel: f for channel, f in self._los.items() if isinstance(channel, DriveChannel)}

    @property
    def meas_los(self) -> dict[MeasureChannel, float]:
        """Frequencies in Hz by measure channel."""
        return {channel: f for channel, f in self._los.items() if isinstance(channel, MeasureChannel)}

    def add_lo(self, channel: LoChannel, freq: float) -> None:
        """Set a channel's frequency in Hz.

        Raises:
            PulseError: see `check_lo`.
        """
        self.check_lo(channel, freq)
        self._los[channel] = freq

    def add_lo_range(self, channel: LoChannel, lo_range: LoRange | tuple[float, float]) -> None:
        """Set the range of a channel's frequency; later frequencies must lie in it.

        Raises:
            PulseError: another kind of channel, or no range.
        """
        _check_lo_channel(channel)
        given: object = lo_range
        if not isinstance(given, LoRange):
            if not isinstance(given, tuple | list) or len(given) != 2:
                raise PulseError("a range is a LoRange or a pair of bounds", where=repr(channel), got=repr(given))
            given = LoRange(*given)
        self._ranges[channel] = given

    def check_lo(self, channel: LoChannel, freq: float) -> bool:
        """True if the channel may have this frequency.

        Raises:
            PulseError: another kind of channel, no finite number, or outside of the channel's range.
        """
        _check_lo_channel(channel)
        given: object = freq
        if isinstance(given, bool) or not isinstance(given, Complex) or not math.isfinite(abs(complex(given))):
            raise PulseError("an oscillator's frequency is a number in Hz", where=repr(channel), got=repr(freq))
        known = self._ranges.get(channel)
        if known is not None and not known.includes(freq):
            raise PulseError(
                "the frequency is out of range",
                where=repr(channel),
                got=f"{freq} Hz",
                allowed=f"{known.lower_bound} to {known.upper_bound} Hz",
            )
        return True

    def channel_lo(self, channel: LoChannel) -> float:
        """The frequency in Hz that was set for the channel.

        Raises:
            PulseError: none was.
        """
        _check_lo_channel(channel)
        if channel not in self._los:
            raise PulseError(
                "no frequency is set", where=repr(channel), allowed=", ".join(map(repr, self._los)) or "none"
            )
        return self._los[channel]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LoConfig):
            return NotImplemented
        return self._los == other._los and self._ranges == other._ranges

    def __repr__(self) -> str:
        return f"LoConfig({self._los}, {self._ranges})"


def _check_lo_channel(channel: object) -> None:
    if not isinstance(channel, LoChannel):
        raise PulseError(
            "a channel without an oscillator to set", got=repr(channel), allowed="DriveChannel, MeasureChannel"
        )


def _same(mine: object, other: object) -> bool:
    """Equality of parameters, elementwise within lists, tuples, mappings and arrays."""
    if isinstance(mine, Mapping) and isinstance(other, Mapping):
        return mine.keys() == other.keys() and all(_same(value, other[key]) for key, value in mine.items())
    if isinstance(mine, np.ndarray) or isinstance(other, np.ndarray):
        return bool(np.array_equal(np.asarray(mine), np.asarray(other)))
    if isinstance(mine, list | tuple) and isinstance(other, list | tuple):
        return len(mine) == len(other) and all(map(_same, mine, other))
    return bool(mine == other)


def _kept(value: Any, *, taken: bool) -> Any:  # noqa: ANN401 - any value
    """A copy of what can be changed, down to the items of lists, tuples and dicts; arrays are copied once."""
    if isinstance(value, np.ndarray):
        if not taken:
            return value
        array = value.copy()
        array.flags.writeable = False
        return array
    if type(value) is dict:
        return {key: _kept(item, taken=taken) for key, item in value.items()}
    if type(value) in {list, tuple}:
        return type(value)([_kept(item, taken=taken) for item in value])
    return value


def _restored(kind: type[_Setting], name: str | None, params: dict[str, Any]) -> _Setting:
    return kind(name, **params)
