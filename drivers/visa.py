"""VISA instruments: cutting a link from outside, error queues, timeouts that grow with the work."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.contract import InstrumentError
from drivers.session import Link

if TYPE_CHECKING:
    from qcodes.instrument import VisaInstrument

__all__ = ["VISA_LINK", "drain_errors", "require_no_errors", "timeout"]

MOST_ERRORS = 100
"""Longer than any instrument's error queue; an instrument that never says 0 does not hold us for ever."""


def _sever(instrument: VisaInstrument) -> None:
    """Cut the TCP sockets under a pyvisa-py session, so that a thread that hangs in it ends.

    pyvisa-py's SOCKET sessions wait for a writable socket without any limit, and its readers spin on a socket
    that is shut but not closed: so shut, which wakes the thread, then close, which ends its next attempt.
    Sessions of other VISA libraries keep their own timeouts and are left alone.
    """
    handle = instrument.visa_handle
    sessions = getattr(handle.visalib, "sessions", {})
    interface = getattr(sessions.get(handle.session), "interface", None)
    candidates = [interface, *(vars(interface).values() if hasattr(interface, "__dict__") else ())]
    for candidate in candidates:
        if isinstance(candidate, socket.socket):
            with contextlib.suppress(OSError):
                candidate.shutdown(socket.SHUT_RDWR)
            candidate.close()


def _close(instrument: VisaInstrument) -> None:
    """Close the instrument, also where pyvisa-py cannot say goodbye over a link that was cut.

    Its VXI-11 sessions then raise before they are gone, and QCoDeS would keep the instrument for ever.
    """
    try:
        instrument.close()
    except Exception:  # noqa: BLE001 - whatever kept it from closing, its sockets are shut by now
        handle = instrument.visa_handle
        getattr(handle.visalib, "sessions", {}).pop(handle.session, None)
        # As pyvisa does at the end of `close`, the mark by which everybody knows that the handle is closed.
        handle.session = None
        instrument.close()


VISA_LINK: Link[VisaInstrument] = Link(_sever, _close)


@contextmanager
def timeout(instrument: VisaInstrument, seconds: float) -> Iterator[None]:
    """Another VISA timeout inside the block."""
    before = instrument.timeout()
    instrument.timeout(seconds)
    try:
        yield
    finally:
        # A link that broke inside the block has no timeout to restore, and its own error is the one to report.
        with contextlib.suppress(Exception):
            instrument.timeout(before)


def drain_errors(instrument: VisaInstrument) -> list[str]:
    """Everything in the error queue, oldest first: `-256,"File name not found"`. The queue is empty afterwards."""
    errors: list[str] = []
    while len(errors) < MOST_ERRORS:
        answer = instrument.ask("SYSTem:ERRor?").strip()
        if answer.split(",", 1)[0].strip() in {"0", "+0"}:
            break
        errors.append(answer)
    return errors


def require_no_errors(instrument: VisaInstrument, address: str, during: str) -> None:
    """Raise InstrumentError with what stands in the error queue; drivers never look at it."""
    if errors := drain_errors(instrument):
        raise InstrumentError(
            f"it reports errors after '{during}'",
            got="; ".join(errors),
            allowed="an empty error queue",
            fix="Look the error numbers up in the instrument's manual",
            instrument=instrument.name,
            address=address,
        )
