"""While shots come in: consumers, reports, spectra, and memory that does not grow with shots."""

from __future__ import annotations

import threading
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest

from drivers.contract import ConfigurationError, KernelledBlock, ProblemReport
from runtime.pulse import Schedule
from runtime.pulse.macros import measure
from runtime.results import Boxcar, Chunk, QubitReadout, Threshold
from runtime.rig import Rig, Stopwatch
from runtime.rig.player import Player
from runtime.rig.recording import Recording
from tests.runtime.rig.programs import after_nothing, after_x


def test_a_consumer_gets_the_shots_as_they_come(rig: Rig) -> None:
    """All of them, the same bits as in the Result."""
    chunks: list[Chunk] = []
    result = rig.run(after_x(rig.target), shots=900, consumers=[chunks.append])
    assert np.concatenate([chunk.values for chunk in chunks]) == pytest.approx(result.data)
    assert len(chunks) > 1
    assert "900 records, 0 dropped" in str(result.metadata["consumers"])
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("consumer")]


def test_a_consumer_that_raises_or_sleeps_stops_nothing(rig: Rig) -> None:
    """The Result is whole, and says what became of them."""

    def broken(_: Chunk) -> None:
        raise RuntimeError("the window was closed")

    def sleepy(_: Chunk) -> None:
        time.sleep(0.2)

    result = rig.run(after_x(rig.target), shots=900, consumers=[broken, sleepy])
    assert result.counts["11"] > 0.9 * 900
    told = str(result.metadata["consumers"])
    assert "broken: 0 records, 900 dropped, RuntimeError: the window was closed" in told
    assert "sleepy" in told


def test_a_report_that_raises_stops_nothing(rig: Rig) -> None:
    """It is called no more, and the Result is whole."""
    calls: list[str] = []

    def broken(stage: str, _done: int, _total: int) -> None:
        calls.append(stage)
        raise RuntimeError("the bar is gone")

    assert rig.run(after_nothing(rig.target), shots=900, report=broken).shots == 900
    assert len(calls) == 1


def peak_of(rig: Rig, **wanted: Any) -> int:
    """Bytes at most while a program runs."""
    tracemalloc.start()
    try:
        assert rig.run(after_x(rig.target), returns="avg", **wanted).shots == wanted["shots"]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_averaged_traces_take_no_more_memory_for_more_shots(rig: Rig) -> None:
    """Through the driver: ten times the shots, the same peak. Single traces would take 20 kB each, 36 MB more."""
    peak_of(rig, shots=20, level=0)
    assert peak_of(rig, shots=2000, level=0) < peak_of(rig, shots=200, level=0) + 10_000_000


@pytest.mark.parametrize("level", [1, 2])
def test_a_million_averaged_shots_take_what_ten_thousand_take(
    rig: Rig, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a digitizer that integrates by itself, as fast as it can: kept, they would be 32 MB, or 2."""

    async def play(
        _player: Player, _routed: Any, recording: Recording, sink: Any, clock: Stopwatch, _: Any
    ) -> None:
        clock.seconds["fetch"] = 0.0
        values = np.full((10_000, 2), 0.01 + 0.002j)
        for first in range(0, recording.plan.records, 10_000):
            sink(KernelledBlock(first, values, np.zeros(10_000, np.bool_)))

    monkeypatch.setattr(Player, "play", play)
    few, many = (peak_of(rig, shots=shots, level=level) for shots in (10_000, 1_000_000))
    assert many < few + 500_000


def test_the_spectrum_of_a_readout_line(rig: Rig) -> None:
    """Its highest line is one of the two readout tones, at the device's frequencies less the oscillator's."""
    spectrum = rig.spectrum(after_nothing(rig.target), shots=50, segment=1024)
    assert spectrum.slots == (0, 1)
    tones = [7.278492341e9 - 7.3e9, 7.337882003e9 - 7.3e9]
    assert min(abs(spectrum.peak(0)[0] - tone) for tone in tones) < spectrum.resolution_hz
    near = [np.argmin(np.abs(spectrum.frequencies_hz - tone)) for tone in tones]
    floor = np.median(spectrum.density[0])
    assert all(spectrum.density[0][place - 1 : place + 2].max() > 4 * floor for place in near)
    several = rig.spectrum([after_nothing(rig.target), after_x(rig.target)], shots=5)
    assert [each.name for each in several] == ["nothing", "x"]
    with pytest.raises(ConfigurationError, match="segments"):
        rig.spectrum(after_nothing(rig.target), shots=5, segment=10**6)


def test_a_slot_is_reused_where_that_is_asked_for(rig: Rig) -> None:
    """An x between two readouts into one slot: an error, or what the later one found."""
    target = rig.target
    read = measure([0], target)
    flip = target.get_calibration("x", (0,))
    twice = Schedule((0, read), (read.duration, flip), name="twice")
    twice = twice.insert(read.duration + flip.duration, read)
    with pytest.raises(ProblemReport, match="memory slot used twice"):
        rig.run(twice, shots=10)
    assert rig.run(twice, shots=300, reuse_slots=True).probability(0) > 0.85


def test_a_batch_may_be_read_in_its_own_way(rig: Rig) -> None:
    """Kernel and discriminator for one batch: the opposite bits, and afterwards as before."""
    before = rig.readout[0]
    line = before.discriminator
    assert isinstance(line, Threshold)
    opposite = QubitReadout(before.kernel, Threshold(line.angle_rad + np.pi, -line.threshold_v))
    assert rig.run(after_x(rig.target), shots=200, readout={0: opposite}).probability(0) < 0.1
    assert rig.run(after_x(rig.target), shots=200).probability(0) > 0.9
    with pytest.raises(ProblemReport, match="no discriminator"):
        rig.run(after_x(rig.target), shots=2, readout={0: QubitReadout(Boxcar())})


@pytest.mark.parametrize("wanted", [{"consumers": 5}, {"consumers": ["x"]}, {"report": 5}, {"readout": {0: "x"}}])
def test_what_cannot_be_called_is_refused(rig: Rig, wanted: dict[str, object]) -> None:
    """Before anything is played."""
    with pytest.raises(ConfigurationError):
        rig.run(after_nothing(rig.target), shots=2, **wanted)  # type: ignore[call-overload]  # that is the point
