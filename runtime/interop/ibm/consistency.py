"""Whether the files of a device agree: as many frequencies as qubits, and no qubit that it does not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from drivers.contract import Problem
from runtime.interop.ibm.files import FileNames
from runtime.interop.ibm.schema import ConfFile, DefsFile, PropsFile

__all__ = ["consistency_problems"]


def consistency_problems(conf: ConfFile, defs: DefsFile, props: PropsFile, names: FileNames) -> list[Problem]:
    """Everything in one file that another one contradicts, and entries that stand twice."""
    return [
        *_frequency_problems(conf, defs, names),
        *_group_problems(conf, defs, props, names),
        *_repeated_entries(defs, names),
    ]


def _frequency_problems(conf: ConfFile, defs: DefsFile, names: FileNames) -> Iterator[Problem]:
    for key, values in (("qubit_freq_est", defs.qubit_freq_est), ("meas_freq_est", defs.meas_freq_est)):
        where = f"{names.defs}: {key}"
        if len(values) != conf.n_qubits:
            allowed = f"{conf.n_qubits} entries, as n_qubits of {names.conf} says"
            yield Problem("wrong number of frequencies", where, str(len(values)), allowed)
        for index, value in enumerate(values):
            if value <= 0:
                yield Problem("not a frequency", f"{where}[{index}]", repr(value), "GHz above 0")
    for index, terms in enumerate(conf.u_channel_lo):
        if not terms or any(term.q >= conf.n_qubits for term in terms):
            where, allowed = f"{names.conf}: u_channel_lo[{index}]", f"at least one of 0 to {conf.n_qubits - 1}"
            yield Problem("no such qubit", where, str([term.q for term in terms]), allowed)


def _group_problems(conf: ConfFile, defs: DefsFile, props: PropsFile, names: FileNames) -> Iterator[Problem]:
    count = conf.n_qubits
    groups: list[tuple[Sequence[int], str]]
    groups = [(group, f"{names.conf}: meas_map[{index}]") for index, group in enumerate(conf.meas_map)]
    for index, entry in enumerate(conf.gates):
        groups += [(group, f"{names.conf}: gates[{index}].coupling_map") for group in entry.coupling_map or ()]
    groups += [(command.qubits, f"{names.defs}: cmd_def[{index}]") for index, command in enumerate(defs.cmd_def)]
    groups += [(gate.qubits, f"{names.props}: gates[{index}]") for index, gate in enumerate(props.gates)]
    for group, where in groups:
        if not group or len(set(group)) != len(group) or max(group) >= count:
            yield Problem("not a group of qubits", where, str(list(group)), f"different qubits, 0 to {count - 1}")
    if len(props.qubits) > count:
        yield Problem("too many qubits", f"{names.props}: qubits", str(len(props.qubits)), f"at most {count}")


def _repeated_entries(defs: DefsFile, names: FileNames) -> Iterator[Problem]:
    seen = Counter((entry.name, tuple(entry.qubits)) for entry in defs.cmd_def)
    for (name, group), times in seen.items():
        if times > 1:
            where = f"{names.defs}: cmd_def '{name}' on {group}"
            yield Problem("the entry stands there more than once", where, f"{times} times")
