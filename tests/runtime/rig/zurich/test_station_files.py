"""station.yaml is a QCoDeS Station's: a lab's own Station loads it, without the rig, and takes a snapshot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.rig.zurich.labs import copied, serving
from tests.snapshots import snapshot_values
from tests.yaml_files import read_yaml, write_yaml

MODELS = {
    "zurich-shfqc": {"shfqc": "SHFQC"},
    "zurich-four-shfqc": {f"qc{number}": "SHFQC" for number in range(4)},
    "zurich-hdawg-uhfqa": {
        "hdawg": "HDAWG8",
        "uhfqa": "UHFQA",
        "lo_q0": "SGS100A",
        "lo_q1": "SGS100A",
        "lo_readout": "SGS100A",
    },
}


@pytest.mark.parametrize("name", MODELS)
def test_a_lab_loads_it_and_takes_a_snapshot(name: str, tmp_path: Path) -> None:
    """Every instrument identifies itself; the snapshot is JSON, with a value set through a driver."""
    from qcodes.instrument import Instrument
    from qcodes.station import Station
    from qcodes.utils import NumpyJSONEncoder

    station_folder = copied(name, tmp_path)
    with serving(station_folder) as lab:
        file = station_folder / "station.yaml"
        configured = read_yaml(file)
        for instrument, address in lab.addresses.items():
            configured["instruments"][instrument]["address"] = address
        write_yaml(file, configured)
        station = Station(config_file=str(file), use_monitor=False, default=False)
        try:
            loaded = station.load_all_instruments(None, None)
            assert set(loaded) == set(MODELS[name])
            components: dict[str, Any] = dict(station.components)
            models = {each: components[each].IDN()["model"] for each in loaded}
            assert models == MODELS[name]
            first = components[next(iter(MODELS[name]))]
            channel = first.sgchannels[0] if models[first.name] == "SHFQC" else first
            channel.oscs[0].freq(12.5e6)
            snapshot = station.snapshot(update=False)
            assert set(snapshot["instruments"]) == set(MODELS[name])
            assert 12.5e6 in list(snapshot_values(snapshot["instruments"][first.name]))
            assert json.loads(json.dumps(snapshot, cls=NumpyJSONEncoder))["instruments"].keys() == models.keys()
        finally:
            station.close_all_registered_instruments()
    assert not list(Instrument._all_instruments)
