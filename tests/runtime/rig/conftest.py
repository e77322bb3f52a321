"""Stations and rigs for the tests of the rig."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import configs
from runtime.rig import Rig


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A copy of the demo station that a test may change."""
    shutil.copytree(configs.ROOT / "demo", tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """The demo station, opened once for the tests of a module."""
    with Rig.open("demo") as opened:
        yield opened
