"""A lab in a process of its own, and the vendor's toolkit on its data server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.simulators.lab.zurich.stations import (
    CONFIGS,
    LENGTH,
    PROBES_HZ,
    QUBITS_HZ,
    READOUT,
    Clouds,
    Complex,
    X,
    drag,
    one_pulse,
    read_at,
)
from tests.simulators.labone.process import Served, serving
from tests.simulators.labone.vendor import Session

SHOTS = 400
SCALE = 0.25 / np.sqrt(0.1)


@pytest.fixture(scope="module")
def lab() -> Iterator[Served]:
    path = str(CONFIGS / "zurich-shfqc" / "lab.yaml")
    with serving(path, "--until-stdin-closes", module="simulators") as served:
        yield served
    assert served.process.returncode == 0


@pytest.fixture(scope="module")
def shfqc(lab: Served) -> Iterator[Any]:
    session = Session(lab.host, lab.port)
    yield session.connect_device("dev12003")
    session.daq_server.disconnect()


def measured(shfqc: Any, scale: float) -> Complex:
    """Integrated values of qubit 0 after a pulse of that size."""
    generator, analyzer = shfqc.sgchannels[0], shfqc.qachannels[0]
    wave = SCALE * drag(scale * X[0][0], X[0][1], 2e9, 80)
    generator.awg.load_sequencer_program(one_pulse(SHOTS))
    shfqc.sgchannels[0].awg.waveform.waves[0](_dual(wave))
    with shfqc.set_transaction():
        shfqc.synthesizers[generator.synthesizer()].centerfreq(5.2e9)
        generator.oscs[0].freq(QUBITS_HZ[0] - 5.2e9)
        generator.awg.modulation.enable(1)
        generator.awg.single(1)
        analyzer.generator.single(1)
        generator.output.range(0)
        generator.output.on(1)
        generator.awg.auxtriggers[0].channel("inttrig")
        analyzer.mode("readout")
        analyzer.centerfreq(7.2e9)
        analyzer.output.range(0)
        analyzer.input.range(10)
        analyzer.output.on(1)
        analyzer.input.on(1)
        analyzer.generator.auxtriggers[0].channel("inttrig")
        analyzer.readout.integration.length(LENGTH)
        analyzer.readout.integration.delay(0.0)
        analyzer.readout.result.source("result_of_integration")
        analyzer.readout.result.length(SHOTS)
        analyzer.readout.result.averages(1)
    analyzer.generator.load_sequencer_program(read_at(SHOTS))
    tone = np.exp(2j * np.pi * (PROBES_HZ[0] - 7.2e9) * np.arange(LENGTH) / 2e9)
    analyzer.generator.waveforms[0].wave(READOUT * SCALE * tone)
    analyzer.readout.integration.weights[0].wave(tone.conj())
    analyzer.readout.result.enable(1)
    generator.awg.enable(1)
    analyzer.generator.enable(1)
    shfqc.system.internaltrigger.repetitions(1)
    shfqc.system.internaltrigger.enable(1)
    analyzer.readout.result.enable.wait_for_state_change(0, timeout=30)
    return np.asarray(analyzer.readout.result.data[0].wave(), np.complex128)


def _dual(wave: Complex) -> Any:
    columns = np.stack((wave.real, wave.imag), axis=1)
    return np.round(columns * 32767).astype(np.int16).ravel()


def test_x_and_measure(shfqc: Any) -> None:
    clouds = Clouds.of(measured(shfqc, 0.0), measured(shfqc, 1.0))
    assert clouds.ones(measured(shfqc, 0.0)) < 0.05
    assert clouds.ones(measured(shfqc, 1.0)) > 0.95
    assert clouds.ones(measured(shfqc, 0.5)) == pytest.approx(0.5, abs=0.12)


def test_faults_can_be_asked_for(lab: Served) -> None:
    assert lab.control(fault="lost-trigger", device="dev12003") == {"ok": True}
    assert lab.control(fault="none") == {"ok": True}
    assert not lab.control(fault="lost-trigger", device="dev1")["ok"]
