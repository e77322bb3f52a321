"""The adapters, one for each family."""

from __future__ import annotations

from drivers.zurich.acquiring import AcquiringAdapter
from drivers.zurich.sequencing import SequencingAdapter

__all__ = ["HDAWGAdapter", "SHFQAAdapter", "SHFQCAdapter", "SHFSGAdapter", "UHFQAAdapter"]


class HDAWGAdapter(SequencingAdapter):
    """An HDAWG4 or HDAWG8: pairs of outputs for IQ mixers."""

    family = "HDAWG"


class SHFSGAdapter(SequencingAdapter):
    """An SHFSG4 or SHFSG8: outputs that convert up by themselves."""

    family = "SHFSG"


class SHFQAAdapter(AcquiringAdapter):
    """An SHFQA2 or SHFQA4: readout of up to 16 qubits; one of its channels reads a program."""

    family = "SHFQA"


class SHFQCAdapter(AcquiringAdapter):
    """An SHFQC: six generators and one analyzer, started together."""

    family = "SHFQC"


class UHFQAAdapter(AcquiringAdapter):
    """A UHFQA: one pair of outputs for an IQ mixer, and an analyzer behind two inputs."""

    family = "UHFQA"
