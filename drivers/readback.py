"""Values that were set, as the instrument has them."""

from __future__ import annotations

from drivers.contract import UploadError

__all__ = ["require_value"]


def require_value(
    what: str, got: float, wanted: float, tolerance: float, *, name: str, address: str, unit: str = ""
) -> None:
    """Raise UploadError if an instrument holds another value than it was sent; not a number is another one.

    Args:
        what: which setting, for the error's text.
        got: what was read back.
        wanted: what was sent.
        tolerance: by how much they may differ, in the same unit.
        name: of the instrument.
        address: of the instrument.
        unit: of the values, if any, for the error's text.
    """
    if abs(got - wanted) <= tolerance:
        return
    raise UploadError(
        f"the {what} is not what was set",
        # 12 digits: a frequency of some GHz to the hundredth of a hertz.
        got=f"{got:.12g} {unit}".rstrip(),
        allowed=f"{wanted:.12g} {unit}".rstrip() + f", within {tolerance:.3g} {unit}".rstrip(),
        fix="Check the instrument's options and its error log",
        instrument=name,
        address=address,
    )
