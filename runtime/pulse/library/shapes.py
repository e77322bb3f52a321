"""What a shape is: parameters, array code, constraints and what is accepted without sampling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from runtime.pulse.library.formulas import Formulas, named_formulas
from runtime.pulse.library.pulse import ComplexArray, FloatArray

__all__ = ["Constraint", "Shape", "Values"]

Values = Mapping[str, float]
"""Parameter values by name, `duration` among them."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition that the parameters of a shape must meet."""

    text: str
    """For people, as `sigma > 0`."""
    holds: Callable[[Values], bool]


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of envelope. Equal are shapes of the same name, label and parameters."""

    name: str
    """The `pulse_type`."""
    parameters: tuple[str, ...]
    """Names in order, without `duration`; `amp` and `angle` stand last where the shape scales with them."""
    envelope: Callable[[FloatArray, Values], FloatArray | ComplexArray] = field(compare=False, repr=False)
    """Times in samples and parameter values to the envelope; without the amplitude if `factored`."""
    constraints: tuple[Constraint, ...] = field(default=(), compare=False, repr=False)
    safe: Callable[[Values], bool] | None = field(default=None, compare=False, repr=False)
    """A quick rule under which no sample exceeds full scale; without it, or where it fails, samples decide."""
    scalable: bool = True
    """Whether amp * exp(i angle) multiplies the whole envelope, so that only their product counts."""
    factored: bool = field(default=True, compare=False)
    """Whether `evaluate` multiplies with amp * exp(i angle), or `envelope` does it."""
    label: str = ""
    """Tells shapes of one name apart: variants of a named one, and the formulas of users; the name by default."""
    own_formulas: Formulas | None = field(default=None, compare=False, repr=False)
    """The user's formulas, for a shape that was made of them."""

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.name)

    @property
    def formulas(self) -> Formulas:
        """Envelope and conditions as symbolic expressions."""
        return self.own_formulas if self.own_formulas is not None else named_formulas(self.label)

    def evaluate(self, times: FloatArray, values: Values) -> ComplexArray:
        """The envelope at `times` (samples from the start) as complex128 array, in units of full scale.

        Values out of proportion give infinities or NaN, and no warnings.
        """
        with np.errstate(all="ignore"):
            factor = self.amplitude(values) if self.factored else 1.0
            return np.asarray(factor * self.envelope(times, values), dtype=np.complex128)

    def unit(self, times: FloatArray, values: Values) -> FloatArray | ComplexArray:
        """The envelope at `times` without the amplitude, if it is `factored`; else the whole envelope."""
        with np.errstate(all="ignore"):
            return self.envelope(times, values)

    def amplitude(self, values: Values) -> complex:
        """The factor amp * exp(i angle)."""
        amplitude: complex = values["amp"] * np.exp(1j * values["angle"])
        return amplitude
