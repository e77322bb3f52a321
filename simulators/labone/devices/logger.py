"""Result loggers: results of single readouts, put in order and averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["CYCLIC", "SEQUENTIAL", "LoggerSettings", "average"]

CYCLIC, SEQUENTIAL = 0, 1
"""Orders of averaging: all results, then all again; or each result as often as it is averaged, then the next."""


@dataclass(frozen=True, slots=True)
class LoggerSettings:
    """How a logger was set when it was enabled.

    Attributes:
        length: Results after averaging.
        averages: Readouts a result; 1 keeps single shots.
        mode: `CYCLIC` or `SEQUENTIAL`.
    """

    length: int
    averages: int
    mode: int

    @property
    def total(self) -> int:
        """Readouts until the logger is full."""
        return self.length * self.averages


def average(values: npt.NDArray[np.complex128], settings: LoggerSettings) -> npt.NDArray[np.complex128] | None:
    """What a logger hands out.

    Args:
        values: complex128, one a readout, in the order of time; those beyond the logger's total are not taken.
        settings: Length, averages and order.

    Returns:
        complex128, shape (length,); None while readouts are missing, as the instrument hands out nothing then.
    """
    if values.size < settings.total:
        return None
    taken = values[: settings.total]
    if settings.mode == CYCLIC:
        return np.asarray(taken.reshape(settings.averages, settings.length).mean(axis=0))
    return np.asarray(taken.reshape(settings.length, settings.averages).mean(axis=1))
