"""One or two transmons that are evolved together, as density matrices, exactly."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import DrivenEvolution
from simulators.chip.kernels import walk
from simulators.chip.transmons import Complex, Int, Real, TransmonArray
from simulators.chip.windows import DriveWindow, Events

__all__ = ["Cluster"]

CACHED = 4096
"""Superoperators of distinct windows that are kept."""
SHORTEST_S = 1e-14
"""Silence below this is rounding."""
Kicks = tuple[tuple[float, Complex], ...]
"""(instant in s, factors of each element of the density matrix, (dimension, dimension)) in order of time."""


class Cluster:
    """Evolves the populations of a few coupled transmons through events."""

    def __init__(self, array: TransmonArray) -> None:
        self.array = array
        self._dissipation = Dissipation(array)
        self._driven = DrivenEvolution(array, self._dissipation)
        self._superoperators: OrderedDict[bytes, Complex] = OrderedDict()
        order = array.excitations[:, None] - array.excitations[None, :]
        self._order = np.ascontiguousarray(order.ravel(), np.int64)

    def populations(self, events: Events, initial: int, begin_s: float, end_s: float, kicks: Kicks = ()) -> Real:
        """Populations of the dressed states at the end, from one of them: float64 of shape (dimension,).

        Args:
            events: the windows in [begin_s, end_s].
            initial: dressed state at the beginning.
            begin_s: seconds since all oscillators had phase zero.
            end_s: the same.
            kicks: what residual photons do to the coherences at some instants, for transmons without windows then.
        """
        state = np.zeros((self.array.dimension, self.array.dimension), np.complex128)
        state[initial, initial] = 1.0
        found = np.diagonal(self.advance(state, events, begin_s, end_s, kicks, coherent=False)).real
        return np.asarray(found, np.float64)

    def advance(
        self,
        state: Complex,
        events: Events,
        begin_s: float,
        end_s: float,
        kicks: Kicks = (),
        *,
        coherent: bool = True,
    ) -> Complex:
        """A density matrix at `end_s`, (dimension, dimension), dressed basis, frame `array.frame_hz`.

        If it need not be `coherent`, only its diagonal is right.
        """
        if not events.which.size:
            return self._silent(state, end_s - begin_s, kicks, coherent=coherent)
        state = self._silent(state, float(events.starts_s[0]) - begin_s, (), coherent=True)[None]
        last_s = float(events.starts_s[-1])
        early = tuple(kick for kick in kicks if kick[0] <= last_s)
        through = self.walked if len(self.array.transmons) == 1 else self._stepped
        state = through(state, events, early)[0]
        tail_s = end_s - last_s - float(events.durations_s[-1])
        return self._silent(state, tail_s, kicks[len(early) :], coherent=coherent)

    def _silent(self, state: Complex, duration_s: float, kicks: Kicks, *, coherent: bool) -> Complex:
        """Silence and what photons do during it; both are diagonal in the coherences."""
        diagonal = np.diagonal(state).real
        if not coherent or np.count_nonzero(state) == np.count_nonzero(diagonal):
            found = np.clip(diagonal, 0.0, None)
            return np.diag(self._dissipation.populations(max(0.0, duration_s)) @ (found / found.sum())) + 0j
        if duration_s > SHORTEST_S:
            silence = self._dissipation.silence(round(duration_s, 15))
            state = (silence @ state.reshape(-1)).reshape(state.shape)
        for _, factors in kicks:
            state = state * factors
        return state

    def walked(self, states: Complex, events: Events, kicks: Kicks = ()) -> Complex:
        """Density matrices (batch, dim, dim) through windows and the silences between, as cached superoperators.

        Between the windows the frame turns about N, which commutes with silence: all turns are numbers.
        """
        size = self.array.dimension
        table = [self._superoperator(window) for window in events.windows]
        gaps = events.starts_s[1:] - (events.starts_s + events.durations_s)[:-1]
        lengths, kinds = np.unique(np.round(gaps, 15), return_inverse=True)
        silences = np.where(lengths > SHORTEST_S, np.arange(lengths.size) + len(table), -1)
        table += [self._dissipation.silence(max(0.0, float(length))) for length in lengths]
        which, before, behind = self._interleave(events, silences[kinds])
        angles = np.zeros(which.size + 1)
        opening, closing = self._turns(events)
        angles[before] += opening
        angles[behind] -= closing
        if kicks:
            which, angles = self._kicked(events, which, angles, before, table, kicks=kicks)
        flat = np.ascontiguousarray(states.reshape(len(states), size * size))
        walk(flat, which, np.remainder(angles, 2.0 * np.pi), np.array(table), self._order)
        return flat.reshape(states.shape)

    def _turns(self, events: Events) -> tuple[Real, Real]:
        """Angle of each event's drives against the chip's frame at its beginning and end, rad."""
        apart = np.where(np.isnan(events.frames_hz), 0.0, 2.0 * np.pi * (events.frames_hz - self.array.frame_hz))
        opening = apart * events.starts_s + events.phases_rad
        return opening, opening + apart * events.durations_s

    @staticmethod
    def _interleave(events: Events, silences: Int) -> tuple[Int, Int, Int]:
        """Windows and silences in one list: what to apply, and where each window stands and ends in it."""
        real = silences >= 0
        before = np.arange(events.which.size) + np.concatenate(([0], np.cumsum(real)))
        which = np.empty(events.which.size + int(real.sum()), np.int64)
        which[before] = events.which
        which[before[:-1][real] + 1] = silences[real]
        return which, before, before + 1

    def _kicked(
        self, events: Events, which: Int, angles: Real, before: Int, table: list[Complex], *, kicks: Kicks
    ) -> tuple[Int, Real]:
        """With kicks put in before the first window that begins later than each of them."""
        where = before[np.minimum(np.searchsorted(events.starts_s, [t for t, _ in kicks]), before.size - 1)]
        first = len(table)
        table += [np.diag(factors.ravel()) for _, factors in kicks]
        # A turn before a kick or behind it is the same: both are diagonal.
        return np.insert(which, where, np.arange(len(kicks)) + first), np.insert(angles, where, 0.0)

    def _superoperator(self, window: DriveWindow) -> Complex:
        found = self._superoperators.get(window.key)
        if found is None:
            found = self._superoperators[window.key] = self._driven.superoperator(window)
            if len(self._superoperators) > CACHED:
                self._superoperators.popitem(last=False)
        return found

    def _stepped(self, states: Complex, events: Events, kicks: Kicks) -> Complex:
        """The same with windows stepped through: cheaper than a pair's superoperators of 81 x 81."""
        now, waiting = float(events.starts_s[0]), list(kicks)
        opening, closing = self._turns(events)
        order = self._order.reshape(states.shape[1:])
        columns = zip(
            events.which.tolist(), events.starts_s.tolist(), opening.tolist(), closing.tolist(), strict=True
        )
        for index, start_s, turn, back in columns:
            window = events.windows[index]
            if start_s - now > SHORTEST_S:
                silence = self._dissipation.silence(round(start_s - now, 15))
                states = (states.reshape(len(states), -1) @ silence.T).reshape(states.shape)
            while waiting and waiting[0][0] <= start_s:
                states = states * waiting.pop(0)[1]
            states = self._driven.through(states * np.exp(1j * turn * order), window) * np.exp(-1j * back * order)
            now = start_s + window.duration_s
        return np.asarray(states, np.complex128)
