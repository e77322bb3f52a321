"""A data server with the models that run programs: `python -m tests.simulators.labone.devices.playing`."""

from __future__ import annotations

import argparse
import json
import sys

from simulators.labone.device import DeviceSetup
from simulators.labone.devices import build_device
from simulators.labone.server import LabOneServer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", action="append", default=[])
    words = [text.split(":") for text in parser.parse_args().device]
    server = LabOneServer([build_device(DeviceSetup(serial=serial, model=model)) for serial, model in words])
    server.start()
    try:
        sys.stdout.write(json.dumps({"labone": server.address}) + "\n")
        sys.stdout.flush()
        while sys.stdin.read(4096):
            pass
    finally:
        server.stop()


if __name__ == "__main__":
    main()
