"""What a kernel is, and the two there are: a boxcar, and given weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drivers.contract import ConfigurationError

__all__ = ["Boxcar", "Kernel", "Weights"]


class Kernel(Protocol):
    """A weight for each sample of an acquisition window."""

    def weights(self, samples: int, sample_rate_hz: float) -> NDArray[np.complex128]:
        """Complex128 of shape (samples,), with the sum of moduli 1, so that a kernelled tone is in volts."""
        ...


@dataclass(frozen=True, slots=True)
class Boxcar:
    """Equal weights between two instants, counted from the start of the acquisition window."""

    start_s: float = 0.0
    stop_s: float | None = None
    """None: until the window ends."""

    def weights(self, samples: int, sample_rate_hz: float) -> NDArray[np.complex128]:
        """See `Kernel`. Raises ConfigurationError when no sample of the window lies in the boxcar."""
        start = min(max(round(self.start_s * sample_rate_hz), 0), samples)
        stop = samples if self.stop_s is None else min(round(self.stop_s * sample_rate_hz), samples)
        if stop <= start:
            raise ConfigurationError(
                "the boxcar holds no sample of the window",
                where="kernel",
                got=f"{self}, a window of {samples / sample_rate_hz:g} s",
                fix="Acquire for longer, or give this qubit a kernel that begins earlier",
            )
        box = np.zeros(samples, np.complex128)
        box[start:stop] = 1.0 / (stop - start)
        return box


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Given weights, such as a matched filter; longer windows are weighted with zero behind them."""

    values: NDArray[np.complex128]
    """Complex128 of shape (n,), at the digitizer's sample rate; of the tone, demodulated."""
    sample_rate_hz: float | None = None
    """When given, a digitizer at another rate is refused: the weights would be stretched in time."""

    def __post_init__(self) -> None:
        values = np.array(self.values, np.complex128)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all() or not np.abs(values).any():
            raise ConfigurationError(
                "these are no weights of a kernel",
                got=f"array of shape {values.shape}",
                allowed="a row of finite numbers, not all of them 0",
            )
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def weights(self, samples: int, sample_rate_hz: float) -> NDArray[np.complex128]:
        """See `Kernel`. Raises ConfigurationError at another sample rate than that of the values."""
        if self.sample_rate_hz is not None and abs(sample_rate_hz / self.sample_rate_hz - 1) > 1e-9:
            raise ConfigurationError(
                "the kernel's weights were made for another sample rate",
                got=f"{sample_rate_hz:g} Hz",
                allowed=f"{self.sample_rate_hz:g} Hz",
                fix="Train the kernel again at this rate",
            )
        cut = np.zeros(samples, np.complex128)
        count = min(samples, self.values.size)
        cut[:count] = self.values[:count]
        total = np.abs(cut).sum()
        return cut / total if total > 0 else cut
