"""An `Origin` as text: what the formats that have only comments write, one and the same JSON under one and the same label."""

from __future__ import annotations

import json
from collections.abc import Mapping

from shared.provenance.origin import Origin

__all__ = ["LABEL", "MAX_TEXT_BYTES", "from_json", "one_line", "origin_of", "texts_of", "to_json"]

LABEL = "Sextant origin"
"""Begins every comment of ours, by which it is known again."""

MAX_TEXT_BYTES = 16_384
"""Of a JSON text. Nine values of 500 characters, escaped, stay below it unless they are written in no known alphabet."""

MAX_VALUE = 500
"""Characters that `Origin.from_dict` keeps of a value."""


def texts_of(origin: Origin) -> dict[str, str]:
    """Its values without control characters, surrogates and non-characters, which XML and most comments cannot hold."""
    return {name: "".join(letter for letter in value[:MAX_VALUE] if letter.isprintable()) for name, value in origin.as_dict().items()}


def origin_of(texts: Mapping[str, object]) -> Origin | None:
    """None where something is missing or unusable."""
    try:
        return Origin.from_dict(texts)
    except ValueError:
        return None


def to_json(origin: Origin, *, a_line_each: bool = False) -> str:
    """ASCII, so that no format's character set matters. No `/` stands after a `*`: a STEP comment would end there."""
    text = json.dumps(texts_of(origin), indent=0 if a_line_each else None)
    return text.replace("*/", "*\\/")


def from_json(text: str | bytes) -> Origin | None:
    """None for what is no JSON of ours, or more of it than we write."""
    if len(text) > MAX_TEXT_BYTES:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return origin_of(found) if isinstance(found, dict) else None


def one_line(origin: Origin) -> str:
    """`Sextant origin {...}`, ASCII."""
    return f"{LABEL} {to_json(origin)}"
