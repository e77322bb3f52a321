"""Settings of the board, checked as the vendor's API checks them."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.alazar.codes import (
    ADMA_ENABLE_RECORD_FOOTERS,
    ADMA_INTERLEAVE_SAMPLES,
    ADMA_NPT,
    EXTERNAL_CLOCK_10MHZ_REF,
    INPUT_RANGE_PM_400_MV,
    SAMPLE_RATES_HZ,
    ApiError,
    Code,
)

__all__ = ["MEMORY_SAMPLES", "AcquisitionSettings", "BoardSettings"]

MEMORY_SAMPLES = 4_294_967_294
"""On-board memory in samples a channel: the largest even number that the API's 32 bits hold."""
RECORD_GRANULARITY = 128
SHORTEST_RECORD = 256
DELAY_GRANULARITY = 8
LARGEST_BUFFER = 64 * 1024 * 1024
"""Bytes, from the vendor's guide to AlazarBeforeAsyncRead."""
ENDLESS = 0x7FFFFFFF
"""Records of an acquisition that goes on until it is aborted."""
MARKER_HIGH_V = 1.0
"""What a generator's marker reaches at the trigger input."""
EXTERNAL = 2
RISING = 1
TRIGGER_RANGES_V = {2: 5.0, 3: 2.5}
"""Full scale of the external trigger input by its range identifier: TTL and 2.5 V."""


@dataclass(frozen=True, slots=True)
class AcquisitionSettings:
    """One asynchronous acquisition, as AlazarBeforeAsyncRead described it."""

    channels: tuple[int, ...]
    """Inputs that are captured: 0 is A, 1 is B."""
    record_length: int
    records_per_buffer: int
    records: int | None
    """Records of the whole acquisition, None without end."""
    interleaved: bool
    footers: bool = False
    """Each record ends with what the board tells of it."""

    @property
    def buffer_bytes(self) -> int:
        """Size of a full buffer: 2 bytes a sample."""
        return 2 * self.record_length * self.records_per_buffer * len(self.channels)


def _expect(condition: bool, code: Code = Code.INVALID_DATA) -> None:
    if not condition:
        raise ApiError(code)


@dataclass(slots=True)
class BoardSettings:
    """Everything that setters write. The methods are named after the API's functions."""

    sample_rate_hz: float = 1.8e9
    trigger_delay: int = 0
    """Samples between trigger and record."""
    record_length: int | None = None
    trigger_operation: int = 0
    engines: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Source, slope and level code of engine J (0) and K (1)."""
    trigger_range: int = 3

    def set_capture_clock(self, source: int, rate: int, edge: int, decimation: int) -> None:
        """Internal clock by rate identifier, or a 10 MHz reference with the rate in Hz."""
        _expect(edge in {0, 1} and 0 <= decimation <= 100_000)
        if source == EXTERNAL_CLOCK_10MHZ_REF:
            _expect(300_000_000 <= rate <= 1_800_000_000 and rate % 1_000_000 == 0, Code.INVALID_CLOCK_FREQUENCY)
            self.sample_rate_hz = rate / max(1, decimation)
            return
        # Nothing is connected to the external clock input.
        _expect(source == 1 and rate in SAMPLE_RATES_HZ, Code.INVALID_CLOCK_FREQUENCY)
        _expect(decimation in {0, 1})
        self.sample_rate_hz = float(SAMPLE_RATES_HZ[rate])

    def input_control(self, channel: int, coupling: int, input_range: int, impedance: int) -> None:
        """The ATS9360 has one range, 400 mV, and one impedance, 50 ohm (identifier 2)."""
        _expect(channel in {1, 2} and coupling in {1, 2})
        _expect(input_range == INPUT_RANGE_PM_400_MV and impedance == 2)

    def set_bandwidth_limit(self, channel: int, flag: int) -> None:
        """Accepted; the limit lies far above the simulated signals."""
        _expect(channel in {1, 2} and flag in {0, 1})

    def set_trigger_operation(self, operation: int, *engines: int) -> None:
        """Operation of the two engines, then for each: engine, source, slope, level code."""
        _expect(0 <= operation <= 6 and len(engines) == 8)
        found: dict[int, tuple[int, int, int]] = {}
        for engine, source, slope, level in (engines[:4], engines[4:]):
            _expect(engine in {0, 1} and source in {0, 1, 2, 3} and slope in {1, 2} and 0 <= level <= 255)
            found[engine] = (source, slope, level)
        _expect(len(found) == 2)
        self.trigger_operation, self.engines = operation, found

    def set_external_trigger(self, coupling: int, trigger_range: int) -> None:
        """Coupling AC or DC, range TTL or 2.5 V."""
        _expect(coupling in {1, 2} and trigger_range in TRIGGER_RANGES_V)
        self.trigger_range = trigger_range

    def set_trigger_delay(self, samples: int) -> None:
        """Multiples of 8 samples while two channels are on."""
        _expect(0 <= samples <= 9_999_999 and samples % DELAY_GRANULARITY == 0)
        self.trigger_delay = samples

    def set_trigger_time_out(self, ticks: int) -> None:
        """Only 0, wait for ever: this lab has nothing to show to a board that triggers by itself."""
        _expect(ticks == 0, Code.UNSUPPORTED_FUNCTION)

    def configure_aux_io(self, mode: int, parameter: int) -> None:
        """The AUX connector is not wired; gating acquisitions with it would wait for ever."""
        _expect(mode in {0, 13}, Code.UNSUPPORTED_FUNCTION)
        _expect(parameter in {0, 1, 2})

    def set_record_size(self, before: int, after: int) -> None:
        """Samples before and after the trigger; NPT records have none before."""
        _expect(before == 0, Code.INVALID_SIZE)
        _expect(after >= SHORTEST_RECORD and after % RECORD_GRANULARITY == 0, Code.INVALID_SIZE)
        self.record_length = after

    @property
    def triggered_by_marker(self) -> bool:
        """Whether a marker's rising edge at the external input starts a record.

        True for an engine in use that looks at the external input, at a positive slope, at a level between 0 V and
        the marker's high level: code 128 is 0 V, 255 the range.
        """
        used = {0: (0,), 1: (1,), 2: (0, 1)}.get(self.trigger_operation, ())
        for engine in used:
            source, slope, level = self.engines.get(engine, (3, RISING, 0))
            level_v = (level - 128) / 127 * TRIGGER_RANGES_V[self.trigger_range]
            if source == EXTERNAL and slope == RISING and 0.0 < level_v < MARKER_HIGH_V:
                return True
        return False

    def before_async_read(self, *request: int) -> AcquisitionSettings:
        """Check an acquisition: channel mask, offset, record length, records a buffer, records in all, flags.

        Only NPT (no pre-trigger) acquisitions are modelled.
        """
        channels, offset, length, per_buffer, records, flags = request
        _expect(bool(flags & ADMA_NPT), Code.UNSUPPORTED_FUNCTION)
        _expect(channels in {1, 2, 3} and offset == 0)
        _expect(length >= SHORTEST_RECORD and length % RECORD_GRANULARITY == 0, Code.INVALID_SIZE)
        _expect(self.record_length == length, Code.INVALID_SIZE)
        _expect(per_buffer >= 1 and records >= 1, Code.INVALID_RECORDS_PER_BUFFER)
        _expect(records == ENDLESS or records % per_buffer == 0, Code.INVALID_RECORDS_PER_BUFFER)
        settings = AcquisitionSettings(
            channels=tuple(k for k in (0, 1) if channels >> k & 1),
            record_length=length,
            records_per_buffer=per_buffer,
            records=None if records == ENDLESS else records,
            interleaved=bool(flags & ADMA_INTERLEAVE_SAMPLES),
            footers=bool(flags & ADMA_ENABLE_RECORD_FOOTERS),
        )
        _expect(settings.buffer_bytes <= LARGEST_BUFFER, Code.INVALID_SIZE)
        return settings
