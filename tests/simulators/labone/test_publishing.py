"""Device models behind the server: hooks, streamed results, and what the vendor's client makes of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.simulators.labone import publishing
from tests.simulators.labone.process import Served, serving
from tests.simulators.labone.vendor import CoreError, InvalidArgumentError, ziDAQServer

QA = f"/{publishing.SERIAL}/qachannels"
RESULT_PATH = f"/{publishing.SERIAL}/{publishing.RESULT_NODE}"
SCOPE_PATH = f"/{publishing.SERIAL}/{publishing.SCOPE_NODE}"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving(module="tests.simulators.labone.publishing") as running:
        yield running


@pytest.fixture
def daq(served: Served) -> Iterator[ziDAQServer]:
    client = ziDAQServer(served.host, served.port, 6)
    client.connectDevice(publishing.SERIAL, "1GbE")
    client.connectDevice("dev8200", "1GbE")
    yield client
    client.unsubscribe("*")
    client.disconnect()


def _poll(daq: ziDAQServer, path: str) -> list[Any]:
    """What comes of `path` within ten seconds."""
    for _ in range(20):
        if path in (received := daq.poll(0.05, 500, 0, True)):
            return list(received[path])
    return []


def test_results_are_streamed_with_their_properties(daq: ziDAQServer) -> None:
    daq.subscribe(RESULT_PATH)
    for _ in range(2):
        daq.setInt(f"{QA}/0/readout/result/enable", 1)
        (result,) = _poll(daq, RESULT_PATH)
        np.testing.assert_array_equal(result["vector"], publishing.RESULTS)
    properties = result["properties"]
    assert properties["sampletimestamp"] == 7
    assert properties["numsamples"] == 1000
    assert properties["numaverages"] == 4
    assert properties["numacquired"] == 4000
    assert properties["holdofferrorsreadout"] == 3
    assert properties["jobid"] >= 2


def test_results_can_be_read_afterwards(daq: ziDAQServer) -> None:
    daq.setInt(f"{QA}/0/readout/result/enable", 1)
    _until(lambda: daq.getInt(f"{QA}/0/readout/result/enable") == 0)
    (result,) = daq.get(RESULT_PATH, flat=True)[RESULT_PATH]
    np.testing.assert_array_equal(result["vector"], publishing.RESULTS)


def test_a_scopes_record_is_read_in_volts(daq: ziDAQServer) -> None:
    daq.setInt(f"{QA}/0/readout/result/enable", 1)
    _until(lambda: len(daq.get(SCOPE_PATH, flat=True)[SCOPE_PATH][0]["vector"]) == 4096)
    (record,) = daq.get(SCOPE_PATH, flat=True)[SCOPE_PATH]
    np.testing.assert_allclose(record["vector"], publishing.SCOPE, atol=1e-9)
    assert record["properties"]["segments"] == 2
    real = f"/{publishing.SERIAL}/scopes/0/channels/1/wave"
    (record,) = daq.get(real, flat=True)[real]
    np.testing.assert_allclose(record["vector"], publishing.SCOPE.real, atol=1e-9)


def _until(condition: Any) -> None:
    limit = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < limit


def test_counters_stream_their_readings(daq: ziDAQServer) -> None:
    path = f"/dev8200/{publishing.COUNT_NODE}"
    daq.subscribe(path)
    daq.setInt("/dev8200/cnts/0/enable", 1)
    received: dict[str, Any] = {}
    for _ in range(20):
        received |= daq.poll(0.05, 500, 0, True).get(path, {})
        if received:
            break
    assert (received["timestamp"][0], received["counter"][0], received["trigger"][0]) == (11, -5, 2)


def test_a_hook_changes_or_refuses_what_is_set(daq: ziDAQServer) -> None:
    path = f"{QA}/1/readout/result/length"
    daq.setInt(path, 103)
    assert daq.getInt(path) == 100
    with pytest.raises(InvalidArgumentError, match="holds 524288 results"):
        daq.setInt(path, 2**19 + 1)
    assert daq.getInt(path) == 100


def test_a_mistake_in_a_model_is_an_error_and_the_connection_lives(daq: ziDAQServer) -> None:
    with pytest.raises(CoreError, match="a mistake in the model at 8"):
        daq.setInt(f"{QA}/3/readout/result/averages", 8)
    assert daq.getInt(f"{QA}/3/readout/result/averages") == 8


def test_a_lost_trigger_leaves_the_device_running(served: Served, daq: ziDAQServer) -> None:
    assert served.control(fault="lost-trigger", device=publishing.SERIAL) == {"ok": True}
    daq.subscribe(RESULT_PATH)
    daq.setInt(f"{QA}/0/readout/result/enable", 1)
    assert daq.poll(0.2, 100, 0, True) == {}
    assert daq.getInt(f"{QA}/0/readout/result/enable") == 1
    daq.setInt(f"{QA}/0/readout/result/enable", 1)
    assert len(_poll(daq, RESULT_PATH)) == 1
