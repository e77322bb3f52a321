"""What only a test may know. No instrument model may import this module."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulators.chip.chip import Chip
from simulators.chip.content import Content
from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import DrivenEvolution
from simulators.chip.events import find_events
from simulators.chip.evolving import Begin, Evolver, Found, Node
from simulators.chip.leakage import leaking
from simulators.chip.plan import find_actions_of
from simulators.chip.transmons import Complex, Real

__all__ = ["Truth", "average_gate_fidelity"]

RARE = 1e-9
"""Outcomes of readouts in the middle of a shot that are not followed."""


class Truth:
    """Looks into a chip without disturbing it."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    @property
    def frequencies_hz(self) -> dict[str, float]:
        """Transition 0-1 of each transmon at this moment, with all its neighbours in level 0."""
        array = self._chip.device.array
        found = {}
        for q, transmon in enumerate(array.transmons):
            part = array.part((q,), {})
            found[transmon.name] = float(part.energies_in(0.0)[1] - part.energies_in(0.0)[0]) / (2.0 * np.pi)
        return found

    @property
    def t1_s(self) -> dict[str, float]:
        """T1 of each transmon at this moment."""
        return {transmon.name: transmon.t1_s for transmon in self._chip.device.array.transmons}

    @property
    def levels(self) -> dict[str, int]:
        """Level in which the last shot has left each transmon."""
        names = [transmon.name for transmon in self._chip.device.array.transmons]
        return dict(zip(names, self._chip.levels, strict=True))

    def resonators_hz(self, feedline: str = "feedline") -> dict[str, tuple[float, ...]]:
        """Frequency of each transmon's resonator for each of its levels."""
        names = [transmon.name for transmon in self._chip.device.array.transmons]
        return {
            names[r.transmon]: tuple(r.frequency_hz + shift for shift in r.shifts_hz)
            for r in self._chip.device.feedline(feedline).resonators
        }

    def populations(self, content: Content, levels: Mapping[str, int] | None = None) -> dict[str, Real]:
        """Populations of each transmon's levels where its first readout begins, or at the content's end.

        Jumps of other transmons during their readouts before that are left out.

        Args:
            content: signals; acquisitions are of no importance.
            levels: in which the shot begins; 0 where nothing is said.
        """
        transmons = self._chip.device.array.transmons
        begin = {transmon.name: 0 for transmon in transmons} | dict(levels or {})
        found = {transmon.name: np.zeros(transmon.levels) for transmon in transmons}
        for evolver in self._chip.plan(content).evolvers:
            known = {q: begin[transmon.name] for q, transmon in enumerate(transmons)}
            self._add(evolver, Begin(0, _levels(evolver, 0, known)), 1.0, known, frozenset(), found)
        return found

    def _add(  # noqa: PLR0917 - what is known on the way
        self,
        evolver: Evolver,
        node: Node,
        chance: float,
        known: Mapping[int, int],
        seen: frozenset[int],
        found: dict[str, Real],
    ) -> None:
        """What is found of a cluster's members for the first time, weighted with how likely it comes to that."""
        names = [transmon.name for transmon in self._chip.device.array.transmons]
        drawn, number = evolver.stage(node.stage).drawn, node.stage + 1
        for choice, likely in enumerate((chance * evolver.outcomes(node)).tolist()):
            if likely < RARE:
                continue
            levels = evolver.levels_of(node.stage, choice)
            for q in set(drawn) - seen:
                found[names[q]][levels[q]] += likely
            if seen.union(drawn) < set(evolver.members):
                now = {**known, **levels}
                fresh, held = evolver.stage(number).fresh, _levels(evolver, number, now)
                following = Begin(number, held) if fresh else Found(number, node, choice, held)
                self._add(evolver, following, likely, now, seen.union(drawn), found)

    def unitary(self, content: Content, transmons: tuple[str, ...]) -> Complex:
        """Propagator of a content's drives on one or two transmons, neighbours in level 0, without dissipation.

        Returns:
            complex128 (states, states) between dressed states, in the frame that rotates with each transmon's own
            0-1 transition (all in phase at the beginning): an idle transmon does nothing but ZZ.
        """
        device = leaking(self._chip.device, content)
        array = device.array
        names = [transmon.name for transmon in array.transmons]
        members = tuple(sorted(names.index(name) for name in transmons))
        part = array.part(members, {})
        driven = DrivenEvolution(part, Dissipation(part))
        events = find_events(find_actions_of(device, content).actions, members, 0.0, content.duration_s)
        total: Complex = np.eye(part.dimension, dtype=np.complex128)
        now = 0.0
        columns = zip(events.which.tolist(), events.starts_s.tolist(), events.phases_rad.tolist(), strict=True)
        for index, start_s, phase in columns:
            window = events.windows[index]
            stop_s = start_s + window.duration_s
            opening, closing = (
                np.exp(1j * (driven.turn(window, t) + phase) * part.excitations) for t in (start_s, stop_s)
            )
            total = np.exp(-1j * part.energies * (start_s - now))[:, None] * total
            total = closing.conj()[:, None] * (driven.unitary(window) @ (opening[:, None] * total))
            now = stop_s
        total = np.exp(-1j * part.energies * (content.duration_s - now))[:, None] * total
        ones = np.ravel_multi_index(tuple(np.eye(len(members), dtype=np.int64)), part.shape)
        single = part.energies[ones] - part.energies[0]
        return np.asarray(
            np.exp(1j * content.duration_s * (part.levels_of @ single))[:, None] * total, np.complex128
        )


def _levels(evolver: Evolver, stage: int, known: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """Those that decide a stage."""
    return tuple((q, known[q]) for q, _ in evolver.depends(stage))


def average_gate_fidelity(unitary: Complex, gate: Complex, *, phases_free: bool = False) -> float:
    """Of a propagator's part within the lowest levels against a gate.

    F = (tr(M^+ M) + |tr(V^+ M)|^2) / (d (d + 1)), with M the part of the propagator between the gate's states
    (Pedersen, Moller, Molmer, Phys. Lett. A 367, 47).

    Args:
        unitary: complex128 (levels, levels) of one transmon, or of the gate's own size.
        gate: complex128 (d, d), V.
        phases_free: virtual Z before and behind are chosen best; for one transmon only.
    """
    size = len(gate)
    part = unitary[:size, :size]
    kept = float(np.trace(part.conj().T @ part).real)
    terms = gate.conj() * part
    overlap = float(np.abs(terms).sum()) if phases_free else float(abs(terms.sum()))
    return (kept + overlap**2) / (size * (size + 1.0))
