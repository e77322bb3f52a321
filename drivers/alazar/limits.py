"""What an AlazarTech ATS9360 can record, as data."""

from __future__ import annotations

from drivers.contract import AcquisitionLimits

__all__ = ["ATS9360"]

ATS9360 = AcquisitionLimits(
    model="ATS9360",
    inputs=2,
    # The rates of its internal clock, as the QCoDeS driver maps them.
    sample_rates_hz=(
        1_000,
        2_000,
        5_000,
        10_000,
        20_000,
        50_000,
        100_000,
        200_000,
        500_000,
        1_000_000,
        2_000_000,
        5_000_000,
        10_000_000,
        20_000_000,
        50_000_000,
        100_000_000,
        200_000_000,
        500_000_000,
        800_000_000,
        1_000_000_000,
        1_200_000_000,
        1_500_000_000,
        1_800_000_000,
    ),
    record_granularity=128,
    min_record=256,
    # One record of both inputs fills a buffer of 8 MiB, the most that the vendor recommends.
    max_record=2_097_152,
    trigger_delay_granularity=8,
    adc_bits=12,
    full_scale_v=0.4,
    footer_samples=4,
)
