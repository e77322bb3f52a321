"""The program of one generator."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from drivers.contract import SILENCE, InstrumentProgram, PlaybackLimits, Problem, Step
from runtime.lowering.acquisition import Digitizer, marker_pulse
from runtime.lowering.clock import exact
from runtime.lowering.playlist import StepGrid, idle_steps
from runtime.lowering.ports import PortPair, port_pairs
from runtime.lowering.segments import segments
from runtime.lowering.signals import Part, Signals
from runtime.lowering.tables import PulseTable
from runtime.lowering.timeline import Timeline
from runtime.lowering.waveforms import WaveformStore
from runtime.lowering.wiring import Predistortion, Wiring

__all__ = ["Generator"]


class Generator:
    """Renders timelines for one generator; what cannot be rendered goes to `problems`.

    Timelines that agree in what a pair of ports plays share its waveforms without rendering them again, so the
    readout of a sweep is rendered once.
    """

    def __init__(
        self,
        name: str,
        limits: PlaybackLimits,
        wiring: Wiring,
        grid: StepGrid,
        digitizers: Sequence[Digitizer],
    ) -> None:
        self.problems: list[Problem] = []
        self.peaks: dict[int, float] = {}
        """Port to the largest magnitude that it emits, units of full scale."""
        self._name = name
        self._limits = limits
        self._wiring = wiring
        self._grid = grid
        self._rate_hz = wiring.sample_rates_hz[name]
        self._pairs = port_pairs(wiring, name)
        self._digitizers = tuple(one for one in digitizers if one.trigger.instrument == name)
        self._names = {port: text for pair in self._pairs for port, text in pair.names.items()}
        for digitizer in self._digitizers:
            self._names.setdefault(digitizer.trigger.port, f"trigger of {digitizer.name}")
        self._ports = tuple(sorted(self._names))
        # On the lines that hasten and delay most; a marker is low again before its entry ends.
        delays = [exact(line.delay_s) for line in wiring.outputs]
        self._margins_s = (min(Fraction(0), *delays), max(Fraction(0), *delays))
        self._signals = Signals(self._pairs, wiring, self._rate_hz, self.problems)
        self._table = PulseTable()
        self._store = WaveformStore()
        self._pulses: dict[int, NDArray[np.int32]] = {}
        self._rendered: dict[Hashable, tuple[int, int]] = {}

    def program(self, timelines: Sequence[Timeline]) -> InstrumentProgram:
        """The play list of a batch: the entries of each timeline, followed by its idle."""
        idle = self._silence(exact(self._wiring.idle_s))
        steps = [
            step
            for index, timeline in enumerate(timelines)
            for step in (*self._steps(timeline, f"program {index} ({timeline.name})"), *idle)
        ]
        return InstrumentProgram(
            instrument=self._name,
            sample_rate_hz=self._rate_hz,
            ports=self._ports,
            waveforms=tuple(self._store.waveforms),
            steps=tuple(steps),
            port_names=tuple(self._names[port] for port in self._ports),
            interpolation=self._wiring.interpolation if self._signals.cache.interpolated else "none",
        )

    def _steps(self, timeline: Timeline, label: str) -> Iterator[Step]:
        """The entries of a program: what is played, and long silences between."""
        pulses = self._pulse_rows(timeline)
        # A filter's memory does not end with its input, so a line with one is rendered throughout.
        plain = all(line.predistortion == Predistortion() for line in self._wiring.outputs)
        for segment in segments(timeline, self._grid, self._margins_s, cut=plain):
            yield from self._silence(segment.silent_s)
            begin, length = int(segment.start_s * self._rate_hz), int(segment.length_s * self._rate_hz)
            part = Part(timeline, pulses, begin, length, segment.ticks)
            waveforms: dict[int, int] = {}
            for pair in self._pairs:
                waveforms[pair.i_port], waveforms[pair.q_port] = self._render(pair, part, label)
            markers = (marker_pulse(digitizer, timeline, begin, length) for digitizer in self._digitizers)
            yield Step(self._row(waveforms), length, 1, tuple(chain.from_iterable(markers)))

    def _pulse_rows(self, timeline: Timeline) -> NDArray[np.int32]:
        """For each of the timeline's pulses its row in the generator's table; timelines of a batch share them."""
        known = self._pulses.get(id(timeline.batch))
        if known is None:
            known = self._pulses[id(timeline.batch)] = self._table.rows(timeline.pulses)
        return known

    def _row(self, waveforms: dict[int, int]) -> tuple[int, ...]:
        return tuple(waveforms.get(port, SILENCE) for port in self._ports)

    def _silence(self, silent_s: Fraction) -> tuple[Step, ...]:
        """Entries in which ports stay at their offsets."""
        if not silent_s:
            return ()
        length = int(self._grid.shortest_s * self._rate_hz)
        waveforms: dict[int, int] = {}
        for pair in self._pairs:
            waveforms[pair.i_port] = self._store.constant(pair.mixer.offset_i, length)
            waveforms[pair.q_port] = self._store.constant(pair.mixer.offset_q, length)
        return idle_steps(
            silent_s, self._grid.shortest_s, self._rate_hz, self._limits.max_repeat, self._row(waveforms)
        )

    def _render(self, pair: PortPair, part: Part, label: str) -> tuple[int, int]:
        """The waveforms of a pair of ports, from those that are known if they were rendered before."""
        key = (pair.i_port, part.begin, part.length, self._signals.key(pair, part))
        known = self._rendered.get(key)
        if known is not None:
            return known
        indices = []
        ports, emitted = (pair.i_port, pair.q_port), self._signals.ports(pair, part)
        for port, samples in zip(ports, emitted, strict=True):
            self._check(port, samples, f"{self._name} port {port} ({self._names[port]}), {label}", part.begin)
            indices.append(self._store.add(samples))
        self._rendered[key] = found = (indices[0], indices[1])
        return found

    def _check(self, port: int, samples: NDArray[np.float64], place: str, begin: int) -> None:
        """Finite and within full scale, after the last step; told with the distance to full scale."""
        highest = float(np.abs(samples).max(initial=0.0))  # NaN and infinity come through
        self.peaks[port] = max(self.peaks.get(port, 0.0), highest)
        if not np.isfinite(highest):
            first = int(np.flatnonzero(~np.isfinite(samples))[0])
            got = f"{samples[first]} at sample {begin + first}"
            self.problems.append(Problem("samples that are not finite", place, got, "finite numbers"))
        elif highest > 1.0:
            at = int(np.abs(samples).argmax())
            got = f"|port| = {highest:.6g} at sample {begin + at}, headroom {100 * (1 - highest):.3g} %"
            fix = "Lower the amplitude, the line's scale, or the mixer's correction"
            self.problems.append(Problem("over full scale", place, got, "|port| <= 1", fix))
