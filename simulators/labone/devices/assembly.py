"""The readable assembly that the vendor's compiler leaves in a program: lines to instructions, labels to places.

The compiler is the specification; what each instruction means was found by compiling small programs, one statement
at a time, and is listed in docs/zurich.md. A line is `label: name operand, operand`; operands are registers
R0..R15, numbers and labels. Registers are 32 bits, signed, and R0 reads as zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulators.labone.devices.errors import SequencerError

__all__ = ["OPERANDS", "Instruction", "parse_assembly"]

OPERANDS = {
    # name: kinds of operands. r register, i number, l label
    "addi": "rri",
    "addiu": "rri",
    "xnori": "rri",
    "andi": "rri",
    "ori": "rri",
    "addr": "rr",
    "subr": "rr",
    "andr": "rr",
    "orr": "rr",
    "xnorr": "rr",
    "ssl": "rr",
    "ssr": "rr",
    "st": "ri",
    "ld": "ri",
    "brz": "rl",
    "brnz": "rl",
    "brgz": "rl",
    "jmp": "l",
    "cwvf": "i",
    "cwvfr": "r",
    "wvf": "rri",
    "wvfi": "rri",
    "wvfe": "ri",
    "wvfs": "iri",
    "wvfet": "ri",
    "prf": "rri",
    "prfr": "rrr",
    "wwvf": "",
    "wprf": "",
    "wtrig": "rr",
    "trap": "",
    "nop": "",
    "end": "",
    "fb": "i",
}
_LINE = re.compile(r"^(?:(?P<label>\w+):)?\s*(?P<name>\w+)?\s*(?P<operands>.*)$")
_COMMENT = re.compile(r"(#|//|;).*$")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line: its name, its operands (registers and labels as their numbers) and the line it stands on."""

    name: str
    operands: tuple[int, ...]
    line: int


def parse_assembly(text: str) -> tuple[Instruction, ...]:
    """Read a program.

    Raises:
        SequencerError: For an instruction that is not known, with its line; such a program cannot be run, and is
            refused when it is loaded rather than run wrongly.
    """
    rows: list[tuple[int, str, list[str]]] = []
    labels: dict[str, int] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        match = _LINE.match(_COMMENT.sub("", raw).strip())
        if match is None or (match["operands"] and not match["name"]):
            raise SequencerError(f"assembly line {number}: {raw.strip()!r} is not understood")
        if match["label"]:
            labels[match["label"]] = len(rows)
        if match["name"]:
            rows.append(
                (number, match["name"], [part.strip() for part in match["operands"].split(",") if part.strip()])
            )
    return tuple(_resolve(number, name, parts, labels) for number, name, parts in rows)


def _resolve(number: int, name: str, parts: list[str], labels: dict[str, int]) -> Instruction:
    kinds = OPERANDS.get(name)
    if kinds is None:
        raise SequencerError(f"assembly line {number}: the simulated sequencer has no instruction {name!r}")
    if len(parts) != len(kinds):
        raise SequencerError(f"assembly line {number}: {name} takes {len(kinds)} operands, got {', '.join(parts)}")
    return Instruction(
        name, tuple(_operand(number, kind, part, labels) for kind, part in zip(kinds, parts, strict=True)), number
    )


def _operand(number: int, kind: str, text: str, labels: dict[str, int]) -> int:
    if kind == "r" and text.startswith("R") and text[1:].isdigit():
        return int(text[1:])
    if kind == "l" and text in labels:
        return labels[text]
    if kind == "i":
        try:
            return int(text, 0)
        except ValueError:
            pass
    raise SequencerError(f"assembly line {number}: operand {text!r} is not understood")
