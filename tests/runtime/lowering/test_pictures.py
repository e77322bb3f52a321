"""Pictures: what channels and ports emit, in time and as spectrum."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from drivers.contract import Colours, ConfigurationError
from runtime.lowering import MixerCorrection, Routed, lower, route
from runtime.pulse import Constant, Delay, Gaussian, Play, Schedule
from tests.runtime.lowering.lab import CARRIERS, D0, D1, LIMITS, make_target, make_wiring, measured, output
from tests.runtime.lowering.test_explain import SEQUENCING, SWEEP, TARGET, converter

FAR = Schedule((0, Play(Gaussian(64, 0.3, 16), D0)), (40_000, Play(Gaussian(64, 0.2, 16), D1)))


def rows(axis: Axes) -> list[str]:
    """The labels of the rows, from top to bottom."""
    return [label.get_text() for label in axis.get_yticklabels()]


def strongest_mhz(axis: Axes, row: int = 0) -> float:
    """Where a row's spectrum is highest."""
    frequency, power = axis.lines[row].get_data()
    return float(frequency[np.argmax(power)])


def texts(figure: Figure) -> set[str]:
    """What is written in the axes."""
    return {text.get_text() for axis in figure.axes for text in axis.texts}


@pytest.fixture
def routed() -> Routed:
    """A program, and one with a long silence in it, on the ports of a generator."""
    wiring = make_wiring(idle_s=10e-6)
    return route(lower([SWEEP[1], FAR.insert(40_100, SWEEP[2])], TARGET), wiring, LIMITS, shots=1)


def test_a_timeline_shows_every_channel_in_time_and_as_spectrum() -> None:
    timeline = lower(SWEEP[2], TARGET)
    close, whole, spectrum = timeline.draw().axes
    assert rows(close) == ["d0", "m0"]
    assert close.get_xlim()[1] < whole.get_xlim()[1] / 4
    assert strongest_mhz(spectrum) == pytest.approx(0, abs=0.5)


def test_a_program_draws_its_ports_with_the_silence_between_its_entries_cut(routed: Routed) -> None:
    program = routed.programs["awg"]
    figure = program.draw(1)
    assert figure.get_suptitle() == "awg, program 1 of 2"
    time, spectrum = figure.axes
    assert rows(time) == [f"{port} {name}" for port, name in zip(program.ports, program.port_names, strict=True)]
    assert strongest_mhz(spectrum) == pytest.approx(50, abs=5)  # the drive's intermediate frequency
    ticks = [float(label.get_text()) for label in time.get_xticklabels()]
    assert ticks[0] == 0
    assert 40 < max(ticks) < 50  # true microseconds, although the axis is much shorter
    assert "39.94 µs" in texts(figure)
    assert time.get_xlim()[1] < 5e-6


def test_a_sequencer_draws_its_outputs_and_where_events_begin() -> None:
    sequenced = route(lower([SWEEP[1], SWEEP[2]], TARGET), converter(), SEQUENCING, shots=1)
    program = sequenced.sequencers["qc"]
    time, spectrum = program.draw(1).axes
    assert rows(time) == ["1 drive0", "2 drive1", "3 readout"]
    assert strongest_mhz(spectrum) == pytest.approx(50, abs=5)  # above its synthesizer, not on both sides
    track = program.tracks[0]
    wanted = track.samples(1, program.lengths[1], program.sample_rate_hz)
    real, imaginary, ticks = time.lines[1:4]
    scale = 0.42 / max(np.abs(wanted.real).max(), np.abs(wanted.imag).max())
    for line, part in ((real, wanted.real), (imaginary, wanted.imag)):
        assert np.nanmax(line.get_ydata()) == pytest.approx(2 + scale * part.max(), rel=1e-9)
    assert ticks.get_xdata()[0] == pytest.approx(track.starts[track.begin[1]] / program.sample_rate_hz)


def test_a_whole_batch_is_drawn_by_its_instruments_name(routed: Routed) -> None:
    assert routed.draw("awg", 0, style="dark").get_suptitle() == "awg, program 0 of 2"
    with pytest.raises(ConfigurationError, match="no such instrument; got lo; allowed: awg"):
        routed.draw("lo")
    with pytest.raises(ConfigurationError, match="awg: no such program; got 3; allowed: 0 to 1"):
        routed.draw("awg", 3)
    with pytest.raises(ConfigurationError, match="no such style; got 'sepia'"):
        routed.programs["awg"].draw(style="sepia")


def test_ports_that_stay_at_their_offsets_are_silent() -> None:
    line = output("drive", D0, ports=(1, 2), lo=CARRIERS[D0], mixer=MixerCorrection(offset_i=0.1))
    wiring = make_wiring(outputs=(line,), inputs=(), triggers=(), idle_s=64e-9)
    far = Schedule((0, Play(Gaussian(64, 0.3, 16), D0)), (40_000, Play(Gaussian(64, 0.2, 16), D0)))
    program = route(lower([far], make_target()), wiring, LIMITS, shots=1).programs["awg"]
    figure = program.draw()
    assert any(text.endswith(" µs") for text in texts(figure))
    assert figure.axes[0].get_xlim()[1] < 1e-6


def test_styles_colour_everything(routed: Routed) -> None:
    dark = routed.draw("awg", style="dark")
    assert dark.get_facecolor() != routed.draw("awg").get_facecolor()
    own = lower(SWEEP[2], TARGET).draw(style=Colours(background="#ffeedd"))
    assert own.axes[0].get_facecolor() == own.get_facecolor()


def test_hundreds_of_rows_have_a_line_of_text_each() -> None:
    from benchmarks.lowering_jobs import device, gates

    target = device(127)
    figure = lower(gates(target, 127, 2, 0), target).draw()
    _, height = figure.get_size_inches()
    assert 200 <= len(rows(figure.axes[0])) <= 254
    assert 0.2 * 254 < height < 0.3 * 254


def test_beats_of_a_carrier_with_the_picture_are_not_drawn() -> None:
    """A tone near half the sample rate: every handful of samples shows its whole height."""
    wiring = make_wiring()
    long = Schedule((0, Play(Constant(40_000, 0.5), D0)), (40_000, Delay(200, D0)))
    program = route(lower([long], TARGET), wiring, LIMITS, shots=1).programs["awg"]
    drawn = program.draw().axes[0].lines[1].get_ydata()
    drawn = drawn[np.isfinite(drawn)]
    base = len(program.ports) - 1
    inside = (drawn - base)[: drawn.size * 9 // 20 * 2]
    assert drawn.size < 5000
    assert np.all(np.maximum(np.abs(inside[0::2]), np.abs(inside[1::2])) > 0.35)


def test_an_empty_picture_is_no_error() -> None:
    assert lower(Schedule((0, Play(Constant(16, 0.0), D0))), TARGET).draw().axes
    assert route(lower([measured()], TARGET), make_wiring(), LIMITS, shots=1).draw("awg").axes
