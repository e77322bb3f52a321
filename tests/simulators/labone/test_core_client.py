"""The vendor's compiled client, unmodified, on the simulated data server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.simulators.labone.process import DEVICES, Served, serving
from tests.simulators.labone.vendor import (
    DeviceNotFoundError,
    InvalidArgumentError,
    NotFoundError,
    ReadOnlyError,
    WriteOnlyError,
    core,
    ziDAQServer,
)

HDAWG = DEVICES["HDAWG8"]
SHFQA = DEVICES["SHFQA4"]
ABSOLUTE_LEAVES = 1 | 2 | 4


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    # Devices that store whatever is set: what is tested is how it travels.
    with serving("--nodes-only", *(f"--device={serial}:{model}" for model, serial in DEVICES.items())) as served:
        yield served


@pytest.fixture
def daq(server: Served) -> Iterator[ziDAQServer]:
    client = ziDAQServer(server.host, server.port, 6)
    client.connectDevice(HDAWG, "1GbE")
    client.connectDevice(SHFQA, "1GbE")
    yield client
    client.unsubscribe("*")
    client.disconnect()


def test_the_server_tells_its_version_and_its_devices(daq: ziDAQServer) -> None:
    year, month, *_ = core.__version__.split(".")
    assert daq.getString("/zi/about/version") == f"{int(year):02}.{int(month):02}"
    devices = json.loads(daq.getString("/zi/devices"))
    assert {serial.lower(): device["DEVICETYPE"] for serial, device in devices.items()} == {
        serial: model for model, serial in DEVICES.items()
    }
    assert daq.getString("/zi/devices/visible").lower().split(",") == list(DEVICES.values())


def test_connected_devices_are_listed_until_they_are_disconnected(server: Served) -> None:
    daq = ziDAQServer(server.host, server.port, 6)
    daq.connectDevice(DEVICES["UHFQA"], "1GbE")
    assert DEVICES["UHFQA"] in daq.getString("/zi/devices/connected").lower()
    daq.disconnectDevice(DEVICES["UHFQA"])
    assert DEVICES["UHFQA"] not in daq.getString("/zi/devices/connected").lower()
    daq.disconnect()


def test_numbers_text_and_complex_values_come_back(daq: ziDAQServer) -> None:
    daq.setInt(f"/{HDAWG}/awgs/0/userregs/3", 2**40)
    assert daq.getInt(f"/{HDAWG}/awgs/0/userregs/3") == 2**40
    daq.setDouble(f"/{HDAWG}/oscs/0/freq", 123.456e6)
    assert daq.getDouble(f"/{HDAWG}/oscs/0/freq") == 123.456e6
    daq.setString("/zi/devices/discover", "abc")
    assert daq.getString("/zi/devices/discover") == "abc"
    daq.connectDevice(DEVICES["UHFQA"], "1GbE")
    daq.setComplex(f"/{DEVICES['UHFQA']}/qas/0/rotations/4", 0.5 - 0.25j)
    assert daq.getComplex(f"/{DEVICES['UHFQA']}/qas/0/rotations/4") == 0.5 - 0.25j


def test_a_number_is_converted_to_the_nodes_kind(daq: ziDAQServer) -> None:
    daq.set(f"/{HDAWG}/oscs/1/freq", 7)
    value = daq.get(f"/{HDAWG}/oscs/1/freq", flat=True)[f"/{HDAWG}/oscs/1/freq"]["value"][0]
    assert isinstance(value, np.float64)
    assert value == 7.0
    daq.setDouble(f"/{HDAWG}/awgs/0/userregs/0", 41.6)
    assert daq.getInt(f"/{HDAWG}/awgs/0/userregs/0") == 42


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "u8", "f4", "f8", "c8", "c16"])
def test_vectors_keep_their_elements(daq: ziDAQServer, dtype: str) -> None:
    path = f"/{HDAWG}/awgs/0/commandtable/data"
    vector = (np.arange(100) * 2).astype(dtype)
    daq.setVector(path, vector)
    returned = _vector(daq, path)
    assert returned.dtype == vector.dtype
    np.testing.assert_array_equal(returned, vector)


def test_text_in_a_vector_node_comes_back_as_text(daq: ziDAQServer) -> None:
    path = f"/{HDAWG}/awgs/1/commandtable/data"
    daq.setVector(path, '{"header": {"version": "1.0"}}')
    assert _vector(daq, path) == '{"header": {"version": "1.0"}}'


def test_a_wave_longer_than_the_usual_limit_of_a_message_passes(daq: ziDAQServer) -> None:
    path = f"/{HDAWG}/awgs/2/commandtable/data"
    vector = np.arange(35_000_000, dtype=np.uint32).view(np.uint16)[:35_000_000]
    daq.setVector(path, vector)
    assert np.array_equal(_vector(daq, path), vector)
    daq.setVector(path, vector[:1])


def _vector(daq: ziDAQServer, path: str) -> Any:
    return daq.get(path, flat=True)[path][0]["vector"]


def test_a_star_sets_and_gets_what_it_selects(daq: ziDAQServer) -> None:
    daq.set(f"/{HDAWG}/sigouts/*/on", 1)
    found = daq.get(f"/{HDAWG}/sigouts/*/on", flat=True)
    assert {path: values["value"][0] for path, values in found.items()} == {
        f"/{HDAWG}/sigouts/{n}/on": 1 for n in range(8)
    }
    daq.set([(f"/{HDAWG}/sigouts/*/on", 0), (f"/{HDAWG}/sigouts/3/on", 1)])
    assert [daq.getInt(f"/{HDAWG}/sigouts/{n}/on") for n in range(8)] == [0, 0, 0, 1, 0, 0, 0, 0]


def test_a_whole_device_can_be_read_at_once(daq: ziDAQServer) -> None:
    everything = daq.get(f"/{SHFQA}/*", flat=True, settingsonly=False)
    settings = daq.get(f"/{SHFQA}/*", flat=True, settingsonly=True)
    assert settings.keys() < everything.keys()
    described = json.loads(daq.listNodesJSON(f"/{SHFQA}/*"))
    assert all("Setting" in described[path]["Properties"] for path in settings)
    assert all("Stream" not in described[path]["Properties"] for path in everything)


def test_nodes_are_listed_by_level_and_by_leaf(daq: ziDAQServer) -> None:
    assert set(daq.listNodes("/", 0)) >= {"zi", HDAWG, SHFQA}
    assert set(daq.listNodes(f"/{HDAWG}/sigouts/0", 0)) >= {"on", "range", "precompensation"}
    assert daq.listNodes(f"/{HDAWG}/sigouts/*/on", ABSOLUTE_LEAVES) == [
        f"/{HDAWG}/sigouts/{n}/on" for n in range(8)
    ]
    assert all(path.startswith(f"/{HDAWG}/awgs/1/") for path in daq.listNodes(f"/{HDAWG}/awgs/1", ABSOLUTE_LEAVES))


def test_the_description_of_nodes_has_type_unit_rights_and_choices(daq: ziDAQServer) -> None:
    described = json.loads(daq.listNodesJSON(f"/{HDAWG}/oscs/0/freq,/{HDAWG}/awgs/0/outputs/0/modulation/mode"))
    frequency = described[f"/{HDAWG}/oscs/0/freq"]
    assert (frequency["Type"], frequency["Unit"]) == ("Double", "Hz")
    assert frequency["Properties"] == "Read, Write, Setting"
    assert described[f"/{HDAWG}/awgs/0/outputs/0/modulation/mode"]["Options"]["0"].startswith('"off"')


def test_requests_that_nodes_do_not_grant_are_named_errors(daq: ziDAQServer) -> None:
    with pytest.raises(ReadOnlyError, match="awgs/0/ready is read-only"):
        daq.setInt(f"/{HDAWG}/awgs/0/ready", 1)
    with pytest.raises(NotFoundError, match="nothing/here"):
        daq.getInt(f"/{HDAWG}/nothing/here")
    with pytest.raises(WriteOnlyError, match="features/code cannot be read"):
        daq.getString(f"/{HDAWG}/features/code")
    with pytest.raises(InvalidArgumentError, match="takes one of"):
        daq.setInt(f"/{HDAWG}/awgs/0/outputs/0/modulation/mode", 999)
    with pytest.raises(DeviceNotFoundError, match="dev99 is not visible"):
        daq.connectDevice("dev99", "1GbE")
    assert daq.getInt(f"/{HDAWG}/awgs/0/outputs/0/modulation/mode") == 0


def test_what_is_set_reaches_those_who_subscribed(daq: ziDAQServer, server: Served) -> None:
    other = ziDAQServer(server.host, server.port, 6)
    daq.subscribe(f"/{HDAWG}/oscs/*/freq")
    for number in range(5):
        other.setDouble(f"/{HDAWG}/oscs/{number}/freq", 1e6 + number)
    received = daq.poll(0.3, 500, 0, True)
    assert {path: list(values["value"]) for path, values in received.items()} == {
        f"/{HDAWG}/oscs/{number}/freq": [1e6 + number] for number in range(5)
    }
    daq.unsubscribe(f"/{HDAWG}/oscs/*/freq")
    other.setDouble(f"/{HDAWG}/oscs/0/freq", 5e6)
    assert daq.poll(0.1, 100, 0, True) == {}
    other.disconnect()


def test_values_arrive_in_order_and_none_is_lost(daq: ziDAQServer) -> None:
    path = f"/{HDAWG}/awgs/0/userregs/7"
    daq.subscribe(path)
    for number in range(2000):
        daq.setInt(path, number)
    received: list[int] = []
    while len(received) < 2000 and (data := daq.poll(0.1, 500, 0, True)):
        received += list(data[path]["value"])
    assert received == list(range(2000))


def test_timestamps_grow_with_the_devices_clock(daq: ziDAQServer) -> None:
    daq.setDouble(path := f"/{HDAWG}/oscs/0/freq", 0.0)
    first = daq.get(path, flat=True)[path]["timestamp"][0]
    daq.setDouble(path, 1.0)
    second = daq.get(path, flat=True)[path]["timestamp"][0]
    assert second > first
    assert daq.getInt(f"/{HDAWG}/status/time") > second


def test_a_generators_waveform_and_weights_are_complex_numbers(daq: ziDAQServer) -> None:
    samples = 0.7 * np.exp(1j * np.linspace(0, 6, 400))
    wave = f"/{SHFQA}/qachannels/1/generator/waveforms/3/wave"
    daq.setVector(wave, samples)
    np.testing.assert_allclose(_vector(daq, wave), samples, atol=1.0 / 2**17)
    weights = f"/{SHFQA}/qachannels/1/readout/integration/weights/3/wave"
    daq.setVector(weights, samples)
    np.testing.assert_array_equal(_vector(daq, weights), samples)


def test_sync_is_answered_by_every_kernel(daq: ziDAQServer) -> None:
    daq.setDouble(f"/{HDAWG}/oscs/0/freq", 4.5e6)
    daq.sync()
    assert daq.getDouble(f"/{HDAWG}/oscs/0/freq") == 4.5e6


def test_what_is_subscribed_to_can_be_listed(daq: ziDAQServer) -> None:
    paths = [f"/{HDAWG}/oscs/{number}/freq" for number in (0, 2)]
    every = f"/{HDAWG}/oscs/*/freq"
    assert daq.listNodes(every, subscribedonly=True) == []
    for path in paths:
        daq.subscribe(path)
    assert [path.lower() for path in daq.listNodes(every, subscribedonly=True)] == paths
    daq.unsubscribe(paths[0])
    assert [path.lower() for path in daq.listNodes(every, subscribedonly=True)] == paths[1:]


def test_an_envelope_arrives_as_the_complex_vector_that_was_set(daq: ziDAQServer) -> None:
    """The client sends it as words of 18 bits, which is how exact it is."""
    path = f"/{SHFQA}/qachannels/1/spectroscopy/envelope/wave"
    samples = 0.9 * np.exp(1j * np.linspace(0, 3, 100))
    daq.setVector(path, samples)
    held = daq.get(path, flat=True)[path][0]["vector"]
    assert np.abs(held - samples).max() < 1.0 / 2**17
