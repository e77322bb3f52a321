"""`python -m simulators.labone --device dev12345:SHFQC`: a data server for hand use, until its input ends."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence

from simulators.labone.device import DeviceSetup, NodeDevice
from simulators.labone.devices import build_device
from simulators.labone.models import MODELS
from simulators.labone.server import LabOneServer
from simulators.labone.version import LABONE, LabOneVersion

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 2 for devices or ports that cannot be used."""
    options = _parse(arguments)
    build = NodeDevice if options.nodes_only else build_device
    devices = [build(setup) for setup in options.device]
    server = LabOneServer(
        devices, port=options.port, control_port=options.control_port, version=options.labone_version
    )
    try:
        server.start()
    except OSError as error:
        sys.stderr.write(f"the data server cannot listen: {error}\n")
        return 2
    try:
        sys.stdout.write(json.dumps({"labone": server.address}) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            while sys.stdin.read(4096):
                pass
    finally:
        server.stop()
    return 0


def _setup(text: str) -> DeviceSetup:
    """`dev12345:SHFQC`, or with options `dev12345:SHFQC:QC6CH,16W`."""
    words = text.split(":")
    if len(words) not in (2, 3):
        raise argparse.ArgumentTypeError(f"{text!r}: write SERIAL:MODEL or SERIAL:MODEL:OPTION,OPTION")
    options = tuple(words[2].split(",")) if len(words) == 3 else None
    try:
        return DeviceSetup(serial=words[0].lower(), model=words[1].upper(), options=options)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.labone",
        description="Serve simulated Zurich Instruments devices on loopback until standard input ends.",
        epilog=f"Models: {', '.join(MODELS)}. Prints one line of JSON with the ports.",
    )
    parser.add_argument("--device", type=_setup, action="append", default=[], metavar="SERIAL:MODEL[:OPTIONS]")
    parser.add_argument("--nodes-only", action="store_true", help="devices store what is set, and play nothing")
    parser.add_argument("--port", type=int, default=0, help="where to listen; a free port unless given")
    parser.add_argument("--control-port", type=int, default=0, help="where faults are asked for")
    parser.add_argument(
        "--labone-version",
        type=LabOneVersion.parse,
        default=LABONE,
        metavar="YY.MM.P.B",
        help="what the server says it is; unless given, what the installed client is",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
