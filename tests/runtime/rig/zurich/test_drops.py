"""The network goes down for a moment while a rig works: an error with a name, or what would have come anyway.

The vendor's client connects again by itself, and a value that was on its way is then lost without a word. So a
run during which the line was cut must not look as if nothing had happened unless its results are right.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.contract import InstrumentError
from runtime.rig import Rig
from tests.runtime.rig.programs import after_nothing, after_x
from tests.runtime.rig.zurich.labs import RunningLab, copied, impatient, outputs_on, serving

Report = Callable[[str, int, int], None]

TIMEOUT_S = 10.0
SHOTS = 400


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, RunningLab, tuple[complex, complex]]]:
    """A station with its lab, and where the clouds of |0> and |1> of qubit 0 are."""
    station = impatient(copied("zurich-shfqc", tmp_path_factory.mktemp("drops")), TIMEOUT_S)
    with serving(station) as lab:
        with Rig.open(station, addresses=lab.addresses) as rig:
            ground, excited = _centres(rig)
        assert abs(excited - ground) > 1e-3
        yield station, lab, (ground, excited)


def _centres(rig: Rig, report: Report = lambda *_: None) -> tuple[complex, complex]:
    results = rig.run([after_nothing(rig.target), after_x(rig.target)], shots=SHOTS, level=1, report=report)
    first, second = (complex(np.median(r.memory[0].real), np.median(r.memory[0].imag)) for r in results)
    return first, second


def _require_right(found: tuple[complex, complex], wanted: tuple[complex, complex]) -> None:
    apart = abs(wanted[1] - wanted[0])
    for one, other in zip(found, wanted, strict=True):
        assert abs(one - other) < 0.3 * apart


def _right_or_named(rig: Rig, wanted: tuple[complex, complex], report: Report = lambda *_: None) -> str:
    """Require that a run ends with the right results, or with an error of the instrument; tells how it ended."""
    try:
        _require_right(_centres(rig, report), wanted)
    except InstrumentError as error:
        if error.instrument != "shfqc":
            raise
        return type(error).__name__
    return "right"


class Dropping:
    """Cuts the line at the n-th report of a stage."""

    def __init__(self, lab: RunningLab, stage: str, number: int) -> None:
        self.lab, self.stage, self.left = lab, stage, number
        self.cut = False

    def __call__(self, stage: str, *_: int) -> None:
        """See `rig.run(report=...)`."""
        if stage == self.stage and not self.cut:
            self.left -= 1
            if self.left <= 0:
                self.cut = True
                self.lab.control(fault="drop")


@pytest.mark.parametrize(
    ("stage", "number"),
    [("", 0), ("upload", 1), ("upload", 2), ("upload", 4), ("fetch", 1), ("fetch", 2)],
    ids=["before", "upload begins", "while waves go up", "late in the upload", "armed", "while results come"],
)
def test_one_drop(stage: str, number: int, bench: tuple[Path, RunningLab, tuple[complex, complex]]) -> None:
    """Within the limit; then the rig works on, or says that it has to be opened again, after which it works."""
    station, lab, wanted = bench
    with Rig.open(station, addresses=lab.addresses) as rig:
        dropping = Dropping(lab, stage, number)
        if not stage:
            lab.control(fault="drop")
        began = time.monotonic()
        _right_or_named(rig, wanted, dropping)
        assert time.monotonic() - began < TIMEOUT_S + 8
        assert dropping.cut or not stage
        _right_or_named(rig, wanted)
    assert outputs_on(lab) == []
    with Rig.open(station, addresses=lab.addresses) as again:
        _require_right(_centres(again), wanted)
    assert outputs_on(lab) == []


def test_a_line_that_fails_again_and_again(bench: tuple[Path, RunningLab, tuple[complex, complex]]) -> None:
    """Drops at moments that nobody chose, for eight runs: not one of them ends silently wrong, or not at all."""
    station, lab, wanted = bench
    source = np.random.default_rng(20240601)
    over = threading.Event()

    def cut() -> None:
        while not over.wait(float(source.uniform(0.05, 0.6))):
            lab.control(fault="drop")

    ends: list[str] = []
    for _ in range(8):
        over.clear()
        thread = threading.Thread(target=cut)
        try:
            with Rig.open(station, addresses=lab.addresses) as rig:
                thread.start()
                began = time.monotonic()
                ends.append(_right_or_named(rig, wanted))
                assert time.monotonic() - began < 3 * TIMEOUT_S + 8
                over.set()
        finally:
            over.set()
            if thread.ident is not None:
                thread.join()
    assert len(ends) == 8
    with Rig.open(station, addresses=lab.addresses) as again:
        _require_right(_centres(again), wanted)
    assert outputs_on(lab) == []
