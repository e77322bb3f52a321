"""A named number that is not known yet, and vectors of them."""

from __future__ import annotations

import uuid as uuid_module
from collections.abc import Iterator
from typing import Any, overload
from uuid import UUID

from runtime.pulse.exceptions import PulseError
from runtime.pulse.parameters.expression import ParameterExpression
from runtime.pulse.parameters.symbolic import symengine

__all__ = ["Parameter", "ParameterVector", "ParameterVectorElement"]


class Parameter(ParameterExpression):
    """A named number to be assigned later. Two of one name are different; a pickled one stays the same.

    Args:
        name: for people, and for assignment by name.
        uuid: the identity; drawn at random unless given.
    """

    __slots__ = ("_hash", "_name", "_uuid")

    _hash: int
    _name: str
    _uuid: UUID

    def __init__(self, name: str, *, uuid: UUID | None = None) -> None:
        if not isinstance(name, str):
            raise PulseError("a parameter's name is a string", got=repr(name))
        identity = uuid_module.uuid4() if uuid is None else uuid
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_uuid", identity)
        object.__setattr__(self, "_hash", hash((name, identity)))
        object.__setattr__(self, "_parameters", frozenset((self,)))

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @property
    def uuid(self) -> UUID:
        """The identity."""
        return self._uuid

    @property
    def formula(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        """The symbol; made when first used, so that plain parameters cost nothing."""
        try:
            return self._formula
        except AttributeError:
            object.__setattr__(self, "_formula", symengine().Symbol(f"{self._name}#{self._uuid.hex}"))
            return self._formula

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Parameter):
            return self is other or (self._uuid == other._uuid and self._name == other._name)
        return super().__eq__(other)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        return f"Parameter({self._name})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self._name, self._uuid)


class ParameterVectorElement(Parameter):
    """One entry of a `ParameterVector`, named `vector[index]`."""

    __slots__ = ("_index", "_vector")

    _index: int
    _vector: ParameterVector

    def __init__(self, vector: ParameterVector, index: int, *, uuid: UUID | None = None) -> None:
        super().__init__(f"{vector.name}[{index}]", uuid=uuid)
        object.__setattr__(self, "_vector", vector)
        object.__setattr__(self, "_index", index)

    @property
    def vector(self) -> ParameterVector:
        """The vector that this belongs to."""
        return self._vector

    @property
    def index(self) -> int:
        """The place in the vector."""
        return self._index

    def __repr__(self) -> str:
        return f"ParameterVectorElement({self.name})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _element, (self._vector, self._index, self._name, self._uuid)


class ParameterVector:
    """Parameters under one name; element k has the identity `uuid` + k, also after resizing.

    Args:
        name: the elements are called `name[0]`, `name[1]`, ...
        length: number of elements.
        uuid: identity of element 0, drawn at random unless given.
    """

    __slots__ = ("_elements", "_name", "_uuid")

    def __init__(self, name: str, length: int = 0, *, uuid: UUID | None = None) -> None:
        _check_length(name, length)
        # The low 32 bits are free, so that the elements' identities do not run into those of another vector.
        root = UUID(int=uuid_module.uuid4().int & ~0xFFFFFFFF) if uuid is None else uuid
        self._name = name
        self._uuid = root
        self._elements: list[ParameterVectorElement] = []
        self.resize(length)

    @property
    def name(self) -> str:
        """The common name."""
        return self._name

    @property
    def uuid(self) -> UUID:
        """Identity of element 0."""
        return self._uuid

    @property
    def params(self) -> list[ParameterVectorElement]:
        """The elements."""
        return list(self._elements)

    def resize(self, length: int) -> None:
        """Drop elements from the end, or add some; one that is dropped and added again is the same parameter.

        Raises:
            PulseError: `length` is no whole number of 0 or more.
        """
        _check_length(self._name, length)
        del self._elements[length:]
        for k in range(len(self._elements), length):
            self._elements.append(ParameterVectorElement(self, k, uuid=UUID(int=self._uuid.int + k)))

    def index(self, value: Parameter) -> int:
        """The place of an element.

        Raises:
            ValueError: it is none of this vector's.
        """
        return self._elements.index(value)  # type: ignore[arg-type]  # any parameter may be asked for

    @overload
    def __getitem__(self, index: int) -> ParameterVectorElement: ...

    @overload
    def __getitem__(self, index: slice) -> list[ParameterVectorElement]: ...

    def __getitem__(self, index: int | slice) -> ParameterVectorElement | list[ParameterVectorElement]:
        return self._elements[index]

    def __iter__(self) -> Iterator[ParameterVectorElement]:
        return iter(self._elements)

    def __len__(self) -> int:
        return len(self._elements)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ParameterVector):
            return NotImplemented
        return self._uuid == other._uuid and self._name == other._name and len(self) == len(other)

    def __hash__(self) -> int:
        return hash((self._name, self._uuid))

    def __str__(self) -> str:
        return f"{self._name}, {[element.name for element in self._elements]}"

    def __repr__(self) -> str:
        return f"ParameterVector(name={self._name!r}, length={len(self)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _vector, (self._name, len(self), self._uuid)


def _restored(kind: type[Parameter], name: str, uuid: UUID) -> Parameter:
    return kind(name, uuid=uuid)


def _vector(name: str, length: int, uuid: UUID) -> ParameterVector:
    return ParameterVector(name, length, uuid=uuid)


def _element(vector: ParameterVector, index: int, name: str, uuid: UUID) -> Parameter:
    # A vector that was shortened since no longer has it.
    return vector[index] if index < len(vector) else Parameter(name, uuid=uuid)


def _check_length(name: str, length: object) -> None:
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        raise PulseError(f"the vector {name!r} needs a length", got=repr(length), allowed="0 or more elements")
