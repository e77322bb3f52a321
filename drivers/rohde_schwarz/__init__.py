"""Rohde & Schwarz instruments; importing this costs nothing, QCoDeS is loaded when an instrument is opened."""

from drivers.rohde_schwarz.sgs100a import SGS100AAdapter

__all__ = ["SGS100AAdapter"]
