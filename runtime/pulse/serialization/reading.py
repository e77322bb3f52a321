"""From a document to a program."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import from_json

from drivers.contract.errors import Problem
from runtime.pulse.serialization.documents import FORMAT, VERSION, Document
from runtime.pulse.serialization.faults import brief, form_problems, refusal
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
    try:
        data = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise refusal(Problem("not JSON", got=str(error))) from error
    _check_header(data)
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        raise refusal(*form_problems(error, data)) from None
    return program_of(document, functions or {})


def _check_header(data: object) -> None:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        got = brief(data.get("format")) if isinstance(data, dict) else type(data).__name__
        raise refusal(Problem("not a pulse program", where="format", got=got, allowed=repr(FORMAT)))
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        raise refusal(
            Problem(
                "unknown version",
                where="version",
                got=brief(version),
                allowed=str(VERSION),
                fix="Read it with the release that wrote it, or a later one",
            )
        )
