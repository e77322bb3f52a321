"""Sections of the chip file, as pydantic models. SI units; kappa, chi and couplings are no angular frequencies."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "CouplingConfig",
    "DriftConfig",
    "DriveLineConfig",
    "FeedlineConfig",
    "FluxLineConfig",
    "MixerConfig",
    "Name",
    "ResonatorConfig",
    "Section",
    "SquidConfig",
    "TelegraphConfig",
    "TransmonConfig",
    "WanderConfig",
]

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Complex = tuple[Finite, Finite]
"""Real and imaginary part."""


class Section(BaseModel):
    """Base of all sections: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SquidConfig(Section):
    """The loop of a tunable transmon; `frequency_hz` of the transmon is its frequency at the bias."""

    asymmetry: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    """(E_J1 - E_J2) / (E_J1 + E_J2)."""
    bias: Annotated[float, Field(gt=-0.5, lt=0.5)] = 0.0
    """Static flux, flux quanta."""


class TransmonConfig(Section):
    """One transmon, or a coupler."""

    frequency_hz: Positive
    anharmonicity_hz: Annotated[float, Field(lt=0.0, allow_inf_nan=False)]
    levels: Annotated[int, Field(ge=2, le=5)] = 3
    t1_s: Positive | None = None
    """None: it never relaxes."""
    t2_s: Positive | None = None
    """None: 2 T1, no pure dephasing."""
    thermal_population: Annotated[float, Field(ge=0.0, lt=0.5)] = 0.0
    wander_hz: NotNegative = 0.0
    """Standard deviation of the quasi-static detuning: one value a shot, over which outcomes are averaged."""
    squid: SquidConfig | None = None
    """None: the frequency is fixed."""


class CouplingConfig(Section):
    """Exchange coupling of two transmons."""

    between: tuple[Name, Name]
    strength_hz: Finite


class MixerConfig(Section):
    """What an IQ mixer and its cables do wrong."""

    image: Complex = (0.0, 0.0)
    """mu: x becomes x + mu x^*."""
    leak_v: Complex = (0.0, 0.0)
    """Leakage of the oscillator, in volts of I + iQ."""
    skew_s: Finite = 0.0
    """By which Q comes later than I."""


class DriveLineConfig(Section):
    """A line that drives one transmon."""

    transmon: Name
    rabi_rad_per_s_per_v: Positive
    """Omega for one volt of |I + iQ| at the generator."""
    attenuation_db: Finite = 0.0
    """On top of what `rabi_rad_per_s_per_v` says."""
    mixer: MixerConfig = MixerConfig()
    crosstalk: dict[Name, Complex] = {}
    """Other transmons that the line drives: by which complex share of the Rabi strength."""


class FluxLineConfig(Section):
    """A line that carries flux to a tunable transmon."""

    transmon: Name
    quanta_per_v: Finite
    crosstalk: dict[Name, Finite] = {}
    """Other tunable transmons: by which share of the flux."""
    distortion: tuple[tuple[Finite, Positive], ...] = ()
    """(amplitude, time constant in s): a unit step arrives as 1 + sum of amplitude exp(-t / tau)."""


class ResonatorConfig(Section):
    """A readout resonator: its levels' shifts follow from `coupling_hz`, or are 2 `chi_hz` a level."""

    transmon: Name
    frequency_hz: Positive
    """Of the bare resonator with `coupling_hz`; of the resonator while the transmon is in |0> with `chi_hz`."""
    kappa_hz: Positive
    drive_rad_per_s_per_v: Positive
    coupling_hz: Positive | None = None
    chi_hz: Finite | None = None


class FeedlineConfig(Section):
    """A readout line up to the digitizer."""

    noise_photons: NotNegative | None = None
    """1/2 + the photons that the amplifiers add; this or `noise_temperature_k`."""
    noise_temperature_k: NotNegative | None = None
    """Of the amplifiers: adds k T / (h f) photons to the 1/2."""
    gain_v: Positive
    """Volts at the digitizer for one sqrt(photon/s)."""
    delay_s: NotNegative = 0.0
    phase_rad: Finite = 0.0
    resonators: Annotated[dict[Name, ResonatorConfig], Field(min_length=1)]
    mixer: MixerConfig = MixerConfig()
    """That makes the tones."""
    receiver_image: Complex = (0.0, 0.0)
    """Of the mixer of the return: v becomes v + image v^*."""


class WanderConfig(Section):
    """An Ornstein-Uhlenbeck process: dx = -x / tau dt + sigma sqrt(2 / tau) dW."""

    sigma: NotNegative
    """Standard deviation in the long run; a frequency in Hz, everything else relative."""
    tau_s: Positive


class TelegraphConfig(Section):
    """A two-level defect near a transmon that comes and goes."""

    transmon: Name
    rate_on_per_s: Positive
    rate_off_per_s: Positive
    frequency_shift_hz: Finite = 0.0
    t1_factor: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0


class DriftConfig(Section):
    """What happens to the parameters between experiments."""

    time_lapse: Positive = 1.0
    """Seconds that the parameters age in each second of the lab: a night can pass in minutes."""
    frequency: WanderConfig | None = None
    """Of each transmon, Hz."""
    t1: WanderConfig | None = None
    """Logarithm of each T1."""
    chi: WanderConfig | None = None
    """Relative change of each resonator's dispersive shift."""
    gain: WanderConfig | None = None
    """Logarithm of each feedline's gain."""
    defects: tuple[TelegraphConfig, ...] = ()
