"""The catalogue of nodes: made by the generator, of the models' sizes, with the newer nodes."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
from pathlib import Path

import pytest

from simulators.labone import MODELS, DeviceSetup, Kind, NodeDevice
from simulators.labone.catalogue import generate, node_tree, read

LEAF = {"Node": "/DEV1234/A", "Description": "d", "Properties": "Read", "Type": "Double", "Unit": "V"}


def _sdist(folder: Path, *, without: str = "") -> Path:
    """An archive laid out as the source distribution, with one node a tree."""
    files = {"LICENSE": b"MIT License"} | {
        f"tests/data/{file}": json.dumps({f"/dev1234/{name}": LEAF | {"Options": {"0": '"x": y'}}}).encode()
        for name, file in generate.TREES.items()
    }
    files.pop(without, None)
    path = folder / "zhinst_toolkit-1.4.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"zhinst_toolkit-1.4.0/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_the_generator_writes_nodes_and_licence(tmp_path: Path) -> None:
    assert generate.main([str(_sdist(tmp_path)), "--to", str(tmp_path)]) == 0
    assert (tmp_path / generate.LICENCE).read_text() == "MIT License"
    shipped = (tmp_path / read.CATALOGUE.name).read_bytes()
    entry = ["uhfqa", "Double", "Read", "V", "d", {"0": '"x": y'}]
    assert json.loads(lzma.decompress(shipped))["uhfqa"] == [entry]
    generate.main([str(_sdist(tmp_path)), "--to", str(tmp_path)])
    assert (tmp_path / read.CATALOGUE.name).read_bytes() == shipped


def test_the_generator_says_what_an_archive_lacks(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"lacks tests/data/nodedoc_zi\.json"):
        generate.main([str(_sdist(tmp_path, without="tests/data/nodedoc_zi.json")), "--to", str(tmp_path)])


def test_the_shipped_catalogue_is_small_and_has_its_licence() -> None:
    assert read.CATALOGUE.stat().st_size < 60_000
    assert "Zurich Instruments" in read.CATALOGUE.with_name(generate.LICENCE).read_text()


@pytest.mark.parametrize("model", MODELS)
def test_a_model_has_its_channels_and_no_others(model: str) -> None:
    channels = {
        "HDAWG8": {"awgs": 4, "sigouts": 8, "oscs": 16},
        "HDAWG4": {"awgs": 2, "sigouts": 4, "oscs": 16},
        "SHFSG8": {"sgchannels": 8},
        "SHFSG4": {"sgchannels": 4},
        "SHFQA4": {"qachannels": 4},
        "SHFQA2": {"qachannels": 2},
        "SHFQC": {"sgchannels": 6, "qachannels": 1},
        "UHFQA": {"awgs": 1, "sigouts": 2, "qas": 1},
    }[model]
    device = NodeDevice(DeviceSetup("dev1", model))
    for name, count in channels.items():
        numbers = {int(path.split("/")[1]) for path in device.tree.match(name)}
        assert numbers == set(range(count))
    assert device.tree.text("features/devtype") == model
    assert set(device.tree.text("features/options").split()) == set(device.options)


def test_newer_nodes_are_there() -> None:
    paths = {info.path: info for info in node_tree("shfqc")}
    assert {
        "qachannels/0/input/rflfpath",
        "qachannels/0/readout/multistate/qudits/7/enable",
        "sgchannels/5/output/delay",
        "sgchannels/5/outputrouter/routes/2/amplitude",
        "sgchannels/0/pipeliner/commit",
        "raw/error/json/errors",
    } <= paths.keys()
    assert paths["sgchannels/5/output/delay"].kind is Kind.DOUBLE
    assert not [path for path in paths if "/waveform/waves/" in path]


def test_sources_of_triggers_have_their_newer_choices() -> None:
    nodes = {info.path: info for tree in ("shfqa", "hdawg") for info in node_tree(tree)}
    channel = nodes["qachannels/3/generator/auxtriggers/1/channel"].options
    assert {choice: channel[choice].split('"')[1] for choice in (8, 32, 36, 39)} == {
        8: "inttrig",
        32: "chan0seqtrig0",
        36: "chan0seqtrig1",
        39: "chan3seqtrig1",
    }
    assert 8 not in nodes["qachannels/3/markers/1/source"].options
    assert 36 not in nodes["triggers/out/0/source"].options


def test_every_node_can_hold_what_it_holds_at_first() -> None:
    for tree in (*generate.TREES,):
        for info in node_tree(tree):
            if info.kind not in (Kind.COUNT, Kind.TRIGGER, Kind.OTHER):
                info.accept(info.empty())


@pytest.mark.parametrize(
    ("serial", "model", "problem"), [("dev1", "SHFXX", "SHFXX.*HDAWG8"), ("box1", "SHFQC", "dev12345")]
)
def test_a_device_that_does_not_exist_is_refused(serial: str, model: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        DeviceSetup(serial, model)
