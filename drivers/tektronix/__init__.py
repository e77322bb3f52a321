"""Tektronix generators; importing this costs little, QCoDeS is loaded when an instrument is opened."""

from drivers.tektronix.awg5208 import AWG5208Adapter

__all__ = ["AWG5208Adapter"]
