"""Options that take one of some words; what each means is told where it is used."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Kernel", "Method", "Order", "Policy", "Returns", "Style"]


class Returns(StrEnum):
    """What is kept of shots."""

    SINGLE = "single"
    AVG = "avg"


class Order(StrEnum):
    """In which order shots of several schedules are played."""

    CYCLIC = "cyclic"
    SEQUENTIAL = "sequential"


class Policy(StrEnum):
    """What is done with what breaks timing constraints."""

    STRICT = "strict"
    PAD = "pad"
    SHIFT = "shift"


class Method(StrEnum):
    """Kinds of discriminators."""

    THRESHOLD = "threshold"
    LDA = "lda"
    QDA = "qda"


class Kernel(StrEnum):
    """Where kernels come from."""

    KEEP = "keep"
    MATCHED = "matched"


class Style(StrEnum):
    """The ground of pictures."""

    LIGHT = "light"
    DARK = "dark"
