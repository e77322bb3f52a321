"""Training a station's readout on its own shots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from drivers.contract import ConfigurationError
from runtime.results import Boxcar, QubitReadout, TrainedReadout, train_threshold
from runtime.rig.basis import basis_programs

if TYPE_CHECKING:
    from runtime.rig.rig import Rig

__all__ = ["train_readout"]


def train_readout(rig: Rig, qubits: Sequence[int], shots: int) -> dict[int, TrainedReadout]:
    """Measure all `qubits` after nothing and after x on each; use the best line between the clouds from now on.

    Kernels stay as they are; a qubit that had none is read with a boxcar. Returns what was found for each qubit.
    """
    qubits = list(qubits)
    if not qubits:
        raise ConfigurationError("there is nothing to train", got="no qubits", allowed="one or more")
    ground, excited = rig.run(basis_programs(rig.target, qubits), shots=shots, level=1)
    trained = {}
    for slot, qubit in enumerate(qubits):
        found = train_threshold(ground.memory[slot], excited.memory[slot])
        kernel = rig.readout[qubit].kernel if qubit in rig.readout else Boxcar()
        rig.use_readout(qubit, QubitReadout(kernel, found.discriminator))
        trained[qubit] = found
    return trained
