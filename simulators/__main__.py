"""`python -m simulators LAB_FILE`: serve a simulated lab until stopped; its addresses are printed as JSON."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from simulators.lab import ConfigurationProblems, Lab

__all__ = ["main"]

EXAMPLE = """\
example:
  python -m simulators configs/demo/lab.yaml --fixed-ports

prints, once every instrument listens on 127.0.0.1, one line of JSON such as
  {"simulators": 1, "pid": 4711, "instruments": {"awg": {"model": "AWG5208", "hislip": "TCPIP::127.0.0.1::..."}}}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 after a normal end, 2 for files or ports that cannot be used."""
    options = _parse(arguments)
    try:
        lab = Lab(options.config, fixed_ports=options.fixed_ports)
    except ConfigurationProblems as problems:
        sys.stderr.write(f"{problems}\n")
        return 2
    try:
        asyncio.run(_serve(lab, until_stdin_closes=options.until_stdin_closes))
    except OSError as error:
        sys.stderr.write(f"the simulated lab cannot listen: {error}\n")
        return 2
    except KeyboardInterrupt:
        # Where the loop cannot take signals (Windows), Ctrl-C arrives here, after the loop has cleaned up.
        return 0
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators",
        description="Serve a simulated lab on loopback.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("config", type=Path, metavar="LAB_FILE", help="the lab's YAML file")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="stop when standard input ends, with whoever started this",
    )
    parser.add_argument(
        "--fixed-ports", action="store_true", help="listen on the ports that the lab file names, not on free ones"
    )
    return parser.parse_args(arguments)


async def _serve(lab: Lab, *, until_stdin_closes: bool) -> None:
    """Serve until a signal comes or, if asked, until standard input ends."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for name in ("SIGINT", "SIGTERM"):
        # Windows' event loops take no signal handlers; there Ctrl-C is a KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(getattr(signal, name), stop.set)
    await lab.start()
    try:
        started: dict[str, object] = {"simulators": 1, "pid": os.getpid(), "instruments": lab.addresses}
        if lab.labone is not None:
            started["labone"] = lab.labone.server.address
        sys.stdout.write(json.dumps(started) + "\n")
        sys.stdout.flush()
        if until_stdin_closes:
            _watch_stdin(loop, stop)
        await stop.wait()
    finally:
        await lab.stop()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` when standard input ends. A thread, since a loop cannot wait for a pipe on every platform."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            loop.call_soon_threadsafe(stop.set)

    # A daemon: after a signal it still sits in `read`, and must not keep the process.
    threading.Thread(target=watch, name="stdin", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
