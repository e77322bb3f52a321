"""Simulated instruments and a simulated chip: a lab that is reached over the instruments' own protocols.

Start one as a process with `python -m simulators LAB_FILE`, which prints the addresses as one line of JSON; in
tests use `simulators.lab.running`. Nothing here imports the runtime or its drivers, nor the other way round.
"""

__all__: list[str] = []
