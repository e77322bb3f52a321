"""What an instrument that integrates by itself is given: bits where a line tells them, sums where none does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest

from drivers.contract import AcquisitionLimits, AcquisitionPlan
from runtime.lowering import lower, route
from runtime.results import Quadratic, QubitReadout
from runtime.rig import load_station
from runtime.rig.execution import Execution
from runtime.rig.instruments import Instruments
from tests.runtime.lowering.lab import LIMITS
from tests.runtime.rig.programs import after_nothing

STATION = load_station("demo")
CONIC = Quadratic(((0.0, 0.0), (1.0, 0.0)), ((1.0, 0.0, 1.0), (2.0, 0.0, 1.0)), (0.0, 0.0))


@dataclass(frozen=True)
class Integrating:
    """A digitizer with integrators of its own."""

    limits: AcquisitionLimits


def integrated(
    monkeypatch: pytest.MonkeyPatch, readout: Mapping[int, QubitReadout], level: int, integrators: int = 2
) -> AcquisitionPlan:
    """The plan of a joint readout, as the digitizer gets it."""
    plans = route([lower(after_nothing(STATION.target), STATION.target)], STATION.wiring, LIMITS, shots=1).plans
    limits = LIMITS["digitizer"]
    assert isinstance(limits, AcquisitionLimits)
    able = {"digitizer": Integrating(replace(limits, integrators=integrators))}
    monkeypatch.setattr(Instruments, "digitizers", property(lambda _: able))
    return Execution(Instruments(STATION), readout)._integrated(plans, readout, {}, level)["digitizer"]


@pytest.mark.parametrize(("level", "bits"), [(1, False), (2, True)])
def test_lines_are_compared_by_the_instrument(monkeypatch: pytest.MonkeyPatch, level: int, bits: bool) -> None:
    """At level 2, and then only."""
    integration = integrated(monkeypatch, STATION.readout, level).integration
    assert integration is not None
    assert [weights.threshold is not None for weights in integration] == [bits, bits]


def test_what_is_no_line_is_compared_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """One quadratic discriminator among them: sums for all, the same as at level 1."""
    readout = {**STATION.readout, 1: QubitReadout(STATION.readout[1].kernel, CONIC)}
    sums = integrated(monkeypatch, readout, 2).integration
    usual = integrated(monkeypatch, STATION.readout, 1).integration
    assert sums is not None
    assert usual is not None
    for one, other in zip(sums, usual, strict=True):
        assert one.threshold is None
        assert np.array_equal(one.weights, other.weights)


def test_traces_are_asked_for_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """At level 0, and of a digitizer that cannot integrate."""
    assert integrated(monkeypatch, STATION.readout, 0).integration is None
    assert integrated(monkeypatch, STATION.readout, 2, integrators=0).integration is None
