"""The vendor's clients. Tests that import this are skipped where the compiled client is not available."""

from __future__ import annotations

import pytest

REASON = "the vendor's compiled client is not available for this platform"
core = pytest.importorskip("zhinst.core", reason=REASON)
errors = pytest.importorskip("zhinst.core.errors", reason=REASON)
toolkit = pytest.importorskip("zhinst.toolkit", reason=REASON)
drivers = pytest.importorskip("zhinst.toolkit.driver.devices", reason=REASON)
exceptions = pytest.importorskip("zhinst.toolkit.exceptions", reason=REASON)
qcodes_drivers = pytest.importorskip("zhinst.qcodes", reason=REASON)

ziDAQServer = core.ziDAQServer  # noqa: N816 - the vendor's name
Session = toolkit.Session
ToolkitError = exceptions.ToolkitError
CoreError = errors.CoreError
DeviceInUseError = errors.DeviceInUseError
DeviceNotFoundError = errors.DeviceNotFoundError
InvalidArgumentError = errors.InvalidArgumentError
NotFoundError = errors.NotFoundError
ReadOnlyError = errors.ReadOnlyError
WriteOnlyError = errors.WriteOnlyError
