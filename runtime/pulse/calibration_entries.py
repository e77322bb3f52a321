"""Calibration entries: how an instruction is played, from a schedule or from a function that makes one.

An entry satisfies `runtime.target.CalibrationEntry`, so a Target takes it as it is.
"""

from __future__ import annotations

import copy
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from enum import IntEnum
from keyword import iskeyword
from typing import Any

from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters import Parameter, ParameterExpression, ParameterVector
from runtime.pulse.schedule import Schedule, ScheduleBlock

__all__ = ["CalibrationEntry", "CalibrationPublisher", "CallableDef", "Program", "ScheduleDef", "entry_of"]

Program = Schedule | ScheduleBlock
Value = ParameterExpression | complex


class CalibrationPublisher(IntEnum):
    """Who made a calibration; in a schedule's metadata under "publisher"."""

    BACKEND_PROVIDER = 0
    """Whoever runs the device."""
    QISKIT = 1
    """The user. Called as in Qiskit, whose programs compare with it."""
    EXPERIMENT_SERVICE = 2
    """A calibration experiment."""


class CalibrationEntry(ABC):
    """How an instruction is played. Empty until `define` is called."""

    _signature: inspect.Signature | None = None
    _user_provided = True

    @abstractmethod
    def define(self, definition: Any, user_provided: bool = True) -> None:  # noqa: ANN401 - each kind has its own
        """Take the definition.

        Args:
            definition: what this kind of entry is made of.
            user_provided: the user's, or the device's.
        """

    def get_signature(self) -> inspect.Signature:
        """Names, order and defaults of the open parameters.

        Raises:
            PulseError: the entry is empty.
        """
        if self._signature is None:
            raise _empty()
        return self._signature

    @abstractmethod
    def get_schedule(self, *args: Value, **kwargs: Value) -> Program:
        """The program, its parameters bound by position or by name."""

    @property
    def user_provided(self) -> bool:
        """Whether the user made it, and not the device's provider."""
        return self._user_provided

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class ScheduleDef(CalibrationEntry):
    """A calibration that is a Schedule or a ScheduleBlock.

    The entry keeps a copy and hands out copies: changing a program that went in or came out changes no entry.

    Args:
        arguments: the order of the parameter names; alphabetical if left out.
    """

    def __init__(self, arguments: Iterable[str] | None = None) -> None:
        # A list, since views of dicts cannot be pickled.
        self._arguments = None if arguments is None else list(arguments)
        self._definition: Program | None = None

    def define(self, definition: Program, user_provided: bool = True) -> None:
        """Take a program.

        Raises:
            PulseError: not a program, `arguments` is not exactly the set of its parameter names, or a name is none
                that an argument can have.
        """
        if not isinstance(definition, Schedule | ScheduleBlock):
            raise PulseError("not a program", got=repr(definition), allowed="Schedule, ScheduleBlock")
        names = sorted({parameter.name for parameter in definition.parameters})
        order = names if self._arguments is None else self._arguments
        if sorted(order) != names:
            raise PulseError(
                "the arguments are not the program's parameters",
                where=f"calibration {definition.name!r}",
                got=str(order),
                allowed=f"each of {names} once",
            )
        if odd := [name for name in names if not name.isidentifier() or iskeyword(name)]:
            raise PulseError(
                "the parameters of a calibration become arguments, and these names cannot",
                where=f"calibration {definition.name!r}",
                got=", ".join(map(repr, odd)),
                allowed="names as Python has them; no elements of vectors",
                fix="Assign a Parameter of another name to each",
            )
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        self._definition = copy.deepcopy(definition)
        self._signature = inspect.Signature([inspect.Parameter(name, kind) for name in order])
        self._user_provided = user_provided

    def get_schedule(self, *args: Value, **kwargs: Value) -> Program:
        """A copy of the program with parameters bound; one name binds all parameters that bear it.

        Parameters that are not given stay open.

        Raises:
            PulseError: the entry is empty; too many, doubled or unknown arguments.
        """
        definition, signature = self._definition, self._signature
        if definition is None or signature is None:
            raise _empty()
        try:
            values = signature.bind_partial(*args, **kwargs).arguments
        except TypeError as error:
            raise _wrong_arguments(definition.name, signature, error) from None
        if values:
            bound: dict[Parameter | ParameterVector | str, Value] = {
                p: values[p.name] for p in definition.parameters if p.name in values
            }
            program = definition.assign_parameters(bound, inplace=False)
        else:
            program = copy.deepcopy(definition)
        return _published(program, self._user_provided)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ScheduleDef):
            return NotImplemented
        # A block and a schedule never equal each other; comparing them would only confuse their own rules.
        return type(self._definition) is type(other._definition) and self._definition == other._definition

    __hash__ = None  # type: ignore[assignment]  # programs change

    def __str__(self) -> str:
        if self._definition is None:
            return "empty"
        parameters = ", ".join(self.get_signature().parameters)
        return f"Schedule {self._definition.name}" + (f"({parameters})" if parameters else "")


class CallableDef(CalibrationEntry):
    """A calibration that is a function which returns a Schedule or a ScheduleBlock."""

    def __init__(self) -> None:
        self._definition: Callable[..., Program] | None = None

    def define(self, definition: Callable[..., Program], user_provided: bool = True) -> None:
        """Take a function, a partial object or any other callable.

        Raises:
            PulseError: not callable, or its arguments are not known.
        """
        if not callable(definition):
            raise PulseError("not a function that makes programs", got=repr(definition))
        try:
            signature = inspect.signature(definition)
        except ValueError as error:
            fix = "Put it into a function of your own"
            raise PulseError(
                "a function that does not tell its arguments", got=repr(definition), fix=fix
            ) from error
        self._definition = definition
        self._signature = signature
        self._user_provided = user_provided

    def get_schedule(self, *args: Value, **kwargs: Value) -> Program:
        """What the function makes of the arguments; its defaults stand in for those left out.

        Raises:
            PulseError: the entry is empty; missing, too many, doubled or unknown arguments; the function returns
                something else than a program.
        """
        definition, signature = self._definition, self._signature
        if definition is None or signature is None:
            raise _empty()
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise _wrong_arguments(_name(definition), signature, error) from None
        program = definition(*bound.args, **bound.kwargs)
        if not isinstance(program, Schedule | ScheduleBlock):
            raise PulseError(
                "the function returned no program", where=f"calibration {_name(definition)}", got=repr(program)
            )
        return _published(program, self._user_provided)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CallableDef):
            return NotImplemented
        return self._definition == other._definition

    def __hash__(self) -> int:
        return hash(self._definition)

    def __str__(self) -> str:
        if self._definition is None:
            return "empty"
        return f"Callable {_name(self._definition)}({', '.join(self.get_signature().parameters)})"


def entry_of(
    definition: Program | Callable[..., Program] | CalibrationEntry, arguments: Iterable[str] | None = None
) -> CalibrationEntry:
    """A user's entry of whatever stands for a calibration; an entry comes back as it is.

    Raises:
        PulseError: no program, function or entry; `arguments` do not fit the program.
    """
    if isinstance(definition, CalibrationEntry):
        return definition
    if isinstance(definition, Schedule | ScheduleBlock):
        entry = ScheduleDef(arguments)
        entry.define(definition)
        return entry
    if callable(definition):
        made = CallableDef()
        made.define(definition)
        return made
    raise PulseError(
        "no calibration can be made of this",
        got=repr(definition),
        allowed="Schedule, ScheduleBlock, or a function that returns one",
    )


def _empty() -> PulseError:
    return PulseError("the calibration entry is empty", fix="Call define() first")


def _name(function: object) -> str:
    function = getattr(function, "func", function)  # of a partial object
    return str(getattr(function, "__name__", type(function).__name__))


def _wrong_arguments(name: str, signature: inspect.Signature, error: TypeError) -> PulseError:
    return PulseError(
        "the arguments do not fit the calibration",
        where=f"calibration {name!r}",
        got=str(error),
        allowed=f"{name}{signature}",
    )


def _published(program: Program, user_provided: bool) -> Program:
    """The program with its publisher noted, unless one is."""
    publisher = CalibrationPublisher.QISKIT if user_provided else CalibrationPublisher.BACKEND_PROVIDER
    program.metadata.setdefault("publisher", publisher)
    return program
