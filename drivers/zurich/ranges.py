"""Ranges of outputs and inputs: the settings a device has, and the peak volts they stand for."""

from __future__ import annotations

import math
from typing import Literal

from drivers.zurich.profiles import Profile

__all__ = ["input_range", "output_range", "peak_volts", "range_setting", "ranges_text"]

TOLERANCE = 0.02
"""Relative: 0.316 V is 0 dBm."""

IMPEDANCE_OHM = 50.0

HDAWG_RANGES_VPP = (0.2, 0.4, 0.6, 0.8, 1.0, 2.0, 3.0, 4.0, 5.0)
UHFQA_OUTPUT_RANGES_V = (0.15, 1.5)
UHFQA_INPUT_RANGES_V = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5)
SHF_RANGES_DBM = {"output": tuple(range(-30, 15, 5)), "input": tuple(range(-50, 15, 5))}

Side = Literal["output", "input"]


def output_range(profile: Profile, full_scale_v: float) -> float | None:
    """The range setting (dBm, or volts as the device counts them) of a full scale; None where there is none."""
    return _setting(profile, "output", full_scale_v)


def input_range(profile: Profile, full_scale_v: float) -> float | None:
    """As `output_range`, for inputs."""
    return _setting(profile, "input", full_scale_v)


def range_setting(profile: Profile, side: Side, full_scale_v: float) -> float:
    """The range setting of a full scale that has been checked; raises ValueError where there is none."""
    setting = _setting(profile, side, full_scale_v)
    if setting is None:
        raise ValueError(f"no {side} range of {full_scale_v} V")
    return setting


def peak_volts(profile: Profile, setting: float) -> float:
    """The peak volts that a range setting stands for: into 50 Ohm where it is a power."""
    if profile.family in {"SHFSG", "SHFQA", "SHFQC"}:
        return math.sqrt(2 * IMPEDANCE_OHM * 1e-3 * 10 ** (setting / 10))
    return setting / 2 if profile.family == "HDAWG" else setting


def ranges_text(profile: Profile, side: Side) -> str:
    """All full scales of a side, for people."""
    return ", ".join(f"{peak_volts(profile, setting):.4g}" for setting in _settings(profile, side)) + " V"


def _settings(profile: Profile, side: Side) -> tuple[float, ...]:
    if profile.family == "HDAWG":
        return HDAWG_RANGES_VPP
    if profile.family == "UHFQA":
        return UHFQA_OUTPUT_RANGES_V if side == "output" else UHFQA_INPUT_RANGES_V
    return SHF_RANGES_DBM[side]


def _setting(profile: Profile, side: Side, full_scale_v: float) -> float | None:
    for setting in _settings(profile, side):
        volts = peak_volts(profile, setting)
        if abs(volts - full_scale_v) <= TOLERANCE * volts:
            return setting
    return None
