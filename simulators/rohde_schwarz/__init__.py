"""Rohde & Schwarz instruments: the SGS100A signal source."""

from __future__ import annotations

from simulators.rohde_schwarz.sgs100a import SGS100A

__all__ = ["SGS100A"]
