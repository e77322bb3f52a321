"""How fast the simulated chip is, as ratios to bare kernels measured in the same run: `python benchmarks/chip.py`.

One thread, CPU time, medians. Everything is compiled and cached before it is measured; results are compared with
the floor's, so that nobody measures something that computes another thing.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import numba
import numpy as np
from chip_cases import Case, cases

__all__: list[str] = []

TURNS = 21
"""Of the floor and of ours, one after the other; the median of each counts."""


def _cpu_s(work: Callable[[], object]) -> float:
    """CPU time of a call."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _measure(case: Case) -> dict[str, float]:
    case.check()
    # In turns: whatever else the machine does hits both alike.
    pairs = [(_cpu_s(case.floor) if case.floor else 1.0, _cpu_s(case.ours)) for _ in range(TURNS)]
    floor_s, ours_s = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {"floor_ms": floor_s * 1e3, "ours_ms": ours_s * 1e3, "ratio": ours_s / floor_s, "must": case.must}


def main() -> int:
    """Measure all cases, print a table and one JSON line; 1 if a ratio is above what it must be."""
    numba.set_num_threads(1)
    results = {}
    print(f"{'case':44} {'floor ms':>9} {'ours ms':>9} {'ratio':>6} {'must':>5}")
    for case in cases():
        result = results[case.name] = _measure(case)
        mark = "" if result["ratio"] <= case.must else "  MISSED"
        print(
            f"{case.name:44} {result['floor_ms']:9.2f} {result['ours_ms']:9.2f} {result['ratio']:6.2f} "
            f"{case.must:5.1f}{mark}  {case.note}"
        )
    print(json.dumps({name: {k: float(np.round(v, 4)) for k, v in row.items()} for name, row in results.items()}))
    return int(any(row["ratio"] > row["must"] for row in results.values()))


if __name__ == "__main__":
    sys.exit(main())
