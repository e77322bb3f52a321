"""A chip file from recorded device files: IBM's conf, props and, if there, defs JSON.

Taken are the Hamiltonian's variables (angular, rad/ns), T1, T2, thermal populations and the measurement
frequencies. The published drive strength is divided by `STRENGTH_EXCESS`: over 43 devices the area of every
calibrated x pulse comes out 1.1558 pi with omegad as published. Resonators are not published; they are chosen
around the measurement frequencies. Values that are missing are filled from the medians over 59 devices and listed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.chip.config import ChipConfig
from simulators.chip.resonators import dispersive_shifts_hz
from simulators.chip.transmons import Transmon

__all__ = ["PRIORS", "STRENGTH_EXCESS", "RecordedChip", "chip_from_device"]

STRENGTH_EXCESS = 1.1558
PRIORS = {
    "frequency_hz": 5.0e9,
    "anharmonicity_hz": -309e6,
    "strength_hz": 2.01e6,
    "t1_s": 160e-6,
    "t2_s": 108e-6,
    "prob_meas1_prep0": 0.0122,
    "omegad_rad_per_s": 0.95e9,
    "measure_hz": 7.0e9,
}
"""Medians over 59 recorded devices; measurement frequencies are spread upwards from this one by `SPREAD_HZ`."""
SPREAD_HZ = 60e6
KAPPA_HZ = 1.2e6
"""Line width of the resonators, and -2 chi: where a photon tells most."""
MEASURE_V = 0.0489
"""Of the devices' own measure pulses, |amp| = 0.1955 at 0.25 V full scale; they shall bring 5 photons."""
MEASURE_PHOTONS = 5.0
NOISE_PHOTONS = 6.0
GAIN_V = 1.3e-6
MOST_HEAT = 0.05
"""prob_meas1_prep0 is taken to be heat up to this; the rest is the readout's own error."""

Source = Path | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedChip:
    """A chip made from a recorded device."""

    config: ChipConfig
    filled: tuple[str, ...]
    """What was not published and is filled from a prior, one sentence each."""


def chip_from_device(
    conf: Source, props: Source, defs: Source | None = None, *, full_scale_v: float = 0.25, levels: int = 3
) -> RecordedChip:
    """Make a chip file with transmons q0.., lines drive_q0.., and one feedline with resonators r0...

    Args:
        conf: configuration with the Hamiltonian, a path or its content.
        props: properties, a path or their content.
        defs: pulse defaults with the measurement frequencies; None: they are filled.
        full_scale_v: volts at the generator that stand for an amplitude of 1.
        levels: of each transmon.

    Raises:
        ValueError: if `conf` holds no number of qubits.
    """
    configuration, properties = _read(conf), _read(props)
    if "n_qubits" not in configuration:
        raise ValueError("the configuration holds no n_qubits: not a recorded device's conf file")
    made = _Maker(configuration, properties, {} if defs is None else _read(defs), full_scale_v, levels)
    name = configuration.get("backend_name", "a recorded device")
    config = ChipConfig.model_validate(
        {
            "version": 1,
            "description": f"{configuration['n_qubits']} transmons of {name} with dispersive readout",
            **made.sections(),
        }
    )
    return RecordedChip(config, tuple(made.filled))


def _read(source: Source) -> Mapping[str, Any]:
    if isinstance(source, Path):
        content: Mapping[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        return content
    return source


class _Maker:
    def __init__(
        self,
        conf: Mapping[str, Any],
        props: Mapping[str, Any],
        defs: Mapping[str, Any],
        full_scale_v: float,
        levels: int,
    ) -> None:
        self._variables: Mapping[str, float] = (conf.get("hamiltonian") or {}).get("vars") or {}
        self._count = int(conf["n_qubits"])
        self._pairs = sorted({(min(a, b), max(a, b)) for a, b in conf.get("coupling_map") or ()})
        self._props = props
        self._measure: list[float] = list(defs.get("meas_freq_est") or ())
        self._full_scale_v = full_scale_v
        self._levels = levels
        self.filled: list[str] = []

    def sections(self) -> dict[str, Any]:
        """The chip file without its head."""
        transmons = {f"q{k}": self._transmon(k) for k in range(self._count)}
        return {
            "transmons": transmons,
            "couplings": [
                {"between": [f"q{a}", f"q{b}"], "strength_hz": self._coupling(a, b)} for a, b in self._pairs
            ],
            "drive_lines": {
                f"drive_q{k}": {"transmon": f"q{k}", "rabi_rad_per_s_per_v": self._strength(k)}
                for k in range(self._count)
            },
            "feedline": {
                "noise_photons": NOISE_PHOTONS,
                "gain_v": GAIN_V,
                "resonators": {f"r{k}": self._resonator(k, transmons[f"q{k}"]) for k in range(self._count)},
            },
        }

    def _transmon(self, k: int) -> dict[str, Any]:
        t1_s = self._property(k, "T1", "t1_s", {"us": 1e-6, "µs": 1e-6})
        t2_s = self._property(k, "T2", "t2_s", {"us": 1e-6, "µs": 1e-6})
        heat = self._property(k, "prob_meas1_prep0", "prob_meas1_prep0", {"": 1.0})
        return {
            "frequency_hz": self._variable(f"wq{k}", k, "frequency", "frequency_hz"),
            "anharmonicity_hz": self._variable(f"delta{k}", k, "anharmonicity", "anharmonicity_hz"),
            "levels": self._levels,
            "t1_s": t1_s,
            "t2_s": min(t2_s, 2.0 * t1_s),
            "thermal_population": min(heat, MOST_HEAT),
        }

    def _variable(self, name: str, k: int, published: str, prior: str) -> float:
        """From the Hamiltonian, else from the properties, else from the priors, Hz. 0 means: not published."""
        value = self._variables.get(name)
        if value:
            return value * 1e9 / (2.0 * math.pi)
        return self._property(k, published, prior, {"GHz": 1e9, "MHz": 1e6, "Hz": 1.0})

    def _property(self, k: int, name: str, prior: str, units: Mapping[str, float]) -> float:
        rows = self._props.get("qubits") or []
        for entry in rows[k] if k < len(rows) else []:
            if entry.get("name") == name and entry.get("value") and entry.get("unit", "") in units:
                return float(entry["value"]) * units[entry.get("unit", "")]
        return self._fill(f"{name} of qubit {k}", prior)

    def _fill(self, what: str, prior: str) -> float:
        self.filled.append(f"{what} is not published: {PRIORS[prior]:g} ({prior}) is taken")
        return PRIORS[prior]

    def _coupling(self, a: int, b: int) -> float:
        value = self._variables.get(f"jq{a}q{b}") or self._variables.get(f"jq{b}q{a}")
        if value:
            return value * 1e9 / (2.0 * math.pi)
        return self._fill(f"the coupling of qubits {a} and {b}", "strength_hz")

    def _strength(self, k: int) -> float:
        """Rabi rate for a volt: the published term omegad X Re[d exp(i w t)] is omegad / 2 (d a + h.c.)."""
        value = self._variables.get(f"omegad{k}")
        strength = value * 1e9 if value else self._fill(f"the drive strength of qubit {k}", "omegad_rad_per_s")
        return strength / STRENGTH_EXCESS / self._full_scale_v

    def _resonator(self, k: int, section: Mapping[str, Any]) -> dict[str, Any]:
        """2 chi = -kappa; the measurement frequency lies midway between the resonator's for |0> and |1>."""
        if k < len(self._measure) and self._measure[k]:
            measure_hz = self._measure[k] * 1e9
        else:
            measure_hz = self._fill(f"the measurement frequency of qubit {k}", "measure_hz") + k * SPREAD_HZ
        transmon = Transmon(f"q{k}", section["frequency_hz"], section["anharmonicity_hz"], self._levels)
        frequency_hz = measure_hz
        for _ in range(4):  # the shifts depend on the bare frequency, but hardly
            unit = dispersive_shifts_hz(transmon, frequency_hz, 1.0)
            coupling_hz = math.sqrt(KAPPA_HZ / abs(unit[1] - unit[0]))
            shifts = dispersive_shifts_hz(transmon, frequency_hz, coupling_hz)
            frequency_hz = measure_hz - 0.5 * (shifts[0] + shifts[1])
        field_rate = math.pi * KAPPA_HZ * math.sqrt(2.0)  # |lambda| at half a line width beside the resonance
        return {
            "transmon": f"q{k}",
            "frequency_hz": frequency_hz,
            "kappa_hz": KAPPA_HZ,
            "coupling_hz": coupling_hz,
            "drive_rad_per_s_per_v": field_rate * math.sqrt(MEASURE_PHOTONS) / MEASURE_V,
        }
