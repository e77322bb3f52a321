"""Settings that an instrument stores and tells, as tables instead of handlers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from simulators.scpi.arguments import Argument, ArgumentKind, matches_keyword
from simulators.scpi.errors import ScpiError
from simulators.scpi.tree import Call, CommandTree, Reply

__all__ = ["Choice", "Number", "Setting", "Settings", "Switch", "format_scientific"]

V_co = TypeVar("V_co", covariant=True)
Value = float | bool | str


def format_scientific(value: float) -> str:
    """A number as most instruments write it: `2.5000000000E+09`."""
    return f"{value:.10E}"


class SettingKind(Protocol[V_co]):
    """How values of one kind are read, limited and written."""

    @property
    def default(self) -> V_co: ...

    def read(self, argument: Argument) -> V_co: ...

    def write(self, value: Value) -> str: ...


@dataclass(frozen=True, slots=True)
class Number:
    """A number within [low, high], in `unit` (see `UNITS`); MINimum, MAXimum and DEFault are understood."""

    default: float
    low: float
    high: float
    unit: str = ""
    form: Callable[[float], str] = format_scientific
    whole: bool = False
    """Rounded to an integer, and written as one."""

    def read(self, argument: Argument) -> float:
        """The value of an argument; -222 when it is out of range."""
        value = self._named(argument)
        if value is None:
            value = argument.number(self.unit)
        if not self.low <= value <= self.high:
            raise ScpiError(-222, argument.word())
        return float(round(value)) if self.whole else value

    def _named(self, argument: Argument) -> float | None:
        if argument.kind is ArgumentKind.WORD:
            for keyword, value in (("MINimum", self.low), ("MAXimum", self.high), ("DEFault", self.default)):
                if matches_keyword(argument.word(), keyword):
                    return value
        return None

    def write(self, value: Value) -> str:
        """The value as it stands in a reply."""
        return f"{int(value)}" if self.whole else self.form(float(value))


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off, told as 1 or 0."""

    default: bool = False

    def read(self, argument: Argument) -> bool:
        """The value of an argument."""
        return argument.switch()

    def write(self, value: Value) -> str:
        """1 or 0."""
        return "1" if value else "0"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some keywords, whose short forms are in capitals; told in its short form."""

    keywords: tuple[str, ...]
    preset: int = 0
    """Index of the default."""

    @property
    def default(self) -> str:
        """The short form of the default."""
        return self._short(self.keywords[self.preset])

    def read(self, argument: Argument) -> str:
        """The short form of the keyword that was given; -224 for any other."""
        return self._short(argument.keyword(*self.keywords))

    def write(self, value: Value) -> str:
        """The short form."""
        return str(value)

    @staticmethod
    def _short(keyword: str) -> str:
        return "".join(c for c in keyword if not c.islower())


@dataclass(frozen=True, slots=True)
class Setting(Generic[V_co]):
    """A named setting behind one header or several, which must have the same suffixes."""

    name: str
    kind: SettingKind[V_co]
    headers: tuple[str, ...]


class Settings:
    """The present values of a table of settings, one for each combination of suffixes."""

    def __init__(self, table: Iterable[Setting[Value]], tree: CommandTree) -> None:
        self._kinds: dict[str, SettingKind[Value]] = {}
        self._values: dict[tuple[str, tuple[int, ...]], Value] = {}
        self.version = 0
        """Grows with every change."""
        for setting in table:
            self._kinds[setting.name] = setting.kind
            for header in setting.headers:
                tree.add(header, on_set=self._setter(setting), on_query=self._getter(setting))

    def number(self, name: str, *suffixes: int) -> float:
        """The value of a `Number`."""
        return float(self._value(name, suffixes))

    def on(self, name: str, *suffixes: int) -> bool:
        """The value of a `Switch`."""
        return bool(self._value(name, suffixes))

    def text(self, name: str, *suffixes: int) -> str:
        """The value of a `Choice`."""
        return str(self._value(name, suffixes))

    def put(self, value: Value, name: str, *suffixes: int) -> None:
        """Set a value that no message set."""
        self._values[name, suffixes] = value
        self.version += 1

    def reset(self) -> None:
        """Back to the defaults (`*RST`)."""
        self._values.clear()
        self.version += 1

    def _value(self, name: str, suffixes: tuple[int, ...]) -> Value:
        return self._values.get((name, suffixes), self._kinds[name].default)

    def _setter(self, setting: Setting[Value]) -> Callable[[Call], Reply]:
        def set_value(call: Call) -> None:
            (argument,) = call.take(1)
            self.put(setting.kind.read(argument), setting.name, *call.suffixes)

        return set_value

    def _getter(self, setting: Setting[Value]) -> Callable[[Call], Reply]:
        def get_value(call: Call) -> Reply:
            asked = call.take(0, 1)  # `FREQ? MAX` asks for the limit
            value = setting.kind.read(asked[0]) if asked else self._value(setting.name, call.suffixes)
            return setting.kind.write(value)

        return get_value
