"""Starting a generator and seeing whether it runs; all of it on the worker's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.contract import InstrumentProgram
from drivers.visa import drain_errors, require_no_errors

if TYPE_CHECKING:
    from qcodes.instrument_drivers.tektronix import TektronixAWG5208

__all__ = ["has_run", "run_state", "start", "tail_s"]

OPERATION_COMPLETE = 1
"""Bit of the standard event status register."""


def start(driver: TektronixAWG5208, ports: tuple[int, ...]) -> None:
    """Outputs on, and run; `has_run` tells when that is done."""
    drain_errors(driver)
    for port, channel in enumerate(driver.channels, 1):
        channel.state(int(port in ports))
    driver.all_output_off("off")
    driver.ask("*ESR?")  # forgets an operation that was complete before
    # The driver's own wait for running has no end, whatever its timeout: it counts the time downwards.
    driver.play(wait_for_running=False)
    driver.write("*OPC")


def has_run(driver: TektronixAWG5208, address: str) -> bool:
    """It runs, or has run: a short program may have ended before anybody looks.

    `AWGControl:RUN` overlaps with the commands after it, and `*OPC` sets its bit when it is complete.
    """
    if run_state(driver, address) != "Stopped":
        return True
    return bool(int(driver.ask("*ESR?")) & OPERATION_COMPLETE)


def run_state(driver: TektronixAWG5208, address: str) -> str:
    """`Stopped`, `Waiting for trigger` or `Running`; raises InstrumentError with what keeps it from running."""
    state = str(driver.run_state())
    if state == "Stopped":
        # It stands in the error queue at once; time would not help.
        require_no_errors(driver, address, "play")
    return state


def tail_s(program: InstrumentProgram) -> float:
    """Seconds from the beginning of a pass's last step with a marker to the end of the pass."""
    samples = 0
    for step in reversed(program.steps):
        samples += step.length * step.repeat
        if step.markers:
            break
    return samples / program.sample_rate_hz
