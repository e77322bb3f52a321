"""Readouts in files: kernels, discriminators and what training found, with a version."""

from runtime.results.documents.conversion import entry_of, readout_of, training_of
from runtime.results.documents.entries import DiscriminatorEntry, KernelEntry, ReadoutEntry, ReadoutFile
from runtime.results.documents.readout_file import (
    StoredReadout,
    load_readouts,
    readouts_from_json,
    readouts_to_json,
    save_readouts,
)

__all__ = [
    "DiscriminatorEntry",
    "KernelEntry",
    "ReadoutEntry",
    "ReadoutFile",
    "StoredReadout",
    "entry_of",
    "load_readouts",
    "readout_of",
    "readouts_from_json",
    "readouts_to_json",
    "save_readouts",
    "training_of",
]
