"""What holds for every test: it leaves no thread, no process and no open QCoDeS instrument behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

# Matplotlib must not look for a screen, and pulserig never needs one.
os.environ.setdefault("MPLBACKEND", "Agg")

# A shell that starts tests in the background has them ignore Ctrl-C, and they would pass that on to every process
# that they start; the tests of Ctrl-C need what a terminal gives.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the simulated chip's loops once, before workers and labs would all do so at the same time."""
    if not hasattr(session.config, "workerinput"):
        compile_all = (
            "import configs; from simulators.chip import warm_up; "
            "from simulators.lab import load_lab; warm_up(load_lab(configs.ROOT / 'jakarta' / 'lab.yaml')[1])"
        )
        subprocess.run([sys.executable, "-c", compile_all], check=True)


SETTLE_S = 3.0
"""How long a thread or process that was told to end may take."""


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves a thread, a child process or a QCoDeS instrument behind."""
    threads = set(threading.enumerate())
    children = {child.pid for child in psutil.Process().children(recursive=True)}
    instruments = set(_open_instruments())
    yield
    assert _settles(lambda: [t.name for t in threading.enumerate() if t not in threads and t.is_alive()]) == []
    assert (
        _settles(lambda: [c.pid for c in psutil.Process().children(recursive=True) if c.pid not in children]) == []
    )
    assert set(_open_instruments()) <= instruments


def _settles(left: Callable[[], list[object]]) -> list[object]:
    """What is still left after a moment; most often nothing, at once."""
    limit = time.monotonic() + SETTLE_S
    while (found := left()) and time.monotonic() < limit:
        time.sleep(0.02)
    return found


def _open_instruments() -> list[str]:
    if "qcodes.instrument" not in sys.modules:
        return []
    from qcodes.instrument import Instrument

    return list(Instrument._all_instruments)
