"""How a command ends: with a sentence and an exit code, never with a traceback for bad input."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import typer

__all__ = ["EXIT_INPUT", "EXIT_INSTRUMENT", "EXIT_INTERRUPTED", "ends_with_a_code"]

EXIT_INPUT = 2
"""A file, an argument or a program that cannot be used."""
EXIT_INSTRUMENT = 3
"""An instrument is missing, wrong, silent or broken."""
EXIT_INTERRUPTED = 130
"""Ctrl-C, or a termination signal: outputs are off."""

P = ParamSpec("P")


def ends_with_a_code(command: Callable[P, None]) -> Callable[P, None]:
    """The command, with pulserig's errors and Ctrl-C turned into messages and exit codes."""

    @functools.wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            _end("Interrupted: outputs are off, instruments are closed.", EXIT_INTERRUPTED)
        except BrokenPipeError:
            raise  # whoever read the output has left: nothing to say, and nobody to say it to
        except OSError as error:
            # Files are looked after where they are used; what is left is a disk or a system out of something.
            _end(f"Error: {error}", EXIT_INPUT)
        except Exception as error:
            # The error tree comes with numpy; `--help` does not wait for that.
            from drivers.contract import InstrumentError, ProblemReport, PulserigError

            if not isinstance(error, PulserigError):
                raise
            of_instruments = isinstance(error, InstrumentError) or (
                isinstance(error, ProblemReport) and error.of_instruments
            )
            # A PulseError quotes itself, as Qiskit's does; people read the sentence inside.
            text = getattr(error, "message", None) or str(error)
            _end(f"Error: {text}", EXIT_INSTRUMENT if of_instruments else EXIT_INPUT)

    return guarded


def _end(message: str, code: int) -> None:
    typer.secho(message, err=True, fg=typer.colors.RED)
    raise typer.Exit(code) from None
