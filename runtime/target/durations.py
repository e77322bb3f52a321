"""How long instructions take: by name, qubits and parameters, in seconds and in samples."""

from __future__ import annotations

import math
import warnings
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from runtime.target.checks import Findings, is_real
from runtime.target.errors import NoDuration
from runtime.target.instructions import as_qargs
from runtime.target.timing import exact_period

__all__ = ["DurationUnit", "InstructionDurations"]

DurationUnit = Literal["dt", "s", "ms", "us", "ns", "ps"]
_SECONDS = {
    unit: Fraction(10) ** power for unit, power in (("s", 0), ("ms", -3), ("us", -6), ("ns", -9), ("ps", -12))
}
_OFF_GRID = Fraction(1, 100)
"""Of a sample: recorded durations are rounded to a few digits; more than this is another duration."""

Key = tuple[str, tuple[int, ...] | None, tuple[Any, ...] | None]


@dataclass(frozen=True, slots=True)
class _Length:
    value: float
    unit: str


class InstructionDurations:
    """Durations of instructions; those for given qubits and parameters go before those for fewer details.

    Args:
        instruction_durations: tuples (name, qubits, duration), (name, qubits, duration, unit),
            (name, qubits, duration, parameters) or (name, qubits, duration, parameters, unit). Qubits are a
            number, a group or None for all; the unit is "dt" unless given.
        dt: sample period in seconds, for conversions.
    """

    def __init__(
        self,
        instruction_durations: Iterable[Sequence[Any]] | InstructionDurations | None = None,
        dt: float | None = None,
    ) -> None:
        if dt is not None:
            findings = Findings("InstructionDurations")
            findings.positive("dt", dt, "seconds")
            findings.raise_if_any()
        self.dt = dt
        self._lengths: dict[Key, _Length] = {}
        if instruction_durations is not None:
            self.update(instruction_durations)

    def update(
        self, inst_durations: Iterable[Sequence[Any]] | InstructionDurations | None, dt: float | None = None
    ) -> InstructionDurations:
        """Take more durations, which go before those of the same name, qubits and parameters; gives itself back.

        Raises:
            InvalidTarget: What is no such tuple, no number of at least 0 or no known unit, all at once, or the
                sample periods differ.
        """
        findings = Findings("InstructionDurations")
        if dt is not None:
            findings.positive("dt", dt, "seconds")
        incoming = inst_durations.dt if isinstance(inst_durations, InstructionDurations) else None
        periods = {period for period in (self.dt, dt, incoming) if period is not None}
        if len(periods) > 1:
            findings.add("dt", "the sample periods differ", sorted(periods), "one sample period")
        taken = _lengths_of(inst_durations, findings)
        findings.raise_if_any()
        self.dt = next(iter(periods), None)
        self._lengths.update(taken)
        return self

    def get(
        self,
        inst: str | Any,  # noqa: ANN401 - any object with a name, as operations are
        qubits: int | Iterable[int],
        unit: DurationUnit = "dt",
        parameters: Sequence[Any] | None = None,
    ) -> float:
        """The duration of an instruction: whole samples in "dt", otherwise in the given unit.

        A `delay` given as an object has the duration that it bears itself, a `barrier` has none.

        Args:
            inst: A name, or an object with `name`; its `params` count unless `parameters` are given.
            qubits: A number or a group.
            unit: "dt", "s", "ms", "us", "ns" or "ps".
            parameters: Where durations depend on them.

        Raises:
            NoDuration: Nothing is known of it, or a sample period is needed and not known (a TranspilerError).

        Warns:
            UserWarning: The duration is off a whole number of samples by more than a hundredth; the nearest one is
                given.
        """
        name = inst if isinstance(inst, str) else str(inst.name)
        if name == "barrier":
            return 0
        if name == "delay" and not isinstance(inst, str) and hasattr(inst, "duration"):
            return self._converted(_Length(inst.duration, getattr(inst, "unit", "dt")), unit, name)
        group = as_qargs(qubits)
        if parameters is None and not isinstance(inst, str):
            parameters = getattr(inst, "params", None)
        details = _hashable(parameters)
        for key in ((name, group, details), (name, None, details), (name, group, None), (name, None, None)):
            length = self._lengths.get(key)
            if length is not None:
                return self._converted(length, unit, name)
        raise NoDuration(f"no duration of '{name}' is known", where="InstructionDurations", got=f"qubits {group}")

    def units_used(self) -> set[str]:
        """The units that durations were given in."""
        return {length.unit for length in self._lengths.values()}

    def _converted(self, length: _Length, unit: DurationUnit, name: str) -> float:
        if length.unit == unit:
            return length.value
        if unit not in _SECONDS and unit != "dt":
            raise _unknown_unit(unit)
        period = None if self.dt is None else exact_period(self.dt)
        if period is None and "dt" in {unit, length.unit}:
            raise NoDuration(
                f"the duration of '{name}' is known in {length.unit} only",
                where="InstructionDurations",
                fix="Give dt, the sample period in seconds",
            )
        if not is_real(length.value):
            raise NoDuration(
                f"the duration of '{name}' is open", where="InstructionDurations", got=str(length.value)
            )
        seconds = _exact(length.value) * (_SECONDS[length.unit] if length.unit != "dt" else period or 0)
        if unit != "dt":
            return float(seconds / _SECONDS[unit])
        return _whole_samples(seconds / (period or 1), name)

    def __str__(self) -> str:
        lines = []
        for (name, qubits, parameters), length in self._lengths.items():
            given = "" if parameters is None else f"({', '.join(map(str, parameters))})"
            place = "all qubits" if qubits is None else str(qubits)
            lines.append(f"{name}{given} on {place}: {length.value} {length.unit}")
        return "\n".join(lines)


def _lengths_of(
    source: Iterable[Sequence[Any]] | InstructionDurations | None, findings: Findings
) -> dict[Key, _Length]:
    if isinstance(source, InstructionDurations):
        return dict(source._lengths)  # noqa: SLF001 - its own class
    taken: dict[Key, _Length] = {}
    for number, entry in enumerate(source or ()):
        place = f"instruction_durations[{number}]"
        if not 3 <= len(entry) <= 5 or not isinstance(entry[0], str):
            findings.add(place, "not usable", entry, "(name, qubits, duration), then parameters and unit")
            continue
        name, qubits, value, *rest = entry
        unit = rest.pop() if rest and isinstance(rest[-1], str) else "dt"
        parameters = rest.pop() if rest else None
        if rest or unit not in {"dt", *_SECONDS}:
            findings.add(
                place, "not usable", entry, f"one list of parameters, one unit of dt, {', '.join(_SECONDS)}"
            )
            continue
        findings.not_negative(f"{place} duration", value, "")
        group = None if qubits is None else as_qargs(qubits)
        if group:
            findings.qubits(f"{place} qubits", group, None)
        taken[name, group, _hashable(parameters)] = _Length(value, unit)
    return taken


def _hashable(parameters: Sequence[Any] | None) -> tuple[Any, ...] | None:
    """Parameters as part of a key; None without any, and for matrices: no duration depends on those."""
    if not parameters or not all(isinstance(parameter, Hashable) for parameter in parameters):
        return None
    return tuple(parameters)


def _exact(value: float) -> Fraction:
    """The shortest decimal that stands for the float, as dt is read: 35.5e-9 is 355/10^10."""
    return Fraction(int(value)) if float(value).is_integer() else Fraction(Decimal(repr(float(value))))


def _whole_samples(samples: Fraction, name: str) -> int:
    nearest = math.floor(samples + Fraction(1, 2))
    if abs(samples - nearest) > _OFF_GRID:
        message = f"the duration of '{name}' is {float(samples):.6g} samples: {nearest} is taken"
        warnings.warn(message, UserWarning, stacklevel=4)
    return nearest


def _unknown_unit(unit: str) -> NoDuration:
    allowed = ", ".join(("dt", *_SECONDS))
    return NoDuration("no such unit", where="InstructionDurations.get", got=repr(unit), allowed=allowed)
