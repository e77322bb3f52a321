"""Pulses: sampled ones, and named shapes that are evaluated by array code."""

from runtime.pulse.library import continuous, samplers
from runtime.pulse.library.bells import GaussianDeriv, Sech, SechDeriv, gaussian_square_echo
from runtime.pulse.library.catalogue import SHAPES
from runtime.pulse.library.named import Constant, Drag, Gaussian, GaussianSquare, GaussianSquareDrag
from runtime.pulse.library.pulse import Pulse
from runtime.pulse.library.samplers import functional_pulse
from runtime.pulse.library.shapes import Shape
from runtime.pulse.library.symbolic import ScalableSymbolicPulse, SymbolicPulse
from runtime.pulse.library.waveform import Waveform
from runtime.pulse.library.waves import Cos, Sawtooth, Sin, Square, Triangle

__all__ = [
    "SHAPES",
    "Constant",
    "Cos",
    "Drag",
    "Gaussian",
    "GaussianDeriv",
    "GaussianSquare",
    "GaussianSquareDrag",
    "Pulse",
    "Sawtooth",
    "ScalableSymbolicPulse",
    "Sech",
    "SechDeriv",
    "Shape",
    "Sin",
    "Square",
    "SymbolicPulse",
    "Triangle",
    "Waveform",
    "continuous",
    "functional_pulse",
    "gaussian_square_echo",
    "samplers",
]
