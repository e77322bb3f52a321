"""A LabOne data server with simulated Zurich Instruments devices, to which the vendor's own clients connect.

`python -m simulators.labone --device dev12345:SHFQC` serves one by hand; `LabOneServer` is for a process that
hosts one. The client must live in another process.
"""

from simulators.labone.device import Device, DeviceSetup, NodeDevice
from simulators.labone.faults import DeviceFault, DeviceFaults
from simulators.labone.hooks import Change
from simulators.labone.models import MODELS, Model
from simulators.labone.node import Kind, NodeInfo
from simulators.labone.nodes import NodeTree
from simulators.labone.outcome import Code, NodeRefused
from simulators.labone.server import LabOneServer
from simulators.labone.values import CountSample, NodeValue, ResultVector, Sample, ScopeVector, TriggerSample
from simulators.labone.worker import Worker

__all__ = [
    "MODELS",
    "Change",
    "Code",
    "CountSample",
    "Device",
    "DeviceFault",
    "DeviceFaults",
    "DeviceSetup",
    "Kind",
    "LabOneServer",
    "Model",
    "NodeDevice",
    "NodeInfo",
    "NodeRefused",
    "NodeTree",
    "NodeValue",
    "ResultVector",
    "Sample",
    "ScopeVector",
    "TriggerSample",
    "Worker",
]
