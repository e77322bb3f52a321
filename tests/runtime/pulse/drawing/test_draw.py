"""Pictures as a whole: what their artists hold, what is legible, what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import math
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    Drag,
    DriveChannel,
    GaussianSquare,
    MeasureChannel,
    MemorySlot,
    Parameter,
    Play,
    Pulse,
    PulseError,
    RelativeBarrier,
    Schedule,
    ScheduleBlock,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
    Snapshot,
    UnassignedDurationError,
    Waveform,
)
from runtime.pulse.drawing import DARK, LIGHT

D0, D1, M0 = DriveChannel(0), DriveChannel(1), MeasureChannel(0)
X = Drag(160, 0.4, 40, -1.1, name="x")
BACKEND = SimpleNamespace(target=SimpleNamespace(dt=2e-9 / 9, channel_frequencies={D0: 5.236e9}))


def echo() -> Schedule:
    """Everything that a picture can hold."""
    schedule = Schedule(name="echo")
    for instruction in (
        Play(X, D0),
        Delay(800, D0),
        ShiftPhase(math.pi / 2, D0),
        Play(X, D0),
        ShiftPhase(-math.pi / 2, D0),
        Delay(800, D0),
        ShiftFrequency(10e6, D0),
        ShiftPhase(math.pi / 4, D0),
        Play(X, D0),
        SetPhase(1.234, D0),
    ):
        schedule.append(instruction, inplace=True)
    schedule.insert(960, SetFrequency(5.2341e9, D1), inplace=True)
    schedule.insert(960, Play(GaussianSquare(400, 0.3, 20, width=320, angle=0.7), D1), inplace=True)
    schedule.insert(2080, Play(Constant(1000, 0.3), M0), inplace=True)
    schedule.insert(2100, Acquire(900, AcquireChannel(0), MemorySlot(3)), inplace=True)
    schedule.insert(2080, Snapshot("ready"), inplace=True)
    return schedule


def open_program() -> Schedule:
    schedule = Schedule(name="open")
    theta, amp = Parameter("theta"), Parameter("amp")
    for instruction in (ShiftPhase(theta, D0), Play(Drag(160, amp, 40, 0), D0), SetFrequency(theta, D0)):
        schedule.append(instruction, inplace=True)
    return schedule


def wide(qubits: int) -> Schedule:
    schedule = Schedule(name="wide")
    for qubit in range(qubits):
        for _ in range(5):
            schedule.append(Play(X, DriveChannel(qubit)), inplace=True)
        schedule.insert(800, Play(Constant(9000, 0.3), MeasureChannel(qubit)), inplace=True)
        schedule.insert(800, Acquire(9000, AcquireChannel(qubit), MemorySlot(qubit)), inplace=True)
    return schedule


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def line(figure: Figure, color: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Times and heights of the curve of a colour; heights grow upwards from the baseline."""
    (axes,) = figure.axes
    found = [np.asarray(one.get_data(), dtype=float) for one in axes.get_lines() if one.get_color() == color]
    times, heights = next(curve for curve in found if curve.shape[1] > 2)
    return times, heights


def test_envelopes_are_those_of_the_pulses_in_their_frame() -> None:
    figure = echo().draw(channels=[D0])
    times, heights = line(figure, LIGHT.imaginary)
    second = (times > 962) & (times < 1118)
    expected = (X.evaluate(times[second] - 960) * 1j).imag
    drawn = 0.5 - heights[second]  # the baseline of the only row
    np.testing.assert_allclose(drawn / drawn.max(), expected / expected.max(), atol=1e-9)


def test_a_person_finds_names_changes_slots_and_units() -> None:
    found = texts(echo().draw())
    for text in ("echo", "d0", "d1", "m0", "a0", "s0", "x", "800 dt", "+π/2", "−π/2", "+π/4, +10 MHz", "=0.393π"):
        assert text in found, text
    for text in ("=5.2341 GHz", "→ slot 3", "time (dt)", "GaussianSquare at 5.2341 GHz", "x at +10 MHz", "real"):
        assert text in found, text
    assert any(text.strip() == "ready" for text in found)


def test_what_is_not_wanted_is_not_drawn() -> None:
    found = texts(
        echo().draw(
            show_framechange=False, show_waveform_info=False, show_snapshot=False, disable_channels=[D1, M0]
        )
    )
    assert "d0" in found
    for text in ("d1", "m0", "+π/2", "x", "800 dt", "frame change"):
        assert text not in found, text
    assert not any("ready" in text for text in found)


def test_nanoseconds_and_carriers_of_a_device() -> None:
    found = texts(echo().draw(backend=BACKEND, time_unit="ns"))
    assert "time (ns)" in found
    assert any("5.236 GHz" in text for text in found)
    assert any("= 684.44 ns" in text for text in found)
    assert texts(echo().draw(backend=BACKEND.target, time_unit="ns")) == found


def test_a_time_range_is_in_the_unit_of_the_axis() -> None:
    figure = echo().draw(backend=BACKEND, time_unit="ns", time_range=(200, 260))
    low, high = figure.axes[0].get_xlim()
    assert 199 < low < 200
    assert 260 < high < 261
    assert "a0" not in texts(figure)


@pytest.mark.parametrize("program", [echo, open_program, lambda: wide(2), lambda: wide(8)])
@pytest.mark.parametrize("backend", [None, BACKEND])
def test_texts_lie_inside_of_the_picture_and_not_on_one_another(program: Any, backend: object) -> None:
    figure = program().draw(backend=backend)
    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    figure.draw(renderer)
    boxes = {
        text: text.get_window_extent(renderer)
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible()
    }
    page = figure.bbox
    for text, box in boxes.items():
        assert page.x0 <= box.x0, text
        assert box.x1 <= page.x1, text
        assert page.y0 <= box.y0, text
        assert box.y1 <= page.y1, text
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Boxes hold the room of the largest letters; ink overlaps by less.
        assert across <= 1 or down <= 4, (one, other)


def test_127_qubits_stay_below_the_limit_and_say_what_is_missing() -> None:
    figure = wide(127).draw()
    assert figure.get_size_inches()[1] < 26
    found = texts(figure)
    assert "d126" in found
    note = next(text for text in found if "not shown" in text)
    assert "a0-a126" in note.replace("\n", " ")
    chosen = wide(127).draw(channels=[DriveChannel(126), MeasureChannel(126)])
    assert {"d126", "m126"} <= set(texts(chosen))
    assert chosen.get_size_inches()[1] < 5


def test_crowded_rows_have_no_labels_and_say_so() -> None:
    long = Schedule()
    for turn in range(300):
        long.append(ShiftPhase(turn * math.pi / 7, D0), inplace=True)
        long.append(Play(X, D0), inplace=True)
    found = texts(long.draw())
    assert "x" not in found
    assert not any("π" in text for text in found)
    assert any("Crowded rows have no labels" in text for text in found)
    part = texts(long.draw(time_range=(0, 1600)))
    assert part.count("x") == 10
    assert "+π/7" in part


def test_long_silence_is_shortened_and_said() -> None:
    schedule = Schedule((0, Play(X, D0)), (1_000_160, Play(X, D0)))
    figure = schedule.draw()
    assert any("1\N{THIN SPACE}000\N{THIN SPACE}000 dt" in text for text in texts(figure))
    axes = figure.axes[0]

    def pixel(instant: float) -> float:
        return float(axes.transData.transform((instant, 0))[0])

    assert pixel(160) - pixel(0) > 50
    whole = schedule.draw(breaks=False).axes[0]
    assert whole.get_xscale() == "linear"


def test_open_parameters_are_drawn_as_boxes_and_hollow_diamonds() -> None:
    figure = open_program().draw()
    found = texts(figure)
    assert {"Drag(amp)", "+theta rad", "=theta Hz", "open parameters"} <= set(found)
    assert any(patch.get_hatch() for patch in figure.axes[0].patches)


@pytest.mark.parametrize(
    ("schedule", "arguments", "message"),
    [
        (Schedule(name="none"), {}, "no instructions"),
        (Schedule(Delay(10, D0)), {"disable_channels": D0}, "all channels are disabled"),
        (Schedule(Delay(10, D0)), {"time_range": (50, 60)}, "nothing happens on these channels from 50 to 60 dt"),
    ],
)
def test_an_empty_picture_says_why(schedule: Schedule, arguments: dict[str, Any], message: str) -> None:
    assert message in texts(schedule.draw(**arguments))


def test_a_channel_that_is_asked_for_is_drawn_though_nothing_happens_there() -> None:
    assert "d5" in texts(echo().draw(channels=[DriveChannel(5)]))


def test_blocks_are_drawn_as_scheduled_with_their_barriers() -> None:
    block = ScheduleBlock(name="block")
    for element in (Play(X, D0), RelativeBarrier(D0, D1, DriveChannel(2)), Play(X, D1)):
        block.append(element)
    figure = block.draw()
    found = texts(figure)
    assert {"block", "d0", "d1", "barrier"} <= set(found)
    assert "d2" not in found
    assert "barrier" not in texts(block.draw(plot_barrier=False))
    assert "barrier" not in texts(block.draw(show_barrier=False))
    times, _ = line(figure, LIGHT.real)
    assert np.nanmax(times) == 160


def test_a_block_with_open_lengths_cannot_be_drawn() -> None:
    with pytest.raises(PulseError, match="laid out"):
        ScheduleBlock().append(Delay(Parameter("t"), D0)).draw()


def test_programs_without_length_can_be_drawn() -> None:
    assert "+π" in texts(Schedule(ShiftPhase(math.pi, D0)).draw())


def test_styles() -> None:
    for style, background in (("light", LIGHT.background), ("dark", DARK.background), (None, LIGHT.background)):
        assert echo().draw(style).get_facecolor() == to_rgba(background)
    mine = dataclasses.replace(DARK, real="#123456")
    assert len(line(echo().draw(mine), "#123456")[0]) > 100


def test_drawing_on_axes_of_the_user() -> None:
    figure = Figure(figsize=(8, 6))
    upper, lower = figure.subplots(2, 1)
    assert echo().draw(axis=upper, channels=[D0]) is figure
    assert X.draw(axis=lower) is figure
    assert upper.get_xlabel() == "time (dt)"
    nested = figure.add_subfigure(figure.add_gridspec(1, 1)[0]).add_subplot()
    assert Schedule().draw(axis=nested) is figure


def test_notebooks_show_the_picture() -> None:
    figure: Any = Schedule(Play(X, D0)).draw()
    assert figure._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("pulse", [X, Waveform([0.1, 0.4j, -0.2]), Drag(160, Parameter("amp"), 40, 0)])
def test_pulses(pulse: Pulse) -> None:
    found = texts(pulse.draw())
    assert "time (dt)" in found
    assert any(f"duration={pulse.duration}" in text for text in found)
    assert not any("duration=" in text for text in texts(pulse.draw(show_waveform_info=False)))


def test_the_curve_of_a_pulse_has_its_own_scale() -> None:
    times, values = line(X.draw(), LIGHT.real)
    np.testing.assert_allclose(values[2:-2], X.evaluate(times[2:-2]).real, atol=1e-12)
    assert X.draw(backend=BACKEND, time_unit="ns").axes[0].get_xlim()[1] == pytest.approx(160 * 2 / 9)


def test_a_pulse_of_unknown_length_cannot_be_drawn() -> None:
    with pytest.raises(UnassignedDurationError, match="unknown length"):
        Constant(Parameter("t"), 0.1).draw()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"style": "iqx"}, "'light', 'dark' or a DrawingStyle"),
        ({"style": {"formatter.color": "red"}}, "no such style"),
        ({"time_unit": "s"}, "'dt' or 'ns'"),
        ({"time_unit": "ns"}, "length of a sample"),
        ({"time_unit": "ns", "backend": object()}, "which has no dt"),
        ({"time_range": (10, 5)}, r"\(start, stop\) in dt"),
        ({"time_range": (0, math.inf)}, "pair of numbers"),
        ({"time_range": 7}, "pair of numbers"),
        ({"plotter": "plotly"}, "mpl2d"),
        ({"axis": "axes"}, "axes of a matplotlib figure"),
    ],
)
def test_arguments_that_mean_nothing(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(PulseError, match=text):
        echo().draw(**arguments)
    with pytest.raises(PulseError, match=text):
        X.draw(**arguments)


@pytest.mark.parametrize("name", ["channels", "disable_channels"])
def test_channels_are_channels(name: str) -> None:
    for wrong in (["d0"], 0):
        with pytest.raises(PulseError, match=f"{name} takes channels"):
            echo().draw(**{name: wrong})  # type: ignore[arg-type]  # that is what is tested


def test_matplotlib_is_loaded_by_the_first_picture_and_pyplot_never() -> None:
    code = """
import sys
from runtime import pulse
schedule = pulse.Schedule(pulse.Play(pulse.Constant(10, 0.1), pulse.DriveChannel(0)))
assert "matplotlib" not in sys.modules
schedule.draw()._repr_png_()
assert "matplotlib.figure" in sys.modules
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
