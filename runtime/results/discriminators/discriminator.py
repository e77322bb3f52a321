"""What a discriminator is, and the kinds of it: a line, linear and quadratic scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError

__all__ = ["Discriminator", "Linear", "Quadratic", "Threshold"]


class Discriminator(Protocol):
    """From a kernelled number to the state of a qubit."""

    @property
    def states(self) -> int:
        """How many states it tells apart: 2 or more."""
        ...

    def classify(self, kernelled: NDArray[np.complex128]) -> NDArray[np.uint8]:
        """States 0, 1, ..., uint8 of the shape of `kernelled` (complex, volts)."""
        ...

    def as_threshold(self) -> Threshold | None:
        """The same boundary as one line, for instruments that compare by themselves; None if it is no line."""
        ...


@dataclass(frozen=True, slots=True)
class Threshold:
    """One line in the IQ plane: 1 where Re(z exp(-i angle)) exceeds the threshold."""

    angle_rad: float
    """Direction from the cloud of 0 to the cloud of 1."""
    threshold_v: float

    @property
    def states(self) -> int:
        """Two."""
        return 2

    def classify(self, kernelled: NDArray[np.complex128]) -> NDArray[np.uint8]:
        """Bits, uint8 of the shape of `kernelled` (complex, volts)."""
        return (self.projected(kernelled) > self.threshold_v).astype(np.uint8)

    def projected(self, kernelled: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Float64 of the same shape: the coordinate along the line that joins the clouds, volts."""
        projected: NDArray[np.float64] = (kernelled * np.exp(-1j * self.angle_rad)).real
        return projected

    def as_threshold(self) -> Self:
        """Itself."""
        return self


@dataclass(frozen=True, slots=True)
class Linear:
    """The state j with the greatest score b_j + x_j Re z + y_j Im z, as linear discriminant analysis has it."""

    coefficients: tuple[tuple[float, float], ...]
    """(x_j, y_j) of each state, 1/V."""
    intercepts: tuple[float, ...]
    """b_j of each state."""

    def __post_init__(self) -> None:
        _require_states(len(self.intercepts), len(self.coefficients))

    @property
    def states(self) -> int:
        """As many as there are scores."""
        return len(self.intercepts)

    def classify(self, kernelled: NDArray[np.complex128]) -> NDArray[np.uint8]:
        """States, uint8 of the shape of `kernelled` (complex, volts)."""
        scores = [
            intercept + x * kernelled.real + y * kernelled.imag
            for (x, y), intercept in zip(self.coefficients, self.intercepts, strict=True)
        ]
        states: NDArray[np.uint8] = np.argmax(scores, axis=0).astype(np.uint8)
        return states

    def as_threshold(self) -> Threshold | None:
        """The line where two scores are equal; None for more than two states."""
        if self.states != 2:
            return None
        (x0, y0), (x1, y1) = self.coefficients
        normal = complex(x1 - x0, y1 - y0)
        if normal == 0:
            return None
        return Threshold(float(np.angle(normal)), -(self.intercepts[1] - self.intercepts[0]) / abs(normal))


@dataclass(frozen=True, slots=True)
class Quadratic:
    """The state j with the greatest score c_j - (z - m_j)^T P_j (z - m_j) / 2, z as (Re z, Im z).

    Quadratic discriminant analysis: every cloud is a normal distribution of its own shape.
    """

    means: tuple[tuple[float, float], ...]
    """m_j, volts."""
    precisions: tuple[tuple[float, float, float], ...]
    """P_j, the inverse covariance of each cloud: its entries II, IQ and QQ, 1/V^2."""
    offsets: tuple[float, ...]
    """c_j = ln(prior) + ln(det P_j) / 2."""

    def __post_init__(self) -> None:
        _require_states(len(self.offsets), len(self.means), len(self.precisions))

    @property
    def states(self) -> int:
        """As many as there are scores."""
        return len(self.offsets)

    def classify(self, kernelled: NDArray[np.complex128]) -> NDArray[np.uint8]:
        """States, uint8 of the shape of `kernelled` (complex, volts)."""
        scores = []
        for (i, q), (ii, iq, qq), offset in zip(self.means, self.precisions, self.offsets, strict=True):
            x, y = kernelled.real - i, kernelled.imag - q
            scores.append(offset - (ii * x * x + 2 * iq * x * y + qq * y * y) / 2)
        states: NDArray[np.uint8] = np.argmax(scores, axis=0).astype(np.uint8)
        return states

    def as_threshold(self) -> None:
        """None: its boundary is a conic."""
        return


def _require_states(states: int, *others: int) -> None:
    if states < 2 or set(others) != {states}:
        raise ConfigurationError(
            "a discriminator needs the same number of every coefficient, one for each of two or more states",
            got=", ".join(map(str, (states, *others))),
        )
