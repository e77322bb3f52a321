"""A pulse given by its samples."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.pulse import AMPLITUDE_TOLERANCE, ComplexArray, Pulse
from runtime.pulse.parameters import Assignment, Parameter

__all__ = ["Waveform"]

# A repr of thousands of samples helps nobody.
_SHOWN_SAMPLES = 50


class Waveform(Pulse):
    """A pulse given by its samples.

    Equal are waveforms of one length whose samples differ by `epsilon` of the left one at most. The hash is that
    of the exact bytes, so waveforms that are equal only within `epsilon` may hash apart.

    Args:
        samples: shape (duration,), complex or real, in units of full scale. Copied.
        name: for people.
        epsilon: a sample whose modulus is above 1 by this much at most is scaled back to 1.
        limit_amplitude: refuse samples above full scale; None takes the class attribute.

    Raises:
        PulseError: not one row of finite numbers, or a sample above full scale.
    """

    if TYPE_CHECKING:
        duration: int
        samples: ComplexArray
        """complex128 array of shape (duration,), in units of full scale, read-only."""
        epsilon: float

    def __init__(
        self,
        samples: ArrayLike,
        name: str | None = None,
        epsilon: float = AMPLITUDE_TOLERANCE,
        limit_amplitude: bool | None = None,
    ) -> None:
        array = _checked(samples)
        modulus = np.abs(array)
        clipped = (modulus > 1.0) & (modulus <= 1.0 + epsilon)
        if clipped.any():
            # Dividing may leave the modulus one rounding step above 1.
            array[clipped] *= np.nextafter(1.0, 0.0) / modulus[clipped]
        array.flags.writeable = False
        self._set(
            name=name, limit_amplitude=limit_amplitude, samples=array, epsilon=epsilon, duration=int(array.size)
        )
        if self.__dict__["limit_amplitude"] and (modulus > 1.0 + epsilon).any():
            at = int(np.argmax(modulus))
            raise PulseError(
                "the waveform exceeds full scale",
                where=f"waveform {name!r}, sample {at}" if name else f"sample {at}",
                got=f"modulus {modulus[at]:.9g}",
                allowed=f"at most 1 + {epsilon:g}",
                fix="Scale it down, or pass limit_amplitude=False",
            )

    @property
    def parameters(self) -> dict[str, Any]:
        """None: samples are numbers."""
        return {}

    @property
    def open_parameters(self) -> set[Parameter]:
        """None: samples are numbers."""
        return set()

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Length and digest of the samples."""
        key: tuple[Hashable, ...] | None = self.__dict__.get("_key")
        if key is None:
            # Adding zero turns -0.0 into 0.0, which is equal to it.
            digest = hashlib.blake2b((self.samples + 0.0).tobytes(), digest_size=16).digest()
            key = ("Waveform", self.duration, digest)
            self.__dict__["_key"] = key
        return key

    def is_parameterized(self) -> bool:
        """Never."""
        return False

    def evaluate(self, times: ArrayLike) -> ComplexArray:
        """Refused: samples do not say what lies between them.

        Raises:
            PulseError: always.
        """
        raise PulseError(
            "a sampled waveform has no closed form between its samples",
            where=f"waveform {self.name!r}" if self.name else "",
            got=f"{np.size(times)} instants",
            fix="Use its samples at dt, or choose an interpolation",
        )

    def get_waveform(self) -> Waveform:
        """Itself."""
        return self

    def assigned(self, values: Assignment) -> Self:  # noqa: ARG002 - the face of every pulse
        """Itself."""
        return self

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Waveform):
            return NotImplemented
        if self.samples.shape != other.samples.shape:
            return False
        return bool((np.abs(self.samples - other.samples) <= self.epsilon).all())

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        with np.printoptions(threshold=_SHOWN_SAMPLES):
            samples = repr(self.samples)
        name = f", name={self.name!r}" if self.name is not None else ""
        return f"{type(self).__name__}({samples}{name})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.samples, self.name, self.epsilon, self.__dict__["limit_amplitude"])


def _checked(samples: ArrayLike) -> ComplexArray:
    try:
        array = np.array(samples, dtype=np.complex128)
    except (TypeError, ValueError) as error:
        raise PulseError("a waveform needs complex numbers", got=repr(samples)[:80]) from error
    if array.ndim != 1:
        raise PulseError("a waveform is one row of samples", got=f"an array of shape {array.shape}")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise PulseError(
            "a waveform has finite samples only",
            where=f"sample {int(bad[0])} and {bad.size - 1} more" if bad.size > 1 else f"sample {int(bad[0])}",
            got=str(array[bad[0]]),
        )
    return array


def _restored(
    kind: type[Waveform], samples: ComplexArray, name: str | None, epsilon: float, limit_amplitude: bool
) -> Waveform:
    return kind(samples, name, epsilon, limit_amplitude)
