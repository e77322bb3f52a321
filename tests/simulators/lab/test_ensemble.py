"""Two generators that play together: what each of them was sent, on one clock."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from drivers.contract import SILENCE, InstrumentProgram, MarkerPulse, Step
from drivers.tektronix.assets import assets_of
from drivers.tektronix.seqx import seqx_file
from simulators.lab.config import StartWire, TriggerWire
from simulators.lab.ensemble import PORTS, Ensemble
from simulators.tektronix import AWG5208, AWG5208_PROFILE
from simulators.tektronix.seqx import read_seqx
from tests.simulators.tektronix.files import NO_ERROR, ask

TRIGGER = TriggerWire(awg="first", port=1, marker=1, digitizer="board")
START = StartWire(awg="first", port=2, marker=1, started="second", input="A")
FIRST = InstrumentProgram(
    "first",
    2_500_000_000,
    (1, 2),
    (np.full(2400, 0.5),),
    (Step((0, SILENCE), 2400, markers=(MarkerPulse(2, 1, 0, 250),)), Step((SILENCE, SILENCE), 2400, 3)),
    passes=5,
)
SECOND = InstrumentProgram(
    "second",
    2_500_000_000,
    (3,),
    (np.linspace(-1.0, 1.0, 2400),),
    (Step((SILENCE,), 2400), Step((0,), 2400, 3)),
    passes=5,
    trigger_input=1,
)


class Clock:
    """Stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        """The time, seconds."""
        return self.now


def loaded(program: InstrumentProgram, clock: Clock) -> AWG5208:
    """A generator that holds the program as its driver would have sent it, not yet running."""
    awg = AWG5208(clock=clock)
    assets = assets_of(program)
    awg.library.add_bundle(read_seqx(seqx_file(assets), AWG5208_PROFILE))
    for track, port in enumerate(program.ports, 1):
        bits = 16 - any(pulse.port == port for step in program.steps for pulse in step.markers)
        said = ask(
            awg,
            f'SOUR{port}:CASS:SEQ "{assets.main}",{track};:SOUR{port}:DAC:RES {bits};:OUTP{port} ON;:SYST:ERR?',
        )
        assert said == NO_ERROR
    return awg


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run(awg: AWG5208) -> None:
    assert ask(awg, "AWGC:RUN;*OPC?;:SYST:ERR?") == f"1;{NO_ERROR}"


def together(
    first: InstrumentProgram, second: InstrumentProgram, clock: Clock
) -> tuple[Ensemble, AWG5208, AWG5208]:
    a, b = loaded(first, clock), loaded(second, clock)
    return Ensemble({"first": a, "second": b}, TRIGGER, (START,)), a, b


def test_the_second_one_joins_at_the_firsts_marker(clock: Clock) -> None:
    """Ports 1 to 8 are the first one's, 9 to 16 the second one's; each emits its own program."""
    ensemble, a, b = together(FIRST, SECOND, clock)
    run(b)
    assert ensemble.playback() is None
    run(a)
    played = ensemble.playback()
    assert played is not None
    assert len(played.steps[0].volts) == 2 * PORTS
    own = a.playback()
    assert own is not None
    assert played.steps[0].volts[0] is own.steps[0].volts[0]
    ramp = played.steps[1].volts[PORTS + 2]
    assert np.ptp(ramp) > 0.4
    assert np.allclose(np.diff(ramp, 2), 0.0, atol=1e-4)
    assert ensemble.playback() is played
    clock.now += 10.0
    ensemble.ends(played, 0.0)
    assert [ask(awg, "AWGC:RST?") for awg in (a, b)] == ["0", "0"]


def test_who_comes_too_late_stays_silent(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """The marker was there before anybody waited for it."""
    ensemble, a, b = together(FIRST, SECOND, clock)
    run(a)
    assert ensemble.playback() is not None
    run(b)
    played = ensemble.playback()
    assert played is not None
    assert not any(np.any(volts) for step in played.steps for volts in step.volts[PORTS:])
    assert "second did not wait when first started" in caplog.text


def test_other_lengths_do_not_play_together(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    longer = dataclasses.replace(SECOND, steps=(Step((SILENCE,), 2400), Step((0,), 2400, 4)))
    ensemble, a, b = together(FIRST, longer, clock)
    run(b)
    run(a)
    played = ensemble.playback()
    assert played is not None
    assert not any(np.any(volts) for step in played.steps for volts in step.volts[PORTS:])
    assert "other lengths" in caplog.text


def test_without_a_marker_nobody_is_started(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    plain = dataclasses.replace(FIRST, steps=(Step((0, SILENCE), 2400), FIRST.steps[1]))
    ensemble, a, b = together(plain, SECOND, clock)
    run(b)
    run(a)
    assert ensemble.playback() is not None
    assert ask(b, "AWGC:RST?") == "1"
    assert "without a marker" in caplog.text
