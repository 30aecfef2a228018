"""YAML, JSON and `key: value` text as plain structures of strings: values as written, and no key twice.

PyYAML and `json` keep the last of two equal keys without a word and turn `1.000` into 1.0, `no` into False and `12:30` into 750.
"""

from __future__ import annotations

import json
import re
from typing import Any

from shared.errors import BadInput, TooLarge

__all__ = ["Structure", "read_json", "read_text", "read_yaml"]

Structure = dict[str, Any] | list[Any] | str
MAX_DEPTH = 12
MAX_NODES = 100_000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,\n]')


def read_yaml(text: str, name: str) -> list[Structure]:
    """Every document of a YAML stream. Aliases and tags are refused, so nothing is built or multiplied."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(wrong, "problem", None) or str(wrong)
        raise BadInput(f"{name} is not YAML{place}: {problem}.", remedy="Put a value with `: ` or `#` in it in quotes.") from None
    return builder.documents


class _Builder:
    """Structures from YAML's events, with a stack of its own: a file of a million brackets does not exhaust Python's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.documents: list[Structure] = []
        self.stack: list[tuple[Any, dict[str, int]]] = []
        self.keys: list[str | None] = []
        self.nodes = 0

    def take(self, event: Any) -> None:
        kind, line = type(event).__name__, event.start_mark.line + 1
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            raise BadInput(f"{self.name} has a YAML anchor or alias in line {line}.", remedy="Write the value out in each place.")
        if kind == "ScalarEvent":
            self._scalar(event.value, line)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._open({} if kind == "MappingStartEvent" else [], line)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            done, _ = self.stack.pop()
            self.keys.pop()
            self._put(done)

    def _open(self, empty: Any, line: int) -> None:
        if self.stack and isinstance(self.stack[-1][0], dict) and self.keys[-1] is None:
            raise BadInput(f"{self.name} has a list or mapping as a key in line {line}.", remedy="A key is one line of text.")
        if len(self.stack) >= MAX_DEPTH:
            raise TooLarge(
                f"{self.name} is nested more than {MAX_DEPTH} deep in line {line}.", remedy="A sheet is at most three levels deep."
            )
        self._count()
        self.stack.append((empty, {}))
        self.keys.append(None)

    def _scalar(self, value: str, line: int) -> None:
        self._count()
        if self.stack and isinstance(self.stack[-1][0], dict) and self.keys[-1] is None:
            _refuse_twice(self.name, value, self.stack[-1][1], line)
            self.keys[-1] = value
        else:
            self._put(value)

    def _put(self, value: Structure) -> None:
        if not self.stack:
            self.documents.append(value)
            return
        holder, _ = self.stack[-1]
        key = self.keys[-1]
        if isinstance(holder, dict):
            holder[key] = value
            self.keys[-1] = None
        else:
            holder.append(value)

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLarge(f"{self.name} has more than {MAX_NODES:,} values.", remedy="Split it into several files.")


def _refuse_twice(name: str, key: str, lines: dict[str, int], line: int) -> None:
    folded = " ".join(key.casefold().split())
    if folded in lines:
        raise BadInput(
            f"{name} has the key `{key[:60]}` twice, in line {lines[folded]} and in line {line}.",
            remedy="Keep one of them; two values of one fact cannot both be claimed.",
        )
    lines[folded] = line


def read_json(text: str, name: str) -> list[Structure]:
    """A JSON document; numbers keep their spelling, `true` is `true`."""
    try:
        value = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as wrong:
        message = f"{name} is not JSON in line {wrong.lineno}, column {wrong.colno}: {wrong.msg}."
        raise BadInput(message, remedy="Check quotes, commas and brackets there.") from None
    except RecursionError:
        raise TooLarge(f"{name} is nested too deep.", remedy="A sheet is at most three levels deep.") from None
    _refuse_twice_in_json(text, name)
    return [_as_text(value, name, 0)]


def _refuse_twice_in_json(text: str, name: str) -> None:
    """On text that is known to be JSON: a string before a colon is a key of the innermost object."""
    objects: list[dict[str, int]] = []
    line, last, last_line = 1, "", 1
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token == "\n":
            line += 1
        elif token in "{[":
            objects.append({})
        elif token in "}]":
            objects.pop()
        elif token == ":":
            _refuse_twice(name, json.loads(last), objects[-1], last_line)
        elif token != ",":
            last, last_line = token, line


def _as_text(value: Any, name: str, depth: int) -> Structure:
    if depth > MAX_DEPTH:
        raise TooLarge(f"{name} is nested more than {MAX_DEPTH} deep.", remedy="A sheet is at most three levels deep.")
    if isinstance(value, dict):
        return {key: _as_text(each, name, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each, name, depth + 1) for each in value]
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_text(text: str, name: str) -> list[Structure]:
    """Lines of `key: value`, bullets and comments (`#`) allowed, products parted by a line of `---`."""
    products: list[Structure] = []
    pairs: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        bare = re.sub(r"^\s*(?:[-*\u2022]\s+)?", "", line).strip()
        if re.fullmatch(r"-{3,}|={3,}", line.strip()):
            if pairs:
                products.append(pairs)
            pairs, lines = {}, {}
        elif bare and not bare.startswith("#"):
            key, colon, value = bare.partition(":")
            if not colon or not key.strip() or not value.strip():
                raise BadInput(
                    f"{name}, line {number}: `{bare[:60]}` is not `key: value`.", remedy="Write `weight: 300 g`, one fact a line."
                )
            _refuse_twice(name, key.strip(), lines, number)
            pairs[key.strip()] = value.strip()
    return [*products, pairs] if pairs else products
