"""What may be asked of a rig: arguments as they should be, or an error that says what they should be."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self, TypedDict, Unpack, get_args

from drivers.contract import ConfigurationError, PlayOrder
from runtime.lowering import Policy, Program, Sweep
from runtime.pulse import Schedule, ScheduleBlock
from runtime.results import LEVELS, Consumer, QubitReadout

__all__ = [
    "MAX_SHOTS",
    "Report",
    "Request",
    "Returns",
    "Wanted",
    "as_batch",
    "as_qubits",
    "as_readout",
    "as_segment",
    "as_shots",
    "require_known",
    "require_options",
    "silent",
]

MAX_SHOTS = 10_000_000
Returns = Literal["single", "avg"]

Report = Callable[[str, int, int], None]
"""Called with (stage, done, total) as a batch proceeds."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """The report nobody asked for."""


class Wanted(TypedDict, total=False):
    """The keywords of `Rig.run` and `Rig.submit`."""

    shots: int
    level: int
    returns: Returns
    order: PlayOrder
    policy: Policy | None
    reuse_slots: bool
    readout: Mapping[int, QubitReadout] | None
    consumers: Sequence[Consumer]
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
    reuse_slots: bool = False
    readout: Mapping[int, QubitReadout] = field(default_factory=dict)
    """By qubit, in place of the rig's."""
    consumers: tuple[Consumer, ...] = ()
    report: Report = silent

    @classmethod
    def of(cls, **wanted: Unpack[Wanted]) -> Self:
        """A request as it should be; raises ConfigurationError for the first thing that it should not be."""
        checked: dict[str, Any] = {**wanted}
        require_options(checked, (field.name for field in fields(cls)))
        for name, as_it_should_be in _CHECKS.items():
            if name in checked:
                checked[name] = as_it_should_be(checked[name])
        asked = cls(**checked)
        _require_one_of(asked.returns, get_args(Returns), "there is no such kind of return")
        _require_one_of(asked.order, get_args(PlayOrder), "programs cannot be played in such an order")
        _require_one_of(asked.policy, (None, *get_args(Policy)), "there is no such policy")
        _require_one_of(asked.reuse_slots, (False, True), "slots are reused, or they are not")
        return asked


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


def as_segment(segment: object) -> int | None:
    """Samples of a spectrum's segment, or None; raises ConfigurationError for what is no whole number."""
    number = None if segment is None else _whole(segment)
    if segment is not None and number is None:
        raise ConfigurationError("that is no segment", got=repr(segment), allowed="a number of samples, or None")
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
    for part, method in ((readout.kernel, "weights"), (readout.discriminator, "classify")):
        if part is not None and not callable(getattr(part, method, None)):
            allowed = (
                "a Kernel such as Boxcar()" if method == "weights" else "a Discriminator such as Threshold(...)"
            )
            raise ConfigurationError(f"that is nothing with '{method}'", "readout", repr(part), allowed)
    return readout


def _as_readouts(readouts: object) -> dict[int, QubitReadout]:
    if readouts is None:
        return {}
    if not isinstance(readouts, Mapping):
        raise ConfigurationError(
            "these are no readouts", got=repr(readouts), allowed="a mapping of qubits to QubitReadout"
        )
    return {qubit: as_readout(readout) for qubit, readout in readouts.items()}


def as_qubits(qubits: object, wired: Sequence[int], where: str) -> list[int]:
    """Qubits that are wired, each once; raises ConfigurationError for anything else."""
    entries = list(qubits) if isinstance(qubits, Iterable) else [qubits]
    numbers = [_whole(entry) for entry in entries]
    known = [number for number in numbers if number is not None and number in wired]
    if len(known) < len(numbers) or len(set(known)) < len(known) or isinstance(qubits, str):
        raise ConfigurationError(
            "these are no qubits of the station",
            where=where,
            got=repr(qubits),
            allowed=f"those that are wired to a digitizer, each once: {', '.join(map(str, wired))}",
        )
    return known


def require_options(names: Iterable[str], known: Iterable[str]) -> None:
    """Raise ConfigurationError for keywords that there are not."""
    allowed = list(known)
    unknown = sorted(set(names) - set(allowed))
    if unknown:
        raise ConfigurationError("there is no such option", got=", ".join(unknown), allowed=", ".join(allowed))


def _as_consumers(consumers: object) -> tuple[Consumer, ...]:
    if not isinstance(consumers, Iterable) or not all(map(callable, entries := tuple(consumers))):
        raise ConfigurationError("these are no consumers", got=repr(consumers), allowed="a list of functions")
    return entries


def _as_report(report: object) -> Report:
    if not callable(report):
        raise ConfigurationError("that is no report", got=repr(report), allowed="a function")
    return report


_CHECKS: dict[str, Callable[[Any], object]] = {
    "shots": as_shots,
    "level": _as_level,
    "readout": _as_readouts,
    "consumers": _as_consumers,
    "report": _as_report,
}
"""What is done with a keyword before it is taken."""


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
