"""Stations that install with the package: one folder each, with instruments, wiring, device files and chip."""

from pathlib import Path

__all__ = ["ROOT"]

ROOT = Path(__file__).parent
"""The folder that holds one folder for each station."""
