"""Opening a device: who it is, whether its software goes together, and what it tells of its limits."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from drivers.contract import ConnectionFailed, InstrumentError, PulserigError, WrongInstrument
from drivers.session import DriverSession, Link
from drivers.zurich.addresses import require_server
from drivers.zurich.models import profile_of
from drivers.zurich.profiles import Family, Profile
from drivers.zurich.server import Nodes, nodes_of

__all__ = ["FamilySession", "checked_profile", "loader"]


class FamilySession(DriverSession[Any]):
    """A session that takes every model of a family: an HDAWG may be an HDAWG4 or an HDAWG8."""

    def __init__(
        self, name: str, address: str, load: Callable[[], object], limit_s: float, family: Family
    ) -> None:
        """As `DriverSession`; `family` is how the model's name begins."""
        link: Link[Any] = Link(_sever, _close)
        super().__init__(name, address, loader(name, address, load), limit_s, expected_model=family, link=link)
        self._family = family

    def _checked(self, idn: dict[str, Any]) -> Any:  # noqa: ANN401 - the base class knows the type
        model = str(idn.get("model"))
        if profile_of(model) is not None and model.startswith(self._family):
            self._expected_model = model
        return super()._checked(idn)


def loader(name: str, address: str, load: Callable[[], object]) -> Callable[[], object]:
    """`load`, with what the vendor's client raises said in our words."""

    def guarded() -> object:
        require_server(name, address)
        try:
            return load()
        except PulserigError:
            raise
        except (RuntimeError, KeyError, OSError) as error:  # KeyError: the server knows no such device
            raise _not_connected(name, address, error) from error

    return guarded


def checked_profile(driver: object, name: str, address: str) -> tuple[Nodes, Profile]:
    """The device's nodes, and its limits as far as it tells them.

    Raises:
        InstrumentError: Its firmware does not go with the data server or the client.
    """
    device = cast("Any", driver)._tk_object  # noqa: SLF001 - the method of zhinst-qcodes checks nothing
    try:
        device.check_compatibility()
    except (RuntimeError, ConnectionError) as error:
        raise InstrumentError(
            "its software does not go together",
            got=" ".join(str(error).split()),
            fix="Bring the device's firmware, the data server and the zhinst packages to one release",
            instrument=name,
            address=address,
        ) from error
    nodes = nodes_of(driver, name, address)
    model = nodes.text("features/devtype")
    options = tuple(re.split(r"[\n,]+", nodes.text("features/options").strip()))
    profile = profile_of(model, tuple(option for option in options if option))
    if profile is None:
        raise WrongInstrument("a model that is not known", got=model, instrument=name, address=address)
    return nodes, _as_told(profile, nodes)


def _as_told(profile: Profile, nodes: Nodes) -> Profile:
    """The profile with the counts that the device's node tree tells."""
    if profile.readout is None or profile.analyzer is None or not profile.readout.slot_samples:
        return profile
    slots = nodes.count("qachannels/0/generator/waveforms/*/wave")
    integrators = nodes.count("qachannels/0/readout/integration/weights/*/wave")
    samples = profile.readout.slot_samples
    return replace(
        profile,
        analyzer=replace(profile.analyzer, waves=slots, wave_samples=slots * samples)
        if slots
        else profile.analyzer,
        readout=replace(profile.readout, integrators=integrators or profile.readout.integrators),
    )


def _not_connected(name: str, address: str, error: Exception) -> PulserigError:
    text = " ".join(str(error).split())
    fixes = {
        "DeviceInUseError": "Disconnect it from the other data server or program",
        "KeyError": "Correct the serial number, or connect the device to that data server",
        "DeviceNotFoundError": "Switch the device on, and check its serial number and network",
        "DeviceInterfaceError": "Check the interface it is connected by",
    }
    kind = type(error).__name__
    fix = fixes.get(kind, "Check the device, and that server and client are of one release")
    return ConnectionFailed("the device cannot be connected", got=text, fix=fix, instrument=name, address=address)


def _server(driver: object) -> Any:  # noqa: ANN401 - the vendor's object
    return cast("Any", driver)._tk_object.root.connection  # noqa: SLF001 - as in `nodes_of`


def _sever(driver: object) -> None:
    _server(driver).disconnect()


def _close(driver: object) -> None:
    server = None
    with contextlib.suppress(AttributeError):
        server = _server(driver)
    cast("Any", driver).close()
    if server is not None:
        # Its sockets would stay open until somebody collects the garbage.
        with contextlib.suppress(RuntimeError):
            server.disconnect()
