"""From a program to a document."""

from __future__ import annotations

import json

from runtime.pulse import instructions as ins
from runtime.pulse.channels import Channel
from runtime.pulse.exceptions import PulseError
from runtime.pulse.library import Pulse
from runtime.pulse.parameters import ParameterExpression, ParameterVector
from runtime.pulse.schedule import Schedule, ScheduleBlock
from runtime.pulse.schedule.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from runtime.pulse.schedule.block_stored import stored
from runtime.pulse.schedule.stored import rows
from runtime.pulse.serialization.documents import FORMAT, VERSION
from runtime.pulse.serialization.parts import Json, PartWriter
from runtime.pulse.serialization.storable import Functions, Storable

__all__ = ["dumps"]


def dumps(program: Storable, *, functions: Functions | None = None, indent: int | None = None) -> str:
    """The JSON text of a program or a part of one.

    Args:
        program: what to write.
        functions: the functions of `AlignFunc` in the program, by name; `loads` needs them under the same names.
        indent: spaces for each level, for people; None for one line.

    Raises:
        PulseError: something that a document cannot hold: a class of your own, a function without a name, metadata
            that is no plain data. `where` is its path.
    """
    writer = _Writer(functions or {})
    content = writer.content(program)
    document = {"format": FORMAT, "version": VERSION, **writer.tables, "content": content}
    return json.dumps(document, allow_nan=False, indent=indent)


class _Writer:
    """Tables that fill up while a program is written."""

    def __init__(self, functions: Functions) -> None:
        self._parts = PartWriter()
        self.tables: dict[str, list[Json]] = {**self._parts.tables, "schedules": [], "bodies": [], "blocks": []}
        self._functions = functions

    def content(self, program: object) -> Json:
        parts = self._parts
        match program:
            case Schedule():
                content = {"place": self._schedules(program)}
            case ScheduleBlock():
                content = {"place": self._blocks(program)}
            case Pulse():
                content = {"place": parts.pulse(program, "content")}
            case ParameterVector():
                content = {"place": parts.vector(program)}
            case ParameterExpression():
                content = {"value": parts.value(program, "content.value")}
            case ins.Instruction():
                content = {"instruction": parts.instruction(program, "content.instruction")}
            case Channel():
                content = {"channel": parts.channel(program, "content.channel")}
            case _:
                raise PulseError("this is no part of a pulse program", got=repr(program)[:80])
        kinds = (Schedule, ScheduleBlock, Pulse, ParameterVector, ParameterExpression, ins.Instruction, Channel)
        kind = next(kind for kind in kinds if isinstance(program, kind))
        return {"kind": kind.__name__, **content}

    # Programs

    def _schedules(self, program: Schedule) -> int:
        _check_class(program, Schedule, "content")
        table = self.tables["schedules"]
        for name, metadata, children in rows(program):
            path = f"schedules[{len(table)}]"
            written = []
            for k, (start, child) in enumerate(children):
                if isinstance(child, int):
                    written.append({"start": start, "schedule": child})
                else:
                    where = f"{path}.children[{k}].instruction"
                    written.append({"start": start, "instruction": self._parts.instruction(child, where)})
            plain = self._parts.plain(metadata, f"{path}.metadata")
            table.append({"name": name, "metadata": plain, "children": written})
        return len(table) - 1

    def _blocks(self, program: ScheduleBlock) -> int:
        _check_class(program, ScheduleBlock, "content")
        table = stored(program.node)
        bodies, blocks = self.tables["bodies"], self.tables["blocks"]
        for alignment, elements in table.bodies:
            path = f"bodies[{len(bodies)}]"
            written = []
            for k, element in enumerate(elements):
                where = f"{path}.elements[{k}]"
                if isinstance(element, ins.Instruction):
                    written.append({"instruction": self._parts.instruction(element, f"{where}.instruction")})
                else:
                    name, metadata, body = element
                    plain = self._parts.plain(metadata or {}, f"{where}.metadata")
                    written.append({"name": name, "metadata": plain, "body": body})
            bodies.append({"alignment": self._alignment(alignment, path), "elements": written})
        for (name, metadata, body), entries in table.scopes:
            plain = self._parts.plain(metadata or {}, f"blocks[{len(blocks)}].metadata")
            called = [{"keys": list(keys), "block": number} for keys, number in entries.items()]
            blocks.append({"name": name, "metadata": plain, "body": body, "subroutines": called})
        return len(blocks) - 1

    def _alignment(self, alignment: AlignmentKind, path: str) -> Json:
        kind = type(alignment)
        if kind in {AlignLeft, AlignRight, AlignSequential}:
            return {"kind": kind.__name__}
        where = f"{path}.alignment"
        if isinstance(alignment, AlignEquispaced | AlignFunc) and kind in {AlignEquispaced, AlignFunc}:
            written = {
                "kind": kind.__name__,
                "duration": self._parts.value(alignment.duration, f"{where}.duration"),
            }
            if isinstance(alignment, AlignFunc):
                written["func"] = self._function(alignment, where)
            return written
        raise PulseError("an alignment of your own cannot be written", where=where, got=kind.__name__)

    def _function(self, alignment: AlignFunc, where: str) -> str:
        for name, function in self._functions.items():
            if function is alignment.func:
                return name
        raise PulseError(
            "the function of AlignFunc has no name to travel by",
            where=f"{where}.func",
            got=repr(alignment.func),
            fix="Pass functions={name: function} to dumps and to loads",
        )


def _check_class(program: object, expected: type, path: str) -> None:
    if type(program) is not expected:
        raise PulseError(
            f"a {expected.__name__} of your own class cannot be written", where=path, got=type(program).__name__
        )
