"""Shapes: what is left of a pulse when amplitude and phase are taken off, so that a sweep of these shares it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from runtime.lowering.envelopes import Unit
from runtime.lowering.padding import PaddedPulse
from runtime.pulse.library import Pulse, SymbolicPulse, Waveform
from runtime.pulse.library.shapes import Shape, Values

__all__ = ["ShapeTable"]

SAME = 1e-14
"""Sampled shapes that differ by no more are one: scaling leaves them different in their last bits."""
BIN = 1e-9
"""Of the power of sampled shapes: those to be compared lie in one bin, or in neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class _Formula:
    """A parametric pulse of amplitude 1 and angle 0."""

    shape: Shape
    values: Values

    def evaluate(self, times: NDArray[np.float64]) -> NDArray[np.complex128]:
        """See `Unit`."""
        return self.shape.evaluate(times, self.values)


@dataclass(frozen=True, slots=True, eq=False)
class _Padded:
    """A shape with silence before and after it."""

    inner: Unit
    before: int
    duration: int

    def evaluate(self, times: NDArray[np.float64]) -> NDArray[np.complex128]:
        """See `Unit`."""
        instants = times - self.before
        inside = (instants >= 0) & (instants < self.duration)
        envelope = np.zeros(instants.shape, np.complex128)
        envelope[inside] = self.inner.evaluate(instants[inside])
        return envelope


class ShapeTable:
    """The distinct shapes of a list of pulses."""

    def __init__(self, pulses: Sequence[Pulse]) -> None:
        self.units: list[Unit] = []
        self._rows: dict[Hashable, int] = {}
        self._sampled: dict[tuple[int, int], list[tuple[int, NDArray[np.complex128]]]] = {}
        found = [self._unit(pulse) for pulse in pulses]
        self.shape = np.array([self._row(key, unit) for key, unit, _ in found], np.int64)
        """For each pulse its row in `units`."""
        self.factor = np.array([factor for _, _, factor in found], np.complex128)
        """For each pulse what its shape is to be multiplied with."""

    def _row(self, key: Hashable, unit: Unit) -> int:
        row = self._rows.setdefault(key, len(self.units))
        if row == len(self.units):
            self.units.append(unit)
        return row

    def _unit(self, pulse: Pulse) -> tuple[Hashable, Unit, complex]:
        """A shape, what tells it from others, and the factor that makes the pulse of it."""
        if isinstance(pulse, PaddedPulse):
            key, inner, factor = self._unit(pulse.inner)
            padded = _Padded(inner, pulse.before, int(pulse.inner.duration))
            return ("padded", pulse.before, int(pulse.duration), key), padded, factor
        if isinstance(pulse, Waveform):
            return self._of_samples(pulse)
        if isinstance(pulse, SymbolicPulse) and pulse.shape.scalable:
            values = {name: float(value) for name, value in pulse.parameters.items()}
            factor = complex(values["amp"] * np.exp(1j * values["angle"]))
            rest = tuple(value for name, value in values.items() if name not in {"amp", "angle"})
            unit = _Formula(pulse.shape, {**values, "amp": 1.0, "angle": 0.0})
            return (pulse.shape.label, *rest), unit, factor
        return pulse.key, pulse, 1.0 + 0j

    def _of_samples(self, pulse: Waveform) -> tuple[Hashable, Unit, complex]:
        magnitude = np.abs(pulse.samples)
        peak = float(magnitude.max(initial=0.0))
        if not peak:
            return pulse.key, pulse, 1.0 + 0j
        # The first of the largest, with a margin: of equal ones, rounding would choose another in each pulse.
        factor = complex(pulse.samples[np.argmax(magnitude >= peak * (1 - 1e-9))])
        unit = Waveform(pulse.samples / factor, limit_amplitude=False)
        power = round(float(np.vdot(unit.samples, unit.samples).real) / BIN)
        for neighbour in (power - 1, power, power + 1):
            for row, samples in self._sampled.get((unit.duration, neighbour), []):
                if np.abs(samples - unit.samples).max() <= SAME:
                    return ("sampled", row), unit, factor
        number = sum(map(len, self._sampled.values()))
        self._sampled.setdefault((unit.duration, power), []).append((number, unit.samples))
        return ("sampled", number), unit, factor
