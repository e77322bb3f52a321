"""From text to a document that has the right form; a Target's documents are read by it too."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from drivers.contract.errors import Problem, ProblemReport
from runtime.pulse.serialization.faults import brief, form_problems

__all__ = ["parsed", "refusal"]

_Model = TypeVar("_Model", bound=BaseModel)


def refusal(what: str, *problems: Problem) -> ProblemReport:
    """The error that refuses a document; `what` it should have been, for people."""
    return ProblemReport(f"this is no {what} that can be read", problems=problems)


def parsed(text: str | bytes, model: type[_Model], *, what: str, form: str, version: int) -> _Model:
    """The document.

    Args:
        text: JSON.
        model: the form of a document.
        what: what it holds, for people.
        form: its `format`.
        version: the one that is read.

    Raises:
        ProblemReport: no JSON, another format or version, or malformed; each problem names the path of the fault.
    """
    try:
        data = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise refusal(what, Problem("not JSON", got=str(error))) from error
    if not isinstance(data, dict) or data.get("format") != form:
        got = brief(data.get("format")) if isinstance(data, dict) else brief(data)
        raise refusal(what, Problem(f"not a {what}", where="format", got=got, allowed=repr(form)))
    given = data.get("version")
    if type(given) is not int or given != version:
        fix = "Read it with the release that wrote it, or a later one"
        raise refusal(what, Problem("unknown version", "version", brief(given), str(version), fix))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refusal(what, *form_problems(error, data)) from None
