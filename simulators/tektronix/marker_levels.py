"""The two levels of each marker output: `SOURce:MARKer:VOLTage`."""

from __future__ import annotations

from simulators.scpi import Call, CommandTree, Number, format_scientific

__all__ = ["MarkerLevels"]

HIGH = Number(1.0, -0.5, 1.75, "V")
LOW = Number(0.0, -0.3, 1.55, "V")
_HEADER = "SOURce{1-8}:MARKer{1-4}:VOLTage[:LEVel][:IMMediate]"


class MarkerLevels:
    """High and low level of each marker, volts. Setting one past the other takes the other along."""

    def __init__(self, tree: CommandTree) -> None:
        self._levels: dict[tuple[int, ...], tuple[float, float]] = {}
        tree.add(
            f"{_HEADER}:HIGH", on_set=self._set_high, on_query=lambda call: format_scientific(self._get(call)[1])
        )
        tree.add(
            f"{_HEADER}:LOW", on_set=self._set_low, on_query=lambda call: format_scientific(self._get(call)[0])
        )

    def reset(self) -> None:
        """Back to the defaults."""
        self._levels.clear()

    def _get(self, call: Call) -> tuple[float, float]:
        """Low and high level."""
        return self._levels.get(call.suffixes, (LOW.default, HIGH.default))

    def _set_high(self, call: Call) -> None:
        high = HIGH.read(call.take(1)[0])
        self._levels[call.suffixes] = min(self._get(call)[0], high), high

    def _set_low(self, call: Call) -> None:
        low = LOW.read(call.take(1)[0])
        self._levels[call.suffixes] = low, max(self._get(call)[1], low)
