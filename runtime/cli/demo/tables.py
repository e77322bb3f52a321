"""What the demo says, on about a page of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from rich.table import Column, Table

from runtime.cli.demo.findings import AmplitudeSweep, DriftTrack, ReadoutLook, ResonatorScan
from runtime.results import Estimate, Result
from runtime.rig import Rig

__all__ = ["counts", "fits", "instruments", "readout", "sentences", "times"]


def instruments(rig: Rig) -> Table:
    """Who answers."""
    address = Column("address", overflow="fold")
    title = f"{rig.station.name}: simulated instruments, shipped drivers"
    table = _plain("instrument", "model", "serial", address, title=title)
    for name, identity in rig.identities.items():
        table.add_row(name, identity.model, identity.serial, rig.addresses[name])
    return table


def readout(look: ReadoutLook, scans: Sequence[ResonatorScan]) -> Table:
    """How well each qubit is read, and by how much it pulls its resonator."""
    title = "readout, trained on its own shots"
    table = _plain("qubit", "fidelity", "SNR", "P(1|0)", "P(0|1)", "QNDness", "moves its resonator", title=title)
    for scan in scans:
        about = look.trained[scan.qubit]
        repeated = "" if about.qndness is None else f"{about.qndness.value:.4f}"
        table.add_row(
            str(scan.qubit),
            f"{about.fidelity:.4f}",
            f"{about.snr:.2f}",
            f"{about.p1_given_0:.4f}",
            f"{about.p0_given_1:.4f}",
            repeated,
            f"by {scan.shift_hz / 1e6:+.2f} MHz",
        )
    return table


def counts(both: Sequence[Result], qubits: Sequence[int], look: ReadoutLook) -> Table:
    """Counts of each slot; after x with Wilson's interval, and with the readout's errors undone."""
    names = [f"{result.name} 0/1" for result in both]
    title = "counts per memory slot; slot k holds qubit k"
    table = _plain("slot", *names, "P(1) after x, 95 %", "readout errors undone", title=title)
    for slot, qubit in enumerate(qubits):
        numbers = [[round(float(share) * result.shots) for share in result.populations(slot)] for result in both]
        read = both[1].estimate(slot)
        undone = both[1].estimate(slot, correction=look.trained[qubit].confusion)
        table.add_row(
            str(slot),
            *("/".join(map(str, each)) for each in numbers),
            *(_interval(each) for each in (read, undone)),
        )
    return table


def fits(sweeps: Sequence[AmplitudeSweep]) -> Table:
    """The pi amplitudes beside the device's own."""
    table = _plain("qubit", "fitted pi amplitude", "device's x amplitude", "difference", title="Rabi")
    for sweep in sweeps:
        fit = sweep.fit
        table.add_row(
            str(sweep.qubit),
            f"{fit.pi_amplitude:.5f} ± {fit.pi_amplitude_error:.5f}",
            f"{sweep.calibrated:.5f}",
            f"{(fit.pi_amplitude / sweep.calibrated - 1) * 100:+.2f} %",
        )
    return table


def sentences(
    look: ReadoutLook, twice: Result, sweep: Sequence[Result], track: DriftTrack, kept: str
) -> Iterator[str]:
    """What does not need a table."""
    told = ", ".join(f"{share:.2f}" for share in np.diag(look.levels.confusion.probabilities))
    yield f"three states of qubit {next(iter(look.trained))}: 0, 1, 2 are read as such in {told} of the shots"
    number = len(twice.register_slots)
    opposite = (twice.data[:, :number] != twice.data[:, number:]).mean()
    yield (
        f"measure, x, measure: {opposite:.3f} of the second bits are the opposite of the first, which stand in "
        f"registers 0 to {number - 1} as well"
    )
    yield f"live during the sweep: {str(sweep[0].metadata['consumers']).partition(': ')[2]}"
    widest = int(np.abs(track.changes_hz).max(axis=0).argmax())
    yield (
        f"drift in {track.seconds[-1]:.1f} s, of which each is six minutes to this chip: qubit "
        f"{track.qubits[widest]} moved most, by up to {np.abs(track.changes_hz).max() / 1e3:.0f} kHz"
    )
    yield "flux: none here, jakarta's transmons have fixed frequencies"
    yield kept


def times(seconds: Mapping[str, float]) -> str:
    """Where the time went."""
    parts = ", ".join(f"{stage} {value:.1f}" for stage, value in seconds.items())
    return f"seconds: {parts}; in all {sum(seconds.values()):.1f}"


def _plain(*columns: str | Column, title: str) -> Table:
    return Table(*columns, title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False)


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f}-{estimate.high:.3f})"
