"""Averages of ten million shots through a rig, and the memory they take: `python benchmarks/many_shots.py`.

A row for each number of shots: seconds, shots a second, and the most memory that this process held. Two consumers
listen all the while, one that raises and one that sleeps. Some minutes; with `--quick` a tenth of it.

`zurich-shfqc` integrates in the instrument and stores 524288 results of an acquisition, so that more shots come in
portions. `demo` sends 10 kB of trace for each shot. Fails when the memory grows with the shots.
"""

from __future__ import annotations

import argparse
import sys
import time

import psutil

from runtime.results import Chunk
from runtime.rig import Rig, basis_programs

JOBS = (
    ("zurich-shfqc", 1, (10**5, 10**6, 10**7)),
    ("zurich-shfqc", 2, (10**5, 10**6, 10**7)),
    ("demo", 1, (10**4, 10**5, 10**6)),
    ("demo", 0, (10**4, 10**5)),
)
ALLOWED_MB = {10**5: 40.0, 10**6: 60.0, 10**7: 20.0}
"""More than with a tenth of the shots; up to a million blocks still grow to what an instrument stores."""


def broken(_: Chunk) -> None:
    """A consumer that fails at once."""
    raise RuntimeError("the window was closed")


def sleepy(_: Chunk) -> None:
    """A consumer that keeps up with nothing."""
    time.sleep(0.3)


class Watch:
    """A report: progress only goes up, and memory is looked at whenever it does."""

    def __init__(self) -> None:
        self.most_mb = 0.0
        self.calls = 0
        self._process = psutil.Process()
        self._done = 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """So many records are there."""
        if stage != "fetch":
            return
        if done < self._done or done > total:
            raise SystemExit(f"progress went from {self._done} to {done} of {total}")
        self._done = done
        self.calls += 1
        self.most_mb = max(self.most_mb, self._process.memory_info().rss / 1e6)


def measured(rig: Rig, shots: int, level: int) -> float:
    """Run x and a readout of qubit 0; print a row; the most memory, MB."""
    watch = Watch()
    began = time.perf_counter()
    _, program = basis_programs(rig.target, [0])
    result = rig.run(program, shots=shots, level=level, returns="avg", consumers=[broken, sleepy], report=watch)
    seconds = time.perf_counter() - began
    if result.shots != shots or "the window was closed" not in str(result.metadata["consumers"]):
        raise SystemExit(f"{result.shots} shots, consumers: {result.metadata['consumers']}")
    sys.stdout.write(
        f"{rig.station.name:14} level {level} {shots:>10} shots {seconds:8.1f} s {shots / seconds:>10.0f} / s "
        f"{watch.most_mb:7.0f} MB {watch.calls:6} reports\n"
    )
    sys.stdout.flush()
    return watch.most_mb


def main() -> None:
    """All jobs; exit code 1 when one of them takes more memory for more shots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the longest of each job")
    quick = parser.parse_args().quick
    grown = []
    for station, level, numbers in JOBS:
        with Rig.open(station) as rig:
            last = None
            for shots in numbers[:-1] if quick else numbers:
                most = measured(rig, shots, level)
                if last is not None and most > last + ALLOWED_MB[shots]:
                    grown.append(f"{station}, level {level}: {last:.0f} to {most:.0f} MB with {shots} shots")
                last = most
    if grown:
        raise SystemExit("memory grows: " + "; ".join(grown))


if __name__ == "__main__":
    main()
