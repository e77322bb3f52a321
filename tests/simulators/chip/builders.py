"""Small chips and drives for the tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulators.chip import (
    ChipConfig,
    Drive,
    DriveWindow,
    Piece,
    Signal,
    Transmon,
    TransmonArray,
)
from simulators.chip.cluster import Cluster
from simulators.chip.windows import Events

SAMPLE_S = 0.4e-9


def single(levels: int = 3, **changes: float) -> TransmonArray:
    """One transmon at 5 GHz."""
    values = {"frequency_hz": 5e9, "anharmonicity_hz": -0.34e9, **changes}
    return TransmonArray((Transmon("q0", levels=levels, **values),), {})  # type: ignore[arg-type]  # all floats


def constant(rate: complex, samples: int, lo_hz: float = 5e9, transmon: int = 0) -> DriveWindow:
    """A square pulse: `rate` in rad/s."""
    return DriveWindow((Drive(transmon, lo_hz, np.full(samples, rate, np.complex128)),), SAMPLE_S)


def after(
    array: TransmonArray, *windows: tuple[float, DriveWindow], end_s: float | None = None
) -> NDArray[np.float64]:
    """Transition matrix of the windows, given as (start in s, window): (dimension, dimension)."""
    events = Events.placed(windows)
    stop = float(events.starts_s[-1] + events.durations_s[-1]) if end_s is None else end_s
    cluster, begin = Cluster(array), float(events.starts_s[0])
    columns = [cluster.populations(events, initial, begin, stop) for initial in range(array.dimension)]
    return np.stack(columns, axis=1)


def chip_config(*transmons: dict[str, object], **sections: object) -> ChipConfig:
    """A chip with lines drive_q0.. of 1e9 rad/s for a volt and one resonator each, 60 MHz apart; no noise."""
    names = [f"q{k}" for k in range(len(transmons))]
    return ChipConfig.model_validate(
        {
            "version": 1,
            "transmons": {
                name: {"frequency_hz": 5e9, "anharmonicity_hz": -0.3e9, **values}
                for name, values in zip(names, transmons, strict=True)
            },
            "drive_lines": {f"drive_{name}": {"transmon": name, "rabi_rad_per_s_per_v": 1e9} for name in names},
            "feedline": {"noise_photons": 0.0, "gain_v": 1e-6, "resonators": resonators(names)},
            **sections,
        }
    )


def resonators(names: list[str]) -> dict[str, object]:
    """Line width 1.2 MHz, 2 chi = -1.2 MHz, first one at 7 GHz while its transmon is in |0>."""
    return {
        f"r_{name}": {
            "transmon": name,
            "frequency_hz": 7e9 + 60e6 * k,
            "chi_hz": -0.6e6,
            "kappa_hz": 1.2e6,
            "drive_rad_per_s_per_v": 2.4e8,
        }
        for k, name in enumerate(names)
    }


def gaussian(angle: float, samples: int = 100, sigma: float = 20.0) -> NDArray[np.complex128]:
    """Volts of a pulse of an area on a line of 1e9 rad/s for a volt."""
    t = np.arange(samples) + 0.5 - samples / 2
    shape = np.exp(-0.5 * (t / sigma) ** 2)
    return np.asarray(angle * shape / (shape.sum() * SAMPLE_S * 1e9), np.complex128)


def play(line: str, lo_hz: float, *pieces: Piece, carrier_hz: float = 0.0) -> Signal:
    """Pieces at 2.5 GS/s."""
    return Signal.of_pieces(line, lo_hz, SAMPLE_S, pieces, carrier_hz)


def probe(start: int, samples: int = 5000, volts: float = 0.05, lo_hz: float = 6.9994e9) -> Signal:
    """A readout tone midway between the first resonator's two frequencies."""
    return play("feedline", lo_hz, Piece(start, np.full(samples, volts, np.complex128)))
