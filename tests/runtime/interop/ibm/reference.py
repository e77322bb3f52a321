"""A second reading of a device file, straight from its JSON: slow, plain, and written without the loader.

The formulas are those of the OpenPulse sampling rule: t = n + 1/2, a Gaussian lifted so that it is 1 at its centre
and 0 at t_z, drag with the derivative factor -(t - c)/sigma^2, flat tops between two halves of a Gaussian.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Key = tuple[str, str, int]
"""Kind of the instruction, channel by its name in the file, start."""


def lifted(t: NDArray[np.float64], centre: float, zero: float, sigma: float) -> NDArray[np.float64]:
    def g(x: Any) -> Any:
        return np.exp(-((x - centre) ** 2) / (2 * sigma**2))

    return np.asarray((g(t) - g(zero)) / (1 - g(zero)))


def samples(shape: str, p: dict[str, Any]) -> NDArray[np.complex128]:
    """The samples of a parametric pulse."""
    duration: int = p["duration"]
    sigma: float = p["sigma"]
    beta: float = p.get("beta", 0.0)
    t = np.arange(0.5, duration)
    amp = complex(*p["amp"])
    if shape == "drag":
        curve = lifted(t, duration / 2, duration + 1, sigma)
        return amp * (curve + 1j * beta * (-(t - duration / 2) / sigma**2) * curve)
    if shape not in {"gaussian_square", "gaussian_square_drag"}:
        raise NotImplementedError(shape)
    rise, fall = duration / 2 - p["width"] / 2, duration / 2 + p["width"] / 2
    out: NDArray[np.complex128] = np.ones(duration, complex)
    for edge, zero, part in ((rise, -1, t <= rise), (fall, duration + 1, t >= fall)):
        factor = 1 + 1j * beta * (-(t[part] - edge) / sigma**2)
        out[part] = lifted(t[part], edge, zero, sigma) * factor
    return amp * out


def phase(text: float | str, values: dict[str, float]) -> float:
    """Published expressions are numbers and `-(P0)` only."""
    if not isinstance(text, str):
        return float(text)
    assert text.startswith("-(P")
    assert text.endswith(")")
    return -values[text[2:-1]]


def published(entry: dict[str, Any], defs: dict[str, Any], values: dict[str, float]) -> dict[Key, list[Any]]:
    """What an entry does: at each (kind, channel, start) what happens there, in the file's order."""
    library = {pulse["name"]: pulse["samples"] for pulse in defs["pulse_library"]}
    found: dict[Key, list[Any]] = {}

    def note(kind: str, channel: str, t0: int, what: object) -> None:
        found.setdefault((kind, channel, t0), []).append(what)

    for item in entry["sequence"]:
        name, t0 = item["name"], item["t0"]
        if name == "acquire":
            for qubit, slot in zip(item["qubits"], item["memory_slot"], strict=True):
                note("acquire", f"a{qubit}", t0, (item["duration"], slot))
        elif name == "fc":
            note("phase", item["ch"], t0, phase(item["phase"], values))
        elif name == "delay":
            note("delay", item["ch"], t0, item["duration"])
        elif name == "parametric_pulse":
            what = samples(item["pulse_shape"], item["parameters"])
            note("play", item["ch"], t0, (item.get("label"), what))
        else:
            what = np.array([complex(re, im) for re, im in library[name]])
            note("play", item["ch"], t0, (name, what))
    return found
