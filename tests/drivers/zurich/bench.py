"""What the tests of Zurich Instruments share: hand-made programs, and device models without a server between."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.contract import (
    AcquisitionPlan,
    AcquisitionWindow,
    IntegrationWeights,
    MarkerEvent,
    OutputSettings,
    OutputTrack,
    SequencerProgram,
)
from drivers.zurich.compiling import SeqcCompiler
from drivers.zurich.ledger import Ledger
from drivers.zurich.models import profile_of
from drivers.zurich.profiles import Profile
from drivers.zurich.ranges import peak_volts, range_setting
from drivers.zurich.running import enabled_nodes, release, trigger_nodes
from drivers.zurich.seqc import Core
from drivers.zurich.server import Nodes, Value
from drivers.zurich.settings import mode_nodes, output_nodes, program_nodes
from drivers.zurich.translation import DeviceProgram, compiled, core_of, translated
from drivers.zurich.upload import CoreUpload, DeviceLink
from simulators.labone.device import DeviceSetup
from simulators.labone.devices import Rendered, SequencerDevice, Surroundings, build_device
from simulators.labone.kernel import Kernel
from simulators.labone.outcome import Failure

LSB = 2.0**-15
OPTIONS = {"HDAWG8": ("MF", "ME"), "HDAWG4": ("MF",)}


def profile(model: str) -> Profile:
    """The profile of a model with its usual options."""
    found = profile_of(model, OPTIONS.get(model, ()))
    assert found is not None
    return found


def track(
    ports: tuple[int, ...],
    events: Sequence[Sequence[tuple[int, int, float, float]]],
    envelopes: Sequence[NDArray[np.complex128]],
    oscillator_hz: float = 0.0,
    name: str = "line",
) -> OutputTrack:
    """A track from (start, envelope, amplitude, phase) of each event of each program."""
    flat = [event for program in events for event in program]
    return OutputTrack(
        name,
        ports,
        oscillator_hz,
        tuple(np.asarray(envelope, np.complex128) for envelope in envelopes),
        np.concatenate([[0], np.cumsum([len(program) for program in events])]).astype(np.int64),
        np.array([event[0] for event in flat], np.int64),
        np.array([event[1] for event in flat], np.int32),
        np.array([event[2] for event in flat], np.float64),
        np.array([event[3] for event in flat], np.float64),
        tuple(f"pulse{index}" for index in range(len(envelopes))),
    )


def program(model: str, tracks: Sequence[OutputTrack], lengths: Sequence[int], **changes: Any) -> SequencerProgram:
    """A program for a model at its first sample rate."""
    made = SequencerProgram("device", profile(model).sample_rates_hz[0], tuple(tracks), tuple(lengths))
    return dataclasses.replace(made, **changes)


def marker(number: int, port: int, start: int, stop: int) -> MarkerEvent:
    """The first marker of a port."""
    return MarkerEvent(number, port, 1, start, stop)


def tone(length: int, cycles: float) -> NDArray[np.complex128]:
    """A flat envelope that carries a tone of so many cycles a sample."""
    return np.asarray(0.9 * np.exp(2j * np.pi * cycles * np.arange(length)), np.complex128)


def readout_plan(
    model: str, starts: Sequence[Sequence[int]], tones: Sequence[float], length: int = 1024, **changes: Any
) -> AcquisitionPlan:
    """A plan that integrates each tone over `length` samples from each start of each program."""
    rate = profile(model).sample_rates_hz[0]
    windows: list[AcquisitionWindow] = []
    weights: list[IntegrationWeights] = []
    for number, of_program in enumerate(starts):
        first = min(of_program)
        for start in of_program:
            for qubit, cycles in enumerate(tones):
                at = start - first
                windows.append(AcquisitionWindow(number, qubit, len(windows), at, at + length, cycles * rate))
                weights.append(IntegrationWeights(np.exp(-2j * np.pi * cycles * np.arange(length))))
    longest = max(window.stop for window in windows)
    plan = AcquisitionPlan("device", rate, longest, 0, len(starts), 1, tuple(windows), integration=tuple(weights))
    return dataclasses.replace(plan, **changes)


class TreeServer:
    """Stands in for the vendor's client: the same requests go to a device model in this process."""

    def __init__(self, device: SequencerDevice) -> None:
        self._kernel = Kernel(device.tree)
        self.log: list[str] = []

    def set(self, settings: Sequence[tuple[str, Value]]) -> None:
        """Set nodes one after another."""
        for path, value in settings:
            self.log.append(path.split("/", 2)[2])
            outcome = self._kernel.set(path, value)
            failures = [each for each in outcome if isinstance(each, Failure)]
            if failures:
                raise RuntimeError(str(failures[0]))

    def get(self, paths: str, *, settingsonly: bool, flat: bool) -> Mapping[str, Any]:
        """Values in the vendor's forms."""
        assert (settingsonly, flat) == (False, True)
        found = {}
        for outcome in self._kernel.get(paths):
            assert not isinstance(outcome, Failure), outcome
            value: Any = outcome.value
            value = getattr(value, "vector", value)
            vector = isinstance(value, np.ndarray | bytes) or type(value).__name__ == "VectorText"
            entry = [{"vector": str(value) if isinstance(value, str) else value}] if vector else {"value": [value]}
            found[outcome.path] = entry
        return found

    def listNodes(self, path: str) -> list[str]:  # noqa: N802 - the vendor's name
        """Paths of the nodes that match."""
        return self._kernel.expand(path)

    def disconnect(self) -> None:
        """Nothing is connected."""


@dataclasses.dataclass
class Bench:
    """A device model, loaded as an adapter loads a device."""

    model: str
    device: SequencerDevice
    server: TreeServer
    link: DeviceLink

    @classmethod
    def of(cls, model: str, surroundings: Surroundings | None = None) -> Bench:
        """A fresh device; `close` it."""
        setup = DeviceSetup("dev1", model, OPTIONS.get(model))
        device = build_device(setup, surroundings)
        assert isinstance(device, SequencerDevice)
        server = TreeServer(device)
        nodes = Nodes(server, "dev1", "device", "labone://bench/dev1")
        ledger = Ledger(nodes, "device", "labone://bench/dev1")
        return cls(
            model, device, server, DeviceLink("device", "labone://bench/dev1", profile(model), nodes, ledger)
        )

    def close(self) -> None:
        """End its thread."""
        self.device.stop()

    def load(self, made: DeviceProgram, compiler: SeqcCompiler, full_scale_v: float = 0.0) -> None:
        """Settings, programs, tables and waves."""
        limits = self.link.profile
        for core, elf, each in zip(made.cores, compiled(made, limits, compiler.compile), made.tracks, strict=True):
            volts = full_scale_v or self.full_scale(core.core)
            lo = 5e9 if limits.lo_range_hz[1] else None
            settings = OutputSettings(core.core.ports, volts, lo, input_full_scale_v=volts)
            self.link.ledger.send(output_nodes(limits, core.core, settings, 0))
            upload = CoreUpload(self.link, core, elf)
            nodes = program_nodes(limits, core.core, each, made.program, volts)
            self.link.ledger.send(nodes | mode_nodes(core.core, probing=core.probing))
            self.link.ledger.send(trigger_nodes(limits, core.core, made.program))
            upload.send_program()
            assert upload.is_ready()
            upload.send_table()
            upload.send_waves()

    def full_scale(self, core: Core) -> float:
        """A full scale that the output has."""
        return {"hdawg": 0.5, "uhf": 1.5}.get(core.kind) or peak_volts(
            self.link.profile, range_setting(self.link.profile, "output", 1.0)
        )

    def run(self, made: DeviceProgram) -> None:
        """Start all sequencers and wait until they have ended."""
        cores = [core.core for core in made.cores]
        self.link.nodes.set(enabled_nodes(cores))
        release(self.link.nodes, self.link.profile, made.program)
        deadline = time.monotonic() + 10
        while any(self.link.nodes.number(f"{core.node}/enable") for core in cores):
            assert time.monotonic() < deadline, "it does not end"
            time.sleep(0.001)

    def rendered(self, core: Core, start: int, length: int) -> Rendered:
        """What a sequencer emitted."""
        playback = self.device.playback(core.node)
        assert playback is not None
        return playback.render(start, length)

    def emitted(self, core: Core, start: int, length: int) -> NDArray[np.complex128]:
        """What a sequencer's outputs emitted, units of full scale, I and Q as one complex number."""
        volts = self.rendered(core, start, length).volts / self.full_scale(core)
        return np.asarray(volts if np.iscomplexobj(volts) else volts[0] + 1j * volts[1], np.complex128)


def play(
    model: str, wanted: SequencerProgram, compiler: SeqcCompiler, plan: AcquisitionPlan | None = None
) -> tuple[Bench, DeviceProgram, int]:
    """Load and run a program on a fresh device model; tells how many samples after the run its first begins."""
    limits = profile(model)
    made = translated(wanted, plan, limits, dict(enumerate(limits.analyzer_outputs, 1)))
    bench = Bench.of(model)
    try:
        bench.load(made, compiler)
        bench.run(made)
    except BaseException:
        bench.close()
        raise
    return bench, made, made.lead


def worst(model: str, wanted: SequencerProgram, compiler: SeqcCompiler, shown: int = 1 << 15) -> float:
    """The largest difference, in steps of 16 bits, between what is wanted and what a device emits.

    Two passes are looked at, of long programs their first and last samples.
    """
    bench, made, lead = play(model, wanted, compiler)
    try:
        limits = profile(model)
        order = [p for _ in range(min(wanted.passes, 2)) for p in range(len(wanted.lengths))]
        if wanted.order == "sequential":
            order = sorted(order)
        worst_yet = 0.0
        for each in wanted.tracks:
            core = core_of(limits, each.ports)
            now = lead
            for number, index in enumerate(order):
                length = wanted.lengths[index]
                expected = each.samples(index, min(length, shown), wanted.sample_rate_hz)
                silent = all(each.core != core for each in made.cores)
                got = np.zeros(expected.size) if silent else bench.emitted(core, now, expected.size)
                difference = got - expected
                worst_yet = max(
                    worst_yet, float(np.abs(difference.real).max()), float(np.abs(difference.imag).max())
                )
                repeats = wanted.passes if wanted.order == "sequential" else 1
                last_of_kind = number + 1 == len(order) or order[number + 1] != index
                # Sequential: skip the passes that are not looked at.
                now += length * (max(repeats - 1, 1) if wanted.order == "sequential" and last_of_kind else 1)
        return worst_yet / LSB
    finally:
        bench.close()
