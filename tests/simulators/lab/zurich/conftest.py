"""Programs compiled by the vendor's compiler, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.simulators.labone.devices.bench import Compiler
from tests.simulators.labone.devices.conftest import ROOT


@pytest.fixture(scope="session")
def seqc() -> Iterator[Compiler]:
    """Compiles; one process for all tests of a worker."""
    command = [sys.executable, "-m", "tests.simulators.labone.devices.compile_worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield Compiler(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=10)
