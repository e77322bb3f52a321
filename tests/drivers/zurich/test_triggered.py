"""A device that waits for another one's marker: each program starts at its edge, whatever else happens."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from drivers.contract import ProblemReport
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.translation import core_of, translated
from simulators.labone.devices import TriggerSource
from simulators.labone.devices.surroundings import Bench as Surroundings
from simulators.labone.devices.surroundings import Periodic
from tests.drivers.zurich.bench import LSB, Bench, marker, profile, program, readout_plan, tone, track

PERIOD = 30_000
FIRST = 192
"""Samples that an HDAWG's oscillators need to start again; others need fewer."""


@dataclasses.dataclass(frozen=True)
class Cable(Surroundings):
    """Edges at a steady pace on the first trigger input."""

    count: int = 6

    def trigger_source(self, serial: str, channel: str) -> TriggerSource | None:  # noqa: ARG002 - as in the base
        """One cable for all."""
        return Periodic(PERIOD, self.count, 5_000)


def _played(model: str, compiler: SeqcCompiler, lines: list[tuple[tuple[int, ...], float]]) -> None:
    envelope = 0.7 * tone(640, 0.01)
    events = [[(FIRST, 0, 1.0, 0.3), (4000, 0, 0.5, 0.0)], [(FIRST + 128, 0, 0.9, -0.2)], []]
    tracks = [track(ports, events, [envelope], oscillator, f"line{ports}") for ports, oscillator in lines]
    wanted = program(model, tracks, [20_000] * 3, passes=2, trigger_input=1)
    ports = profile(model).analyzer_outputs
    made = translated(wanted, None, profile(model), {1: ports[0]} if ports else {})
    bench = Bench.of(model, Cable())
    try:
        bench.load(made, compiler)
        bench.run(made)
        for each in tracks:
            core = core_of(profile(model), each.ports)
            for record in range(6):
                expected = each.samples(record % 3, 8_000, wanted.sample_rate_hz)
                got = bench.emitted(core, 5_000 + PERIOD * record, 8_000)
                assert np.abs((got - expected).real).max() <= 1.5 * LSB
                assert np.abs((got - expected).imag).max() <= 1.5 * LSB
    finally:
        bench.close()


def test_every_program_starts_at_its_edge(compiler: SeqcCompiler) -> None:
    """Generators with and without oscillator, readout from slots, readout from waves.

    Oscillators start again with the edge itself: what is played begins when the program says, whatever turns.
    """
    _played("HDAWG8", compiler, [((1, 2), 0.0), ((5, 6), 77e6)])
    _played("SHFSG8", compiler, [((1,), 77e6), ((8,), 0.0)])
    _played("SHFQC", compiler, [((1,), -50e6), ((7,), 0.0)])
    _played("UHFQA", compiler, [((1, 2), 0.0)])


@pytest.mark.parametrize("model", ["HDAWG8", "SHFSG8"])
def test_what_comes_too_soon_behind_the_edge_is_refused(model: str) -> None:
    """Pulses and markers, where an oscillator starts again; without one nothing has to wait."""
    ports = profile(model).generator_outputs[0]
    envelope = 0.7 * tone(640, 0.01)
    for oscillator, said in ((77e6, ["too little silence behind", "marker too soon behind"]), (0.0, [])):
        line = track(ports, [[(32, 0, 1.0, 0.0)]], [envelope], oscillator)
        early = program(model, [line], [20_000], trigger_input=1, markers=(marker(0, ports[0], 16, 600),))
        if not said:
            translated(early, None, profile(model), {})
            continue
        with pytest.raises(ProblemReport) as caught:
            translated(early, None, profile(model), {})
        assert [any(part in problem.what for problem in caught.value.problems) for part in said] == [True, True]


def test_a_sweep_of_triggered_readouts_is_one_loop() -> None:
    """101 programs that read out alike are a dozen instructions on a UHFQA, whose memory has room for 1024."""
    starts = [[0]] * 101
    line = track((1, 2), [[(0, 0, 0.9, 0.0)]] * 101, [tone(2000, 0.03)], name="readout")
    wanted = program("UHFQA", [line], [40_000] * 101, passes=1000, trigger_input=1)
    plan = readout_plan("UHFQA", starts, (0.03,), 2000, shots=1000)
    made = translated(wanted, plan, profile("UHFQA"), {1: (1, 2)})
    assert made.cores[0].source.count("\n") < 10
    assert "repeat (101000)" in made.cores[0].source
    assert len(made.recorded[0].layout.readouts) == 101
