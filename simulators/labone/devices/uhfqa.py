"""The UHFQA: a generator of two outputs, and the quantum analyzer unit behind its two inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.core import SequencerCore
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.instrument import SequencerDevice
from simulators.labone.devices.logger import LoggerSettings, average
from simulators.labone.devices.measuring import measure, trace_mean
from simulators.labone.devices.oscillators import Oscillator, frequency_word
from simulators.labone.devices.outputs import HdawgOutput
from simulators.labone.devices.readout import READOUT
from simulators.labone.devices.setup import Family
from simulators.labone.devices.uhfunit import UNITS, Source, UnitSettings, kernels, results
from simulators.labone.faults import DeviceFault
from simulators.labone.hooks import Change
from simulators.labone.nodes import NodeTree
from simulators.labone.outcome import NodeRefused
from simulators.labone.values import NodeValue

__all__ = ["Uhfqa"]

_RATE = 1_800_000_000
_MAX_WEIGHT = 4096
_QA = "qas/0"
_CORRELATIONS = (4, 5)
"""Values of result/source for products of the results of two units."""


@dataclass(frozen=True, slots=True)
class _UhfCore:
    tree: NodeTree

    def state(self) -> PlayerState:
        return PlayerState((0, 0), (1.0, 1.0), 0)

    def oscillators(self) -> tuple[Oscillator, ...]:
        count = len(self.tree.match("oscs/*/freq"))
        return tuple(
            Oscillator(frequency_word(self.tree.number(f"oscs/{number}/freq"), _RATE)) for number in range(count)
        )

    def output(self) -> HdawgOutput:
        tree = self.tree
        return HdawgOutput(
            on=(bool(tree.integer("sigouts/0/on")), bool(tree.integer("sigouts/1/on"))),
            volts=(tree.number("sigouts/0/range"), tree.number("sigouts/1/range")),
            offsets=(tree.number("sigouts/0/offset"), tree.number("sigouts/1/offset")),
            amplitudes=(tree.number("awgs/0/outputs/0/amplitude"), tree.number("awgs/0/outputs/1/amplitude")),
        )


@dataclass
class Uhfqa(SequencerDevice):
    """A UHFQA with the AWG option."""

    def build(self) -> None:
        """One core; the unit's matrices start as unit matrices."""
        self._switchings = 0
        self.cores["awgs/0"] = SequencerCore(self.tree, "awgs/0", Family.UHF, _UhfCore(self.tree))
        for pattern in ("deskew", "crosstalk"):
            for path in self.tree.match(f"{_QA}/{pattern}/rows/*/cols/*"):
                row, column = (int(word) for word in path.split("/")[-3::2])
                self.tree.put(path, float(row == column))
        for path in self.tree.match(f"{_QA}/rotations/*"):
            self.tree.put(path, 1 + 0j)
        self.tree.before_set(f"{_QA}/result/source", _refuse_correlation)
        for unit in ("result", "monitor"):
            self.tree.after_set(f"{_QA}/{unit}/reset", self._reset_logger)
            self.tree.after_set(f"{_QA}/{unit}/enable", self._logger_enabled)

    def measure(self, core: SequencerCore) -> None:
        """The result logger, and the input monitor."""
        if self.tree.integer(f"{_QA}/result/enable"):
            self._log_results(core)
        if self.tree.integer(f"{_QA}/monitor/enable"):
            self._monitor(core)

    def _reset_logger(self, change: Change) -> None:
        if change.value:
            at = change.path.rsplit("/", 1)[0]
            self.tree.put(f"{at}/acquired", 0)
            self.tree.put(f"{at}/errors", 0)
            self.tree.put(change.path, 0)

    def _logger_enabled(self, change: Change) -> None:
        core = self.cores["awgs/0"]
        self._switchings += 1
        if change.value:
            self.tree.put(change.path.rsplit("/", 1)[0] + "/acquired", 0)
            if core.running and core.playback is not None:
                self.worker.submit(lambda: self.measure(core))

    def _log_results(self, core: SequencerCore) -> None:
        if core.playback is None:
            return
        tree, at = self.tree, f"{_QA}/result"
        settings = LoggerSettings(
            max(1, tree.integer(f"{at}/length")),
            max(1, tree.integer(f"{at}/averages")),
            tree.integer(f"{at}/mode"),
        )
        length = min(max(4, tree.integer(f"{_QA}/integration/length")), _MAX_WEIGHT)
        unit, began = self._unit(length), self._switchings

        def proceed(taken: int) -> bool:
            # Stopped, or enabled anew: these are results that nobody asks for any more.
            if self._switchings != began:
                return False
            tree.put(f"{at}/acquired", min(taken, settings.total - 1))
            return True

        measurement = measure(
            core.playback,
            self.surroundings.readout_input(self.serial, 0),
            mode=READOUT,
            delay=tree.integer(f"{_QA}/delay"),
            length=length,
            weights=dict(enumerate(kernels(unit))),
            total=settings.total,
            identity=(self.serial, 0, _RATE),
            silent=not (tree.integer("sigins/0/on") or tree.integer("sigins/1/on")),
            proceed=proceed,
            partners=UNITS,
        )
        if measurement is None:
            return
        tree.put(f"{at}/errors", measurement.holdoffs + int(self.faults.take(DeviceFault.OVERFLOW)))
        tree.put(f"{at}/acquired", min(measurement.taken, settings.total))
        source = tree.integer(f"{at}/source")
        size = max((values.size for values in measurement.values.values()), default=0)
        sums = np.zeros((size, 2 * UNITS), dtype=np.complex128)
        for number, values in measurement.values.items():
            sums[: values.size, number] = values
        complete = False
        for number, column in enumerate(results(sums, unit, source).T):
            averaged = average(column[: measurement.values[number].size], settings)
            if averaged is not None:
                complete = True
                wanted = averaged if source == Source.INTEGRATION else averaged.real.copy()
                tree.put(f"{at}/data/{number}/wave", wanted)
        if complete:
            tree.put(f"{at}/enable", 0)

    def _monitor(self, core: SequencerCore) -> None:
        if core.playback is None:
            return
        tree, at = self.tree, f"{_QA}/monitor"
        averages, began = max(1, tree.integer(f"{at}/averages")), self._switchings
        traces = trace_mean(
            core.playback,
            self.surroundings.readout_input(self.serial, 0),
            mode=READOUT,
            delay=0,
            length=max(1, tree.integer(f"{at}/length")),
            segments=1,
            averages=averages,
            identity=(self.serial, 0, _RATE),
            silent=not (tree.integer("sigins/0/on") or tree.integer("sigins/1/on")),
        )
        if traces is not None and self._switchings == began:
            tree.put(f"{at}/acquired", averages)
            tree.put(f"{at}/inputs/0/wave", traces[0].real.copy())
            tree.put(f"{at}/inputs/1/wave", traces[0].imag.copy())
            tree.put(f"{at}/enable", 0)

    def _unit(self, length: int) -> UnitSettings:
        tree = self.tree

        def weight(part: str, number: int) -> npt.NDArray[np.float64]:
            value = tree.value(f"{_QA}/integration/weights/{number}/{part}")
            row = np.zeros(length)
            if isinstance(value, np.ndarray):
                row[: min(length, value.size)] = value[:length].astype(np.float64)
            return row

        def matrix(name: str, size: int, bypass: str) -> npt.NDArray[np.float64]:
            if tree.integer(f"{_QA}/bypass/{bypass}"):
                return np.eye(size)
            rows = range(size)
            return np.array([[tree.number(f"{_QA}/{name}/rows/{row}/cols/{col}") for col in rows] for row in rows])

        def units(read: Callable[[int], complex]) -> npt.NDArray[np.complex128]:
            return np.array([read(number) for number in range(UNITS)], dtype=np.complex128)

        bypassed = bool(tree.integer(f"{_QA}/bypass/rotation"))
        return UnitSettings(
            deskew=matrix("deskew", 2, "deskew"),
            real=np.stack([weight("real", number) for number in range(UNITS)]),
            imag=np.stack([weight("imag", number) for number in range(UNITS)]),
            swapped=np.array(
                [bool(tree.integer(f"{_QA}/integration/sources/{number}")) for number in range(UNITS)]
            ),
            rotations=units(lambda number: 1 if bypassed else _complex(tree, f"{_QA}/rotations/{number}")),
            crosstalk=matrix("crosstalk", UNITS, "crosstalk"),
            thresholds=units(lambda number: tree.number(f"{_QA}/thresholds/{number}/level")).real.copy(),
        )


def _refuse_correlation(change: Change) -> NodeValue:
    if change.value in _CORRELATIONS:
        raise NodeRefused(f"{change.path}: products of two results are not simulated")
    return change.value


def _complex(tree: NodeTree, path: str) -> complex:
    value = tree.value(path)
    return complex(value) if isinstance(value, int | float | complex) else 1 + 0j
