"""A chip with several feedlines as parts that have nothing to do with one another, one for each feedline."""

from __future__ import annotations

from simulators.chip.config import ChipConfig

__all__ = ["chip_part", "connected_transmons"]


def connected_transmons(chip: ChipConfig, feedline: str) -> frozenset[str]:
    """The transmons that a feedline measures, with all that couplings or crosstalk connect to them."""
    links = [frozenset(coupling.between) for coupling in chip.couplings]
    links += [frozenset((line.transmon, *line.crosstalk)) for line in chip.drive_lines.values()]
    links += [frozenset((line.transmon, *line.crosstalk)) for line in chip.flux_lines.values()]
    found = {resonator.transmon for resonator in chip.all_feedlines[feedline].resonators.values()}
    while joined := {name for link in links if link & found for name in link} - found:
        found |= joined
    return frozenset(found)


def chip_part(chip: ChipConfig, feedline: str) -> ChipConfig:
    """The chip without what a feedline's readouts do not depend on."""
    kept = connected_transmons(chip, feedline)
    defects = tuple(defect for defect in chip.drift.defects if defect.transmon in kept)
    return chip.model_copy(
        update={
            "transmons": {name: section for name, section in chip.transmons.items() if name in kept},
            "couplings": tuple(coupling for coupling in chip.couplings if set(coupling.between) <= kept),
            "drive_lines": {name: line for name, line in chip.drive_lines.items() if line.transmon in kept},
            "flux_lines": {name: line for name, line in chip.flux_lines.items() if line.transmon in kept},
            "feedline": None,
            "feedlines": {feedline: chip.all_feedlines[feedline]},
            "drift": chip.drift.model_copy(update={"defects": defects}),
        }
    )
