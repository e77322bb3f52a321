"""What exceptions from below (VISA, sockets, vendor libraries) mean for an instrument."""

from __future__ import annotations

import struct

from drivers.contract import InstrumentError, InstrumentTimeout, LinkLost

__all__ = ["REOPEN", "link_failure", "timeout_of"]

REOPEN = "Check the instrument and its cable, then open the station again"
"""What to do about an instrument that cannot be used any more."""


def timeout_of(instrument: str, address: str, wait: str, timeout_s: float) -> InstrumentTimeout:
    """The error of a named wait that got no answer within `timeout_s` seconds."""
    return InstrumentTimeout(
        f"no answer to '{wait}'",
        got=f"nothing within {timeout_s:g} s",
        fix=REOPEN,
        instrument=instrument,
        address=address,
        wait=wait,
        timeout_s=timeout_s,
    )


def link_failure(
    error: BaseException, instrument: str, address: str, wait: str, waited_s: float
) -> InstrumentError | None:
    """InstrumentTimeout or LinkLost when `error` says that the link fell silent or broke, else None."""
    if not _is_broken_link(error):
        return None
    cause = error
    # Drivers clean up in `finally` and fail again on the same link; what came first says what happened.
    while cause.__context__ is not None and _is_broken_link(cause.__context__):
        cause = cause.__context__
    if isinstance(cause, TimeoutError) or _visa_status(cause) == "error_timeout":
        return timeout_of(instrument, address, wait, waited_s)
    return LinkLost(
        f"the connection broke during '{wait}'",
        got=f"{type(cause).__name__}: {cause}",
        fix=REOPEN,
        instrument=instrument,
        address=address,
    )


def _is_broken_link(error: BaseException) -> bool:
    # pyvisa-py reports a peer that has gone as RuntimeError, EOFError or a header that does not unpack.
    dropped = isinstance(error, RuntimeError) and "dropped by server" in str(error)
    return dropped or isinstance(error, (OSError, EOFError, struct.error)) or _is_from_visa(error)


def _visa_status(error: BaseException) -> str:
    """The name of a VISA status code, empty when the error is not VISA's."""
    # VISA is not imported to ask this: an error of its class can only come from a VISA that is loaded already.
    if not _is_from_visa(error):
        return ""
    return str(getattr(getattr(error, "error_code", None), "name", ""))


def _is_from_visa(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in {"pyvisa", "pyvisa_py"}
