"""Opening a station for a command: with a sign of life, and without the drivers' own chatter."""

from __future__ import annotations

import contextlib
import io
import logging

from rich.console import Console
from rich.text import Text

from runtime.rig import Rig, Station

__all__ = ["open_rig"]


def open_rig(console: Console, station: Station) -> Rig:
    """Open a station while a spinner turns.

    Shipped drivers print when they connect, and log tracebacks of faults that pulserig reports in its own words.
    """
    for name in ("qcodes", "pyvisa"):
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    waiting = Text(f"connecting '{station.name}'")
    with console.status(waiting), contextlib.redirect_stdout(io.StringIO()):
        return Rig.open(station)
