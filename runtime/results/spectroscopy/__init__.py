"""Spectroscopy: what is on a readout line, as power spectral density."""

from runtime.results.spectroscopy.collector import SpectrumCollector
from runtime.results.spectroscopy.spectrum import Spectrum

__all__ = ["Spectrum", "SpectrumCollector"]
