"""Assigning parameters throughout a schedule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Complex
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from runtime.pulse.exceptions import PulseError
from runtime.pulse.instructions import Instruction
from runtime.pulse.pairs import Pairs
from runtime.pulse.parameters import (
    Assignment,
    Parameter,
    ParameterExpression,
    ParameterVector,
    ParameterVectorElement,
    own,
    own_vector,
)
from runtime.pulse.schedule.body import Body

if TYPE_CHECKING:
    from runtime.pulse.schedule.schedule import Schedule

__all__ = ["Values", "assigned_body", "resolve"]

Value = ParameterExpression | complex
Values = Pairs[Parameter | ParameterVector | str, Value | Sequence[Value] | NDArray[Any]]
"""What users pass to `assign_parameters`."""


def resolve(value_dict: Values, present: Iterable[Parameter]) -> dict[Parameter, Value]:
    """The values by Parameter; a name stands for all present parameters, or vectors, of that name.

    Raises:
        KeyError: nothing present has the name.
        PulseError: a sequence of the wrong length, or something that is neither number nor expression.
    """
    values: dict[Parameter, Value] = {}
    for given, value in value_dict.items():
        key = own(given)
        vector = own_vector(key)
        if isinstance(key, Parameter):
            values[key] = _checked(key.name, value)
        elif vector is not None:
            values.update(_elements(vector, value))
        elif isinstance(key, str):
            values.update(_by_name(key, value, present))
        else:
            raise PulseError(
                "values are assigned by parameter, vector or name",
                got=repr(key),
                allowed="Parameter, ParameterVector, str",
            )
    return values


def _by_name(name: str, value: object, present: Iterable[Parameter]) -> dict[Parameter, Value]:
    found: dict[Parameter, Value] = {}
    vectors = set()
    for parameter in present:
        if parameter.name == name:
            found[parameter] = _checked(name, value)
        elif isinstance(parameter, ParameterVectorElement) and parameter.vector.name == name:
            vectors.add(parameter.vector)
    for vector in vectors:
        found.update(_elements(vector, value))
    if not found:
        message = (
            f"no parameter is called {name!r}; open: {', '.join(sorted({p.name for p in present})) or 'none'}"
        )
        raise KeyError(message)
    return found


def _elements(vector: ParameterVector, value: object) -> dict[Parameter, Value]:
    if isinstance(value, Complex | ParameterExpression | str) or not hasattr(value, "__len__"):
        raise PulseError(f"the vector {vector.name} takes a sequence of {len(vector)} values", got=repr(value))
    items = list(value)  # type: ignore[call-overload]  # it has a length, so it is a collection
    if len(items) != len(vector):
        raise PulseError(f"the vector {vector.name} takes {len(vector)} values", got=f"{len(items)} values")
    return {element: _checked(element.name, item) for element, item in zip(vector, items, strict=True)}


def _checked(name: str, given: object) -> Value:
    if type(given) is float:
        return given
    value = own(given)
    if isinstance(value, ParameterExpression):
        return value
    if not isinstance(value, bool) and isinstance(value, Complex):
        return value  # type: ignore[return-value]  # any kind of number, numpy's included
    raise PulseError(f"the parameter {name} takes a number or an expression", got=repr(value))


def assigned_body(root: Body, values: Assignment) -> Body:
    """The body with parameters replaced throughout; itself if none of them occurs.

    Nested schedules keep their place. Works without recursion, since programs may nest as deep as they are long.

    Raises:
        PulseError: see `Schedule.assign_parameters`.
    """
    instructions: dict[int, Instruction] = {}
    done: dict[int, Body] = {}
    pending = [root]
    while pending:
        body = pending[-1]
        waiting = [c.body for _, c in body.children if not isinstance(c, Instruction) and id(c.body) not in done]
        if waiting:
            pending.extend(waiting)
            continue
        pending.pop()
        if id(body) not in done:
            done[id(body)] = _assigned_node(body, values, instructions, done)
    return done[id(root)]


def _assigned_node(
    body: Body, values: Assignment, instructions: dict[int, Instruction], done: Mapping[int, Body]
) -> Body:
    """One body whose nested ones are `done`; `instructions` remembers what became of each object."""
    children: list[tuple[int, Schedule | Instruction]] = []
    moved = changed = False
    for time, child in body.children:
        new: Schedule | Instruction
        if isinstance(child, Instruction):
            known = instructions.get(id(child))
            new = child.assigned(values) if known is None else known
            if new is not child:
                instructions[id(child)] = new
                moved = moved or new.channels != child.channels
        else:
            nested = done[id(child.body)]
            new = child if nested is child.body else child.holding(nested)
            moved = moved or nested.starts.keys() != child.body.starts.keys()
        changed = changed or new is not child
        children.append((time, new))
    if not changed:
        return body
    return Body.of(children) if moved else body.with_children(children)
