"""Spectroscopy: sweeps of a readout tone on the analyzer channel's own oscillator, in one program."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.contract import (
    AcquisitionPlan,
    AcquisitionWindow,
    IntegrationWeights,
    OutputSettings,
    ProblemReport,
    SequencerProgram,
)
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.translation import compiled, translated
from tests.drivers.zurich.bench import Bench, profile, program, track
from tests.drivers.zurich.live import adapter_at, run, sums
from tests.drivers.zurich.test_compiler_agrees import assembly
from tests.simulators.labone.process import DEVICES, Served, serving

RATE = 2_000_000_000
LENGTH = 20_000
"""Samples of the pulse: five times as long as weights may be."""
FREQUENCIES = np.linspace(-137e6, 211e6, 41)
EDGE = np.minimum(1, np.minimum(np.arange(LENGTH), np.arange(LENGTH)[::-1]) / 400)
PLACES = {"SHFQA4": 2, "SHFQA2": 1, "SHFQC": 7}
"""Model to the output that is used."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A device of each kind that has a spectroscopy mode."""
    with serving(*(f"--device={DEVICES[model]}:{model}" for model in PLACES)) as served:
        yield served


def _sweep(
    model: str, shots: int = 4, delay: int = 400, phases: float = 0.0, **changes: object
) -> tuple[SequencerProgram, AcquisitionPlan]:
    """One pulse shape at a frequency a program, and a boxcar on each tone."""
    count = np.arange(LENGTH)
    tones = [np.exp(2j * np.pi * f / RATE * count) for f in FREQUENCIES]
    envelopes = [0.7 * EDGE * one * np.exp(1j * phases * n) for n, one in enumerate(tones)]
    events = [[(1600, number, 1.0, 0.0)] for number in range(FREQUENCIES.size)]
    line = track((PLACES[model],), events, envelopes, name="readout")
    wanted = program(
        model, [line], [LENGTH + 30_000] * FREQUENCIES.size, passes=shots, order=changes.get("order", "cyclic")
    )
    stop = LENGTH - 1000
    windows = tuple(
        AcquisitionWindow(number, 0, 0, 0, stop, float(frequency), port=1)
        for number, frequency in enumerate(FREQUENCIES)
    )
    boxcar = (np.arange(stop) >= delay) / 1000
    weights = tuple(IntegrationWeights(np.conj(one[:stop]) * boxcar * np.exp(0.3j)) for one in tones)
    plan = AcquisitionPlan(
        "device", RATE, LENGTH, 0, FREQUENCIES.size, shots, windows, integration=weights, **changes
    )
    return wanted, plan


def _reference(wanted: SequencerProgram, plan: AcquisitionPlan) -> np.ndarray:
    """What the weights make of a cable from output to input."""
    assert plan.integration is not None
    found = []
    for number, each in enumerate(plan.integration):
        emitted = wanted.tracks[0].samples(number, 1600 + each.weights.size, RATE)[1600:]
        found.append(complex(np.sum(each.weights * emitted)))
    _, programs = plan.places(np.arange(plan.records))
    return np.array(found)[programs, None]


@pytest.mark.parametrize(
    ("model", "order", "averaged"),
    [("SHFQA4", "cyclic", False), ("SHFQC", "sequential", True), ("SHFQA2", "cyclic", True)],
)
async def test_a_frequency_sweep_is_one_program(model: str, order: str, averaged: bool, server: Served) -> None:
    """41 tones and integrations of 19,000 samples: sums as of weights, and readouts work afterwards."""
    wanted, plan = _sweep(model, order=order, averaged=averaged, phases=0.7)
    adapter = adapter_at(server, model)
    await adapter.open()
    try:
        settings = OutputSettings((PLACES[model],), 1.0, 5e9, inputs=(1,), input_full_scale_v=1.0)
        await adapter.configure_outputs(RATE, (settings,))
        found = sums(await run(adapter, wanted, plan))
        channel = profile(model).analyzer_outputs.index((PLACES[model],))
        nodes = adapter._device.nodes
        assert nodes.number(f"qachannels/{channel}/mode") == 0
        reference = _reference(wanted, plan)
        assert found.shape == reference.shape == (41 if averaged else 164, 1)
        assert np.abs(found - reference).max() < 1e-3 * np.abs(reference).max()
        again = await adapter.load(wanted, plan)
        assert (again.bytes_sent, again.waveforms_sent) == (0, 0)
        plain = track((PLACES[model],), [[(1600, 0, 1.0, 0.0)]], [0.5 * np.ones(1600, np.complex128)])
        assert plan.integration is not None
        short = dataclasses.replace(
            plan,
            records_per_pass=1,
            windows=(AcquisitionWindow(0, 0, 0, 0, 1024, 0.0),),
            integration=(IntegrationWeights(np.ones(1024, np.complex128)),),
        )
        readout = sums(
            await run(adapter, program(model, [plain], [40_000], passes=plan.shots, order=order), short)
        )
        assert nodes.number(f"qachannels/{channel}/mode") == 1
        assert np.abs(readout - 512).max() < 1.0
    finally:
        await adapter.close()


def test_every_tone_is_emitted(compiler: SeqcCompiler) -> None:
    """Shape and frequency of each program; the phase is the oscillator's, which demodulates as well."""
    wanted, plan = _sweep("SHFQA4", shots=2)
    plan = dataclasses.replace(plan, windows=tuple(dataclasses.replace(each, port=2) for each in plan.windows))
    made = translated(wanted, plan, profile("SHFQA4"), {2: (2,)})
    probe = made.recorded[0].layout.probe
    assert probe is not None
    bench = Bench.of("SHFQA4")
    try:
        bench.load(made, compiler)
        unit = "qachannels/1/spectroscopy/envelope"
        bench.link.nodes.set({f"{unit}/wave": probe.envelope, f"{unit}/enable": 1})
        bench.run(made)
        for number in (0, 20, 40, 41, 81):
            begin = made.lead + number * wanted.lengths[0] + 1600
            got = bench.emitted(made.cores[0].core, begin - 16, LENGTH + 16)[16:]
            expected = wanted.tracks[0].samples(number % 41, 1600 + LENGTH, RATE)[1600:]
            turned = got * np.exp(1j * np.angle(np.vdot(got, expected)))
            assert np.abs(turned - expected).max() < 2 * 2.0**-15
    finally:
        bench.close()


@pytest.mark.parametrize("model", ["SHFQA4", "SHFQC"])
def test_instructions_are_counted_as_compiled(model: str, compiler: SeqcCompiler) -> None:
    """Constants of any frequency, 0 and negative ones too."""
    wanted, plan = _sweep(model)
    odd = [0.0, 1.0, -1.0, 123456.789, -98765432.1, RATE / 4, -RATE / 8, 5e8]
    windows = tuple(
        dataclasses.replace(window, if_frequency_hz=float(odd[number % len(odd)]))
        for number, window in enumerate(plan.windows)
    )
    assert plan.integration is not None
    count = np.arange(LENGTH)
    tones = [np.exp(2j * np.pi * window.if_frequency_hz / RATE * count) for window in windows]
    line = dataclasses.replace(wanted.tracks[0], envelopes=tuple(0.7 * EDGE * one for one in tones))
    weights = tuple(
        IntegrationWeights(np.conj(one[: each.weights.size]) * (each.weights != 0))
        for one, each in zip(tones, plan.integration, strict=True)
    )
    places = {1: (PLACES[model],)}
    made = translated(
        dataclasses.replace(wanted, tracks=(line,)),
        dataclasses.replace(plan, windows=windows, integration=weights),
        profile(model),
        places,
    )
    assert made.recorded[0].layout.kind == "tones"
    (elf,) = compiled(made, profile(model), compiler.compile)
    lines = [line for line in assembly(elf.elf) if line.strip() and not line.strip().endswith(":")]
    assert len(lines) == made.cores[0].instructions


@pytest.mark.parametrize("what", ["kernel", "shape", "delay", "two windows"])
def test_what_is_no_spectroscopy_is_told(what: str) -> None:
    """Another kernel than a boxcar, other shapes, delays off the steps: integrators do not suffice."""
    wanted, plan = _sweep("SHFQA4", delay=401 if what == "delay" else 400)
    assert plan.integration is not None
    weights, windows = list(plan.integration), list(plan.windows)
    if what == "kernel":
        weights[3] = IntegrationWeights(weights[3].weights * np.linspace(0, 1, weights[3].weights.size))
    if what == "two windows":
        windows.append(dataclasses.replace(windows[0], slot=1))
        weights.append(weights[0])
    envelopes = list(wanted.tracks[0].envelopes)
    if what == "shape":
        envelopes[5] = 0.5 * envelopes[5]
    line = dataclasses.replace(wanted.tracks[0], envelopes=tuple(envelopes))
    with pytest.raises(ProblemReport) as caught:
        translated(
            dataclasses.replace(wanted, tracks=(line,)),
            dataclasses.replace(plan, windows=tuple(windows), integration=tuple(weights)),
            profile("SHFQA4"),
            {1: (2,)},
        )
    assert "integration longer than the weights' memory" in str(caught.value)
