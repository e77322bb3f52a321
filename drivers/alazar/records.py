"""From converter codes to volts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.contract import AcquisitionLimits, AcquisitionPlan, Problem, ProblemReport, RecordBlock

__all__ = ["record_block", "require_recordable"]

ZERO_CODE = 0x8000
"""The code of 0 V; codes are left-justified in 16 bits."""


def record_block(
    codes: NDArray[np.uint16], first: int, triggered: NDArray[np.int64], limits: AcquisitionLimits
) -> RecordBlock:
    """One buffer as records in volts; where the footers are, 0 V.

    Args:
        codes: Uint16 of shape (inputs, records, samples), footers included.
        first: Index of the buffer's first record in the acquisition.
        triggered: When each record's trigger came, int64 of shape (records,), samples.
        limits: Converter bits, full scale, and size of the footers.
    """
    inputs, records, length = codes.shape
    signal = codes[:, :, : length - limits.footer_samples]
    volts = np.empty((records, inputs, length), np.float32)
    volts[:, :, signal.shape[2] :] = 0
    filled = volts[:, :, : signal.shape[2]]
    np.subtract(signal.transpose(1, 0, 2), np.float32(ZERO_CODE), out=filled, dtype=np.float32)
    filled *= np.float32(limits.full_scale_v / ZERO_CODE)
    step = 1 << (16 - limits.adc_bits)
    lowest, highest = signal.min(axis=(0, 2)), signal.max(axis=(0, 2))
    overrange = (lowest < step) | (highest >= (1 << 16) - step)
    return RecordBlock(first, volts, overrange, triggered=triggered)


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
    free = length - limits.footer_samples
    if any(window.stop > free for window in plan.windows):
        got = f"a window to sample {max(window.stop for window in plan.windows)}"
        problems.append(Problem("window where the record's footer is", where, got, f"to sample {free} at most"))
    if plan.records < 1:
        problems.append(Problem("nothing to record", where, f"{plan.records} records", "1 or more"))
    if problems:
        raise ProblemReport(f"{where} cannot record the plan", problems=tuple(problems))
