"""pulserig's runtime: from a pulse schedule to memory slots, and everything a person does with that.

``from runtime import Rig, pulse`` is all a program needs::

    from runtime import Rig, pulse

    with Rig.open("demo") as rig:
        x = rig.target.get_schedule("x", (0,))
        measure = rig.target.get_schedule("measure", (0, 1))
        result = rig.run(x << 0 | measure << x.duration, shots=1024)
        print(result.counts)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from runtime._siblings import check_siblings

if TYPE_CHECKING:
    from runtime import pulse
    from runtime.interop.ibm import load_target
    from runtime.lowering import lower, route
    from runtime.results import Result
    from runtime.rig import Rig
    from runtime.target import Target

__all__ = ["Result", "Rig", "Target", "__version__", "load_target", "lower", "pulse", "route"]

__version__ = "0.1.0"

check_siblings()

_HOMES = {
    "Result": "runtime.results",
    "Rig": "runtime.rig",
    "Target": "runtime.target",
    "load_target": "runtime.interop.ibm",
    "lower": "runtime.lowering",
    "route": "runtime.lowering",
}


def __getattr__(name: str) -> object:
    # Looked up when first used: the command line must start without loading drivers and numerics.
    if name == "pulse":
        return importlib.import_module("runtime.pulse")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    message = f"module 'runtime' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
