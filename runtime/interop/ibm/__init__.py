"""OpenPulse JSON: devices as IBM published them, with every calibration as a schedule.

Three files a device: `conf_*.json` (clock, grids, channels), `defs_*.json` (frequencies, pulses, calibrations) and
`props_*.json` (relaxation times, errors). ``load_target(conf, defs, props)`` gives the Target; `load_device` also
tells which calibrations could not be loaded because the files lack their pulses.
"""

from runtime.interop.ibm.anharmonicity import load_anharmonicities
from runtime.interop.ibm.device import Device, UnpublishedPulseWarning, load_device, load_target

__all__ = ["Device", "UnpublishedPulseWarning", "load_anharmonicities", "load_device", "load_target"]
