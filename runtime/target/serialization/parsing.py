"""From text to a document that has the right form."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import from_json

from drivers.contract import Problem, ProblemReport
from runtime.pulse.serialization.faults import brief, form_problems
from runtime.target.serialization.documents import FORMAT, VERSION, Document

__all__ = ["parsed", "refusal"]


def refusal(*problems: Problem) -> ProblemReport:
    """The error that refuses a document."""
    return ProblemReport("this is no Target that can be read", problems=problems)


def parsed(text: str | bytes) -> Document:
    """The document; raises ProblemReport for another format or version, and for each malformed part."""
    try:
        data = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise refusal(Problem("not JSON", got=str(error))) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        got = brief(data.get("format")) if isinstance(data, dict) else brief(data)
        raise refusal(Problem("not a Target", where="format", got=got, allowed=repr(FORMAT)))
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        fix = "Read it with the release that wrote it, or a later one"
        raise refusal(Problem("unknown version", "version", brief(version), str(VERSION), fix))
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        raise refusal(*form_problems(error, data)) from None
