"""Discriminators: from a kernelled number to a state, and how one is trained."""

from runtime.results.discriminators.discriminator import Discriminator, Linear, Quadratic, Threshold
from runtime.results.discriminators.training import (
    QNDness,
    TrainedReadout,
    qndness,
    train_discriminator,
    train_threshold,
)

__all__ = [
    "Discriminator",
    "Linear",
    "QNDness",
    "Quadratic",
    "Threshold",
    "TrainedReadout",
    "qndness",
    "train_discriminator",
    "train_threshold",
]
