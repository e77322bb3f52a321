"""The carried devices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[3] / "data" / "ibm"
DEVICES = ("valencia", "jakarta", "guadalupe")


def paths(device: str) -> tuple[Path, Path, Path]:
    """Files of a carried device."""
    conf, defs, props = (DATA / device / f"{kind}_{device}.json" for kind in ("conf", "defs", "props"))
    return conf, defs, props


def contents(device: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the files of a carried device hold."""
    conf, defs, props = (json.loads(path.read_text(encoding="utf-8")) for path in paths(device))
    return conf, defs, props
