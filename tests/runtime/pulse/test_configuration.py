"""Kernels and discriminators: equality by content."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from runtime.pulse import Discriminator, Kernel, PulseError


@pytest.mark.parametrize("kind", [Kernel, Discriminator])
def test_equality_is_by_name_and_parameters(kind: type[Kernel]) -> None:
    weights = np.array([1.0, 2.0])
    setting = kind("boxcar", start=2, weights=weights)
    assert setting == kind("boxcar", weights=np.array([1.0, 2.0]), start=2)
    assert setting != kind("boxcar", weights=np.array([1.0, 2.5]), start=2)
    assert setting != kind("boxcar", weights=np.array([1.0, 2.0, 3.0]), start=2)
    assert setting != kind("boxcar", start=2)
    assert setting != kind("other", start=2, weights=weights)
    assert hash(setting) == hash(kind("boxcar", weights=np.array([1.0, 2.0]), start=2))
    assert pickle.loads(pickle.dumps(setting)) == setting


def test_kinds_differ() -> None:
    assert Kernel("a") != Discriminator("a")
    assert Kernel() == Kernel(None)


def test_arrays_are_the_settings_own() -> None:
    weights = np.array([1.0, 2.0])
    kernel = Kernel("k", weights=weights)
    weights[0] = 5
    assert kernel.params["weights"][0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        kernel.params["weights"][0] = 7


def test_lists_and_dicts_are_the_settings_own() -> None:
    edges, levels = [1, 2], {"low": [0.1]}
    kernel = Kernel("k", edges=edges, levels=levels)
    same, known = Kernel("k", edges=[1, 2], levels={"low": [0.1]}), hash(kernel)
    edges.append(3)
    levels["low"].append(0.2)
    kernel.params["edges"].append(4)
    kernel.params["levels"]["low"].clear()
    kernel.params["more"] = 5
    assert (kernel, hash(kernel)) == (same, known)


def test_bad_name_and_changes_are_refused() -> None:
    with pytest.raises(PulseError, match="Kernel"):
        Kernel(3)
    with pytest.raises(AttributeError, match="immutable"):
        Kernel("a").name = "b"


def test_repr_shows_the_parameters() -> None:
    assert repr(Kernel("boxcar", start=2)) == "Kernel('boxcar', start=2)"
