"""Pulses given by a shape and its parameters, in array code; no symbolic mathematics on numbers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.cache import SampleCache
from runtime.pulse.library.choice import Recipe, chosen_shape, recipe_of, shape_of
from runtime.pulse.library.pulse import AMPLITUDE_TOLERANCE, ComplexArray, FloatArray, Pulse
from runtime.pulse.library.shapes import Shape, Values
from runtime.pulse.library.validation import check_kinds, check_names, checked_finite
from runtime.pulse.library.waveform import Waveform
from runtime.pulse.parameters import (
    Assignment,
    Parameter,
    ParameterExpression,
    ParameterValue,
    assigned_value,
    open_parameters,
)

__all__ = ["ScalableSymbolicPulse", "SymbolicPulse", "restored"]


_AMPLITUDE = frozenset({"amp", "angle"})
_ANY_SCALABLE = "any scalable shape"

MOST_SAMPLES = 1 << 26
"""The longest pulse that is sampled: 1 GB, or 15 ms at 4.5 GS/s."""

# Enough for every gate and readout of a large device; more would be kept for programs that never come back.
_samples_by_shape = SampleCache(most_bytes=1 << 26)


class NamedPulse(type):
    """Metaclass: what counts for `isinstance` is the pulse's shape, not how it was made.

    A class that `covers` a shape has all pulses of that shape as instances.
    """

    def __instancecheck__(cls, instance: object) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        covers: str | None = cls.__dict__.get("covers")  # its own: a subclass is narrower than its parent
        if covers is None or not type.__instancecheck__(SymbolicPulse, instance):
            return False
        shape: Shape = instance.shape  # type: ignore[attr-defined]  # every symbolic pulse has one
        return shape.scalable if covers == _ANY_SCALABLE else shape.name == covers


class SymbolicPulse(Pulse, metaclass=NamedPulse):
    """A pulse given by a formula; its parameters read as attributes (`pulse.sigma`).

    Without `envelope` it is one of the named shapes, which are array code. Formulas are symengine or sympy
    expressions of `t` (samples from the start), `duration` and the parameters; an expression of our own parameters
    counts by their names. They are compiled to array code once.

    Equal are pulses of one shape whose parameters are equal; where amp * exp(i angle) scales the whole envelope,
    that product is compared within rounding instead of amp and angle. Names and the amplitude limit do not count.

    Args:
        pulse_type: name of the shape, one of `library.SHAPES` unless `envelope` is given.
        duration: length in samples.
        parameters: the shape's other parameters by name: real numbers or expressions.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.
        envelope: the formula, in units of full scale.
        constraints: a condition that the parameters must meet; no part of the value.
        valid_amp_conditions: a condition under which samples need not be looked at; no part of the value.

    Raises:
        PulseError: unknown shape or symbol; parameters missing, unknown, not finite real numbers or against the
            shape's constraints; a sample above full scale. Checked as soon as nothing is open any more.
    """

    disable_validation: ClassVar[bool] = False

    if TYPE_CHECKING:
        shape: Shape
        """Parameters, array code and constraints."""

    def __init__(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        pulse_type: str,
        duration: ParameterValue,
        parameters: Mapping[str, ParameterValue] | None = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
        envelope: object = None,
        constraints: object = None,
        valid_amp_conditions: object = None,
    ) -> None:
        given = dict(parameters or {})
        shape = chosen_shape(
            pulse_type, tuple(given), (envelope, constraints, valid_amp_conditions), scalable=False
        )
        self._build(shape, duration, given, limit_amplitude, name)

    def _build(
        self,
        shape: Shape,
        duration: ParameterValue,
        parameters: Mapping[str, ParameterValue],
        limit_amplitude: bool | None,
        name: str | None,
    ) -> None:
        check_names(shape, parameters)
        values = {"duration": duration, **{key: parameters[key] for key in shape.parameters}}
        expressions = check_kinds(shape, values)
        self._set(
            name=name,
            limit_amplitude=limit_amplitude,
            shape=shape,
            duration=values["duration"],
            _values=values,
            _expressions=expressions,
        )
        if not (self.disable_validation or self.open_parameters):
            self.validate_parameters()

    @property
    def pulse_type(self) -> str:
        """Name of the shape."""
        return self.shape.name

    @property
    def envelope(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        """The formula as a symengine expression, also of a named shape; samples come from array code."""
        return self.shape.formulas.envelope

    @property
    def constraints(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        """The condition on the parameters as a symengine expression; None for none."""
        return self.shape.formulas.constraints

    @property
    def valid_amp_conditions(self) -> Any:  # noqa: ANN401 - symengine publishes no types
        """The condition that stands for looking at samples, as a symengine expression; None for none."""
        return self.shape.formulas.valid_amp_conditions

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name, `duration` first."""
        return dict(self.__dict__["_values"])

    @property
    def open_parameters(self) -> set[Parameter]:
        """The parameters that are not assigned yet."""
        expressions: bool = self.__dict__["_expressions"]
        return open_parameters(*self.__dict__["_values"].values()) if expressions else set()

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Shape and exact parameter values."""
        return (self.shape.label, *self.__dict__["_values"].values())

    def is_parameterized(self) -> bool:
        """Whether any parameter is an expression, with or without open parameters."""
        expressions: bool = self.__dict__["_expressions"]
        return expressions

    def validate_parameters(self) -> None:
        """Check constraints and amplitude.

        Raises:
            PulseError: a constraint is broken, or a sample exceeds full scale and amplitude is limited.
        """
        values = self._numbers()
        # Values that are numpy's own would warn where they overflow.
        with np.errstate(all="ignore"):
            broken = [rule.text for rule in self.shape.constraints if not rule.holds(values)]
            accepted = not self.__dict__["limit_amplitude"] or (
                self.shape.safe is not None and self.shape.safe(values)
            )
        if broken:
            raise PulseError("the parameters do not fit together", where=repr(self), allowed=" and ".join(broken))
        if accepted:
            return
        peak = float(np.max(np.abs(self._samples(values)), initial=0.0))
        if peak >= 1.0 + AMPLITUDE_TOLERANCE:
            raise PulseError(
                "the pulse exceeds full scale",
                where=repr(self),
                got=f"peak modulus {peak:.9g}",
                allowed="at most 1",
                fix="Lower its amplitude, or pass limit_amplitude=False",
            )

    def evaluate(self, times: ArrayLike) -> ComplexArray:
        """The envelope at any instants within [0, duration]; see `Pulse.evaluate`."""
        values = self._numbers()
        instants = np.asarray(times, dtype=np.float64)
        # Written so that NaN fails.
        if instants.size and not (instants.min() >= 0 and instants.max() <= values["duration"]):
            raise PulseError(
                "the envelope is defined within the pulse only",
                where=repr(self),
                got=f"instants from {instants.min()} to {instants.max()}",
                allowed=f"0 to {values['duration']}",
            )
        return checked_finite(self, self.shape.evaluate(instants, values))

    def get_waveform(self) -> Waveform:
        """The samples at the middle of each dt; computed once. Keeps the pulse's own amplitude limit.

        Raises:
            PulseError: parameters are open.
        """
        known: Waveform | None = self.__dict__.get("_waveform")
        if known is None:
            samples = self._samples(self._numbers())
            known = Waveform(samples, name=self.name, limit_amplitude=self.__dict__["limit_amplitude"])
            self.__dict__["_waveform"] = known
        return known

    def assigned(self, values: Assignment) -> Self:
        """This pulse with parameters replaced, validated again; itself if none of them occurs."""
        # Not isdisjoint, which walks through all values of a program for each of its pulses.
        if not any(parameter in values for parameter in self.open_parameters):
            return self
        new = {key: assigned_value(value, values) for key, value in self.__dict__["_values"].items()}
        pulse: Self = restored(type(self), self.shape, new, self.__dict__["limit_amplitude"], self.name)
        return pulse

    def _numbers(self) -> Values:
        """The parameters as plain numbers."""
        values: Mapping[str, ParameterValue] = self.__dict__["_values"]
        if not self.__dict__["_expressions"]:
            return values  # type: ignore[return-value]  # no expression among them
        names = sorted(p.name for p in self.open_parameters)
        if names:
            raise PulseError("the pulse has open parameters", where=repr(self), fix=f"Assign {', '.join(names)}")
        numbers = {key: v.numeric() if isinstance(v, ParameterExpression) else v for key, v in values.items()}
        check_kinds(self.shape, dict(numbers))
        return numbers  # type: ignore[return-value]  # complex ones are refused by `numeric`

    def _samples(self, values: Values) -> ComplexArray:
        """The envelope at the middle of each dt; at amplitude 1 it is computed once for all pulses."""
        shape, unit = self.shape, self._unit(values)
        with np.errstate(all="ignore"):
            samples = shape.amplitude(values) * unit if shape.factored else unit
        return checked_finite(self, np.asarray(samples, dtype=np.complex128))

    def unit_samples(self) -> FloatArray | ComplexArray:
        """The samples without the amplitude where the shape is `factored`; for pulserig itself, read-only."""
        return self._unit(self._numbers())

    def _unit(self, values: Values) -> FloatArray | ComplexArray:
        shape, duration = self.shape, values["duration"]
        if duration > MOST_SAMPLES:
            raise PulseError(
                "the pulse is too long to be sampled", where=repr(self), allowed=f"up to {MOST_SAMPLES} samples"
            )
        return _samples_by_shape.get(
            unit_key(shape, values), lambda: shape.unit(np.arange(duration) + 0.5, values)
        )

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a number or an expression, as the user needs it
        values = self.__dict__.get("_values", {})
        if name in values:
            return values[name]
        message = f"{self.__dict__['shape'].name if values else type(self).__name__} has no attribute {name!r}"
        raise AttributeError(message)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, SymbolicPulse):
            return NotImplemented
        if self.shape is not other.shape and self.shape != other.shape:
            return False
        mine, others = self.__dict__["_values"], other.__dict__["_values"]
        if mine == others:
            return True
        if not self.shape.scalable:
            return False
        rest = [key for key in mine if key not in _AMPLITUDE]
        return all(mine[key] == others[key] for key in rest) and _same_amplitude(mine, others)

    def __hash__(self) -> int:
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            # Amplitudes are equal within rounding and in several notations, so they cannot take part.
            values = [v for k, v in self.__dict__["_values"].items() if k not in _AMPLITUDE]
            known = hash((self.shape.name, *values))
            self.__dict__["_hash"] = known
        return known

    def __repr__(self) -> str:
        parameters = ", ".join(f"{key}={value}" for key, value in self.__dict__["_values"].items())
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"{self.shape.name}({parameters}{name})"

    def __reduce__(self) -> tuple[Any, ...]:
        fields = self.__dict__
        return restored, (
            type(self),
            recipe_of(self.shape),
            fields["_values"],
            fields["limit_amplitude"],
            self.name,
        )


class ScalableSymbolicPulse(SymbolicPulse):
    """A pulse whose whole envelope scales with amp * exp(i angle).

    Args:
        pulse_type: name of the shape.
        duration: length in samples.
        amp: real amplitude in units of full scale; may be negative.
        angle: phase of the amplitude in radians.
        parameters: the shape's other parameters by name.
        name: for people.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.
        envelope: as `SymbolicPulse`; amp * exp(i angle) must scale it.
        constraints: as `SymbolicPulse`.
        valid_amp_conditions: as `SymbolicPulse`.

    Raises:
        PulseError: as `SymbolicPulse`; also for a complex `amp`.
    """

    covers: ClassVar[str] = _ANY_SCALABLE

    def __init__(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        pulse_type: str,
        duration: ParameterValue,
        amp: ParameterValue,
        angle: ParameterValue,
        parameters: Mapping[str, ParameterValue] | None = None,
        name: str | None = None,
        limit_amplitude: bool | None = None,
        envelope: object = None,
        constraints: object = None,
        valid_amp_conditions: object = None,
    ) -> None:
        given = {key: value for key, value in (parameters or {}).items() if key not in _AMPLITUDE}
        given |= {"amp": amp, "angle": angle}
        shape = chosen_shape(
            pulse_type, tuple(given), (envelope, constraints, valid_amp_conditions), scalable=True
        )
        self._build(shape, duration, given, limit_amplitude, name)


def unit_key(shape: Shape, values: Values) -> Hashable:
    """What the samples of a pulse depend on but for its amplitude, where the shape leaves that apart."""
    apart = _AMPLITUDE if shape.factored else ()
    return (shape.label, *[value for name, value in values.items() if name not in apart])


def _same_amplitude(mine: Mapping[str, ParameterValue], others: Mapping[str, ParameterValue]) -> bool:
    parts = (mine["amp"], mine["angle"], others["amp"], others["angle"])
    if open_parameters(*parts):
        return bool(mine["amp"] == others["amp"] and mine["angle"] == others["angle"])
    amp, angle, other_amp, other_angle = (float(part) for part in parts)
    return bool(np.isclose(amp * np.exp(1j * angle), other_amp * np.exp(1j * other_angle)))


def restored(
    kind: type[SymbolicPulse],
    shape: Shape | Recipe,
    values: Mapping[str, ParameterValue],
    limit_amplitude: bool,
    name: str | None,
) -> Any:  # noqa: ANN401 - a pulse of `kind`; pickle and `assigned` know which
    """A pulse of `kind` from its fields, past the constructor of a named shape."""
    pulse = object.__new__(kind)
    found = shape if isinstance(shape, Shape) else shape_of(shape)
    parameters = {key: value for key, value in values.items() if key != "duration"}
    pulse._build(found, values["duration"], parameters, limit_amplitude, name)
    return pulse
