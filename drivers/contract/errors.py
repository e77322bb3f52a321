"""The error tree of pulserig.

::

    PulserigError                 what, where, got, allowed, fix
    ├── ProblemReport             several problems of one input, all at once
    ├── ConfigurationError        a file, an argument or a name that cannot be used
    ├── SignalError               samples that no instrument may get: NaN, over-range
    ├── TimingError               instants and lengths off a grid
    └── InstrumentError           one instrument, named with its address
        ├── ConnectionFailed      nobody answers there
        ├── WrongInstrument       somebody else answers there
        ├── InstrumentTimeout     a named wait ended without an answer
        ├── LinkLost              the connection broke
        ├── UploadError           refused, incomplete, or not what was sent
        └── AcquisitionError      shots missing, doubled or damaged

Every error says what is wrong, where, what it got, what is allowed and what to do about it, each as a field, so
that tests and programs match on fields and people read a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

__all__ = [
    "AcquisitionError",
    "ConfigurationError",
    "ConnectionFailed",
    "InstrumentError",
    "InstrumentTimeout",
    "LinkLost",
    "Problem",
    "ProblemReport",
    "PulserigError",
    "SignalError",
    "TimingError",
    "UploadError",
    "WrongInstrument",
]


def _sentence(what: str, where: str, got: str, allowed: str, fix: str) -> str:
    """One readable sentence from the five fields; empty ones leave no trace."""
    text = f"{where}: {what}" if where else what
    if got:
        text += f"; got {got}"
    if allowed:
        text += f"; allowed: {allowed}"
    return f"{text}. {fix}" if fix else text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input."""

    what: str
    """What is wrong, without the place."""
    where: str = ""
    """Channel, instrument, address, sample, or file with line and key."""
    got: str = ""
    allowed: str = ""
    fix: str = ""
    """What to do, as a sentence without its full stop."""

    def __str__(self) -> str:
        return _sentence(self.what, self.where, self.got, self.allowed, self.fix)


@dataclass(eq=False)
class PulserigError(Exception):
    """The root of every error that pulserig raises."""

    what: str
    where: str = ""
    got: str = ""
    allowed: str = ""
    fix: str = ""

    def __str__(self) -> str:
        return _sentence(self.what, self.where, self.got, self.allowed, self.fix)

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions rebuild themselves from `args`, which keyword arguments never reach.
        return type(self), tuple(getattr(self, field.name) for field in fields(self))


@dataclass(eq=False)
class ProblemReport(PulserigError):
    """Everything that is wrong with one input, at once."""

    problems: tuple[Problem, ...] = ()
    shown: int = 20
    """How many problems the text lists before it only counts."""
    of_instruments: bool = False
    """The instruments are at fault, not the input."""

    def __str__(self) -> str:
        if not self.problems:
            return super().__str__()
        lines = [f"{self.what} ({len(self.problems)} problem{'s' * (len(self.problems) != 1)}):"]
        lines += [f"  - {problem}" for problem in self.problems[: self.shown]]
        hidden = len(self.problems) - self.shown
        if hidden > 0:
            lines.append(f"  - and {hidden} more")
        return "\n".join(lines)


@dataclass(eq=False)
class ConfigurationError(PulserigError):
    """A file, an argument or a name that cannot be used."""


@dataclass(eq=False)
class SignalError(PulserigError):
    """Samples that no instrument may get: NaN, infinity, over full scale."""


@dataclass(eq=False)
class TimingError(PulserigError):
    """An instant or a length that falls between the samples of a grid."""


@dataclass(eq=False)
class InstrumentError(PulserigError):
    """Something about one instrument; `where` starts with its name and address."""

    instrument: str = ""
    address: str = ""

    def __post_init__(self) -> None:
        if self.instrument and not self.where:
            self.where = f"{self.instrument} ({self.address})" if self.address else self.instrument


@dataclass(eq=False)
class ConnectionFailed(InstrumentError):
    """Nobody answers at the address."""


@dataclass(eq=False)
class WrongInstrument(InstrumentError):
    """Another instrument than the configured one answers at the address."""


@dataclass(eq=False)
class InstrumentTimeout(InstrumentError):
    """A named wait ended without an answer; the instrument is not used again until it is reopened."""

    wait: str = ""
    """The name of the wait: upload, arm, play, fetch, identify, safe, close."""
    timeout_s: float = 0.0


@dataclass(eq=False)
class LinkLost(InstrumentError):
    """The connection broke while it was in use."""


@dataclass(eq=False)
class UploadError(InstrumentError):
    """The instrument refused a program, took part of it, or holds something else than was sent."""


@dataclass(eq=False)
class AcquisitionError(InstrumentError):
    """Fewer, more or other shots came back than were requested."""
