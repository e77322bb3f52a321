"""Acquisition plans: integrators, weights, delays, results, traces."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.contract import AcquisitionPlan, Problem
from drivers.zurich.averaging import averaging_of
from drivers.zurich.profiles import Profile, ReadoutProfile
from drivers.zurich.seqc.readouts import ReadoutLayout

__all__ = ["layout_problems", "plan_problems"]


def plan_problems(plan: AcquisitionPlan, profile: Profile) -> Iterator[Problem]:
    """Everything about a plan that shows before it is laid out."""
    where = plan.instrument
    if profile.readout is None:
        yield Problem("it records nothing", where, allowed="a plan for an instrument with inputs")
        return
    if plan.sample_rate_hz not in profile.sample_rates_hz:
        allowed = ", ".join(map(str, profile.sample_rates_hz))
        yield Problem("sample rate that its clock does not have", where, str(plan.sample_rate_hz), allowed)
    if plan.records < 1:
        yield Problem("nothing to record", where, f"{plan.records} records", "1 or more")
    if plan.integration is not None:
        kinds = {weights.threshold is None for weights in plan.integration}
        if len(kinds) > 1:
            allowed = "thresholds for all windows, or for none"
            yield Problem("some windows are to be classified and others not", where, allowed=allowed)
        if len(plan.integration) != len(plan.windows):
            got = f"{len(plan.integration)} for {len(plan.windows)} windows"
            yield Problem("each window needs its weights", where, got)


def layout_problems(plan: AcquisitionPlan, layout: ReadoutLayout, profile: Profile) -> Iterator[Problem]:
    """Everything that the analyzer cannot record."""
    readout = profile.readout
    if readout is None:
        return
    if layout.kind == "traces":
        yield from _trace_problems(plan, layout, readout)
    else:
        yield from _integration_problems(plan, layout, readout, profile.family == "UHFQA")
    if not 0 <= layout.delay <= readout.max_delay:
        yield Problem(
            "integration starts too long after the pulse",
            plan.instrument,
            f"{layout.delay} samples",
            f"0 to {readout.max_delay} samples",
        )


def _trace_problems(plan: AcquisitionPlan, layout: ReadoutLayout, readout: ReadoutProfile) -> Iterator[Problem]:
    traces = averaging_of(plan, layout, readout).results(plan, layout)
    if traces > readout.traces:
        yield Problem(
            "more traces than it stores in one acquisition",
            plan.instrument,
            f"{traces} ({plan.shots} shots of {plan.records_per_pass})",
            f"{readout.traces}",
            "Ask for averages, for level 1 or 2, which the instrument integrates by itself, or for fewer shots",
        )
    elif traces * layout.length > readout.trace_samples:
        yield Problem(
            "traces longer than its memory",
            plan.instrument,
            f"{traces} of {layout.length} samples",
            f"{readout.trace_samples} samples together",
            "Ask for level 1 or 2, or for fewer shots",
        )


def _integration_problems(
    plan: AcquisitionPlan, layout: ReadoutLayout, readout: ReadoutProfile, pairs: bool
) -> Iterator[Problem]:
    where = plan.instrument
    # A UHFQA sums real numbers: two integrators for each complex sum.
    used = len(layout.integrators) * (2 if pairs and layout.kind == "sums" else 1)
    if used > readout.integrators:
        yield Problem(
            "more distinct integrations than integrators",
            where,
            f"{used}",
            f"{readout.integrators}",
            "Read fewer qubits in one batch, or all at the same distance from their pulses; a sweep of one tone's "
            "frequency takes none with a boxcar that begins on the delay's steps",
        )
    if layout.probe is None and layout.length > readout.weight_samples:
        yield Problem(
            "integration longer than the weights' memory",
            where,
            f"{layout.length} samples",
            f"{readout.weight_samples} samples",
            "Acquire for a shorter time, or read one tone with a boxcar that begins on the delay's steps",
        )
    results = averaging_of(plan, layout, readout).results(plan, layout)
    if results > readout.results:
        yield Problem(
            "more results than it stores in one acquisition",
            where,
            f"{results} ({plan.shots} shots of {layout.results})",
            f"{readout.results}",
            f"Ask for at most {readout.results // max(layout.results, 1)} shots at a time",
        )
    late = layout.overlap
    if late is not None:
        yield Problem(
            "integration that starts while another one runs",
            f"{where}, program {late.program}, sample {late.time}",
            allowed=f"{layout.length} samples apart, or together",
            fix="Start the readouts at the same time or one after another",
        )
    for readouts in layout.readouts:
        if len(set(readouts.units)) < len(readouts.units):
            what = "two windows of the same weights at the same time"
            yield Problem(what, f"{where}, program {readouts.program}, sample {readouts.time}")
