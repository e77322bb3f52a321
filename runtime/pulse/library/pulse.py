"""What every pulse has."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from runtime.pulse.drawing import DrawingStyle
from runtime.pulse.drawing.drawable import check_plotter
from runtime.pulse.frozen import itself, itself_deep, refuse_deletion, refuse_setting
from runtime.pulse.parameters import Assignment, Parameter, ParameterValue

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from runtime.pulse.library.waveform import Waveform

__all__ = ["AMPLITUDE_TOLERANCE", "ComplexArray", "FloatArray", "Pulse"]

ComplexArray = NDArray[np.complex128]
FloatArray = NDArray[np.float64]

AMPLITUDE_TOLERANCE = 1e-7
"""How far a sample's modulus may lie above 1 before it counts as an overshoot."""


class Pulse:
    """A complex envelope in units of full scale; immutable, hashable by value.

    The class attribute `limit_amplitude` is the default of the constructors' argument of that name, read when a
    pulse is made: whether a sample above full scale is refused.
    """

    limit_amplitude: ClassVar[bool] = True

    if TYPE_CHECKING:
        # Written through `__dict__`, where the amplitude limit must be able to shadow the class's default.
        duration: ParameterValue
        """Length in samples."""
        name: str | None
        """For people; no part of the value."""

    __setattr__ = refuse_setting
    __delattr__ = refuse_deletion
    __copy__ = itself
    __deepcopy__ = itself_deep

    def _set(self, *, name: str | None, limit_amplitude: bool | None, **fields: object) -> None:
        limit = type(self).limit_amplitude if limit_amplitude is None else limit_amplitude
        self.__dict__.update(fields, name=name, limit_amplitude=limit)

    @property
    def id(self) -> int:
        """The object's identity."""
        return id(self)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters by name, each a number or an expression."""
        raise NotImplementedError

    @property
    def open_parameters(self) -> set[Parameter]:
        """The parameters that are not assigned yet."""
        raise NotImplementedError

    @property
    def key(self) -> tuple[Hashable, ...]:
        """The exact content: pulses of equal keys have the same samples, bit for bit.

        For caches. `==` is wider, since it forgives rounding and other ways to write an amplitude.
        """
        raise NotImplementedError

    def is_parameterized(self) -> bool:
        """Whether any parameter is an expression."""
        raise NotImplementedError

    def evaluate(self, times: ArrayLike) -> ComplexArray:
        """The envelope at any instants.

        Args:
            times: float64 array of any shape, in samples from the pulse's start, within [0, duration].

        Returns:
            complex128 array of that shape, in units of full scale; sample k is `evaluate(k + 0.5)`.

        Raises:
            PulseError: an instant lies outside, the pulse has open parameters or no closed form.
        """
        raise NotImplementedError

    def get_waveform(self) -> Waveform:
        """The samples: the envelope at the middle of each.

        Raises:
            PulseError: the pulse has open parameters.
        """
        raise NotImplementedError

    def assigned(self, values: Assignment) -> Self:
        """This pulse with parameters replaced, validated again; itself if none of them occurs.

        Raises:
            PulseError: the new values break a rule of the pulse.
        """
        raise NotImplementedError

    def draw(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        style: DrawingStyle | str | None = None,
        backend: object = None,
        time_range: tuple[float, float] | None = None,
        time_unit: str = "dt",
        show_waveform_info: bool = True,
        plotter: str = "mpl2d",
        axis: Axes | None = None,
    ) -> Figure:
        """A picture of the envelope; with open parameters a hatched box.

        Args:
            style: "light", "dark" or a `DrawingStyle`; light by default.
            backend: a Target, a Rig or any object with `target`, which gives the length of a sample.
            time_range: first and last instant to draw, in `time_unit`.
            time_unit: "dt" for samples, "ns" if the backend says how long a sample is.
            show_waveform_info: write the parameters above it.
            plotter: "mpl2d", the only one.
            axis: matplotlib axes to draw on; a new figure by default.

        Returns:
            The matplotlib Figure; notebooks show it. It is not registered with pyplot.

        Raises:
            PulseError: an argument that means nothing; ns without a known sample length.
            UnassignedDurationError: the length is still a parameter.
        """
        check_plotter(plotter)
        from runtime.pulse.drawing.pulse_picture import draw_pulse

        return draw_pulse(
            self,
            style=style,
            backend=backend,
            time_range=time_range,
            time_unit=time_unit,
            show_waveform_info=show_waveform_info,
            axis=axis,
        )
