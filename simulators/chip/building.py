"""From the sections of the chip file to the chip's parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.constants import Boltzmann, Planck

from simulators.chip.device import Device
from simulators.chip.feedline import Feedline
from simulators.chip.flux import FluxLine, Squid
from simulators.chip.lines import DriveLine, Mixer
from simulators.chip.resonators import Resonator, dispersive_shifts_hz
from simulators.chip.sections import (
    CouplingConfig,
    DriveLineConfig,
    FeedlineConfig,
    FluxLineConfig,
    MixerConfig,
    TransmonConfig,
)
from simulators.chip.transmons import Transmon, TransmonArray

__all__ = ["build_array", "build_device", "build_feedline"]

Transmons = Mapping[str, TransmonConfig]


def build_array(transmons: Transmons, couplings: Sequence[CouplingConfig]) -> TransmonArray:
    """The transmons, in the file's order."""
    order = list(transmons)
    return TransmonArray(
        transmons=tuple(_transmon(name, section) for name, section in transmons.items()),
        couplings_hz={(order.index(c.between[0]), order.index(c.between[1])): c.strength_hz for c in couplings},
    )


def build_feedline(transmons: Transmons, line: FeedlineConfig) -> Feedline:
    """A feedline with its resonators."""
    order = list(transmons)
    resonators = []
    for section in line.resonators.values():
        transmon = _transmon(section.transmon, transmons[section.transmon])
        if section.coupling_hz is not None:
            shifts = dispersive_shifts_hz(transmon, section.frequency_hz, section.coupling_hz)
        else:
            shifts = tuple(2.0 * (section.chi_hz or 0.0) * level for level in range(transmon.levels))
        resonators.append(
            Resonator(
                transmon=order.index(section.transmon),
                frequency_hz=section.frequency_hz,
                shifts_hz=shifts,
                kappa_hz=section.kappa_hz,
                drive_rate=section.drive_rad_per_s_per_v,
            )
        )
    return Feedline(tuple(resonators), _noise_photons(line), line.gain_v, line.delay_s, line.phase_rad)


def build_device(
    transmons: Transmons,
    couplings: Sequence[CouplingConfig],
    drives: Mapping[str, DriveLineConfig],
    fluxes: Mapping[str, FluxLineConfig],
    feedlines: Mapping[str, FeedlineConfig],
) -> Device:
    """All parts of a chip."""
    order = {name: k for k, name in enumerate(transmons)}
    return Device(
        array=build_array(transmons, couplings),
        drive_lines={name: _drive_line(order, line) for name, line in drives.items()},
        feedlines={
            name: (build_feedline(transmons, line), _mixer(line.mixer)) for name, line in feedlines.items()
        },
        flux_lines={name: _flux_line(order, line) for name, line in fluxes.items()},
        squids={order[name]: squid for name, section in transmons.items() if (squid := _squid(section))},
        receiver_images={name: complex(*line.receiver_image) for name, line in feedlines.items()},
        wander_hz=tuple(section.wander_hz for section in transmons.values()),
    )


def _transmon(name: str, section: TransmonConfig) -> Transmon:
    t1_s = section.t1_s or float("inf")
    return Transmon(
        name=name,
        frequency_hz=section.frequency_hz,
        anharmonicity_hz=section.anharmonicity_hz,
        levels=section.levels,
        t1_s=t1_s,
        t2_s=section.t2_s or 2.0 * t1_s,
        thermal_population=section.thermal_population,
    )


def _noise_photons(line: FeedlineConfig) -> float:
    """n_noise = 1/2 + n_add at the feedline's mean frequency."""
    if line.noise_photons is not None:
        return line.noise_photons
    frequency_hz = float(np.mean([resonator.frequency_hz for resonator in line.resonators.values()]))
    return 0.5 + Boltzmann * (line.noise_temperature_k or 0.0) / (Planck * frequency_hz)


def _mixer(section: MixerConfig) -> Mixer:
    return Mixer(complex(*section.image), complex(*section.leak_v), section.skew_s)


def _drive_line(order: Mapping[str, int], line: DriveLineConfig) -> DriveLine:
    rate = line.rabi_rad_per_s_per_v * 10.0 ** (-line.attenuation_db / 20.0)
    others = tuple((order[name], complex(*share) * rate) for name, share in line.crosstalk.items())
    return DriveLine(((order[line.transmon], complex(rate)), *others), _mixer(line.mixer))


def _flux_line(order: Mapping[str, int], line: FluxLineConfig) -> FluxLine:
    others = tuple((order[name], share * line.quanta_per_v) for name, share in line.crosstalk.items())
    return FluxLine(((order[line.transmon], line.quanta_per_v), *others), line.distortion)


def _squid(section: TransmonConfig) -> Squid | None:
    """The loop whose frequency at the bias is what the file says."""
    if section.squid is None:
        return None
    charging_hz = -section.anharmonicity_hz
    unit = Squid(1.0, 0.0, section.squid.asymmetry, section.squid.bias)
    maximum_hz = (section.frequency_hz + charging_hz) / float(unit.frequency_hz(0.0)) - charging_hz
    return Squid(maximum_hz, charging_hz, section.squid.asymmetry, section.squid.bias)
