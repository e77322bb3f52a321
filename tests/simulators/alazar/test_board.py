"""What the board answers, and what it refuses with which code."""

from __future__ import annotations

import pytest

from simulators.alazar import ATS9360
from tests.simulators.alazar.doubles import EXTERNAL_TRIGGER, HANDLE, NPT, SUCCESS, NumberedRecords

INVALID_SIZE, INVALID_DATA, UNSUPPORTED, INVALID_HANDLE = 536, 574, 533, 572


@pytest.fixture
def board() -> ATS9360:
    return ATS9360(NumberedRecords(), serial=123)


def test_who_it_is(board: ATS9360) -> None:
    assert board.call("AlazarNumOfSystems", []).code == 1
    assert board.call("AlazarBoardsInSystemBySystemID", [1]).code == 1
    assert board.call("AlazarBoardsInSystemBySystemID", [2]).code == 0
    assert board.call("AlazarGetBoardBySystemID", [1, 1]).code == HANDLE
    assert board.call("AlazarGetBoardBySystemID", [1, 2]).code == 0
    assert board.call("AlazarGetBoardKind", [HANDLE]).code == 25
    assert board.call("AlazarGetChannelInfo", [HANDLE]).out[1] == 12
    assert board.call("AlazarQueryCapability", [HANDLE, 0x10000024, 0]).out == (123,)
    (asopc,) = board.call("AlazarQueryCapability", [HANDLE, 0x1000002C, 0]).out
    assert (asopc >> 16 & 0xFF, asopc >> 24 & 0xF) == (21, 7)


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("AlazarSetRecordSize", [0, 2560], SUCCESS),
        ("AlazarSetRecordSize", [0, 2500], INVALID_SIZE),
        ("AlazarSetRecordSize", [0, 128], INVALID_SIZE),
        ("AlazarSetRecordSize", [128, 256], INVALID_SIZE),
        ("AlazarSetCaptureClock", [1, 0x30, 0, 1], SUCCESS),
        ("AlazarSetCaptureClock", [1, 0x31, 0, 1], 594),
        ("AlazarSetCaptureClock", [2, 0x40, 0, 1], 594),
        ("AlazarSetCaptureClock", [7, 500_000_000, 0, 1], SUCCESS),
        ("AlazarSetCaptureClock", [7, 100_000_000, 0, 1], 594),
        ("AlazarInputControl", [1, 2, 7, 2], SUCCESS),
        ("AlazarInputControl", [1, 2, 6, 2], INVALID_DATA),
        ("AlazarInputControl", [3, 2, 7, 2], INVALID_DATA),
        ("AlazarSetBWLimit", [2, 0], SUCCESS),
        ("AlazarSetTriggerOperation", list(EXTERNAL_TRIGGER), SUCCESS),
        ("AlazarSetTriggerOperation", [0, 0, 2, 1, 140, 0, 3, 1, 128], INVALID_DATA),
        ("AlazarSetTriggerOperation", [0, 0, 2, 1, 300, 1, 3, 1, 128], INVALID_DATA),
        ("AlazarSetTriggerOperation", [0, 0, 2, 1], INVALID_DATA),
        ("AlazarSetExternalTrigger", [2, 3], SUCCESS),
        ("AlazarSetExternalTrigger", [2, 1], INVALID_DATA),
        ("AlazarSetTriggerDelay", [16], SUCCESS),
        ("AlazarSetTriggerDelay", [5], INVALID_DATA),
        ("AlazarSetTriggerTimeOut", [0], SUCCESS),
        ("AlazarSetTriggerTimeOut", [10], UNSUPPORTED),
        ("AlazarConfigureAuxIO", [13, 0], SUCCESS),
        ("AlazarConfigureAuxIO", [1, 1], UNSUPPORTED),
        ("AlazarForceTrigger", [], UNSUPPORTED),
        ("AlazarStartCapture", [], 513),
        ("AlazarQueryCapability", [1, 0], INVALID_DATA),
        ("AlazarReadRegister", [58, 1], 543),
    ],
)
def test_return_codes(board: ATS9360, name: str, arguments: list[int], code: int) -> None:
    assert board.call(name, [HANDLE, *arguments]).code == code


def test_wrong_handle_and_wrong_arguments(board: ATS9360) -> None:
    assert board.call("AlazarSetTriggerDelay", [1, 8]).code == INVALID_HANDLE
    assert board.call("AlazarSetTriggerDelay", []).code == INVALID_HANDLE
    assert board.call("AlazarSetTriggerDelay", [HANDLE]).code == INVALID_DATA
    assert board.call("AlazarSetTriggerDelay", [HANDLE, "8"]).code == INVALID_DATA  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ((3, 0, 2560, 10, 100, NPT), SUCCESS),
        ((3, 0, 2432, 10, 100, NPT), INVALID_SIZE),  # not the record size that was set
        ((4, 0, 2560, 10, 100, NPT), INVALID_DATA),
        ((3, 0, 2560, 10, 99, NPT), 584),
        ((3, 0, 2560, 0, 99, NPT), 584),
        ((3, 0, 2560, 7000, 7000, NPT), INVALID_SIZE),  # 71 MB
        ((3, 0, 2560, 10, 100, 0x400), UNSUPPORTED),
    ],
)
def test_acquisitions_are_checked(board: ATS9360, request_: tuple[int, ...], code: int) -> None:
    board.call("AlazarSetRecordSize", [HANDLE, 0, 2560])
    assert board.call("AlazarBeforeAsyncRead", [HANDLE, *request_]).code == code


def test_a_second_acquisition_needs_an_abort_first(board: ATS9360) -> None:
    board.call("AlazarSetRecordSize", [HANDLE, 0, 256])
    request = [HANDLE, 3, 0, 256, 1, 1, NPT]
    assert board.call("AlazarBeforeAsyncRead", request).code == SUCCESS
    assert board.call("AlazarBeforeAsyncRead", request).code == 518
    assert board.call("AlazarAbortAsyncRead", [HANDLE]).code == SUCCESS
    assert board.call("AlazarBeforeAsyncRead", request).code == SUCCESS


def test_error_texts(board: ATS9360) -> None:
    assert board.call("AlazarErrorToText", [579]).code == "ApiWaitTimeout"
    assert "4711" in str(board.call("AlazarErrorToText", [4711]).code)


@pytest.mark.parametrize(
    ("operation", "seen"),
    [
        (EXTERNAL_TRIGGER, True),
        ((1, 0, 2, 1, 140, 1, 3, 1, 128), False),  # engine K, which is disabled
        ((2, 0, 3, 1, 140, 1, 2, 1, 140), True),
        ((0, 0, 2, 2, 140, 1, 3, 1, 128), False),  # falling edge
        ((0, 0, 2, 1, 250, 1, 3, 1, 128), False),  # 2.4 V: a marker's 1 V never gets there
        ((0, 0, 0, 1, 140, 1, 3, 1, 128), False),  # channel A
    ],
)
def test_which_settings_see_the_marker(board: ATS9360, operation: tuple[int, ...], seen: bool) -> None:
    board.call("AlazarSetTriggerOperation", [HANDLE, *operation])
    assert board.settings.triggered_by_marker is seen
