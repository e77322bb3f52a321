"""What happens to a chip between experiments: parameters wander, defects come and go; all of it from one seed."""

from __future__ import annotations

import numpy as np

from simulators.chip.config import ChipConfig
from simulators.chip.sections import FeedlineConfig, ResonatorConfig, TransmonConfig, WanderConfig
from simulators.chip.transmons import Real

__all__ = ["Drift"]

KINDS = ("frequency", "t1", "chi", "gain")


class Drift:
    """Ornstein-Uhlenbeck processes and random telegraph jumps on a chip file's parameters.

    Both are exact for steps of any length: x goes to x exp(-dt / tau) + sigma sqrt(1 - exp(-2 dt / tau)) N(0, 1),
    and a defect is on with p + (on - p) exp(-(r_on + r_off) dt), p = r_on / (r_on + r_off).
    """

    def __init__(self, config: ChipConfig, seed: np.random.SeedSequence) -> None:
        self._config = config
        self._generator = np.random.default_rng(seed)
        resonators = sum(len(line.resonators) for line in config.all_feedlines.values())
        sizes = {"frequency": len(config.transmons), "t1": len(config.transmons), "chi": resonators}
        self._wander: dict[str, Real] = {
            kind: np.zeros(sizes.get(kind, len(config.all_feedlines))) for kind in KINDS
        }
        self._on = np.zeros(len(config.drift.defects), np.bool_)

    def advance(self, seconds: float) -> bool:
        """Let time pass in the lab; returns whether anything has changed."""
        seconds *= self._config.drift.time_lapse
        changed = False
        for kind in KINDS:
            process: WanderConfig | None = getattr(self._config.drift, kind)
            if process is None or process.sigma == 0.0 or seconds <= 0.0:
                continue
            decay = np.exp(-seconds / process.tau_s)
            kicks = self._generator.standard_normal(self._wander[kind].size)
            self._wander[kind] = self._wander[kind] * decay + process.sigma * np.sqrt(1.0 - decay**2) * kicks
            changed = True
        for k, defect in enumerate(self._config.drift.defects):
            speed = defect.rate_on_per_s + defect.rate_off_per_s
            share = defect.rate_on_per_s / speed
            chance = share + (float(self._on[k]) - share) * np.exp(-speed * seconds)
            before = self._on[k]
            self._on[k] = self._generator.random() < chance
            changed = changed or bool(before != self._on[k])
        return changed

    def config(self) -> ChipConfig:
        """The chip file with the parameters of this moment."""
        transmons = {
            name: self._transmon(k, name, section)
            for k, (name, section) in enumerate(self._config.transmons.items())
        }
        first, lines = 0, {}
        for k, (name, line) in enumerate(self._config.all_feedlines.items()):
            lines[name] = self._feedline(k, first, line)
            first += len(line.resonators)
        return self._config.model_copy(update={"transmons": transmons, "feedline": None, "feedlines": lines})

    def _transmon(self, k: int, name: str, section: TransmonConfig) -> TransmonConfig:
        frequency_hz = section.frequency_hz + self._wander["frequency"][k]
        factor = float(np.exp(self._wander["t1"][k]))
        for on, defect in zip(self._on, self._config.drift.defects, strict=True):
            if on and defect.transmon == name:
                frequency_hz += defect.frequency_shift_hz
                factor *= defect.t1_factor
        changes: dict[str, float] = {"frequency_hz": float(frequency_hz)}
        if section.t1_s is not None:
            changes["t1_s"] = section.t1_s * factor
            if section.t2_s is not None:
                # Relaxation takes its part of T2 with it; pure dephasing stays.
                rate = 1.0 / section.t2_s + 0.5 / section.t1_s * (1.0 / factor - 1.0)
                changes["t2_s"] = min(1.0 / rate, 2.0 * changes["t1_s"])
        return section.model_copy(update=changes)

    def _feedline(self, k: int, first: int, line: FeedlineConfig) -> FeedlineConfig:
        resonators = {
            name: self._resonator(self._wander["chi"][first + n], section)
            for n, (name, section) in enumerate(line.resonators.items())
        }
        gain_v = line.gain_v * float(np.exp(self._wander["gain"][k]))
        return line.model_copy(update={"gain_v": gain_v, "resonators": resonators})

    @staticmethod
    def _resonator(change: float, section: ResonatorConfig) -> ResonatorConfig:
        """A relative change of chi; with a coupling, of its square."""
        factor = max(0.0, 1.0 + float(change))
        if section.coupling_hz is not None:
            return section.model_copy(update={"coupling_hz": section.coupling_hz * np.sqrt(factor)})
        return section.model_copy(update={"chi_hz": (section.chi_hz or 0.0) * factor})
