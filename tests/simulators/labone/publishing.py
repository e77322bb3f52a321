"""A server whose device acts on what is set, run as a process: how a model uses hooks, its worker and `put`."""

from __future__ import annotations

import json
import sys

import numpy as np

from simulators.labone import (
    Change,
    Code,
    CountSample,
    DeviceFault,
    DeviceSetup,
    LabOneServer,
    NodeDevice,
    NodeRefused,
    ResultVector,
    ScopeVector,
    TriggerSample,
)

SERIAL = "dev12200"
RESULTS = np.arange(1000) * (0.5 - 2j)
SCOPE = np.exp(1j * np.linspace(0, 20, 4096))
RESULT_NODE = "qachannels/0/readout/result/data/0/wave"
SCOPE_NODE = "scopes/0/channels/0/wave"
COUNT_NODE = "cnts/0/sample"


class Logger(NodeDevice):
    """Enabling the result logger makes results, unless a trigger is lost; one node refuses, one breaks."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.jobs = 0
        self.tree.after_set("qachannels/*/readout/result/enable", self._enable)
        self.tree.before_set("qachannels/*/readout/result/length", self._length)
        self.tree.after_set("qachannels/3/readout/result/averages", self._break)
        self.tree.put("scopes/0/channels/1/wave", ScopeVector(SCOPE.real, timestamp=5))

    def _enable(self, change: Change) -> None:
        if change.value:
            self.worker.submit(lambda: self._acquire(*change.indices))

    def _acquire(self, channel: int) -> None:
        if self.faults.take(DeviceFault.LOST_TRIGGER):
            return
        self.jobs += 1
        result = ResultVector(
            RESULTS, timestamp=7, job_id=self.jobs, averages=4, acquired=4000, holdoff_errors=(0, 3, 0)
        )
        self.tree.put(f"qachannels/{channel}/readout/result/data/0/wave", result)
        self.tree.put(SCOPE_NODE, ScopeVector(SCOPE, timestamp=9, segments=2))
        self.tree.put(f"qachannels/{channel}/readout/result/enable", 0)

    def _length(self, change: Change) -> int:
        if not isinstance(change.value, int) or change.value > 2**19:
            raise NodeRefused("a result logger holds 524288 results", Code.INVALID_ARGUMENT)
        return change.value // 4 * 4

    def _break(self, change: Change) -> None:
        raise RuntimeError(f"a mistake in the model at {change.value}")


class Counter(NodeDevice):
    """Setting a period makes the counter and the trigger unit report."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tree.after_set("cnts/*/enable", self._count)

    def _count(self, _change: Change) -> None:
        self.worker.submit(lambda: self.tree.put(COUNT_NODE, CountSample(timestamp=11, counter=-5, trigger=2)))
        self.worker.submit(
            lambda: self.tree.put("triggers/streams/0/sample", TriggerSample(timestamp=12, trigger=9))
        )


def main() -> None:
    devices = [Logger(DeviceSetup(SERIAL, "SHFQA4")), Counter(DeviceSetup("dev8200", "HDAWG8"))]
    with LabOneServer(devices) as server:
        sys.stdout.write(json.dumps({"labone": server.address}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
