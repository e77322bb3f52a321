"""The simulated chip: exchange-coupled transmons with dispersive readout; it knows volts and oscillators only.

A lab talks to it like this::

    chip = Chip(config, seed=7)                              # ChipConfig from a chip file
    drive = Signal.of_pieces("drive_q0", 5.18e9, 0.4e-9, [Piece(0, samples_v)])    # I + iQ in volts, any phases
    probe = Signal.of_pieces("feedline", 7.3e9, 0.4e-9, [Piece(100, tone_v)])
    taken = Acquisition("feedline", start_s=40e-9, sample_s=2e-9, samples=1250, lo_hz=7.3e9, weights=kernels)
    shot = Content(duration_s=1e-3, signals=(drive, probe), acquisitions=(taken,))
    ((values,),) = chip.run([shot], shots=1024)

- `Signal`: one generator output on one line (drive line, flux line or feedline) at its own sample rate: a table of
  waveforms and columns of plays. Sampled phases and carriers may stand in the samples; phases given as numbers
  (`Piece.phase_rad`) and a carrier given as `Signal.carrier_hz` make it cheaper. Several signals may share a line.
- `Content`: one whole shot: it ends where the next one begins, idle time included. Equal contents are computed
  once.
- `Chip.run(contents, shots, order="cyclic", average=False)` returns, for each content and each of its
  acquisitions, with weights complex128 (shots, kernels), without complex64 (shots, samples); I + iQ in volts at
  the receiver, amplifier noise included, before any converter (range, bits and clipping belong to the instrument;
  the largest noiseless volts are in `Chip.peak_v(content)`). With `average=True` the mean over shots, (kernels,)
  or (samples,), at a cost of memory that does not depend on the number of shots. "cyclic" plays c0 c1 c0 c1,
  "sequential" c0 c0 c1 c1. The state that a shot leaves goes on into the next one, also from one call to the next:
  ask for shots in chunks.
- `Chip.thermalise()`: the chip was left alone for long. `Chip.advance(seconds)`: laboratory time passes between
  experiments, parameters drift and jump (only if the chip file has a `drift` section).
- `Truth(chip)`: what only a test may know. No instrument may touch it.

A transmon is found in a level where its readout begins (0.1 photons in its resonator); those that it is entangled
with stay coherent, in the state that belongs to what was found. During a readout its level jumps by relaxation,
and drives on it act on nothing.
"""

from simulators.chip.chip import Chip
from simulators.chip.config import ChipConfig
from simulators.chip.content import Acquisition, Content, Piece, Signal
from simulators.chip.dissipation import Dissipation
from simulators.chip.drive import DrivenEvolution
from simulators.chip.feedline import Feedline, FeedlineSignal, LevelPath
from simulators.chip.resonators import FieldSolution, Resonator, dispersive_shifts_hz
from simulators.chip.transmons import Transmon, TransmonArray
from simulators.chip.truth import Truth, average_gate_fidelity
from simulators.chip.warming import warm_up
from simulators.chip.windows import Drive, DriveWindow

__all__ = [
    "Acquisition",
    "Chip",
    "ChipConfig",
    "Content",
    "Dissipation",
    "Drive",
    "DriveWindow",
    "DrivenEvolution",
    "Feedline",
    "FeedlineSignal",
    "FieldSolution",
    "LevelPath",
    "Piece",
    "Resonator",
    "Signal",
    "Transmon",
    "TransmonArray",
    "Truth",
    "average_gate_fidelity",
    "dispersive_shifts_hz",
    "warm_up",
]
