"""The versions that the server goes by."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

__all__ = ["LABONE", "SESSION", "LabOneVersion"]


@dataclass(frozen=True, slots=True)
class LabOneVersion:
    """LabOne's year, month, patch and build; clients compare them with their own."""

    year: int
    month: int
    patch: int
    build: int

    @property
    def short(self) -> str:
        """Year and month: 26.07."""
        return f"{self.year:02}.{self.month:02}"

    @property
    def full(self) -> str:
        """All four: 26.07.2.5."""
        return f"{self.short}.{self.patch}.{self.build}"

    @property
    def revision(self) -> int:
        """The same as one number."""
        return int(f"{self.year:02}{self.month:02}{self.patch}{self.build:04}")

    @classmethod
    def parse(cls, text: str) -> LabOneVersion:
        """Read "26.07.2.5"; raises ValueError for anything but four numbers."""
        numbers = text.split(".")
        if len(numbers) != 4 or not all(number.isdigit() for number in numbers):
            raise ValueError(f"version: {text!r} is not like 26.07.2.5")
        return cls(*map(int, numbers))


def _of_client() -> LabOneVersion:
    try:
        return LabOneVersion.parse(metadata.version("zhinst-core"))
    except (metadata.PackageNotFoundError, ValueError):
        return LabOneVersion(26, 7, 2, 5)


LABONE = _of_client()
"""What servers are unless asked otherwise: of the vendor's client that is installed, for that refuses another."""
SESSION = "1.15.0"
"""Of the session protocol."""
