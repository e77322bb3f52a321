"""Sweeps of 101 points on an SHFQC: one program on the device, one upload, one fetch, and the right physics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import curve_fit

from drivers.contract import UploadReceipt
from drivers.zurich.ledger import Ledger
from drivers.zurich.sequencing import SequencingAdapter
from drivers.zurich.server import Nodes
from runtime.experiments import calibrated_amplitude, fit_rabi, rabi_schedules
from runtime.pulse import Play, Schedule, ShiftPhase
from runtime.pulse.macros import measure
from runtime.results import Result
from runtime.rig import Rig
from runtime.target import Target

Floats = npt.NDArray[np.float64]

POINTS, SHOTS = 101, 1000
SCALES = np.linspace(0, 2, POINTS)

# From configs/jakarta/chip.yaml.
T2_S = 41.462e-6
EXCHANGE_HZ, APART_HZ = 1.955438e6, 5.2365732175e9 - 5.0143686445e9
SHIFT_HZ = (np.sqrt(APART_HZ**2 + 4 * EXCHANGE_HZ**2) - APART_HZ) / 2
"""Qubit 0 is driven at its bare frequency, and its exchange with qubit 1 lifts it by J^2 / Delta = 17.2 kHz."""
PER_VOLT = (3.3731995e9, 2.7985097e9)
"""Rabi strength of qubits 0 and 1, rad/s/V."""

# From configs/zurich-shfqc/wiring.yaml.
FULL_SCALE_V = 0.25


@dataclass
class Wire:
    """What went to the device and came back during a run."""

    receipts: list[UploadReceipt] = field(default_factory=list)
    set: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Of what was set, the content that the device did not hold yet."""
    fetched: dict[str, list[int]] = field(default_factory=dict)
    """Sizes of the vectors that were read, by node."""

    def ending(self, *ends: str) -> list[str]:
        """The nodes of such an end that were set."""
        return [path for path in self.set if path.endswith(ends)]


@pytest.fixture(scope="module")
def shfqc() -> Iterator[Rig]:
    """The station, with its readout trained."""
    with Rig.open("zurich-shfqc") as rig:
        rig.train_readout([0, 1], shots=4000)
        yield rig


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Listens between the adapter and the vendor's client."""
    heard = Wire()
    load, set_nodes, send, vector = SequencingAdapter.load, Nodes.set, Ledger.send, Nodes.vector

    async def loaded(self: SequencingAdapter, *given: Any) -> UploadReceipt:
        receipt = await load(self, *given)
        heard.receipts.append(receipt)
        return receipt

    def was_set(self: Nodes, settings: Any) -> None:
        set_nodes(self, settings)
        heard.set += settings

    def sent(self: Ledger, settings: Any) -> Any:
        news = send(self, settings)
        heard.changed += news
        return news

    def fetched(self: Nodes, path: str) -> npt.NDArray[Any]:
        found = vector(self, path)
        heard.fetched.setdefault(path, []).append(found.size)
        return found

    monkeypatch.setattr(SequencingAdapter, "load", loaded)
    monkeypatch.setattr(Nodes, "set", was_set)
    monkeypatch.setattr(Ledger, "send", sent)
    monkeypatch.setattr(Nodes, "vector", fetched)
    return heard


def test_a_ramsey_experiment(shfqc: Rig, wire: Wire) -> None:
    """P(1) = 1/2 + exp(-t / T2) cos(2 pi (detuning + J^2 / Delta) t) / 2, readout errors taken out.

    The oscillation's frequency within 4.5 standard deviations of the fit (0.3 kHz each); its contrast within 3 %,
    4.5 deviations of fit (0.7 %) and error rates (0.2 % each) together.
    """
    detuning_hz = 1.5e6
    schedules, waits_s = _ramsey(shfqc.target, detuning_hz)
    assert len(shfqc.prepare(schedules, shots=SHOTS).sequencers["shfqc"].lengths) == POINTS
    share = _ones(shfqc, shfqc.run(schedules, shots=SHOTS), 0)
    _require_one_program(wire, generators=1, integrators=1)

    def closed(wait_s: Floats, offset: float, contrast: float, shift_khz: float, phase: float) -> Floats:
        turns = 2 * np.pi * (detuning_hz + 1e3 * shift_khz) * wait_s + phase
        return np.asarray(offset + contrast / 2 * np.exp(-wait_s / T2_S) * np.cos(turns))

    spread = np.sqrt(share.clip(0.01, 0.99) * (1 - share.clip(0.01, 0.99)) / SHOTS)
    found, covariance = curve_fit(closed, waits_s, share, [0.5, 1, 0, 0], spread, absolute_sigma=True)
    deviation = np.sqrt(np.diagonal(covariance))
    assert abs(1e3 * found[2] - SHIFT_HZ) < 4.5e3 * deviation[2]
    assert deviation[2] < 0.6
    assert found[1] == pytest.approx(1, abs=0.03)
    assert found[0] == pytest.approx(0.5, abs=0.02)
    # The pulses themselves last 36 ns, in which a detuning of 17 kHz turns the qubit by 4 mrad.
    assert abs(found[3]) < 0.02 + 4.5 * deviation[3]
    assert np.mean(((share - closed(waits_s, *found)) / spread) ** 2) < 1.7


def test_a_rabi_experiment_and_another_amplitude(shfqc: Rig, wire: Wire) -> None:
    """The pi amplitude is that of the pulse's area; after that, other amplitudes are new command tables only.

    An x turns by pi where (rad/s/V) times volts times the envelope's integral is pi, whatever the IF (-186 MHz for
    qubit 1): SHF outputs are flat. What is left, 0.5 %, is for the transmons' third level.
    """
    results = shfqc.run(rabi_schedules(shfqc.target, (0, 1), SCALES.tolist()), shots=SHOTS)
    _require_one_program(wire, generators=2, integrators=2)
    for qubit in (0, 1):
        amplitude = calibrated_amplitude(shfqc.target, qubit)
        share = np.array([result.memory[qubit].mean() for result in results])
        fit = fit_rabi(SCALES * amplitude, share, SHOTS)
        _, play = shfqc.target.get_calibration("x", (qubit,)).instructions[0]
        assert isinstance(play, Play)
        envelope = play.pulse.get_waveform().samples
        area = float(envelope.real.sum() / amplitude * shfqc.target.dt_exact)
        assert fit.pi_amplitude == pytest.approx(np.pi / (PER_VOLT[qubit] * FULL_SCALE_V * area), rel=5e-3)
        trained = shfqc.trained[qubit]
        assert fit.contrast == pytest.approx(1 - trained.p1_given_0 - trained.p0_given_1, abs=0.03)
        assert fit.reduced_chi_square < 1.7

    _forget(wire)
    shfqc.run(rabi_schedules(shfqc.target, (0, 1), SCALES.tolist()), shots=SHOTS)
    assert wire.changed == []
    assert [(each.bytes_sent, each.waveforms_sent) for each in wire.receipts] == [(0, 0)]

    _forget(wire)
    results = shfqc.run(rabi_schedules(shfqc.target, (0, 1), (0.5 * SCALES).tolist()), shots=SHOTS)
    assert sorted(wire.changed) == [f"sgchannels/{qubit}/awg/commandtable/data" for qubit in (0, 1)]
    assert wire.ending("elf/data", "/wave") == []
    assert wire.receipts[0].waveforms_sent == 0
    # A table is JSON, some 300 bytes an entry.
    assert 0 < wire.receipts[0].bytes_sent < 2 * POINTS * 500
    assert _ones(shfqc, results, 0)[-1] > 0.95


def test_runs_that_follow_one_another_at_once(shfqc: Rig) -> None:
    """A run is started as soon as the sequencers wait, and none misses the start: each counts its shots."""
    schedules, _ = _ramsey(shfqc.target, 1e6)
    for _ in range(15):
        begin, turned = shfqc.run([schedules[0], schedules[8]], shots=20)
        assert begin.memory[0].mean() > 0.6
        assert turned.memory[0].mean() < 0.6


def _ramsey(target: Target, detuning_hz: float) -> tuple[list[Schedule], Floats]:
    """sx, a wait, sx in a frame that turns by `detuning_hz`; and the waits in seconds, steps of 64 ns."""
    half, read, dt_s = target.get_calibration("sx", (0,)), measure([0], target), float(target.dt_exact)
    assert isinstance(half, Schedule)
    waits = 288 * np.arange(POINTS)
    schedules = []
    for wait in waits.tolist():
        turn = ShiftPhase(-2 * np.pi * detuning_hz * wait * dt_s, target.drive(0))
        schedule = Schedule(name=f"wait {wait}").insert(0, half).insert(half.duration, turn)
        schedule = schedule.insert(half.duration + wait, half)
        schedules.append(schedule.insert(schedule.duration, read))
    return schedules, np.asarray(waits * dt_s, np.float64)


def _ones(rig: Rig, results: Sequence[Result], qubit: int) -> Floats:
    """P(1) of each point, with the readout's error rates taken out."""
    trained = rig.trained[qubit]
    share = np.array([result.memory[qubit].mean() for result in results])
    return np.asarray((share - trained.p1_given_0) / (1 - trained.p1_given_0 - trained.p0_given_1), np.float64)


def _require_one_program(wire: Wire, *, generators: int, integrators: int) -> None:
    """One load; each sequencer compiled once; every integrator's results read once, as a whole."""
    assert len(wire.receipts) == 1
    assert wire.receipts[0].verified
    assert len(wire.ending("elf/data")) == generators + 1
    assert len(wire.ending("awg/commandtable/data")) == generators
    results = {path: sizes for path, sizes in wire.fetched.items() if "/result/data/" in path}
    assert len(results) == integrators
    assert all(sizes == [POINTS * SHOTS] for sizes in results.values())
    assert len([path for path in wire.set if path == "system/internaltrigger/enable"]) == 2, (
        "off, then on: one start"
    )


def _forget(wire: Wire) -> None:
    for kept in (wire.receipts, wire.set, wire.changed, wire.fetched):
        kept.clear()
