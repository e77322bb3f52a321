"""Programs within programs: calls, references, macros."""

from __future__ import annotations

import functools
import uuid
import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from runtime.pulse.builder.active import active
from runtime.pulse.builder.building import build
from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Reference
from runtime.pulse.parameters import Parameter, ParameterExpression, ParameterVector
from runtime.pulse.schedule import Schedule, ScheduleBlock
from runtime.pulse.schedule.assignment import Values, resolve
from runtime.pulse.transforms import schedule_to_block

__all__ = ["append_schedule", "call", "call_block", "macro", "reference"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def append_schedule(schedule: Schedule | ScheduleBlock) -> None:
    """Put a program into the current context as a nested block; nothing if it is empty.

    Raises:
        NoActiveBuilder: called outside of a builder context. So do all functions of this module.
        PulseError: not a program.
    """
    context = active()
    block = _as_block(schedule)
    if len(block):
        context.block.append(block)


def call(
    target: Schedule | ScheduleBlock,
    name: str | None = None,
    value_dict: Values | None = None,
    **kw_params: ParameterExpression | complex,
) -> None:
    """Call a program as a subroutine: append a reference, and assign the program to it; nothing if it is empty.

    Args:
        target: the program. A Schedule becomes a block that keeps its timing.
        name: key of the reference. Calls by one name share one subroutine, which must be equal each time. Without
            it every call is a subroutine of its own, under the program's name and a random part.
        value_dict: values by Parameter, ParameterVector or name, assigned on a copy.
        kw_params: values by name, for all parameters of that name. `value_dict` wins over them, with a warning.

    Raises:
        PulseError: not a program; no parameter of a name; the key stands for another program.
        KeyError: a name in `value_dict` that no parameter has.
    """
    context = active()
    if not isinstance(target, Schedule | ScheduleBlock):
        raise _not_a_program(target)
    values = _call_values(target, value_dict, kw_params)
    program = target.assign_parameters(values, inplace=False) if values else target
    call_block(context.block, _as_block(program), name)


def call_block(caller: ScheduleBlock, block: ScheduleBlock, name: str | None) -> None:
    """Append a reference to `block`, under `name` or a key of its own; nothing if it is empty."""
    if not len(block):
        return
    keys = (_legal_key(block.name), uuid.uuid4().hex) if name is None else (name,)
    caller.append(Reference(*keys))
    caller.assign_references({keys: block})


def reference(name: str, *extra_keys: str) -> None:
    """Leave a place for a subroutine, to be given later by `ScheduleBlock.assign_references`.

    Args:
        name: first part of its key.
        extra_keys: further parts.

    Raises:
        PulseError: a part is no string, or contains a separator.
    """
    active().block.append(Reference(name, *extra_keys))


def macro(func: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a function of builder calls a subroutine: each call of it is one `call`, named after the function.

    Returns:
        A function that gives what `func` gives.
    """

    @functools.wraps(func)
    def calling(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        context = active()
        with build(context.backend, name=getattr(func, "__name__", "macro")) as block:
            result = func(*args, **kwargs)
        call_block(context.block, block, None)
        return result

    return calling


def _as_block(program: object) -> ScheduleBlock:
    if isinstance(program, ScheduleBlock):
        return program
    if isinstance(program, Schedule):
        return schedule_to_block(program)
    raise _not_a_program(program)


def _not_a_program(program: object) -> PulseError:
    return PulseError("not a program", got=repr(program), allowed="Schedule, ScheduleBlock")


def _legal_key(name: str) -> str:
    """A program's name as part of a key, where "::" and "," are separators."""
    return name.replace("::", "_").replace(",", "_")


def _call_values(
    target: Schedule | ScheduleBlock, value_dict: Values | None, by_name: dict[str, ParameterExpression | complex]
) -> dict[Parameter | ParameterVector | str, ParameterExpression | complex]:
    if not by_name and not value_dict:
        return {}  # looking for parameters walks through the whole program
    present = target.parameters
    unknown = by_name.keys() - {parameter.name for parameter in present}
    if unknown:
        raise PulseError(
            f"the program has no parameter {', '.join(sorted(unknown))}",
            where=f"call of {target.name!r}",
            allowed=", ".join(sorted({parameter.name for parameter in present})) or "none",
        )
    values: dict[Parameter | ParameterVector | str, ParameterExpression | complex] = {
        parameter: by_name[parameter.name] for parameter in present if parameter.name in by_name
    }
    if value_dict:
        explicit = resolve(value_dict, present)
        if doubled := sorted({parameter.name for parameter in explicit if parameter in values}):
            warnings.warn(
                f"call of {target.name!r}: value_dict overrides the keywords {', '.join(doubled)}",
                UserWarning,
                stacklevel=3,
            )
        values |= dict(explicit.items())
    return values
