"""Workers, subscriptions, faults and the command."""

from __future__ import annotations

import logging
import threading

import pytest

from simulators.labone import DeviceFault, DeviceFaults, Sample, Worker
from simulators.labone.__main__ import main
from simulators.labone.subscriptions import LONGEST_QUEUE, Subscriptions
from simulators.labone.version import LabOneVersion


def test_a_worker_does_its_jobs_in_order_and_survives_mistakes(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker("dev1")
    done: list[int] = []
    finished = threading.Event()
    worker.submit(lambda: done.append(1))
    worker.submit(lambda: done.append(1 // 0))
    worker.submit(lambda: done.append(2))
    worker.submit(finished.set)
    with caplog.at_level(logging.ERROR):
        assert finished.wait(10)
    worker.stop()
    assert done == [1, 2]
    assert "dev1: a job failed" in caplog.text


def test_a_stopped_worker_drops_what_waits() -> None:
    worker = Worker("dev1")
    begun = threading.Event()
    done: list[int] = []

    def wait() -> None:
        begun.set()
        worker.stopping.wait(10)

    worker.submit(wait)
    worker.submit(lambda: done.append(1))
    assert begun.wait(10)
    worker.stop()
    worker.submit(lambda: done.append(2))
    assert done == []


def test_a_worker_that_never_worked_can_be_stopped() -> None:
    Worker("dev1").stop()


def test_values_wait_for_those_who_subscribed() -> None:
    woken: list[bool] = []
    subscriptions = Subscriptions(lambda: woken.append(True))
    first, second = object(), object()
    subscriptions.add("/dev1/a", b"one", first)
    subscriptions.add("/dev1/a", b"two", second)
    subscriptions.add("/dev1/b", b"one", first)
    for path, value in (("/dev1/a", 1), ("/dev1/b", 2), ("/dev1/c", 3), ("/dev1/a", 4)):
        subscriptions.offer(Sample(path, value))
    taken = {listener: [sample.value for sample in samples] for listener, samples in subscriptions.take().items()}
    assert taken == {first: [1, 2, 4], second: [1, 4]}
    assert len(woken) == 3
    subscriptions.remove(["/dev1/a", "/dev1/nothing"], b"one")
    subscriptions.drop(second)
    subscriptions.offer(Sample("/dev1/a", 5))
    assert subscriptions.take() == {}


def test_the_oldest_values_give_way_when_nobody_takes_them() -> None:
    subscriptions = Subscriptions(lambda: None)
    subscriptions.add("/dev1/a", b"one", listener := object())
    for number in range(LONGEST_QUEUE + 5):
        subscriptions.offer(Sample("/dev1/a", number))
    samples = subscriptions.take()[listener]
    assert (len(samples), samples[0].value) == (LONGEST_QUEUE, 5)


def test_faults_happen_as_often_as_was_asked() -> None:
    faults = DeviceFaults()
    faults.ask(DeviceFault.OVERFLOW, 2)
    assert [faults.take(DeviceFault.OVERFLOW) for _ in range(3)] == [True, True, False]
    assert not faults.take(DeviceFault.STALL)
    faults.ask(DeviceFault.STALL)
    faults.clear()
    assert not faults.take(DeviceFault.STALL)


def test_versions_are_read_and_told() -> None:
    version = LabOneVersion.parse("26.04.1.12")
    assert (version.short, version.full, version.revision) == ("26.04", "26.04.1.12", 260410012)
    for wrong in ("26.04", "26.04.1.x", ""):
        with pytest.raises(ValueError, match=r"26\.07\.2\.5"):
            LabOneVersion.parse(wrong)


@pytest.mark.parametrize("device", ["dev1", "dev1:SHFXX", "box:SHFQC", "a:b:c:d"])
def test_the_command_explains_a_device_that_it_cannot_serve(
    device: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--device", device])
    assert ended.value.code == 2
    assert "--device" in capsys.readouterr().err
