"""Training a station's readout on its own shots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal, Self, TypedDict, Unpack, get_args

import numpy as np

from drivers.contract import ConfigurationError
from runtime.results import Boxcar, Kernel, QubitReadout, TrainedReadout, matched_filter, train_discriminator
from runtime.rig.preparation import all_and_read, each_and_read
from runtime.rig.requests import Report, as_qubits, as_shots, require_options, silent

if TYPE_CHECKING:
    from runtime.rig.rig import Rig

__all__ = ["Training", "train_readout"]

KernelChoice = Literal["keep", "matched"]
Method = Literal["threshold", "lda", "qda"]


class Training(TypedDict, total=False):
    """The keywords of `Rig.train_readout`."""

    shots: int
    kernel: KernelChoice
    method: Method
    states: int
    report: Report


@dataclass(frozen=True, slots=True)
class _Asked:
    shots: int = 2000
    kernel: KernelChoice = "keep"
    method: Method = "threshold"
    states: int = 2
    report: Report = silent

    @classmethod
    def of(cls, **wanted: Unpack[Training]) -> Self:
        require_options(wanted, (field.name for field in fields(cls)))
        asked = cls(**wanted)
        as_shots(asked.shots)
        for name, value, allowed in (
            ("kernel", asked.kernel, get_args(KernelChoice)),
            ("method", asked.method, get_args(Method)),
            ("states", asked.states, (2, 3)),
        ):
            if isinstance(value, bool) or value not in allowed:
                raise ConfigurationError(
                    "readout cannot be trained like that",
                    where=name,
                    got=repr(value),
                    allowed=", ".join(map(repr, allowed)),
                )
        if asked.states > 2 and asked.method == "threshold":
            raise ConfigurationError(
                "a threshold tells two states apart",
                where="states",
                got=repr(asked.states),
                allowed="2",
                fix='Use method="lda" or "qda"',
            )
        return asked


def train_readout(rig: Rig, qubits: Sequence[int], **wanted: Unpack[Training]) -> dict[int, TrainedReadout]:
    """See `Rig.train_readout`: nothing changes before everything is found."""
    asked = _Asked.of(**wanted)
    qubits = as_qubits(qubits, rig.station.wired_qubits, "qubits to train")
    if not qubits:
        raise ConfigurationError("there is nothing to train", got="no qubits", allowed="one or more")
    kernels = _matched(rig, qubits, asked) if asked.kernel == "matched" else _kept(rig, qubits)
    programs = all_and_read(rig.target, qubits, asked.states, rig.station.anharmonicities_hz, rig.cells_s)
    readout = {qubit: QubitReadout(kernel) for qubit, kernel in kernels.items()}
    results = rig.run(programs, shots=asked.shots, level=1, readout=readout, report=asked.report)
    trained = {}
    for place, qubit in enumerate(qubits):
        again = len(qubits) + place
        trained[qubit] = train_discriminator(
            *(result.memory[place] for result in results),
            method=asked.method,
            repeated=(
                np.concatenate([result.memory[place] for result in results]),
                np.concatenate([result.memory[again] for result in results]),
            ),
        )
    for qubit, found in trained.items():
        rig.use_readout(qubit, QubitReadout(kernels[qubit], found.discriminator), found)
    return trained


def _kept(rig: Rig, qubits: Sequence[int]) -> dict[int, Kernel]:
    readout = rig.readout
    return {qubit: readout[qubit].kernel if qubit in readout else Boxcar() for qubit in qubits}


def _matched(rig: Rig, qubits: Sequence[int], asked: _Asked) -> Mapping[int, Kernel]:
    """Kernels from the mean traces of nothing and of x on one qubit at a time.

    A trace holds the tones of all qubits on a line. Were all excited at once, every kernel would listen to every
    qubit, and look the better for it.
    """
    programs = each_and_read(rig.target, qubits)
    ground, *excited = rig.run(programs, shots=asked.shots, level=0, returns="avg", report=asked.report)
    kernels: dict[int, Kernel] = {}
    for place, (qubit, alone) in enumerate(zip(qubits, excited, strict=True)):
        window = ground.windows[ground.memory.column(place)]
        kernels[qubit] = matched_filter(ground.memory[place], alone.memory[place], window, ground.sample_rate_hz)
    return kernels
