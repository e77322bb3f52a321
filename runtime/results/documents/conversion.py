"""Between readouts and their entries in files."""

from __future__ import annotations

import numpy as np

from drivers.contract import ConfigurationError
from runtime.results.collecting import QubitReadout
from runtime.results.dataset import ConfusionMatrix
from runtime.results.discriminators import (
    Discriminator,
    Linear,
    QNDness,
    Quadratic,
    Threshold,
    TrainedReadout,
)
from runtime.results.documents.entries import (
    BoxcarEntry,
    DiscriminatorEntry,
    KernelEntry,
    LinearEntry,
    QuadraticEntry,
    ReadoutEntry,
    ThresholdEntry,
    TrainingEntry,
    WeightsEntry,
)
from runtime.results.kernels import Boxcar, Kernel, Weights

__all__ = ["entry_of", "readout_of", "training_of"]


def entry_of(readout: QubitReadout, trained: TrainedReadout | None = None) -> ReadoutEntry:
    """The entry of a readout; raises ConfigurationError for a kind of kernel or discriminator of one's own."""
    discriminator = readout.discriminator
    return ReadoutEntry(
        kernel=_kernel_entry(readout.kernel),
        discriminator=None if discriminator is None else _discriminator_entry(discriminator),
        training=None if trained is None else _training_entry(trained),
    )


def readout_of(entry: ReadoutEntry) -> QubitReadout:
    """The readout of an entry; raises ConfigurationError for numbers that do not belong together."""
    return QubitReadout(
        _kernel(entry.kernel), _discriminator(entry.discriminator) if entry.discriminator else None
    )


def training_of(entry: ReadoutEntry) -> TrainedReadout | None:
    """What training found, without its shots; None where nothing is stored."""
    if entry.training is None or entry.discriminator is None:
        return None
    training = entry.training
    return TrainedReadout(
        _discriminator(entry.discriminator),
        ConfusionMatrix(np.array(training.confusion)),
        training.snr,
        tuple(complex(*centre) for centre in training.centres_v),
        qndness=None if training.qndness is None else QNDness(np.array(training.qndness, np.int64)),
    )


def _kernel_entry(kernel: Kernel) -> KernelEntry:
    if isinstance(kernel, Boxcar):
        return BoxcarEntry(start_s=kernel.start_s, stop_s=kernel.stop_s)
    if isinstance(kernel, Weights):
        real, imag = kernel.values.real.tolist(), kernel.values.imag.tolist()
        return WeightsEntry(real=real, imag=imag, sample_rate_hz=kernel.sample_rate_hz)
    raise ConfigurationError(
        "a kernel of one's own kind has no form in files", got=repr(kernel), allowed="Boxcar or Weights"
    )


def _kernel(entry: BoxcarEntry | WeightsEntry) -> Kernel:
    if isinstance(entry, BoxcarEntry):
        return Boxcar(entry.start_s, entry.stop_s)
    if len(entry.real) != len(entry.imag):
        raise ConfigurationError(
            "weights need as many imaginary parts as real ones", got=f"{len(entry.real)} and {len(entry.imag)}"
        )
    return Weights(np.array(entry.real) + 1j * np.array(entry.imag), entry.sample_rate_hz)


def _discriminator_entry(discriminator: Discriminator) -> DiscriminatorEntry:
    if isinstance(discriminator, Threshold):
        return ThresholdEntry(angle_rad=discriminator.angle_rad, threshold_v=discriminator.threshold_v)
    if isinstance(discriminator, Linear):
        return LinearEntry(
            coefficients=list(discriminator.coefficients), intercepts=list(discriminator.intercepts)
        )
    if isinstance(discriminator, Quadratic):
        return QuadraticEntry(
            means=list(discriminator.means),
            precisions=list(discriminator.precisions),
            offsets=list(discriminator.offsets),
        )
    raise ConfigurationError(
        "a discriminator of one's own kind has no form in files",
        got=repr(discriminator),
        allowed="Threshold, Linear or Quadratic",
    )


def _discriminator(entry: ThresholdEntry | LinearEntry | QuadraticEntry) -> Discriminator:
    if isinstance(entry, ThresholdEntry):
        return Threshold(entry.angle_rad, entry.threshold_v)
    if isinstance(entry, LinearEntry):
        return Linear(tuple(entry.coefficients), tuple(entry.intercepts))
    return Quadratic(tuple(entry.means), tuple(entry.precisions), tuple(entry.offsets))


def _training_entry(trained: TrainedReadout) -> TrainingEntry:
    return TrainingEntry(
        confusion=trained.confusion.numbers.tolist(),
        snr=trained.snr,
        centres_v=[(centre.real, centre.imag) for centre in trained.centres_v],
        qndness=None if trained.qndness is None else trained.qndness.numbers.tolist(),
    )
