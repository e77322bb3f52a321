"""What may be asked of a rig: arguments as they should be, or an error that says what they should be."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, get_args

from drivers.contract import ConfigurationError, PlayOrder
from runtime.lowering import Policy, Program, Sweep
from runtime.pulse import Schedule, ScheduleBlock
from runtime.results import LEVELS, QubitReadout

if TYPE_CHECKING:
    from runtime.rig.execution import Report

__all__ = ["MAX_SHOTS", "Request", "Returns", "Wanted", "as_batch", "as_readout", "as_shots", "require_known"]

MAX_SHOTS = 10_000_000
Returns = Literal["single", "avg"]


class Wanted(TypedDict, total=False):
    """The keywords of `Rig.run` and `Rig.submit`."""

    shots: int
    level: int
    returns: Returns
    order: PlayOrder
    policy: Policy | None
    report: Report


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of a batch of programs."""

    shots: int = 1024
    level: int = 2
    returns: Returns = "single"
    order: PlayOrder = "cyclic"
    policy: Policy | None = None
    """None: the station's."""

    @classmethod
    def of(cls, shots: object, level: object, returns: object, order: object, policy: object) -> Self:
        """A request as it should be; raises ConfigurationError for the first thing that it should not be."""
        number = _as_level(level)
        _require_one_of(returns, get_args(Returns), "there is no such kind of return")
        _require_one_of(order, get_args(PlayOrder), "programs cannot be played in such an order")
        _require_one_of(policy, (None, *get_args(Policy)), "there is no such policy")
        return cls(as_shots(shots), number, returns, order, policy)  # type: ignore[arg-type]  # checked above


def as_batch(program: object) -> list[Program] | Sweep:
    """One program or several as a list, or a sweep; raises ConfigurationError for anything else."""
    if isinstance(program, Sweep):
        return program
    if isinstance(program, Schedule | ScheduleBlock):
        return [program]
    entries: list[Any] = (
        list(program) if isinstance(program, Iterable) and not isinstance(program, str) else [program]
    )
    wrong = [
        (index, entry) for index, entry in enumerate(entries) if not isinstance(entry, Schedule | ScheduleBlock)
    ]
    if wrong or not entries:
        index, entry = wrong[0] if wrong else (0, None)
        raise ConfigurationError(
            "that is no program",
            where=f"program {index}" if len(entries) > 1 else "",
            got=f"{type(entry).__name__} {entry!r:.60}" if wrong else "nothing to run: an empty list",
            allowed="a Schedule or ScheduleBlock, a list of them, or a Sweep",
        )
    return entries


def as_shots(shots: object) -> int:
    """A number of shots; raises ConfigurationError for what is no whole number, or out of range."""
    number = _whole(shots)
    if number is None or not 1 <= number <= MAX_SHOTS:
        raise ConfigurationError("the number of shots is impossible", got=repr(shots), allowed=f"1 to {MAX_SHOTS}")
    return number


def _require_one_of(value: object, known: tuple[object, ...], what: str) -> None:
    if value not in known:
        raise ConfigurationError(what, got=repr(value), allowed=", ".join(map(repr, known)))


def _as_level(level: object) -> int:
    number = _whole(level)
    if number is None or number not in LEVELS:
        allowed = ", ".join(f"{known} {name}" for known, name in LEVELS.items())
        raise ConfigurationError("there is no such measurement level", got=repr(level), allowed=allowed)
    return number


def as_readout(readout: object) -> QubitReadout:
    """How a qubit is read; raises ConfigurationError for anything else."""
    if not isinstance(readout, QubitReadout):
        raise ConfigurationError("that is no readout", got=repr(readout), allowed="a QubitReadout")
    return readout


def require_known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raise ConfigurationError when `names` holds an instrument that is not `known`."""
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ConfigurationError(
            "the station has no such instrument", where=what, got=", ".join(unknown), allowed=", ".join(known)
        )


def _whole(number: object) -> int | None:
    """Any kind of integer as int, numpy's too; None for the rest, and for True and False."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        return None
    return operator.index(number)
