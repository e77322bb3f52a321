"""The chip file: transmons, couplings, lines and drift, and what is built from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulators.chip.building import build_array, build_device, build_feedline
from simulators.chip.device import Device
from simulators.chip.feedline import Feedline
from simulators.chip.sections import (
    CouplingConfig,
    DriftConfig,
    DriveLineConfig,
    FeedlineConfig,
    FluxLineConfig,
    Name,
    ResonatorConfig,
    Section,
    TransmonConfig,
)
from simulators.chip.transmons import TransmonArray

__all__ = ["ChipConfig", "DriveLineConfig", "FeedlineConfig", "ResonatorConfig", "TransmonConfig"]

Problem = tuple[tuple[str | int, ...], str]
"""Key path, and what is wrong with it."""


class ChipConfig(Section):
    """A whole chip."""

    version: Literal[1]
    description: str = ""
    transmons: Annotated[dict[Name, TransmonConfig], Field(min_length=1)]
    couplings: tuple[CouplingConfig, ...] = ()
    drive_lines: Annotated[dict[Name, DriveLineConfig], Field(min_length=1)]
    flux_lines: dict[Name, FluxLineConfig] = Field(default_factory=dict)
    feedline: FeedlineConfig | None = None
    """The only one, called "feedline"; or `feedlines`."""
    feedlines: dict[Name, FeedlineConfig] = Field(default_factory=dict)
    drift: DriftConfig = DriftConfig()

    @property
    def all_feedlines(self) -> dict[str, FeedlineConfig]:
        """Every feedline by name."""
        return {**({"feedline": self.feedline} if self.feedline else {}), **self.feedlines}

    def disagreements(self) -> list[Problem]:
        """What the sections say against one another: (key path, sentence) for each."""
        return [*self._unknown_names(), *self._impossible_transmons(), *self._impossible_lines()]

    def build_array(self) -> TransmonArray:
        """The transmons, in the file's order."""
        return build_array(self.transmons, self.couplings)

    def build_feedline(self) -> Feedline:
        """The first feedline with its resonators."""
        return build_feedline(self.transmons, next(iter(self.all_feedlines.values())))

    def build_device(self) -> Device:
        """All parts."""
        return build_device(self.transmons, self.couplings, self.drive_lines, self.flux_lines, self.all_feedlines)

    def _unknown_names(self) -> list[Problem]:
        uses: list[tuple[tuple[str | int, ...], str]] = []
        for k, coupling in enumerate(self.couplings):
            uses += [(("couplings", k, "between", side), coupling.between[side]) for side in (0, 1)]
        lines: list[tuple[str, str, DriveLineConfig | FluxLineConfig]] = [
            *(("drive_lines", name, drive) for name, drive in self.drive_lines.items()),
            *(("flux_lines", name, flux) for name, flux in self.flux_lines.items()),
        ]
        for section, name, line in lines:
            uses.append(((section, name, "transmon"), line.transmon))
            uses += [((section, name, "crosstalk", other), other) for other in line.crosstalk]
        for path, feedline in self._feedline_paths():
            uses += [
                ((*path, "resonators", name, "transmon"), r.transmon) for name, r in feedline.resonators.items()
            ]
        uses += [(("drift", "defects", k, "transmon"), d.transmon) for k, d in enumerate(self.drift.defects)]
        known = ", ".join(self.transmons)
        return [
            (path, f"no transmon {name!r}; known: {known}") for path, name in uses if name not in self.transmons
        ]

    def _feedline_paths(self) -> list[tuple[tuple[str, ...], FeedlineConfig]]:
        single: list[tuple[tuple[str, ...], FeedlineConfig]] = (
            [(("feedline",), self.feedline)] if self.feedline else []
        )
        return [*single, *((("feedlines", name), line) for name, line in self.feedlines.items())]

    def _impossible_transmons(self) -> list[Problem]:
        found: list[Problem] = []
        for name, transmon in self.transmons.items():
            if transmon.t1_s and transmon.t2_s and transmon.t2_s > 2.0 * transmon.t1_s:
                found.append((("transmons", name, "t2_s"), f"{transmon.t2_s:g} s is more than 2 T1"))
            if transmon.thermal_population and not transmon.t1_s:
                found.append((("transmons", name, "thermal_population"), "needs t1_s: heat comes with relaxation"))
        seen: set[frozenset[str]] = set()
        for k, coupling in enumerate(self.couplings):
            pair = frozenset(coupling.between)
            if len(pair) < 2 or pair in seen:
                found.append((("couplings", k, "between"), "couples a transmon to itself, or a pair twice"))
            seen.add(pair)
        return found

    def _impossible_lines(self) -> list[Problem]:
        found: list[Problem] = []
        if not self.all_feedlines:
            found.append((("feedline",), "give a feedline, or feedlines"))
        if self.feedline and "feedline" in self.feedlines:
            found.append((("feedlines", "feedline"), "there is a feedline of that name beside it"))
        for path, feedline in self._feedline_paths():
            if (feedline.noise_photons is None) == (feedline.noise_temperature_k is None):
                found.append(((*path, "noise_photons"), "give either noise_photons or noise_temperature_k"))
            for name, resonator in feedline.resonators.items():
                if (resonator.coupling_hz is None) == (resonator.chi_hz is None):
                    found.append(((*path, "resonators", name), "give either coupling_hz or chi_hz"))
        names = [*self.drive_lines, *self.flux_lines, *self.all_feedlines]
        found += [(("flux_lines", n), "the name of another line") for n in self.flux_lines if names.count(n) > 1]
        for name, line in self.flux_lines.items():
            for other in (line.transmon, *line.crosstalk):
                if other in self.transmons and self.transmons[other].squid is None:
                    found.append((("flux_lines", name), f"{other} has no squid: flux does nothing to it"))
        return found
