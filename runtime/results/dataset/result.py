"""What a program returned: memory slots, shot by shot or averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionWindow, ConfigurationError
from runtime.results.dataset.correction import ConfusionMatrix, corrected, corrected_outcomes
from runtime.results.dataset.estimates import Estimate, wilson
from runtime.results.dataset.files import load_result, save_result
from runtime.results.dataset.memory import Memory
from runtime.results.dataset.tally import Tally, hexadecimal
from runtime.results.dataset.versions import current_versions

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["LEVELS", "RETURNS", "Result"]

LEVELS = {0: "raw", 1: "kernelled", 2: "classified"}
"""Measurement levels, numbered as Qiskit numbers them."""

RETURNS = ("single", "avg")
"""What is kept of the shots, named as Qiskit names it."""


@dataclass(frozen=True, eq=False)
class Result:
    """The shots of one program, or their averages."""

    name: str
    level: int
    """0 raw samples, 1 kernelled complex numbers, 2 states."""
    slots: tuple[int, ...]
    data: NDArray[Any]
    """Single shots: (shots, slots), at level 0 (shots, slots, samples). Averages: (slots,) and (slots, samples).

    Single shots are uint8 states at level 2, complex128 volts at level 1, complex64 volts (I + iQ) at level 0.
    Averages are float64 shares of ones at level 2, complex128 volts at levels 1 and 0. At level 0 NaN stands
    behind windows that are shorter than others.
    """
    overrange: NDArray[np.bool_]
    """Bool of shape (shots,): the digitizer met an end of its range. Of averages shape (): some shot did."""
    sample_rate_hz: float
    timing_s: Mapping[str, float] = field(default_factory=dict)
    """Where the time of the whole batch went: lower, upload, play, fetch, classify."""
    returns: Literal["single", "avg"] = "single"
    shots: int = -1
    """How many shots there are, or were averaged."""
    clock_lost: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    """Bool of the shape of `overrange`: the reference clock was not locked."""
    overranges: int = -1
    """How many shots met an end of the digitizer's range."""
    clock_losses: int = -1
    """How many shots were taken without a locked reference clock."""
    states: int = 2
    """How many states the discriminators tell apart, at level 2."""
    deviation: NDArray[np.complex128] | None = None
    """Of averages at level 1: complex128 of shape (slots,), standard deviations of I and of Q of one shot, V; NaN
    where the instrument has averaged by itself."""
    tally: Tally | None = None
    """Of averages at level 2: the outcomes, a column a slot."""
    windows: tuple[AcquisitionWindow, ...] = ()
    """For each slot the window it was read from."""
    register_slots: Mapping[int, int] = field(default_factory=dict)
    """By register slot that an Acquire names: the memory slot beside it, whose values it holds too."""
    metadata: Mapping[str, str | int | float] = field(default_factory=dict)
    run_id: int | None = None
    """Of the QCoDeS dataset that `to_qcodes` wrote."""
    versions: Mapping[str, str] = field(default_factory=current_versions)
    """Of what measured it."""

    def __post_init__(self) -> None:
        if self.shots < 0:
            object.__setattr__(self, "shots", int(self.data.shape[0]) if self.returns == "single" else 0)
        if self.clock_lost.shape != self.overrange.shape:
            object.__setattr__(self, "clock_lost", np.zeros(self.overrange.shape, np.bool_))
        for number, flags in (("overranges", self.overrange), ("clock_losses", self.clock_lost)):
            if getattr(self, number) < 0:
                object.__setattr__(self, number, int(flags.sum()))

    @property
    def memory(self) -> Memory:
        """Slots by index: `result.memory[0]`."""
        return Memory(self.slots, self.data, 1 if self.returns == "single" else 0)

    @property
    def registers(self) -> Memory:
        """Register slots by index, with the values of the Acquires that name them: `result.registers[3]`."""
        columns = [self.memory.column(slot) for slot in self.register_slots.values()]
        axis = 1 if self.returns == "single" else 0
        return Memory(tuple(self.register_slots), self.data.take(columns, axis), axis, "register slot")

    @property
    def register_counts(self) -> dict[str, int]:
        """As `counts`, of the register slots: the rightmost bit is the lowest register.

        Raises ConfigurationError below level 2.
        """
        columns = [self.memory.column(slot) for slot in self.register_slots.values()]
        return self.outcomes.of_columns(columns).strings(tuple(self.register_slots)) if columns else {}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each bit string came, most frequent first; the rightmost bit is the lowest slot.

        With discriminators of three states the digits are 0, 1, 2. Raises ConfigurationError below level 2.
        """
        return self.outcomes.strings(self.slots)

    @property
    def hex_counts(self) -> dict[str, int]:
        """As `counts`, by hexadecimal strings as Qiskit has them: bit k is slot k; bits only."""
        self._raise_if_not_bits("hexadecimal counts")
        return self.outcomes.hexadecimal(self.slots)

    @cached_property
    def outcomes(self) -> Tally:
        """The outcomes and their numbers; raises ConfigurationError below level 2."""
        self._raise_if_unclassified("counts")
        return self.tally if self.tally is not None else Tally.of(self.data)

    def strings(self, *, as_hex: bool = False) -> list[str]:
        """One string for each shot, in order: bits as in `counts`, or hexadecimal as in Qiskit's memory.

        Raises ConfigurationError below level 2, and for averages, which keep no shots.
        """
        self._raise_if_unclassified("strings")
        self._raise_if_averaged("strings")
        if as_hex:
            self._raise_if_not_bits("hexadecimal strings")
            return hexadecimal(self.data, self.slots)
        order = np.argsort(self.slots)[::-1]
        return ["".join(map(str, row)) for row in self.data[:, order].tolist()]

    def probability(self, slot: int) -> float:
        """The share of ones in a slot.

        Raises ConfigurationError below level 2, and for a slot that the program did not write.
        """
        return float(self.populations(slot)[1])

    def populations(self, slot: int) -> NDArray[np.float64]:
        """Float64 of shape (states,): the share of each state in a slot."""
        self._raise_if_unclassified("probabilities")
        numbers = self.outcomes.of_states(self.memory.column(slot), self.states)
        return numbers / max(self.shots, 1)

    def estimate(
        self, slot: int, *, confidence: float = 0.95, correction: ConfusionMatrix | None = None
    ) -> Estimate:
        """The probability of 1 in a slot with Wilson's interval; corrected for readout errors if asked for.

        Raises ConfigurationError below level 2, for an unwritten slot, and for a matrix that cannot be inverted.
        """
        self._raise_if_unclassified("probabilities")
        numbers = self.outcomes.of_states(self.memory.column(slot), self.states)
        if correction is None:
            return wilson(int(numbers[1]), self.shots, confidence)
        return corrected(numbers, correction, confidence)

    def probabilities(
        self, *, confidence: float = 0.95, correction: Mapping[int, ConfusionMatrix] | None = None
    ) -> dict[str, Estimate]:
        """The probability of each string of `counts`, with its interval.

        Args:
            confidence: Of each interval.
            correction: A confusion matrix for every slot; then strings that were not counted may have a
                probability too.

        Raises ConfigurationError below level 2, and for matrices that are missing or cannot be inverted.
        """
        if correction is None:
            return {string: wilson(number, self.shots, confidence) for string, number in self.counts.items()}
        return corrected_outcomes(self.outcomes, self.slots, self.states, correction, confidence)

    def to_xarray(self) -> xr.Dataset:
        """An xarray Dataset with dimensions shot, slot and, at level 0, sample; units in the attributes."""
        from runtime.results.dataset.xarray_form import as_dataset

        return as_dataset(self)

    def to_qcodes(self, *axes: Mapping[Any, Any], experiment: object = None) -> Self:
        """Write the shots into the QCoDeS database; returns this result with `run_id` set.

        Args:
            axes: As `runtime.results.to_qcodes` takes them; of no use for one program.
            experiment: A QCoDeS experiment; None: the one named `pulserig` in the current database.
        """
        from runtime.results.dataset.qcodes_form import to_qcodes

        return to_qcodes([self], *axes, experiment=experiment)[0]

    def save(self, path: Path | str) -> Path:
        """Write everything to `path`: .nc (netCDF, complex numbers as a dimension `part`), or the shots to .json.

        Raises ConfigurationError for another ending, and for a file that cannot be written.
        """
        return save_result(self, Path(path))

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read what `save` wrote as netCDF: everything, to the last bit.

        Raises ConfigurationError for a file that cannot be read, or that is no result.
        """
        return load_result(cls, Path(path))

    def _raise_if_unclassified(self, what: str) -> None:
        if self.level != 2:
            raise ConfigurationError(
                f"{what} need classified shots",
                where=f"result of '{self.name}'",
                got=f"level {self.level} ({LEVELS[self.level]})",
                allowed="level 2",
                fix="Run with level=2",
            )

    def _raise_if_averaged(self, what: str) -> None:
        if self.returns == "avg":
            raise ConfigurationError(
                f"{what} need single shots",
                where=f"result of '{self.name}'",
                got="averages",
                fix='Run with returns="single"',
            )

    def _raise_if_not_bits(self, what: str) -> None:
        if self.states > 2 and (self.outcomes.outcomes > 1).any():
            raise ConfigurationError(
                f"{what} are for bits",
                where=f"result of '{self.name}'",
                got="states above 1",
                fix="Use the strings of digits",
            )
