"""A simulated lab, in a process of its own, for as long as a rig is open."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from drivers.contract import ConfigurationError, ConnectionFailed
from runtime.rig.loop import INTERRUPTIBLE_S

__all__ = ["LabProcess"]

START_LIMIT_S = 180.0
"""Where nothing is compiled yet, a lab takes some twenty seconds, and more beside other work."""
STOP_LIMIT_S = 3.0

COMMAND = (sys.executable, "-P", "-X", "utf8", "-m", "simulators")
"""-P: whatever lies in the folder that somebody works in shadows no package. -X utf8: what it says is UTF-8."""


class LabProcess:
    """`python -m simulators CONFIG`: it ends when its standard input closes, so it cannot outlive this process."""

    def __init__(self, config: Path) -> None:
        """Start it and wait until it listens.

        Raises ConfigurationError when it ends before (with what it said), ConnectionFailed when it takes too long.
        """
        self.config = config
        # Its messages go to a file: a pipe that nobody reads would block it.
        self._messages: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `stop`
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*COMMAND, str(config), "--until-stdin-closes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._messages,
            # Ctrl-C in a terminal reaches every process of the group: the lab must outlive the safe shutdown.
            **_own_group(),
        )
        try:
            self._announced = self._understood(self._first_line())
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def address(self, instrument: str, configured: str) -> str:
        """Where the instrument listens now, over the same protocol as its configured address."""
        protocol = _protocol(configured)
        announced = self._announced.get(instrument, {})
        if protocol not in announced:
            raise ConfigurationError(
                f"the simulated lab does not offer '{instrument}' over {protocol}",
                where=str(self.config),
                got=configured,
                allowed=", ".join(
                    f"{name} ({', '.join(sorted(set(kinds) - {'model'}))})"
                    for name, kinds in self._announced.items()
                ),
                fix="Name the instrument alike in lab.yaml and station.yaml, and use one of its protocols",
            )
        return announced[protocol]

    def stop(self) -> int:
        """End it, gently first; returns its exit code. Does nothing when it has ended already."""
        if self._process.stdin is not None:
            # The pipe to a process that was killed is closed all the same.
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            code = self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait(STOP_LIMIT_S)
        # Only now: closing it waits for whoever reads from it, and that reader waits for the process.
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._messages.close()
        return code

    def _first_line(self) -> str:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it was made with a pipe
        lines: list[bytes] = []
        reader = threading.Thread(
            target=lambda: lines.append(stdout.readline()), name="lab-announcement", daemon=True
        )
        reader.start()
        deadline = time.monotonic() + START_LIMIT_S
        while reader.is_alive() and time.monotonic() < deadline:
            reader.join(INTERRUPTIBLE_S)
        if not lines:
            raise ConnectionFailed(
                "the simulated lab did not start",
                where=str(self.config),
                got=f"no answer in {START_LIMIT_S:g} s",
                fix=f"Run 'python -m simulators {self.config}' to see why",
            )
        if not lines[0]:
            code = self._process.wait(STOP_LIMIT_S)
            self._messages.seek(0)
            said = self._messages.read().decode(errors="replace").strip()
            raise ConfigurationError(
                f"the simulated lab ended with code {code} before it listened", where=str(self.config), got=said
            )
        return lines[0].decode(errors="replace")

    def _understood(self, line: str) -> Mapping[str, Mapping[str, str]]:
        """The addresses in what the lab announced."""
        try:
            announced: Mapping[str, Mapping[str, str]] = json.loads(line)["instruments"]
        except (ValueError, KeyError, TypeError):
            raise ConfigurationError(
                "the simulated lab announced no addresses",
                where=str(self.config),
                got=line.strip()[:200],
                allowed="one line of JSON",
                fix=f"Run 'python -m simulators {self.config}' to see what it prints, and who prints before it",
            ) from None
        return announced


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _protocol(address: str) -> str:
    lowered = address.lower()
    if lowered.startswith("ats://"):
        return "ats"
    if lowered.startswith("labone://"):
        return "labone"
    if "hislip" in lowered:
        return "hislip"
    return "socket" if lowered.endswith("::socket") else "vxi11"
