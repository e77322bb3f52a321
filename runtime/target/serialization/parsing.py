"""From text to a document that has the right form."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from drivers.contract import Problem, ProblemReport
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
        got = _shown(data.get("format")) if isinstance(data, dict) else _shown(data)
        raise refusal(Problem("not a Target", where="format", got=got, allowed=repr(FORMAT)))
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        fix = "Read it with the release that wrote it, or a later one"
        raise refusal(Problem("unknown version", "version", _shown(version), str(VERSION), fix))
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise refusal(
            *(Problem(fault["msg"], _path(fault, data), _shown(fault.get("input"))) for fault in faults)
        ) from None


def _path(fault: ErrorDetails, data: Any) -> str:  # noqa: ANN401  # nested plain data
    """The place of a fault in the document, without what pydantic adds to tell alternatives apart."""
    path, here = "", data
    for step in fault["loc"]:
        if isinstance(step, int) and isinstance(here, list):
            path += f"[{step}]"
            here = here[step] if step < len(here) else None
        elif isinstance(here, dict) and step in here:
            path += f".{step}" if path else str(step)
            here = here[step]
    if fault["type"] == "missing":
        path += f".{fault['loc'][-1]}" if path else str(fault["loc"][-1])
    return path


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return repr(value)[:80]
