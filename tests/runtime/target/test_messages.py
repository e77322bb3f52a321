"""One fault is told in one sentence, several are counted."""

from __future__ import annotations

import pytest

from runtime.target import InvalidTarget, Target, standard_gate


def test_a_single_fault_is_told_with_its_place_and_what_was_got() -> None:
    target = Target(num_qubits=1)
    target.add_instruction(standard_gate("sx"), {(0,): None})
    with pytest.raises(InvalidTarget) as caught:
        target.build_coupling_map("sx")
    assert str(caught.value) == "build_coupling_map: 'sx' is no two-qubit instruction; got 1 qubits"


def test_faults_of_the_arguments_are_counted() -> None:
    with pytest.raises(InvalidTarget, match=r"\(2 problems\):\n  - dt: .*\n  - granularity: "):
        Target(dt=-1, granularity=0)
