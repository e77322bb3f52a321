"""What only a test may know. No instrument model may import this module."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulators.chip.chip import Chip
from simulators.chip.content import Content
from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import DrivenEvolution
from simulators.chip.events import find_events
from simulators.chip.plan import find_actions_of
from simulators.chip.transmons import Complex, Real

__all__ = ["Truth", "average_gate_fidelity"]


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

        Args:
            content: signals; acquisitions are of no importance.
            levels: in which the shot begins; 0 where nothing is said.
        """
        names = [transmon.name for transmon in self._chip.device.array.transmons]
        begin = {q: (levels or {}).get(name, 0) for q, name in enumerate(names)}
        found: dict[str, Real] = {}
        for evolver in self._chip.plan(content).evolvers:
            joint = evolver.outcomes(0, begin)
            shape = [self._chip.device.array.transmons[q].levels for q in evolver.members]
            for axis, q in enumerate(evolver.members):
                others = tuple(k for k in range(len(shape)) if k != axis)
                found[names[q]] = np.asarray(joint.reshape(shape).sum(axis=others), np.float64)
        return found

    def unitary(self, content: Content, transmons: tuple[str, ...]) -> Complex:
        """Propagator of a content's drives on one or two transmons, neighbours in level 0, without dissipation.

        Returns:
            complex128 (states, states) between dressed states, in the frame that rotates with each transmon's own
            0-1 transition (all in phase at the beginning): an idle transmon does nothing but ZZ.
        """
        array = self._chip.device.array
        names = [transmon.name for transmon in array.transmons]
        members = tuple(sorted(names.index(name) for name in transmons))
        part = array.part(members, {})
        driven = DrivenEvolution(part, Dissipation(part))
        events = find_events(find_actions_of(self._chip.device, content).actions, members, 0.0, content.duration_s)
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
