"""Translated programs: what one sequencer can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from drivers.contract import Problem
from drivers.zurich.profiles import CoreProfile
from drivers.zurich.seqc.memory import memory_samples
from drivers.zurich.seqc.program import CoreProgram

__all__ = ["core_problems"]


def core_problems(instrument: str, made: CoreProgram, core: CoreProfile) -> Iterator[Problem]:
    """Everything that one sequencer cannot hold."""
    where = f"{instrument}, {made.origins.output}"
    if core.table_entries and made.entries > core.table_entries:
        yield Problem(
            "more distinct (pulse, amplitude, phase) than the command table has entries",
            f"{where}, {_most_used(made)}",
            f"{made.entries} entries",
            f"{core.table_entries}",
            "Play fewer distinct amplitudes and phases in one batch",
        )
    if len(made.waves) > core.waves:
        what = "generator slots" if core.kind == "qa" else "wave indices"
        yield Problem(
            f"more distinct waves than there are {what}",
            f"{where}, {_largest(made)}",
            f"{len(made.waves)}",
            f"{core.waves}",
            "Play fewer distinct pulses in one batch, or evenly spaced amplitudes of one shape"
            if core.kind == "qa"
            else "Play fewer distinct pulses in one batch",
        )
    taken = memory_samples((wave.length for wave in made.waves), core)
    if core.kind != "qa" and taken > core.wave_samples:
        yield Problem(
            "wave memory exceeded",
            f"{where}, {_largest(made)}",
            f"{taken} samples",
            f"{core.wave_samples} samples",
            "Play fewer or shorter distinct pulses in one batch",
        )
    if made.instructions > core.instructions:
        yield Problem(
            "more instructions than the sequencer has memory for",
            where,
            f"{made.instructions} instructions",
            f"{core.instructions}",
            "Run fewer programs in one batch, or shorter ones",
        )


def _largest(made: CoreProgram) -> str:
    """The pulse that takes most of the memory."""
    taken: Counter[str] = Counter()
    for wave in made.waves:
        taken[wave.source] += wave.length
    pulse, samples = taken.most_common(1)[0]
    return f"most for pulse {pulse} ({samples} samples)"


def _most_used(made: CoreProgram) -> str:
    """The pulse that is played most often."""
    pulse, count = Counter(made.origins.pulses).most_common(1)[0]
    return f"most by pulse {pulse} ({count} times)"
