"""Kernels and discriminators that an Acquire names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from drivers.contract import ConfigurationError
from runtime import pulse
from runtime.results.collecting.readout import QubitReadout
from runtime.results.discriminators import Discriminator, Threshold
from runtime.results.kernels import Boxcar, Kernel, Weights

__all__ = ["readout_of_acquire"]


def readout_of_acquire(
    acquire: pulse.Acquire, default: QubitReadout, dt_s: float, named: Mapping[str, QubitReadout] | None = None
) -> QubitReadout:
    """How one Acquire wants to be read: by its own kernel and discriminator, or as its qubit is.

    ======================================================== ==================================================
    `Kernel("boxcar", start_window=0, stop_window=1000)`     `Boxcar`, in units of dt from the window's start
    `Kernel("weights", weights=[...], sample_rate_hz=...)`   `Weights`
    `Discriminator("threshold", angle_rad=, threshold_v=)`   `Threshold`
    any other name                                           that entry of `named`
    no name, or none given                                   `default`
    ======================================================== ==================================================

    Args:
        acquire: The instruction.
        default: Of its qubit.
        dt_s: The Target's dt.
        named: Readouts of the station by name.

    Raises:
        ConfigurationError: A name or a parameter that is not known.
    """
    kernel, discriminator = default.kernel, default.discriminator
    if acquire.kernel is not None and acquire.kernel.name is not None:
        kernel = _kernel(acquire.kernel, dt_s, named or {}, repr(acquire))
    if acquire.discriminator is not None and acquire.discriminator.name is not None:
        discriminator = _discriminator(acquire.discriminator, named or {}, repr(acquire))
    if kernel is default.kernel and discriminator is default.discriminator:
        return default
    return QubitReadout(kernel, discriminator)


def _kernel(setting: pulse.Kernel, dt_s: float, named: Mapping[str, QubitReadout], place: str) -> Kernel:
    params = dict(setting.params)
    if setting.name == "boxcar":
        _require(params, set(), {"start_window", "stop_window"}, place)
        stop = params.get("stop_window")
        start_s = float(params.get("start_window", 0)) * dt_s
        return Boxcar(start_s, None if stop is None else float(stop) * dt_s)
    if setting.name == "weights":
        _require(params, {"weights"}, {"sample_rate_hz"}, place)
        return Weights(np.asarray(params["weights"], np.complex128), params.get("sample_rate_hz"))
    return _entry(str(setting.name), params, named, place, ("boxcar", "weights")).kernel


def _discriminator(
    setting: pulse.Discriminator, named: Mapping[str, QubitReadout], place: str
) -> Discriminator | None:
    params = dict(setting.params)
    if setting.name == "threshold":
        _require(params, {"angle_rad", "threshold_v"}, set(), place)
        return Threshold(float(params["angle_rad"]), float(params["threshold_v"]))
    return _entry(str(setting.name), params, named, place, ("threshold",)).discriminator


def _entry(
    name: str,
    params: Mapping[str, Any],
    named: Mapping[str, QubitReadout],
    place: str,
    own: tuple[str, ...],
) -> QubitReadout:
    if name not in named:
        raise ConfigurationError(
            "an Acquire names a readout that is not known",
            where=place,
            got=repr(name),
            allowed=", ".join([*own, *named]),
        )
    _require(params, set(), set(), place)
    return named[name]


def _require(params: Mapping[str, Any], needed: set[str], allowed: set[str], place: str) -> None:
    wrong = sorted(set(params) - needed - allowed) + sorted(needed - set(params))
    if wrong:
        raise ConfigurationError(
            "parameters that are not known, or missing",
            where=place,
            got=", ".join(wrong),
            allowed=", ".join(sorted(needed | allowed)) or "none",
        )
