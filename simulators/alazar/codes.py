"""Numbers of the digitizer's vendor API: return codes and identifiers, as its header files name them."""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType

__all__ = [
    "ADMA_ENABLE_RECORD_FOOTERS",
    "ADMA_EXTERNAL_STARTCAPTURE",
    "ADMA_FIFO_ONLY_STREAMING",
    "ADMA_INTERLEAVE_SAMPLES",
    "ADMA_NPT",
    "BOARD_KIND_ATS9360",
    "EXTERNAL_CLOCK_10MHZ_REF",
    "INPUT_RANGE_PM_400_MV",
    "REGISTER_PASSWORD",
    "SAMPLE_RATES_HZ",
    "TRIGGER_HOLDOFF_REGISTER",
    "ApiError",
    "Capability",
    "Code",
]


class Code(IntEnum):
    """Return codes of the API."""

    SUCCESS = 512
    FAILED = 513
    DMA_IN_PROGRESS = 518
    UNSUPPORTED_FUNCTION = 533
    INVALID_SIZE = 536
    INVALID_INDEX = 539
    INVALID_REGISTER = 543
    INVALID_HANDLE = 572
    BUFFER_NOT_READY = 573
    INVALID_DATA = 574
    WAIT_TIMEOUT = 579
    WAIT_CANCELED = 580
    BUFFER_TOO_SMALL = 581
    BUFFER_OVERFLOW = 582
    INVALID_BUFFER = 583
    INVALID_RECORDS_PER_BUFFER = 584
    TRANSFER_COMPLETE = 589
    INVALID_CLOCK_FREQUENCY = 594


class Capability(IntEnum):
    """What AlazarQueryCapability can be asked."""

    SERIAL_NUMBER = 0x10000024
    LATEST_CAL_DATE = 0x10000026
    MEMORY_SIZE = 0x1000002A
    BOARD_TYPE = 0x1000002B
    ASOPC_TYPE = 0x1000002C
    LATEST_CAL_DATE_MONTH = 0x1000002D
    LATEST_CAL_DATE_DAY = 0x1000002E
    LATEST_CAL_DATE_YEAR = 0x1000002F
    PCIE_LINK_SPEED = 0x10000030
    PCIE_LINK_WIDTH = 0x10000031
    MAX_PRETRIGGER_SAMPLES = 0x10000046


class ApiError(Exception):
    """A call that the board refuses."""

    def __init__(self, code: Code) -> None:
        self.code = code
        super().__init__(code.name)


BOARD_KIND_ATS9360 = 25
INPUT_RANGE_PM_400_MV = 7
EXTERNAL_CLOCK_10MHZ_REF = 7
ADMA_EXTERNAL_STARTCAPTURE = 0x1
ADMA_NPT = 0x200
ADMA_FIFO_ONLY_STREAMING = 0x800
ADMA_INTERLEAVE_SAMPLES = 0x1000
ADMA_ENABLE_RECORD_FOOTERS = 0x10000
REGISTER_PASSWORD = 0x32145876
TRIGGER_HOLDOFF_REGISTER = 58
"""Bit 26 of this register is the trigger holdoff."""

SAMPLE_RATES_HZ = MappingProxyType(
    {
        0x01: 1_000,
        0x02: 2_000,
        0x04: 5_000,
        0x08: 10_000,
        0x0A: 20_000,
        0x0C: 50_000,
        0x0E: 100_000,
        0x10: 200_000,
        0x12: 500_000,
        0x14: 1_000_000,
        0x18: 2_000_000,
        0x1A: 5_000_000,
        0x1C: 10_000_000,
        0x1E: 20_000_000,
        0x22: 50_000_000,
        0x24: 100_000_000,
        0x28: 200_000_000,
        0x30: 500_000_000,
        0x32: 800_000_000,
        0x35: 1_000_000_000,
        0x37: 1_200_000_000,
        0x3A: 1_500_000_000,
        0x3D: 1_800_000_000,
    }
)
"""Internal clock rates of the ATS9360 by their identifier."""
