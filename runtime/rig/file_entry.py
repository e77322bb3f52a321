"""What all entries of wiring.yaml share: unknown keys are refused, and numbers are what they have to be."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Entry", "Finite", "NotNegative", "Positive"]

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Entry(BaseModel):
    """A mapping in wiring.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
