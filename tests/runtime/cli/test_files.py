"""Files that commands read and write: what cannot be used is said before an instrument is bothered."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import configs
from runtime.cli.schedule_file import schedules_of
from runtime.rig import load_station
from tests.runtime.cli.shell import pulserig

READ_0 = """
from runtime import pulse

def build(target):
    return pulse.Schedule((0, pulse.macros.measure([0], target)), name="{name}")
"""


@pytest.fixture
def schedule(tmp_path: Path) -> Path:
    """A file that can be run."""
    path = tmp_path / "read.py"
    path.write_text(READ_0.format(name="a[red] of q[0] :smile:"), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("demo", "--out", "taken"), ["taken", "not a folder"]),
        (("demo", "--out", "taken/below"), ["taken/below", "cannot be written"]),
        (("demo", "--out", "blocked"), ["demo.png", "cannot be written"]),
        (("run", "demo", "read.py", "--out", "shots.txt"), ["shots.txt", ".nc, .json"]),
        (("run", "demo", "read.py", "--out", "taken/shots.json"), ["taken/shots.json", "cannot be written"]),
        (("run", "demo", "read.py", "--out", "blocked/demo.png"), ["demo.png", ".nc, .json"]),
        (("draw", "demo", "read.py", "--out", "taken/read.png"), ["taken/read.png", "cannot be written"]),
        (("check", "x" * 300), ["there is no station", "demo"]),
        (("check", "~nobody-of-that-name/lab"), ["there is no station", "demo"]),
    ],
)
def test_places_that_cannot_be_used_end_with_2(
    tmp_path: Path, schedule: Path, arguments: tuple[str, ...], words: list[str]
) -> None:
    """A file where a folder should be, a folder where a file should be, endings: in words, and at once."""
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    (tmp_path / "blocked" / "demo.png").mkdir(parents=True)
    done = pulserig(*arguments, cwd=schedule.parent)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr.replace(os.sep, "/")
    assert "Traceback" not in done.stderr
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "a file"
    assert not (tmp_path / "shots.txt").exists()


def test_names_are_shown_as_they_are(schedule: Path) -> None:
    """Brackets and colons in a name or a path are no markup; a path is not broken over two lines."""
    out = "[bold]" + "long" * 30 + ".json"
    done = pulserig("run", "demo", schedule.name, "--shots", "5", "--out", out, cwd=schedule.parent)
    assert done.returncode == 0, done.stderr
    assert "a[red] of q[0] :smile:: 5 shots" in done.stdout
    assert f"saved {out}\n" in done.stdout
    assert (schedule.parent / out).is_file()


def test_a_station_in_a_folder_with_an_odd_name(tmp_path: Path, schedule: Path) -> None:
    """Spaces, brackets and letters beyond ASCII."""
    station = tmp_path / "Labor Süd [2] 量子"
    shutil.copytree(configs.ROOT / "demo", station)
    done = pulserig("run", str(station), str(schedule), "--shots", "5")
    assert done.returncode == 0, done.stderr
    assert "5 shots" in done.stdout


def test_several_schedules_are_saved_in_files_of_their_own(tmp_path: Path) -> None:
    """Numbered before the ending; where one cannot be written, nothing is played."""
    path = tmp_path / "two.py"
    path.write_text(READ_0.format(name="two").replace("return ", "return 2 * [") + "]\n", encoding="utf-8")
    (tmp_path / "iq-1.json").mkdir()
    refused = pulserig("run", "demo", str(path), "--shots", "5", "--out", "iq.json", cwd=tmp_path)
    assert refused.returncode == 2
    assert "iq-1.json" in refused.stderr
    assert not (tmp_path / "iq-0.json").exists()


def test_a_schedule_file_imports_what_lies_beside_it(tmp_path: Path) -> None:
    """As a script would; the path is not left behind."""
    (tmp_path / "my_gates.py").write_text(READ_0.format(name="mine"), encoding="utf-8")
    (tmp_path / "uses.py").write_text("from my_gates import build\n", encoding="utf-8")
    before = list(sys.path)
    try:
        (schedule,) = schedules_of(tmp_path / "uses.py", load_station("demo").target)
    finally:
        sys.modules.pop("my_gates", None)
    assert schedule.name == "mine"
    assert sys.path == before


def test_the_builder_of_runtime_pulse_is_not_taken_for_the_users(tmp_path: Path) -> None:
    """`from runtime.pulse import *` brings a `build` along, which writes blocks."""
    path = tmp_path / "star.py"
    path.write_text(
        "from runtime.pulse import *\n"
        "from runtime.pulse.builder import build\n"
        "schedule = Schedule((0, Delay(160, DriveChannel(0))), name='from the file')\n",
        encoding="utf-8",
    )
    (schedule,) = schedules_of(path, load_station("demo").target)
    assert schedule.name == "from the file"


@pytest.mark.parametrize(
    ("content", "words"),
    [("import sys\nsys.exit(0)\n", ["ends.py:2", "SystemExit"]), ("from . import x\n", ["ends.py:1", "relative"])],
)
def test_a_file_that_ends_the_program_is_an_error(tmp_path: Path, content: str, words: list[str]) -> None:
    """It gave no schedule; exit code 0 would tell a script that all was well."""
    path = tmp_path / "ends.py"
    path.write_text(content, encoding="utf-8")
    done = pulserig("draw", "demo", str(path), cwd=tmp_path)
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="SIGHUP is a POSIX signal")
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_terminal_that_closes_ends_as_ctrl_c_does(schedule: Path, name: str) -> None:
    """Outputs off and nothing left, whoever ends it."""
    command = [sys.executable, "-c", "from runtime.cli import main; main()", "run", "demo", str(schedule)]
    process = subprocess.Popen(
        [*command, "--shots", "2000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    itself = psutil.Process(process.pid)
    while not (children := itself.children(recursive=True)):
        time.sleep(0.05)
    time.sleep(1.0)
    process.send_signal(getattr(signal, name))
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert b"outputs are off" in errors
    assert psutil.wait_procs(children, timeout=5)[1] == []
