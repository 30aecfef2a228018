"""A result's own fields on a page that knows nothing of its domain: words, tables, numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from shared.app import Artifact, Result
from shared.ui.page import heading
from shared.ui.results import table
from shared.ui.text import escape, figure, humanised

__all__ = ["show_values"]

_OWN = frozenset(Result.model_fields)
_SHOWN_ROWS = 500
_SHOWN_CHARACTERS = 20_000


def show_values(result: Result) -> None:
    """Every field that is no figure, warning or file."""
    facts: list[tuple[str, str]] = []
    for name in type(result).model_fields:
        value = getattr(result, name)
        if name in _OWN or _is_file(value):
            continue
        plain_value = result.model_dump(mode="json", include={name})[name]
        if isinstance(plain_value, list) and plain_value:
            _show_list(humanised(name), plain_value)
        elif isinstance(plain_value, Mapping):
            facts.extend((f"{humanised(name)}: {key}", _words(inner)) for key, inner in plain_value.items())
        elif isinstance(plain_value, str) and ("\n" in plain_value or len(plain_value) > 120):
            _show_list(humanised(name), plain_value[:_SHOWN_CHARACTERS].split("\n\n"))
        else:
            facts.append((humanised(name), _words(plain_value)))
    if facts:
        table(facts, "Values of the result")


def _is_file(value: Any) -> bool:
    return isinstance(value, Artifact) or (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Artifact) for one in value)
    )


def _show_list(title: str, values: Sequence[Any]) -> None:
    heading(title, f"{len(values)} entries" if len(values) > 1 else "")
    shown = values[:_SHOWN_ROWS]
    if all(isinstance(one, Mapping) for one in shown):
        _show_records(title, shown)
    else:
        items = "".join(f"<li>{escape(_words(one))}</li>" for one in shown)
        st.html(f'<ul class="sx-text" tabindex="0" aria-label="{escape(title)}">{items}</ul>')
    if len(values) > len(shown):
        st.caption(f"The first {len(shown)} of {len(values)}; all of them are in the files.")


def _show_records(title: str, records: Sequence[Mapping[str, Any]]) -> None:
    columns = list(dict.fromkeys(name for record in records for name in record))
    head = "".join(f'<th scope="col">{escape(humanised(name))}</th>' for name in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(_words(record.get(name)))}</td>" for name in columns) + "</tr>" for record in records)
    rows = f'<table class="sx-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    st.html(f'<div class="sx-scroll" tabindex="0" role="region" aria-label="{escape(title)}">{rows}</div>')


def _words(value: Any) -> str:
    match value:
        case None:
            return "not given"
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case float():
            return figure(value)
        case str():
            return value
    return json.dumps(value, ensure_ascii=False)
