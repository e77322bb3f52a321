"""The relay of one connection: its process, from its start to its end."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

from drivers.child_processes import end_process
from drivers.contract import ConnectionFailed
from drivers.zurich import relay

__all__ = ["HOST", "RelayProcess"]

HOST = "127.0.0.1"

START_LIMIT_S = 20.0
"""A relay is there within a tenth of a second, on a machine that has nothing else to do."""
EXIT_LIMIT_S = 2.0
GONE_LIMIT_S = 0.1


class RelayProcess:
    """A relay to one data server (see `relay`); it ends with `close`, and with this process whatever happens."""

    def __init__(self, host: str, port: int) -> None:
        """Start it; raises ConnectionFailed where it does not start."""
        # By its path and isolated: the standard library is all that it needs, and all that it finds.
        command = [sys.executable, "-I", "-S", str(Path(relay.__file__)), host, str(port)]
        self._process = subprocess.Popen(  # noqa: S603 - our own file in our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.port = self._told_port()
        """Where it listens, on `HOST`."""

    def found_hanging(self) -> bool:
        """It has ended because the server hangs; asked when a line was cut."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            # The end of a process cuts its lines a moment before the process is gone.
            self._process.wait(GONE_LIMIT_S)
        return self._process.returncode == relay.HANGS

    def close(self) -> None:
        """End it; more than once is no error."""
        end_process(self._process, EXIT_LIMIT_S)

    def _told_port(self) -> int:
        timer = threading.Timer(START_LIMIT_S, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            text = self._process.stdout.readline() if self._process.stdout is not None else b""
        finally:
            timer.cancel()
            timer.join()
        if not text.strip().isdigit():
            self.close()
            raise ConnectionFailed(
                "the relay to the data server does not start",
                got=f"exit code {self._process.returncode}",
                fix="Check that Python may start processes and listen on loopback",
            )
        return int(text)
