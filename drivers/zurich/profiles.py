"""In which words the limits of a Zurich Instruments device are written down; the numbers are in `models`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.contract import AcquisitionLimits, CombinedLimits, SequencerLimits

__all__ = ["CoreKind", "CoreProfile", "Family", "Profile", "ReadoutProfile"]

Family = Literal["HDAWG", "SHFSG", "SHFQA", "SHFQC", "UHFQA"]
CoreKind = Literal["hdawg", "sg", "qa", "uhf"]


@dataclass(frozen=True, slots=True)
class CoreProfile:
    """One kind of sequencer, and what it plays from."""

    kind: CoreKind
    granularity: int
    """Samples; lengths and starts are multiples of it."""
    min_length: int
    """Fewest samples of a wave and of a silence."""
    instructions: int
    table_entries: int
    """0: no command table."""
    waves: int
    """Most wave indices, or generator slots."""
    wave_samples: int
    """Complex samples of all waves together."""
    oscillators: int
    reset_lead: int = 0
    """Samples between the silence behind which `resetOscPhase` stands and the instant when phases are 0: 80 ns for
    HDAWG and 56 ns for SHF instruments (LabOne Q's constants)."""
    max_silence: int = (1 << 19) - 16
    """Longest silence of one instruction; the compiler takes more, LabOne Q never asks for more."""
    samples_per_clock: int = 8
    """Samples that pass while the sequencer executes one instruction."""


@dataclass(frozen=True, slots=True)
class ReadoutProfile:
    """What a quantum analyzer channel makes of its input."""

    integrators: int
    """Complex ones; a UHFQA takes two of its real ones for each complex sum."""
    weight_samples: int
    results: int
    """Longest result vector."""
    trace_samples: int
    """Samples of all traces together."""
    traces: int
    """Most traces of one acquisition."""
    delay_grid: int
    """Samples; step of the integration delay."""
    max_delay: int
    """Samples; longest integration delay."""
    slot_samples: int = 0
    """Most samples of one generator slot; 0: readout pulses are ordinary waves."""
    averages: int = 1
    """Most readouts that are averaged into one result."""
    trace_averages: int = 1
    """As `averages`, of traces."""
    spectroscopy_samples: int = 0
    """Longest integration on the oscillator, without weights; 0: it has no such mode."""
    envelope_samples: int = 0
    """Longest pulse on the oscillator."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One model: its outputs, sequencers and limits."""

    family: Family
    model: str
    """As the device tells it (`features/devtype`), which is how the compiler wants it."""
    options: tuple[str, ...]
    sample_rates_hz: tuple[int, ...]
    generator: CoreProfile | None = None
    generator_outputs: tuple[tuple[int, ...], ...] = ()
    analyzer: CoreProfile | None = None
    analyzer_outputs: tuple[tuple[int, ...], ...] = ()
    readout: ReadoutProfile | None = None
    generator_lo_grid_hz: int = 0
    """Synthesizers of generators are set in steps of this; 0: no synthesizer. Two outputs share one."""
    analyzer_lo_grid_hz: int = 0
    """As `generator_lo_grid_hz`, of an analyzer channel, which has its own."""
    lo_range_hz: tuple[float, float] = (0.0, 0.0)
    adc_bits: int = 14

    @property
    def delay_limit_samples(self) -> int:
        """Samples; longest delay of the delay node of a generator's output."""
        return {"HDAWG": 62, "UHFQA": 0}.get(self.family, 248)

    @property
    def core(self) -> CoreProfile:
        """The generators' sequencers where there are any, else the analyzers'."""
        core = self.generator or self.analyzer
        if core is None:
            raise ValueError(f"{self.model} has no sequencer")
        return core

    def sequencer_limits(self) -> SequencerLimits:
        """The limits that a lowering has to keep."""
        core = self.core
        slot_samples = self.readout.slot_samples if self.readout else 0
        return SequencerLimits(
            model=self.model,
            outputs=(*self.generator_outputs, *self.analyzer_outputs),
            sample_rates_hz=self.sample_rates_hz,
            granularity=core.granularity,
            min_length=core.min_length,
            memory_samples=core.wave_samples,
            max_envelopes=core.waves,
            max_table_entries=core.table_entries if self.generator else 0,
            max_events=core.instructions,
            oscillators=core.oscillators if self.generator else 0,
            max_readout_samples=self.analyzer.waves * slot_samples if self.analyzer else 0,
            readout_outputs=self.analyzer_outputs,
            trigger_lead=self.generator.reset_lead if self.generator else 0,
            one_shape_sweeps=bool(self.readout and self.readout.spectroscopy_samples),
        )

    def acquisition_limits(self) -> AcquisitionLimits | None:
        """The limits of what it records; None where it records nothing."""
        readout = self.readout
        if readout is None:
            return None
        return AcquisitionLimits(
            model=self.model,
            inputs=2,
            sample_rates_hz=self.sample_rates_hz,
            record_granularity=16,
            min_record=16,
            max_record=max(readout.trace_samples, readout.weight_samples),
            trigger_delay_granularity=readout.delay_grid,
            adc_bits=self.adc_bits,
            full_scale_v=1.0,
            integrators=readout.integrators,
            max_results=readout.results,
            averages=True,
        )

    def limits(self) -> SequencerLimits | CombinedLimits:
        """What the model does, in the words of the contract."""
        acquisition = self.acquisition_limits()
        if acquisition is None:
            return self.sequencer_limits()
        return CombinedLimits(self.sequencer_limits(), acquisition)
