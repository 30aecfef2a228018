"""pydantic's errors, said to a person in one line."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from shared.errors import BadInput, NotFound, TooLarge

__all__ = ["bad_input"]

_SHOWN_CHARACTERS = 60
_LENGTHS = {"too_short": ("at least", "min_length"), "too_long": ("at most", "max_length")}
"""Of lists, by pydantic's error type; its own words speak of a "List ... after validation"."""
_KINDS: dict[str, type[BadInput]] = {"file_too_large": TooLarge, "file_missing": NotFound, "file_not_stored": NotFound}


def bad_input(error: ValidationError, request_type: type[BaseModel] | None = None) -> BadInput:
    """One `BadInput` that names every wrong field, what was given and what is expected, in a sentence that ends: a remedy may follow it."""
    problems = error.errors(include_url=False)
    lines = [_line(problem) for problem in problems]
    kinds = {_KINDS.get(problem["type"], BadInput) for problem in problems}
    kind = kinds.pop() if len(kinds) == 1 else BadInput
    field = _field(problems[0])
    remedy = ""
    if request_type is not None and any(problem["type"] == "extra_forbidden" for problem in problems):
        remedy = f"Known fields: {', '.join(request_type.model_fields)}."
    bad = kind(_ended("; ".join(lines)), remedy=remedy, field=field or None)
    bad.lines = tuple(lines)
    return bad


def _field(problem: Any) -> str:
    return ".".join(str(part) for part in problem["loc"])


def _line(problem: Any) -> str:
    field, message = _field(problem), _length(problem) or problem["msg"].removeprefix("Value error, ")
    given = problem.get("input")
    shown = repr(given) if isinstance(given, str | int | float | bool) else ""
    if len(shown) > _SHOWN_CHARACTERS:
        shown = f"{shown[:_SHOWN_CHARACTERS]}…"
    if shown and not problem["type"].startswith("file_"):
        message = f"{message} (given: {shown})"
    return f"{field}: {message}" if field else message


def _length(problem: Any) -> str:
    """How many entries a list has to have; "" for any other problem."""
    if problem["type"] not in _LENGTHS:
        return ""
    words, limit = _LENGTHS[problem["type"]]
    expected, given = problem["ctx"][limit], problem["ctx"]["actual_length"]
    return f"{words} {expected} {'entry is' if expected == 1 else 'entries are'} expected, {'more' if given is None else given} given"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
