"""The chip file: transmons, couplings, drive lines and the feedline, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulators.chip.feedline import Feedline
from simulators.chip.resonators import Resonator, dispersive_shifts_hz
from simulators.chip.transmons import Transmon, TransmonArray

__all__ = ["ChipConfig", "DriveLineConfig", "FeedlineConfig", "ResonatorConfig", "TransmonConfig"]

Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TransmonConfig(_Section):
    """One transmon."""

    frequency_hz: Positive
    anharmonicity_hz: Annotated[float, Field(lt=0.0, allow_inf_nan=False)]
    levels: Annotated[int, Field(ge=2, le=5)] = 3
    t1_s: Positive | None = None
    """None: it never relaxes."""
    t2_s: Positive | None = None
    """None: 2 T1, no pure dephasing."""
    thermal_population: Annotated[float, Field(ge=0.0, lt=0.5)] = 0.0


class CouplingConfig(_Section):
    """Exchange coupling of two transmons."""

    between: tuple[Name, Name]
    strength_hz: Annotated[float, Field(allow_inf_nan=False)]


class DriveLineConfig(_Section):
    """A line that drives one transmon."""

    transmon: Name
    rabi_rad_per_s_per_v: Positive
    """Omega for one volt of |I + iQ| at the generator."""


class ResonatorConfig(_Section):
    """A readout resonator: its levels' shifts follow from `coupling_hz`, or are 2 `chi_hz` a level."""

    transmon: Name
    frequency_hz: Positive
    """Of the bare resonator with `coupling_hz`; of the resonator while the transmon is in |0> with `chi_hz`."""
    kappa_hz: Positive
    drive_rad_per_s_per_v: Positive
    coupling_hz: Positive | None = None
    chi_hz: Annotated[float, Field(allow_inf_nan=False)] | None = None


class FeedlineConfig(_Section):
    """The readout line up to the digitizer."""

    noise_photons: Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
    gain_v: Positive
    """Volts at the digitizer for one sqrt(photon/s)."""
    delay_s: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0
    phase_rad: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    resonators: Annotated[dict[Name, ResonatorConfig], Field(min_length=1)]


class ChipConfig(_Section):
    """A whole chip."""

    version: Literal[1]
    description: str = ""
    transmons: Annotated[dict[Name, TransmonConfig], Field(min_length=1, max_length=3)]
    """At most three: all of them are evolved together as one density matrix."""
    couplings: tuple[CouplingConfig, ...] = ()
    drive_lines: Annotated[dict[Name, DriveLineConfig], Field(min_length=1)]
    feedline: FeedlineConfig

    def disagreements(self) -> list[tuple[tuple[str | int, ...], str]]:
        """What the sections say against one another: (key path, sentence) for each."""
        return [*self._unknown_names(), *self._impossible_values()]

    def _unknown_names(self) -> list[tuple[tuple[str | int, ...], str]]:
        uses: list[tuple[tuple[str | int, ...], str]] = []
        for k, coupling in enumerate(self.couplings):
            uses += [(("couplings", k, "between", side), coupling.between[side]) for side in (0, 1)]
        uses += [(("drive_lines", name, "transmon"), line.transmon) for name, line in self.drive_lines.items()]
        resonators = self.feedline.resonators
        uses += [(("feedline", "resonators", name, "transmon"), r.transmon) for name, r in resonators.items()]
        known = ", ".join(self.transmons)
        return [
            (path, f"no transmon {name!r}; known: {known}") for path, name in uses if name not in self.transmons
        ]

    def _impossible_values(self) -> list[tuple[tuple[str | int, ...], str]]:
        found: list[tuple[tuple[str | int, ...], str]] = []
        for name, transmon in self.transmons.items():
            if transmon.t1_s and transmon.t2_s and transmon.t2_s > 2.0 * transmon.t1_s:
                found.append((("transmons", name, "t2_s"), f"{transmon.t2_s:g} s is more than 2 T1"))
            if transmon.thermal_population and not transmon.t1_s:
                found.append((("transmons", name, "thermal_population"), "needs t1_s: heat comes with relaxation"))
        for name, resonator in self.feedline.resonators.items():
            if (resonator.coupling_hz is None) == (resonator.chi_hz is None):
                found.append((("feedline", "resonators", name), "give either coupling_hz or chi_hz"))
        seen: set[frozenset[str]] = set()
        for k, coupling in enumerate(self.couplings):
            pair = frozenset(coupling.between)
            if len(pair) < 2 or pair in seen:
                found.append((("couplings", k, "between"), "couples a transmon to itself, or a pair twice"))
            seen.add(pair)
        return found

    def build_array(self) -> TransmonArray:
        """The transmons, in the file's order."""
        order = list(self.transmons)
        return TransmonArray(
            transmons=tuple(_build_transmon(name, section) for name, section in self.transmons.items()),
            couplings_hz={
                (order.index(c.between[0]), order.index(c.between[1])): c.strength_hz for c in self.couplings
            },
        )

    def build_feedline(self) -> Feedline:
        """The feedline with its resonators."""
        order = list(self.transmons)
        resonators = []
        for section in self.feedline.resonators.values():
            transmon = _build_transmon(section.transmon, self.transmons[section.transmon])
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
        line = self.feedline
        return Feedline(tuple(resonators), line.noise_photons, line.gain_v, line.delay_s, line.phase_rad)


def _build_transmon(name: str, section: TransmonConfig) -> Transmon:
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
