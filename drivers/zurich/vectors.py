"""Waves, slots and weights in the formats that nodes take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.zurich.seqc import Core, CoreProgram, Integrator, StoredWave
from drivers.zurich.seqc.waves import marker_bits

__all__ = ["native_wave", "uhf_weights", "wave_nodes", "weight_vector"]


def wave_nodes(made: CoreProgram) -> dict[str, NDArray[Any]]:
    """The waves of a sequencer by node, or the pulses of an SHF analyzer by generator slot."""
    if made.core.kind == "qa":
        return {_slot(made.core, index): wave.samples for index, wave in enumerate(made.waves)}
    with_markers = bool(marker_bits(made.waves))
    base = f"{made.core.node}/waveform/waves"
    return {
        f"{base}/{index}": native_wave(wave, with_markers=with_markers and wave.markers is not None)
        for index, wave in enumerate(made.waves)
    }


def native_wave(wave: StoredWave, *, with_markers: bool) -> NDArray[np.uint16]:
    """Real and imaginary part (and markers) side by side, 16 bits each, as zhinst-toolkit writes them."""
    from zhinst.toolkit import Waveforms

    make: Any = Waveforms  # the toolkit leaves its constructor without types
    waveforms = make()
    markers = wave.markers if with_markers else None
    # Rounding in an envelope must not wrap around at full scale.
    real, imag = (np.clip(part, -1.0, 1.0) for part in (wave.samples.real, wave.samples.imag))
    waveforms.assign_waveform(0, real, imag, markers)
    vector: NDArray[np.uint16] = waveforms.get_raw_vector(0)
    return vector


def weight_vector(integrator: Integrator, length: int) -> NDArray[np.complex128]:
    """The weights of one integrator, with zeros up to the length that all share."""
    weights = np.zeros(length, np.complex128)
    weights[: integrator.weights.size] = integrator.weights
    return weights


def uhf_weights(integrators: tuple[Integrator, ...], length: int, *, sums: bool) -> dict[str, Any]:
    """Weights, inputs and rotations of a UHFQA's integrators, which sum real numbers.

    A unit sums wr in1 and wi in2, or with inputs swapped wr in2 and wi in1, and keeps the real part of
    (first + i second) times its rotation. Rotation 1 + i makes that the real part of the complex sum; for its
    imaginary part a second unit has the inputs swapped and the rotation 1 - i.
    """
    nodes: dict[str, Any] = {}
    parts = ((0, 1 + 1j), (1, 1 - 1j)) if sums else ((0, 1 + 1j),)
    unit = 0
    for integrator in integrators:
        weights = weight_vector(integrator, length)
        for source, rotation in parts:
            base = "qas/0/integration"
            nodes |= {
                f"{base}/sources/{unit}": source,
                f"{base}/weights/{unit}/real": np.ascontiguousarray(weights.real),
                f"{base}/weights/{unit}/imag": np.ascontiguousarray(weights.imag),
                f"qas/0/rotations/{unit}": rotation,
                f"qas/0/thresholds/{unit}/correlation/enable": 0,
                f"qas/0/thresholds/{unit}/level": float(integrator.threshold or 0.0),
            }
            unit += 1
    return nodes


def _slot(core: Core, index: int) -> str:
    return f"qachannels/{core.index}/generator/waveforms/{index}/wave"
