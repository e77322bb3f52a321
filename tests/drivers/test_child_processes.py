"""Ending processes: one that obeys, one that does not, and one that is gone with a request in its pipe."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from drivers.child_processes import end_process


def started(text: str) -> subprocess.Popen[bytes]:
    """A Python process that runs `text`, and has said so."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", f"print(flush=True)\n{text}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_the_end_of_its_input_is_its_sign() -> None:
    """It ends by itself, with its own exit code; a second time changes nothing."""
    process = started("import sys; sys.stdin.read(); sys.exit(7)")
    for _ in range(2):
        end_process(process, 30.0)
        assert process.returncode == 7


def test_one_that_does_not_end_is_killed() -> None:
    """After the time it has."""
    process = started("import time; time.sleep(60)")
    began = time.monotonic()
    end_process(process, 0.1)
    assert 0.1 <= time.monotonic() - began < 20.0
    assert process.returncode not in {0, None}


def test_a_request_that_nobody_reads() -> None:
    """Closing its pipe fails, since what is in it goes nowhere: no error, and both pipes are closed."""
    process = started("import sys; sys.exit(3)")
    process.wait()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"request")
    end_process(process, 1.0)
    assert process.returncode == 3
    assert process.stdin.closed
    assert process.stdout.closed
    with pytest.raises(ValueError, match="closed"):
        process.stdin.write(b"more")
