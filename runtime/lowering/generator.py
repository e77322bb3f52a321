"""The program of one generator."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from drivers.contract import SILENCE, InstrumentProgram, PlaybackLimits, Problem, Step
from runtime.lowering.acquisition import marker_pulse
from runtime.lowering.clock import exact
from runtime.lowering.crosstalk import Coupling
from runtime.lowering.distortion import filter_memory
from runtime.lowering.playlist import StepGrid, idle_steps
from runtime.lowering.ports import PortPair, port_pairs
from runtime.lowering.segments import Segment, segments
from runtime.lowering.signals import Part, Signals
from runtime.lowering.tables import PulseTable
from runtime.lowering.timeline import Timeline
from runtime.lowering.triggers import Trigger
from runtime.lowering.waveforms import WaveformStore
from runtime.lowering.wiring import Wiring

__all__ = ["Generator"]


class Generator:
    """Renders timelines for one generator; what cannot be rendered goes to `problems`.

    Timelines that agree in what a pair of ports plays share its waveforms without rendering them again, so the
    readout of a sweep is rendered once.
    """

    def __init__(  # noqa: PLR0917 - called once, by `Stage`
        self,
        name: str,
        limits: PlaybackLimits,
        wiring: Wiring,
        grid: StepGrid,
        triggers: Sequence[Trigger],
        coupling: Coupling,
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
        self._triggers = tuple(one for one in triggers if one.line.instrument == name)
        self._names = {port: text for pair in self._pairs for port, text in pair.names.items()}
        for trigger in self._triggers:
            self._names.setdefault(trigger.line.port, f"trigger of {trigger.line.started}")
        self._ports = tuple(sorted(self._names))
        # On the lines that hasten and delay most; a marker is low again before its entry ends.
        delays = [exact(line.delay_s) for line in wiring.outputs]
        self._margins_s = (min(Fraction(0), *delays), max(Fraction(0), *delays))
        self._tail_s = _tail_s(wiring)
        self._signals = Signals(name, wiring, coupling.restarting, self.problems)
        self._period_s = coupling.period_s
        self._table = PulseTable()
        self._store = WaveformStore()
        self._pulses: dict[int, NDArray[np.int32]] = {}
        self._rendered: dict[Hashable, tuple[int, int]] = {}

    def program(self, timelines: Sequence[Timeline]) -> InstrumentProgram:
        """The play list of a batch: the entries of each timeline, followed by its idle."""
        idle = self._silence(exact(self._wiring.idle_s))
        idle_s = Fraction(sum(step.length * step.repeat for step in idle), self._rate_hz)
        steps: list[Step] = []
        begins = []
        for index, timeline in enumerate(timelines):
            begins.append(len(steps))
            parts, pause = segments(timeline, self._grid, self._margins_s, self._tail_s), idle
            if self._period_s is not None:
                parts[-1], pause_s = _until_alike(parts[-1], idle_s, self._period_s, self._grid.shortest_s)
                pause = self._silence(pause_s)
            steps += (*self._steps(index, timeline, parts), *pause)
        return InstrumentProgram(
            instrument=self._name,
            sample_rate_hz=self._rate_hz,
            ports=self._ports,
            waveforms=tuple(self._store.waveforms),
            steps=tuple(steps),
            port_names=tuple(self._names[port] for port in self._ports),
            interpolation=self._wiring.interpolation if self._signals.cache.interpolated else "none",
            begins=tuple(begins),
        )

    def _steps(self, index: int, timeline: Timeline, parts: Sequence[Segment]) -> Iterator[Step]:
        """The entries of a program: what is played, and long silences between."""
        pulses, label = self._pulse_rows(timeline), f"program {index} ({timeline.name})"
        for segment in parts:
            yield from self._silence(segment.silent_s)
            begin, length = int(segment.start_s * self._rate_hz), int(segment.length_s * self._rate_hz)
            part = Part(timeline, pulses, begin, length, segment.ticks)
            waveforms: dict[int, int] = {}
            for pair in self._pairs:
                waveforms |= zip(pair.ports, self._render(pair, part, label), strict=True)
            markers = (marker_pulse(one, index, self._rate_hz, begin, length) for one in self._triggers)
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
            offsets = (pair.mixer.offset_i, pair.mixer.offset_q)
            silent = [self._store.constant(offset, length) for offset in offsets]
            waveforms |= zip(pair.ports, silent, strict=True)
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
        for port, samples in zip(pair.ports, self._signals.ports(pair, part), strict=True):
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


def _until_alike(
    last: Segment, idle_s: Fraction, period_s: Fraction, entry_s: Fraction
) -> tuple[Segment, Fraction]:
    """A program's last segment and its idle, so long that the next program finds all oscillators alike."""
    more_s = -(last.start_s + last.length_s + idle_s) % period_s
    # What is no whole entry of silence is rendered.
    rest_s = more_s % entry_s
    return replace(last, length_s=last.length_s + rest_s), idle_s + more_s - rest_s


def _tail_s(wiring: Wiring) -> Fraction | None:
    """How long after a pulse the filters of some line still emit something; None if one never forgets."""
    longest = Fraction(0)
    for line in wiring.outputs:
        rate_hz = wiring.sample_rates_hz[line.instrument]
        samples = filter_memory(line.predistortion, rate_hz)
        if samples is None:
            return None
        longest = max(longest, Fraction(samples, rate_hz))
    return longest
