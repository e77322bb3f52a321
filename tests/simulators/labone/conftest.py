"""One data server with a device of every model for a file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulators.labone.process import DEVICES, Served, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving(*(f"--device={serial}:{model}" for model, serial in DEVICES.items())) as served:
        yield served
    assert served.process.returncode == 0
