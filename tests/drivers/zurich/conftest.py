"""The vendor's compiler in its process, once for all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.zurich.compiling import CompileRequest, SeqcCompiler


@pytest.fixture(scope="session")
def compiler() -> Iterator[SeqcCompiler]:
    """A compiler; its process ends with the tests."""
    made = SeqcCompiler()
    made.compile(CompileRequest("playZero(32);\n", "SHFSG8", ""))  # so that its process is no test's own
    yield made
    made.close()
