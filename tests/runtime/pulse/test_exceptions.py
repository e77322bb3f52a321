"""Errors of the pulse model: text, fields, tree, pickle."""

from __future__ import annotations

import pickle

import pytest

from drivers.contract.errors import PulserigError
from runtime.pulse import exceptions
from runtime.pulse.exceptions import (
    BackendNotSet,
    NoActiveBuilder,
    PulseError,
    UnassignedDurationError,
    UnassignedReferenceError,
)


def test_message_joins_its_arguments_and_str_quotes_it() -> None:
    error = PulseError("bad", "pulse", 3)
    assert error.message == "bad pulse 3"
    assert str(error) == "'bad pulse 3'"
    assert error.args == ("bad", "pulse", 3)


def test_fields_reach_the_message() -> None:
    error = PulseError("no room", where="d0", got="5", allowed="1 to 4", fix="Use less")
    assert (error.what, error.where, error.got, error.allowed, error.fix) == (
        "no room",
        "d0",
        "5",
        "1 to 4",
        "Use less",
    )
    assert error.message == "d0: no room; got 5; allowed: 1 to 4. Use less"


@pytest.mark.parametrize(
    "kind", [UnassignedDurationError, UnassignedReferenceError, NoActiveBuilder, BackendNotSet, PulseError]
)
def test_one_tree_and_pickle_keeps_all_fields(kind: type[PulseError]) -> None:
    error = kind("a", "b", where="there", fix="Do it")
    assert isinstance(error, PulseError)
    assert isinstance(error, PulserigError)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert (copy.message, copy.where, copy.fix) == (error.message, "there", "Do it")


def test_everything_public_is_listed() -> None:
    assert sorted(exceptions.__all__) == exceptions.__all__
