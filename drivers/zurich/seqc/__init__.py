"""From a `SequencerProgram` to SeqC: sources, stored waves, command tables, and how readouts are recorded."""

from drivers.zurich.seqc.analyzer import analyzer_program
from drivers.zurich.seqc.generator import generator_program
from drivers.zurich.seqc.probing import PROBE_LEAD, Probe, probe_layout
from drivers.zurich.seqc.program import Core, CoreProgram
from drivers.zurich.seqc.readouts import Integrator, Readout, ReadoutLayout, layout_of
from drivers.zurich.seqc.slots import slots_of
from drivers.zurich.seqc.uhf import uhf_program, uhf_rows
from drivers.zurich.seqc.waves import StoredWave

__all__ = [
    "PROBE_LEAD",
    "Core",
    "CoreProgram",
    "Integrator",
    "Probe",
    "Readout",
    "ReadoutLayout",
    "StoredWave",
    "analyzer_program",
    "generator_program",
    "layout_of",
    "probe_layout",
    "slots_of",
    "uhf_program",
    "uhf_rows",
]
