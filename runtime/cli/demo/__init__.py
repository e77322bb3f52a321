"""`pulserig demo`: from a recorded device to counts, and what else comes back of a chip."""

from runtime.cli.demo.story import run_demo

__all__ = ["run_demo"]
