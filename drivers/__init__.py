"""From a program to one instrument, and back: the contract and one adapter folder a vendor."""

__all__: list[str] = []
