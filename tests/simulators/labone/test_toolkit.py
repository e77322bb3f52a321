"""zhinst-toolkit, unmodified, as its users use it, on a device of every model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.simulators.labone.process import DEVICES, Served
from tests.simulators.labone.vendor import InvalidArgumentError, Session, drivers

CLASSES = {
    "HDAWG8": drivers.HDAWG,
    "HDAWG4": drivers.HDAWG,
    "SHFSG8": drivers.SHFSG,
    "SHFSG4": drivers.SHFSG,
    "SHFQA4": drivers.SHFQA,
    "SHFQA2": drivers.SHFQA,
    "SHFQC": drivers.SHFQC,
    "UHFQA": drivers.UHFQA,
}
CHANNELS = {
    "HDAWG8": {"awgs": 4, "sigouts": 8},
    "HDAWG4": {"awgs": 2, "sigouts": 4},
    "SHFSG8": {"sgchannels": 8},
    "SHFSG4": {"sgchannels": 4},
    "SHFQA4": {"qachannels": 4},
    "SHFQA2": {"qachannels": 2},
    "SHFQC": {"sgchannels": 6},
    "UHFQA": {"awgs": 1, "sigouts": 2},
}


@pytest.fixture(scope="module")
def session(server: Served) -> Iterator[Session]:
    opened = Session(server.host, server.port)
    yield opened
    opened.daq_server.disconnect()


@pytest.mark.parametrize("model", DEVICES)
def test_a_device_connects_as_what_it_is(session: Session, model: str) -> None:
    device = session.connect_device(DEVICES[model])
    assert type(device) is CLASSES[model]
    assert device.device_type == model
    assert device.serial == DEVICES[model]
    device.check_compatibility()
    for name, count in CHANNELS[model].items():
        assert len(getattr(device, name)) == count
    assert DEVICES[model] in session.devices.connected()


def test_enumerated_nodes_take_and_give_names(session: Session) -> None:
    mode = session.connect_device(DEVICES["HDAWG8"]).awgs[0].outputs[0].modulation.mode
    mode("sine00")
    assert mode().name == "sine00"
    assert mode() == 1
    with pytest.raises(InvalidArgumentError, match="takes one of off, sine00"):
        mode("nonsense")
    source = session.connect_device(DEVICES["SHFQC"]).sgchannels[2].output.rflfpath
    source("lf")
    assert source().name == "lf"


def test_nodes_know_their_unit_type_and_description(session: Session) -> None:
    frequency = session.connect_device(DEVICES["HDAWG8"]).oscs[0].freq
    assert frequency.node_info.unit == "Hz"
    assert frequency.node_info.type == "Double"
    assert frequency.node_info.writable
    assert "Frequency" in frequency.node_info.description
    assert not session.devices[DEVICES["HDAWG8"]].awgs[0].ready.node_info.writable


def test_every_node_of_a_device_can_be_walked(session: Session) -> None:
    device = session.connect_device(DEVICES["SHFQC"])
    nodes = {str(node) for node, _ in device}
    assert {f"/{device.serial}/sgchannels/5/awg/enable", f"/{device.serial}/qachannels/0/output/rflfpath"} <= nodes
    assert len(nodes) > 1000


def test_read_only_nodes_say_so(session: Session) -> None:
    with pytest.raises(AttributeError, match="read-only"):
        session.connect_device(DEVICES["HDAWG8"]).awgs[0].ready(1)


def test_a_transaction_sets_all_at_once(session: Session) -> None:
    device = session.connect_device(DEVICES["SHFSG8"])
    with device.set_transaction():
        for number, channel in enumerate(device.sgchannels):
            channel.output.range(10 - 5 * number)
            channel.oscs[0].freq(1e6 * number)
        device.sgchannels["*"].output.on(1)
    assert [channel.output.range() for channel in device.sgchannels] == [10 - 5 * number for number in range(8)]
    assert [channel.oscs[0].freq() for channel in device.sgchannels] == [1e6 * number for number in range(8)]
    assert set(device.sgchannels["*"].output.on().values()) == {1}


def test_a_transaction_over_several_devices(session: Session) -> None:
    large, small = (session.connect_device(DEVICES[model]) for model in ("HDAWG8", "HDAWG4"))
    with session.set_transaction():
        large.oscs[0].freq(11e6)
        small.oscs[0].freq(12e6)
    assert (large.oscs[0].freq(), small.oscs[0].freq()) == (11e6, 12e6)


def test_vectors_and_complex_values(session: Session) -> None:
    samples = 0.5 * np.exp(1j * np.linspace(0, 3, 128))
    slot = session.connect_device(DEVICES["SHFQA2"]).qachannels[1].generator.waveforms[0].wave
    slot(samples)
    np.testing.assert_allclose(slot(), samples, atol=1.0 / 2**17)
    analyzer = session.connect_device(DEVICES["UHFQA"]).qas[0]
    analyzer.rotations[3](1 - 2j)
    assert analyzer.rotations[3]() == 1 - 2j
    analyzer.integration.weights[0].real(np.linspace(-1, 1, 64))
    np.testing.assert_array_equal(analyzer.integration.weights[0].real(), np.linspace(-1, 1, 64))


def test_subscribed_nodes_are_polled(session: Session) -> None:
    frequency = session.connect_device(DEVICES["HDAWG8"]).oscs[2].freq
    frequency.subscribe()
    frequency(3e6)
    frequency(4e6)
    received = session.poll(0.2)
    frequency.unsubscribe()
    assert list(received[frequency]["value"]) == [3e6, 4e6]


def test_waiting_for_a_value_ends_with_it_or_with_a_timeout(session: Session) -> None:
    frequency = session.connect_device(DEVICES["HDAWG8"]).oscs[3].freq
    frequency(5e6)
    frequency.wait_for_state_change(5e6, timeout=2)
    with pytest.raises(TimeoutError):
        frequency.wait_for_state_change(6e6, timeout=0.1)


def test_a_deep_set_returns_what_the_device_took(session: Session) -> None:
    register = session.connect_device(DEVICES["HDAWG8"]).awgs[1].userregs[0]
    assert register(17, deep=True) == 17
    timestamp, value = register(deep=True)
    assert value == 17
    assert timestamp > 0


def test_the_servers_own_nodes(session: Session) -> None:
    assert session.about.dataserver() == "ziDataServer"
    assert session.devices.visible() == list(DEVICES.values())


def test_an_unknown_device_is_not_found(session: Session) -> None:
    with pytest.raises(KeyError, match="DEV1"):
        session.connect_device("dev1")
