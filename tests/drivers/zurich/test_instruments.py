"""The QCoDeS drivers that a station names, and what importing the package costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.labone.process import DEVICES, Served, serving

STATION = """\
instruments:
  {name}:
    type: drivers.zurich.{kind}
    address: labone://{host}:{port}/{serial}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A device of each family."""
    models = ("HDAWG8", "SHFSG8", "SHFQA4", "SHFQC", "UHFQA")
    with serving(*(f"--device={DEVICES[model]}:{model}" for model in models)) as served:
        yield served


@pytest.mark.parametrize(
    ("model", "kind"),
    [("HDAWG8", "HDAWG"), ("SHFSG8", "SHFSG"), ("SHFQA4", "SHFQA"), ("SHFQC", "SHFQC"), ("UHFQA", "UHFQA")],
)
def test_a_station_loads_them(model: str, kind: str, server: Served, tmp_path: Path) -> None:
    """By type and address, as any QCoDeS driver: identity, parameters, snapshot; closing leaves no session."""
    import qcodes
    from qcodes.instrument import Instrument

    file = tmp_path / "station.yaml"
    text = STATION.format(name="device", kind=kind, host=server.host, port=server.port, serial=DEVICES[model])
    file.write_text(text)
    station = qcodes.Station(config_file=str(file), use_monitor=False, default=False)
    driver = station.load_instrument("device")
    try:
        assert driver.IDN()["model"] == model
        assert driver.name == "device"
        assert "parameters" in driver.snapshot()
        if kind == "SHFQC":
            driver.sgchannels[0].oscs[0].freq(123e6)
            assert driver.sgchannels[0].oscs[0].freq() == pytest.approx(123e6)
    finally:
        station.close_all_registered_instruments()
    assert not list(Instrument._all_instruments)


def test_importing_costs_nothing() -> None:
    """Neither the vendor's packages nor QCoDeS nor numpy are loaded before they are needed."""
    code = (
        "import sys, drivers.zurich;"
        "print([m for m in ('zhinst', 'qcodes', 'numpy') if any(k.split('.')[0] == m for k in sys.modules)]);"
        "drivers.zurich.SHFQCAdapter;"
        "print([m for m in ('zhinst', 'qcodes') if any(k.split('.')[0] == m for k in sys.modules)])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["[]", "[]"]


def test_unknown_names_are_unknown() -> None:
    """The package's door opens for what it lists only."""
    import drivers.zurich

    with pytest.raises(AttributeError, match="PQSC"):
        _ = drivers.zurich.PQSC
