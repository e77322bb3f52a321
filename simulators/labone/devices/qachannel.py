"""A quantum analyzer channel of an SHF instrument behind its nodes: from settings to results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.labone.devices.core import SequencerCore, as_bytes
from simulators.labone.devices.events import PlayerState
from simulators.labone.devices.logger import LoggerSettings, average
from simulators.labone.devices.measuring import Measurement, measure
from simulators.labone.devices.oscillators import Oscillator, frequency_word
from simulators.labone.devices.outputs import dbm_to_volts
from simulators.labone.devices.readout import READOUT, QaOutput
from simulators.labone.devices.setup import Family
from simulators.labone.devices.surroundings import ReadoutInput
from simulators.labone.faults import DeviceFault, DeviceFaults
from simulators.labone.hooks import Change
from simulators.labone.nodes import NodeTree
from simulators.labone.outcome import NodeRefused
from simulators.labone.values import NodeValue, ResultVector

__all__ = ["MAX_SLOT_SAMPLES", "QaChannel"]

MAX_SLOT_SAMPLES = 4096
"""Samples of a waveform slot and of an integration weight."""
_MAX_ENVELOPE = 1 << 16
_TWO_STATES = 2
_DISCRIMINATED = 3
"""Value of readout/result/source for the results of discrimination."""


@dataclass
class QaChannel:
    """One channel: output, input, integration, result loggers.

    Attributes:
        tree: The device's nodes.
        index: Of the channel.
        serial: Of the device.
        sample_rate_hz: Of the channel.
        faults: What it is asked to do wrong.
        clock: Ticks of the instrument.
    """

    tree: NodeTree
    index: int
    serial: str
    sample_rate_hz: int
    faults: DeviceFaults
    clock: Callable[[], int]

    def __post_init__(self) -> None:
        self.path = f"qachannels/{self.index}"
        self._switchings = 0
        self.core = SequencerCore(self.tree, f"{self.path}/generator", Family.QA, self)
        at = self.path
        for pattern in ("generator/waveforms/*/wave", "readout/integration/weights/*/wave"):
            self.tree.before_set(f"{at}/{pattern}", lambda change: _complex(change, MAX_SLOT_SAMPLES))
        self.tree.before_set(f"{at}/spectroscopy/envelope/wave", lambda change: _complex(change, _MAX_ENVELOPE))
        self.tree.after_set(f"{at}/generator/waveforms/*/wave", self._measure_slot)
        self.tree.after_set(f"{at}/spectroscopy/envelope/wave", self._measure_slot)
        self.tree.after_set(f"{at}/generator/clearwave", lambda _change: self._clear("generator/waveforms"))
        self.tree.after_set(f"{at}/readout/integration/clearweight", lambda _change: self._clear_weights())
        for unit in ("readout", "spectroscopy"):
            self.tree.after_set(f"{at}/{unit}/result/enable", self._prepare)

    @property
    def mode(self) -> int:
        """`READOUT` or `PROBE`."""
        return self.tree.integer(f"{self.path}/mode")

    def state(self) -> PlayerState:
        """The sequencer plays no waveforms of its own, so nothing is carried."""
        return PlayerState((0,), (1.0, 0.0, 0.0, 1.0), 0)

    def oscillators(self) -> tuple[Oscillator, ...]:
        """The channel's oscillators."""
        paths = self.tree.match(f"{self.path}/oscs/*/freq")
        return tuple(Oscillator(frequency_word(self.tree.number(path), self.sample_rate_hz)) for path in paths)

    def output(self) -> QaOutput:
        """The output as its nodes set it now."""
        envelope = None
        if self.tree.integer(f"{self.path}/spectroscopy/envelope/enable"):
            envelope = self._vector("spectroscopy/envelope/wave")
        return QaOutput(
            on=bool(self.tree.integer(f"{self.path}/output/on")),
            volts=dbm_to_volts(self.tree.number(f"{self.path}/output/range")),
            mode=self.mode,
            slots=dict(self._filled("generator/waveforms/*/wave")),
            delay=self._samples("generator/delay"),
            gain=self.tree.number(f"{self.path}/oscs/0/gain"),
            envelope=envelope,
            envelope_delay=self._samples("spectroscopy/envelope/delay"),
        )

    def wants_results(self) -> bool:
        """Whether a result logger waits for readouts."""
        return bool(self.tree.integer(f"{self.path}/{self._unit}/result/enable"))

    def acquire(self, source: ReadoutInput) -> None:
        """Take what the run's readouts gave, and fill the result logger that is enabled."""
        playback = self.core.playback
        if playback is None or not self.wants_results():
            return
        playback.update(self.output())
        at = f"{self.path}/{self._unit}/result"
        settings = LoggerSettings(
            max(1, self.tree.integer(f"{at}/length")),
            max(1, self.tree.integer(f"{at}/averages")),
            self.tree.integer(f"{at}/mode"),
        )
        weights, began = self._weights(), self._switchings
        length = self._integration_length()

        def proceed(taken: int) -> bool:
            # Stopped, or enabled anew: these are results that nobody asks for any more.
            if self._switchings != began:
                return False
            self.tree.put(f"{at}/acquired", min(taken, settings.total - 1))
            return True

        measurement = measure(
            playback,
            source,
            mode=self.mode,
            delay=self._samples("readout/integration/delay" if self.mode == READOUT else "spectroscopy/delay"),
            length=length,
            weights={unit: _fitted(weight, length) for unit, weight in weights.items()},
            total=settings.total,
            identity=(self.serial, self.index, self.sample_rate_hz),
            silent=not self.tree.integer(f"{self.path}/input/on"),
            proceed=proceed,
        )
        if measurement is None:
            return
        errors = measurement.holdoffs + int(self.faults.take(DeviceFault.OVERFLOW))
        self.tree.put(f"{at}/errors", errors)
        self.tree.put(f"{at}/acquired", min(measurement.taken, settings.total))
        self._hand_out(measurement, settings, errors)

    def _hand_out(self, measurement: Measurement, settings: LoggerSettings, errors: int) -> None:
        at = f"{self.path}/{self._unit}/result"
        source = self.tree.integer(f"{at}/source") if f"{at}/source" in self.tree else 0
        handed = {
            unit: average(self._judged(unit, values, source), settings)
            for unit, values in measurement.values.items()
        }
        if measurement.taken < settings.total or (handed and all(vector is None for vector in handed.values())):
            return
        for path in self.tree.match(f"{at}/data/*/wave" if self.mode == READOUT else f"{at}/data/wave"):
            unit = int(path.split("/")[-2]) if self.mode == READOUT else 0
            # Units that took part in too few readouts have no results; those without weights integrate to zero.
            nothing = np.full(settings.length, np.nan if unit in handed else 0.0, dtype=np.complex128)
            averaged = handed.get(unit)
            vector = nothing if averaged is None else averaged
            self.tree.put(
                path,
                ResultVector(
                    vector=vector.real.copy() if source == _DISCRIMINATED else vector,
                    timestamp=self.clock(),
                    data_source=source,
                    averages=settings.averages,
                    acquired=min(measurement.taken, settings.total),
                    holdoff_errors=(errors, 0, 0),
                ),
            )
        self.tree.put(f"{at}/enable", 0)

    def _judged(self, unit: int, values: npt.NDArray[np.complex128], source: int) -> npt.NDArray[np.complex128]:
        """What the logger averages of the sums of a unit."""
        if self.mode != READOUT:
            return self._spectrum(values)
        if source != _DISCRIMINATED:
            return values
        threshold = self.tree.number(
            f"{self.path}/readout/multistate/qudits/{unit}/thresholds/0/value"
            if self._multistate
            else f"{self.path}/readout/discriminators/{unit}/threshold"
        )
        return np.asarray(values.real > threshold, dtype=np.complex128)

    def _spectrum(self, means: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
        """Spectroscopy in rms volts, or their power in V^2/Hz, which is taken of each readout before averaging.

        As the vendor's example of power spectral densities expects them: of a tone with V rms, |V|^2 times the
        integration time, the bandwidth being its inverse.
        """
        rms = means / np.sqrt(2.0)
        path = f"{self.path}/spectroscopy/psd/enable"
        if path not in self.tree or not self.tree.integer(path):
            return np.asarray(rms)
        seconds = self._integration_length() / self.sample_rate_hz
        return np.asarray(np.abs(rms) ** 2 * seconds, dtype=np.complex128)

    @property
    def _multistate(self) -> bool:
        path = f"{self.path}/readout/multistate/enable"
        return path in self.tree and bool(self.tree.integer(path))

    def _weights(self) -> dict[int, npt.NDArray[np.complex128]]:
        """By integration unit; with multistate discrimination, a qudit of two states is the unit of its number."""
        if not self._multistate:
            return dict(self._filled("readout/integration/weights/*/wave"))
        at = "readout/multistate/qudits"
        return {
            qudit: vector
            for qudit in range(len(self.tree.match(f"{self.path}/{at}/*/enable")))
            if self.tree.integer(f"{self.path}/{at}/{qudit}/enable")
            and self.tree.integer(f"{self.path}/{at}/{qudit}/numstates") in (0, _TWO_STATES)
            and (vector := self._vector(f"{at}/{qudit}/weights/0/wave")).size
        }

    @property
    def _unit(self) -> str:
        return "readout" if self.mode == READOUT else "spectroscopy"

    def _integration_length(self) -> int:
        name = "readout/integration/length" if self.mode == READOUT else "spectroscopy/length"
        return max(4, self.tree.integer(f"{self.path}/{name}"))

    def _samples(self, name: str) -> int:
        # Delays are kept in steps of 2 ns: four samples.
        return 4 * round(self.tree.number(f"{self.path}/{name}") * self.sample_rate_hz / 4)

    def _vector(self, name: str) -> npt.NDArray[np.complex128]:
        value = self.tree.value(f"{self.path}/{name}")
        return (
            value if isinstance(value, np.ndarray) and value.dtype == np.complex128 else np.zeros(0, np.complex128)
        )

    def _filled(self, pattern: str) -> Iterator[tuple[int, npt.NDArray[np.complex128]]]:
        for path in self.tree.match(f"{self.path}/{pattern}"):
            name = path.removeprefix(f"{self.path}/")
            if (vector := self._vector(name)).size:
                yield int(name.split("/")[-2]), vector

    def _prepare(self, change: Change) -> None:
        self._switchings += 1
        if change.value:
            at = change.path.rsplit("/", 1)[0]
            self.tree.put(f"{at}/acquired", 0)
            self.tree.put(f"{at}/errors", 0)

    def _measure_slot(self, change: Change) -> None:
        length = change.path.rsplit("/", 1)[0] + "/length"
        if length in self.tree:
            self.tree.put(length, self._vector(change.path.removeprefix(f"{self.path}/")).size)

    def _clear(self, name: str) -> None:
        for path in self.tree.match(f"{self.path}/{name}/*/wave"):
            self.tree.put(path, np.zeros(0, dtype=np.complex128))
            self.tree.put(f"{path.rsplit('/', 1)[0]}/length", 0)

    def _clear_weights(self) -> None:
        for path in self.tree.match(f"{self.path}/readout/integration/weights/*/wave"):
            self.tree.put(path, np.zeros(0, dtype=np.complex128))


def _complex(change: Change, most: int) -> NodeValue:
    value = change.value
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "cf":
        raise NodeRefused(f"{change.path} takes a vector of complex samples, not {len(as_bytes(value))} bytes")
    if value.size > most:
        raise NodeRefused(f"{change.path} takes at most {most} samples, not {value.size}")
    return np.asarray(value, dtype=np.complex128)


def _fitted(weight: npt.NDArray[np.complex128], length: int) -> npt.NDArray[np.complex128]:
    fitted = np.zeros(length, dtype=np.complex128)
    fitted[: min(length, weight.size)] = weight[:length]
    return fitted
