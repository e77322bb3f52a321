"""Processes that a driver starts for itself, and how they end."""

from __future__ import annotations

import contextlib
import subprocess

__all__ = ["end_process"]


def end_process(process: subprocess.Popen[bytes], limit_s: float) -> None:
    """Close the pipes of a process, which is its sign to end, and kill it after `limit_s`; twice is no error."""
    for stream in (process.stdin, process.stdout):
        # Closing flushes, which fails where a request is still in the pipe of a process that is gone.
        with contextlib.suppress(OSError):
            if stream is not None:
                stream.close()
    try:
        process.wait(limit_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
