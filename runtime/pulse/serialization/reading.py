"""From a document to a program."""

from __future__ import annotations

from runtime.pulse.serialization.documents import FORMAT, VERSION, WHAT, Document
from runtime.pulse.serialization.parsing import parsed
from runtime.pulse.serialization.programs import program_of
from runtime.pulse.serialization.storable import Functions, Storable

__all__ = ["loads"]


def loads(text: str | bytes, *, functions: Functions | None = None) -> Storable:
    """The program, or part of one, that `dumps` wrote.

    Args:
        text: the JSON document.
        functions: the functions of `AlignFunc` in the program, by the names that `dumps` was given.

    Raises:
        ProblemReport: no JSON, another format or version, or malformed; each problem names the path of the fault.
    """
    document = parsed(text, Document, what=WHAT, form=FORMAT, version=VERSION)
    return program_of(document, functions or {})
