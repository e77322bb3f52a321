"""How a rig ends: closed while it runs, never closed, opened twice, opened where other folders have its names."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import configs
from drivers.contract import ConfigurationError, ConnectionFailed, ProblemReport
from runtime.rig import Rig, lab_process, load_station
from runtime.rig.lab_process import LabProcess
from simulators.lab import running
from tests.runtime.rig.programs import after_nothing

MANY_SHOTS = 1_000_000

FORGETFUL = """
import sys
from runtime import Rig
from runtime.pulse.macros import measure
names = sys.argv[1::2]
rig = Rig.open("demo", addresses=dict(zip(names, sys.argv[2::2])))
rig.run(measure([0], rig.target), shots=2)
print("played", flush=True)
"""


def test_closing_gives_up_what_runs_and_what_waits() -> None:
    """Threads that run a batch, or wait for their turn, are told; nobody waits for ever."""
    told: list[Exception] = []
    with Rig.open("demo") as rig:
        program = after_nothing(rig.target)

        def work() -> None:
            try:
                rig.run(program, shots=MANY_SHOTS)
            except ConfigurationError as error:
                told.append(error)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        rig.close()
        for thread in threads:
            thread.join(5)
    assert [error.what for error in told] == ["meanwhile it was closed"] * 2


def test_closing_tells_coroutines_too() -> None:
    """As an error, not as a cancellation of whoever awaits."""

    async def main() -> None:
        rig = Rig.open("demo")
        running_batch = asyncio.create_task(rig.submit(after_nothing(rig.target), shots=MANY_SHOTS))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(rig.close)
        with pytest.raises(ConfigurationError, match="meanwhile it was closed"):
            await running_batch

    asyncio.run(main())


def test_a_cancelled_coroutine_stays_cancelled() -> None:
    """And the rig works on."""

    async def main() -> None:
        with Rig.open("demo") as rig:
            batch = asyncio.create_task(rig.submit(after_nothing(rig.target), shots=MANY_SHOTS))
            await asyncio.sleep(0.5)
            batch.cancel()
            with pytest.raises(asyncio.CancelledError):
                await batch
            assert (await rig.submit(after_nothing(rig.target), shots=2)).shots == 2

    asyncio.run(main())


def test_a_script_that_forgets_to_close_leaves_the_outputs_off() -> None:
    """The oscillators stay on between batches; they must not stay on when Python has ended."""
    with running(configs.ROOT / "demo" / "lab.yaml") as lab:
        places = [
            text
            for name, offers in lab.addresses.items()
            for text in (name, offers.get("hislip", offers.get("ats", "")))
        ]
        done = subprocess.run(
            [sys.executable, "-c", FORGETFUL, *places],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            timeout=60,
        )
        assert "played" in done.stdout
        assert set(lab._look().tones.values()) == {None}


def test_a_second_rig_on_the_same_station_is_told_of_the_first() -> None:
    """The likeliest mistake in a notebook: a cell that opens, run again."""
    with Rig.open("demo") as rig:
        with pytest.raises(ProblemReport, match="Close the rig or the instrument that has it") as caught:
            Rig.open("demo")
        assert not caught.value.of_instruments
        assert rig.run(after_nothing(rig.target), shots=2).shots == 2


def test_a_station_can_be_opened_as_it_was_loaded(station: Path) -> None:
    """Without reading it again."""
    loaded = load_station(station)
    (station / "wiring.yaml").unlink()
    with Rig.open(loaded) as rig:
        assert rig.station is loaded


def test_the_folder_one_works_in_shadows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's own `simulators`, `json.py` or `random.py` is not what the lab's process imports."""
    (tmp_path / "simulators").mkdir()
    for name in ("simulators/__init__.py", "simulators/__main__.py", "json.py", "random.py"):
        (tmp_path / name).write_text("raise SystemExit('a file of the user')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    lab = LabProcess(configs.ROOT / "demo" / "lab.yaml")
    assert lab.stop() == 0


def test_a_lab_that_says_something_else_first_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever prints before it, a message instead of a parser's traceback."""
    monkeypatch.setattr(lab_process, "COMMAND", (sys.executable, "-c", "print('hello'); input()"))
    with pytest.raises(ConfigurationError, match=r"announced no addresses.*hello"):
        LabProcess(tmp_path / "lab.yaml")


def test_a_lab_that_hangs_at_its_start_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It announces nothing and does not mind that its standard input is closed: it is killed in time."""
    monkeypatch.setattr(lab_process, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(lab_process, "START_LIMIT_S", 0.5)
    monkeypatch.setattr(lab_process, "STOP_LIMIT_S", 0.5)
    began = time.monotonic()
    with pytest.raises(ConnectionFailed, match="did not start"):
        LabProcess(tmp_path / "lab.yaml")
    assert time.monotonic() - began < 5
