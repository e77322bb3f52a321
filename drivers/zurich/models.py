"""What each Zurich Instruments model can play and record, as data.

Sources: the node documentation in zhinst-toolkit's source distribution (counts of channels, oscillators, slots,
weights and segments), the schema of command tables in zhinst-toolkit (entries), and the vendor's compiler, which
refuses what goes beyond the lengths, indices and memories below (the tests hold these numbers against it).
"""

from __future__ import annotations

from dataclasses import replace

from drivers.zurich.profiles import CoreProfile, Profile, ReadoutProfile

__all__ = ["LARGEST", "profile_of"]

_HDAWG_CORE = CoreProfile(
    kind="hdawg",
    granularity=16,
    min_length=32,
    instructions=16_384,
    table_entries=1_024,
    waves=16_000,
    wave_samples=67_108_864,
    oscillators=1,
    reset_lead=192,
)
_SG_CORE = CoreProfile(
    kind="sg",
    granularity=16,
    min_length=32,
    instructions=32_768,
    table_entries=4_096,
    waves=16_000,
    wave_samples=98_304,
    oscillators=8,
    reset_lead=112,
)
_QA_CORE = CoreProfile(
    kind="qa",
    granularity=16,
    min_length=32,
    instructions=16_384,
    table_entries=0,
    waves=16,
    wave_samples=16 * 4_096,
    oscillators=0,
    reset_lead=112,
)
_UHF_CORE = CoreProfile(
    kind="uhf",
    granularity=8,
    min_length=16,
    instructions=1_024,
    table_entries=0,
    waves=1_024,
    wave_samples=128_000_000,
    oscillators=0,
    max_silence=131_056,
)
_SHFQA_READOUT = ReadoutProfile(
    integrators=16,
    weight_samples=4_096,
    results=1 << 19,
    trace_samples=1 << 18,
    traces=1_024,
    delay_grid=4,
    max_delay=262_140,
    slot_samples=4_096,
    averages=1 << 17,
    trace_averages=1 << 16,
    spectroscopy_samples=1 << 25,
    envelope_samples=1 << 16,
)
_SHFQC_READOUT = replace(_SHFQA_READOUT, integrators=8, trace_samples=1 << 16)
_UHFQA_READOUT = ReadoutProfile(
    integrators=10,
    weight_samples=4_096,
    results=1 << 20,
    trace_samples=4_096,
    traces=1,
    delay_grid=4,
    max_delay=1_020,
    # Whether its results are sums or means, LabOne Q's versions and the node documentation contradict one another.
    averages=1,
    trace_averages=1 << 15,
)


def profile_of(model: str, options: tuple[str, ...] = ()) -> Profile | None:
    """The profile of a model (`HDAWG8`, `SHFQC`, ...) with its options; None where the model is not known.

    What a device tells of its channels decides for an SHFQC with fewer signal generators: see `with_outputs`.
    """
    base = _MODELS.get(model)
    if base is None:
        return None
    profile = replace(base, options=options)
    if profile.family == "HDAWG" and profile.generator is not None:
        # MF brings four oscillators a core, ME the larger memory.
        memory = 500_000_000 if "ME" in options else profile.generator.wave_samples
        oscillators = 4 if "MF" in options else 1
        profile = replace(
            profile, generator=replace(profile.generator, wave_samples=memory, oscillators=oscillators)
        )
    if profile.family == "SHFQA" and options and "16W" not in options:
        profile = _with_slots(profile, 8)  # of the 16 slots and weights, the option 16W brings half
    if profile.family == "SHFQC" and "QC2CH" in options:
        profile = replace(profile, generator_outputs=_singles(1, 2), analyzer_outputs=((3,),))
    if profile.family == "SHFQC" and "QC4CH" in options:
        profile = replace(profile, generator_outputs=_singles(1, 4), analyzer_outputs=((5,),))
    return profile


def _with_slots(profile: Profile, slots: int) -> Profile:
    """The profile with so many generator slots and integrators on each channel."""
    return replace(
        profile,
        analyzer=replace(_QA_CORE, waves=slots, wave_samples=slots * _SHFQA_READOUT.slot_samples),
        readout=replace(_SHFQA_READOUT, integrators=slots),
    )


def _singles(first: int, last: int) -> tuple[tuple[int, ...], ...]:
    return tuple((port,) for port in range(first, last + 1))


def _pairs(cores: int) -> tuple[tuple[int, ...], ...]:
    return tuple((2 * core + 1, 2 * core + 2) for core in range(cores))


def _hdawg(channels: int) -> Profile:
    return Profile(
        "HDAWG",
        f"HDAWG{channels}",
        (),
        (2_400_000_000, 2_000_000_000),
        generator=_HDAWG_CORE,
        generator_outputs=_pairs(channels // 2),
    )


def _shfsg(channels: int) -> Profile:
    return Profile(
        "SHFSG",
        f"SHFSG{channels}",
        (),
        (2_000_000_000,),
        generator=_SG_CORE,
        generator_outputs=_singles(1, channels),
        generator_lo_grid_hz=200_000_000,
        lo_range_hz=(0.6e9, 8.0e9),
    )


def _shfqa(channels: int) -> Profile:
    return Profile(
        "SHFQA",
        f"SHFQA{channels}",
        (),
        (2_000_000_000,),
        analyzer=_QA_CORE,
        analyzer_outputs=_singles(1, channels),
        readout=_SHFQA_READOUT,
        analyzer_lo_grid_hz=100_000_000,
        lo_range_hz=(1.0e9, 8.5e9),
    )


_SHFQC = Profile(
    "SHFQC",
    "SHFQC",
    (),
    (2_000_000_000,),
    generator=_SG_CORE,
    generator_outputs=_singles(1, 6),
    analyzer=replace(_QA_CORE, waves=8, wave_samples=8 * 4_096),
    analyzer_outputs=((7,),),
    readout=_SHFQC_READOUT,
    generator_lo_grid_hz=200_000_000,
    analyzer_lo_grid_hz=100_000_000,
    lo_range_hz=(0.6e9, 8.5e9),
)
_UHFQA = Profile(
    "UHFQA",
    "UHFQA",
    (),
    (1_800_000_000,),
    analyzer=_UHF_CORE,
    analyzer_outputs=((1, 2),),
    readout=_UHFQA_READOUT,
    adc_bits=12,
)
_MODELS = {
    profile.model: profile
    for profile in (_hdawg(8), _hdawg(4), _shfsg(8), _shfsg(4), _shfqa(4), _shfqa(2), _SHFQC, _UHFQA)
}

LARGEST = {
    profile.family: profile
    for profile in (_MODELS["HDAWG8"], _MODELS["SHFSG8"], _MODELS["SHFQA4"], _SHFQC, _UHFQA)
}
"""For each family the model whose limits hold until a device has told its own."""
