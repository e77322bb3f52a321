"""From timelines to sequencer programs: envelopes that are stored once, and when each is played."""

from runtime.lowering.tracks.program import Sequencer, sequencer_program

__all__ = ["Sequencer", "sequencer_program"]
