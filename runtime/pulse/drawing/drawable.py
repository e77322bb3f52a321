"""`draw` for programs. Matplotlib is loaded when the first picture is drawn, not before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from runtime.pulse.exceptions import PulseError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from runtime.pulse.channels import Channel
    from runtime.pulse.drawing.scene import Program
    from runtime.pulse.drawing.style import DrawingStyle

__all__ = ["Drawable", "check_plotter"]


class Drawable:
    """Gives a program its `draw`."""

    __slots__ = ()

    def draw(  # noqa: PLR0917 - Qiskit's order of arguments
        self,
        style: DrawingStyle | str | None = None,
        backend: object = None,
        time_range: tuple[float, float] | None = None,
        time_unit: str = "dt",
        disable_channels: Iterable[Channel] | None = None,
        show_snapshot: bool = True,
        show_framechange: bool = True,
        show_waveform_info: bool = True,
        plot_barrier: bool = True,
        plotter: str = "mpl2d",
        axis: Axes | None = None,
        show_barrier: bool = True,
        *,
        channels: Iterable[Channel] | None = None,
        breaks: bool = True,
    ) -> Figure:
        """A picture of the program: one row for each channel.

        Envelopes are turned by the phase that their channel's frame has when they start; a frequency offset is
        written beside the pulse's name, not drawn. Each row has its own scale, written under its name. What has
        open parameters is drawn as a hatched box or a hollow diamond, and counts as 0 for what follows. Stretches
        in which no channel changes are shortened where they would press the rest into a corner. A picture grows
        no higher than 24 inches; its title says which channels found no room.

        Differs from Qiskit: there are no style sheets, but "light", "dark" and `DrawingStyle`; slots have no row.
        A channel is drawn if more than a barrier stands on it in the time range, or if `channels` asks for it.

        Args:
            style: "light", "dark" or a `DrawingStyle`; light by default.
            backend: a Target, a Rig or any object with `target`: gives the length of a sample and the carriers.
            time_range: first and last instant to draw, in `time_unit`.
            time_unit: "dt" for samples, "ns" if the backend says how long a sample is.
            disable_channels: channels to leave out.
            show_snapshot: draw snapshots.
            show_framechange: draw changes of phase and frequency.
            show_waveform_info: write the names of pulses and the lengths of delays.
            plot_barrier: the old name of `show_barrier`.
            plotter: "mpl2d", the only one.
            axis: matplotlib axes to draw on; a new figure by default.
            show_barrier: draw barriers; False in one of both names is enough.
            channels: draw these channels only, in any case.
            breaks: shorten long stretches in which nothing changes, where the rest has too little room.

        Returns:
            The matplotlib Figure; notebooks show it. It is not registered with pyplot.

        Raises:
            PulseError: an argument that means nothing; ns without a known sample length.
        """
        check_plotter(plotter)
        from runtime.pulse.drawing.painter import Wishes
        from runtime.pulse.drawing.program import draw_program

        return draw_program(
            cast("Program", self),
            style=style,
            backend=backend,
            time_range=time_range,
            time_unit=time_unit,
            disable_channels=disable_channels,
            channels=channels,
            wishes=Wishes(show_framechange, show_waveform_info, plot_barrier and show_barrier, show_snapshot),
            axis=axis,
            breaks=breaks,
        )


def check_plotter(plotter: str) -> None:
    """Refuse any other plotter than matplotlib's with PulseError."""
    if plotter != "mpl2d":
        raise PulseError("there is no such plotter", got=repr(plotter), allowed="'mpl2d'")
