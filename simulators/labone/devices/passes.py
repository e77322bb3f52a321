"""When the passes of a loop repeat: proof from one executed pass, so that a thousand shots are not interpreted.

After a pass from a loop's head back to it, suppose the machine's context is what it was at the start, and the
registers moved by constants (their slopes). Walking the executed instructions with those slopes shows which
values change from pass to pass. If none of them reaches anything but a branch, and the slopes come out as they
went in, every further pass takes the same way and does the same, until a branch on a moving value turns; the
smallest such number of passes is how far the run may jump. This is induction on the pass, not a guess from equal
events; tests compare it with plain interpretation.
"""

from __future__ import annotations

from collections.abc import Sequence

from simulators.labone.devices.assembly import OPERANDS, Instruction

__all__ = ["ENDLESS", "passes_until_change"]

ENDLESS = 1 << 62
"""Passes of a loop that nothing ends."""


def passes_until_change(
    instructions: Sequence[Instruction],
    trace: Sequence[int],
    branch_values: Sequence[int],
    skipped: Sequence[tuple[int, ...]],
    slopes: Sequence[int],
) -> int:
    """How many more passes are equal to the one that was executed.

    Args:
        instructions: The program.
        trace: The pass: indices of instructions; -1 - n stands for the n-th jump over equal passes of an inner
            loop.
        branch_values: The register of each conditional branch of the pass, in order.
        skipped: For each jump which registers it moved.
        slopes: How far each register moved in the pass.

    Returns:
        Zero or more passes, `ENDLESS` where nothing turns.
    """
    moving = list(slopes)
    values = iter(branch_values)
    passes = ENDLESS
    for step in trace:
        if step < 0:
            if any(moving[register] for register in skipped[-1 - step]):
                return 0
            continue
        name, operands = instructions[step].name, instructions[step].operands
        if name in ("brz", "brnz", "brgz"):
            passes = min(passes, _until_turn(name, next(values), moving[operands[0]]))
            if not passes:
                return 0
        elif not _carry(name, operands, moving):
            return 0
    return passes if moving == list(slopes) else 0


def _until_turn(name: str, value: int, slope: int) -> int:
    if slope == 0:
        return ENDLESS
    if name != "brgz":
        if value == 0:
            return 0
        steps, rest = divmod(-value, slope)
        return steps - 1 if rest == 0 and steps > 0 else ENDLESS
    if value > 0:
        return (value - 1) // -slope if slope < 0 else ENDLESS
    return -value // slope if slope > 0 else ENDLESS


def _carry(name: str, operands: tuple[int, ...], moving: list[int]) -> bool:
    """Move the slopes through an instruction; False where a moving value is used for more than counting."""
    slope: int | None
    match name:
        case "addi" | "addiu":
            slope = moving[operands[1]]
        case "addr":
            slope = moving[operands[0]] + moving[operands[1]]
        case "subr":
            slope = moving[operands[0]] - moving[operands[1]]
        case "ssl":
            slope = 2 * moving[operands[0]]
        case "ld":
            slope = 0
        case _:
            kinds = OPERANDS[name]
            used = [operand for kind, operand in zip(kinds, operands, strict=True) if kind == "r"]
            # ssr ignores its second operand; the compiler writes any register there.
            return not any(moving[register] for register in (used[:1] if name == "ssr" else used)) and _settle(
                name, operands, moving
            )
    if operands[0]:
        moving[operands[0]] = slope
    return True


def _settle(name: str, operands: tuple[int, ...], moving: list[int]) -> bool:
    """A result of values that do not move does not move either."""
    if name in ("andi", "ori", "xnori") and operands[0]:
        moving[operands[0]] = 0
    return True
