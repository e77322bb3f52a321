"""The simulated digitizer: an ATS9360 board, and the vendor's API served over a socket."""

from simulators.alazar.board import ATS9360, Reply
from simulators.alazar.capture import Capture, RecordSource, convert
from simulators.alazar.faults import Faults, Records
from simulators.alazar.server import AtsServer

__all__ = ["ATS9360", "AtsServer", "Capture", "Faults", "RecordSource", "Records", "Reply", "convert"]
