"""From converter codes to volts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionLimits, AcquisitionPlan, Problem, ProblemReport, RecordBlock

__all__ = ["record_block", "require_recordable"]

ZERO_CODE = 0x8000
"""The code of 0 V; codes are left-justified in 16 bits."""


def record_block(
    codes: NDArray[np.uint16], first: int, record_length: int, limits: AcquisitionLimits
) -> RecordBlock:
    """One buffer as records in volts.

    Args:
        codes: Uint16 of shape (inputs * records * samples,): all records of the first input, then all of the next,
            as the board sorts them in its modes without pre-trigger.
        first: Index of the buffer's first record in the acquisition.
        record_length: Samples of a record.
        limits: Converter bits and full scale.
    """
    sorted_codes = codes.reshape(limits.inputs, -1, record_length)
    volts = np.empty((sorted_codes.shape[1], limits.inputs, record_length), np.float32)
    np.subtract(sorted_codes.transpose(1, 0, 2), np.float32(ZERO_CODE), out=volts, dtype=np.float32)
    volts *= np.float32(limits.full_scale_v / ZERO_CODE)
    step = 1 << (16 - limits.adc_bits)
    lowest, highest = sorted_codes.min(axis=(0, 2)), sorted_codes.max(axis=(0, 2))
    return RecordBlock(first, volts, (lowest < step) | (highest >= (1 << 16) - step))


def require_recordable(plan: AcquisitionPlan, limits: AcquisitionLimits) -> None:
    """Raise ProblemReport with everything in `plan` that the digitizer cannot do."""
    where, problems = plan.instrument, []
    if plan.sample_rate_hz not in limits.sample_rates_hz:
        rates = ", ".join(map(str, limits.sample_rates_hz))
        problems.append(
            Problem("sample rate that its clock does not have", where, str(plan.sample_rate_hz), rates)
        )
    length, grid = plan.record_length, limits.record_granularity
    if not limits.min_record <= length <= limits.max_record or length % grid:
        allowed = f"{limits.min_record} to {limits.max_record}, multiples of {grid}"
        problems.append(Problem("record of a length it does not have", where, f"{length} samples", allowed))
    if plan.trigger_delay < 0 or plan.trigger_delay % limits.trigger_delay_granularity:
        allowed = f"multiples of {limits.trigger_delay_granularity}, not negative"
        problems.append(Problem("trigger delay it does not have", where, f"{plan.trigger_delay} samples", allowed))
    if plan.records < 1:
        problems.append(Problem("nothing to record", where, f"{plan.records} records", "1 or more"))
    if problems:
        raise ProblemReport(f"{where} cannot record the plan", problems=tuple(problems))
