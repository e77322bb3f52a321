"""The command line: `pulserig`."""

from runtime.cli.app import main

__all__ = ["main"]
