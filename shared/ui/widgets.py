"""One widget a field, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from pydantic.fields import FieldInfo

from shared.errors import BadInput
from shared.params import Param
from shared.ui.text import plain

__all__ = ["Widget", "draw"]

_LONG_TEXT = 200
_SLIDER_STEPS = 200
_BUTTON_CHOICES = 4
_BUTTON_LETTERS = 26
_JSON_ROWS_PX = 90

Look = Literal["auto", "buttons", "menu", "slider", "number"]


@dataclass(frozen=True)
class Widget:
    """A field as it is drawn. bounds: lowest and highest value, None where there is none."""

    param: Param
    key: str
    label: str
    help: str
    choices: Sequence[Any]
    names: Mapping[Any, str]
    bounds: tuple[float | None, float | None]
    open_bounds: bool
    optional: bool
    max_length: int | None
    look: Look
    placeholder: str


def draw(
    param: Param,
    field: FieldInfo,
    *,
    key: str,
    label: str,
    choices: Sequence[Any],
    names: Mapping[Any, str],
    look: Look = "auto",
    placeholder: str = "",
) -> Any:
    """Draw the widget; returns what the request takes, None for nothing given."""
    widget = Widget(
        param=param,
        key=key,
        label=label,
        help=plain(" ".join(filter(None, (_sentence(param.help), f"Limits: {param.limits}." if param.limits else "")))),
        choices=choices,
        names=names,
        bounds=(_bound(field, "ge", "gt"), _bound(field, "le", "lt")),
        open_bounds=any(getattr(m, name, None) is not None for m in field.metadata for name in ("gt", "lt")),
        optional=not param.required and param.default is None,
        max_length=_bound_of(field, "max_length"),
        look=look,
        placeholder=placeholder or ("automatic" if not param.required and param.default is None else ""),
    )
    return _DRAW[param.kind if not choices or param.kind == "list" else "choice"](widget)


def _text(widget: Widget) -> Any:
    long = (widget.max_length is None and widget.param.required) or (widget.max_length or 0) > _LONG_TEXT
    common = {"key": widget.key, "help": widget.help, "placeholder": widget.placeholder, "persist_state": "session"}
    make: Callable[..., str] = st.text_area if long else st.text_input
    given = make(widget.label, max_chars=widget.max_length, **common)
    return given if given or not widget.optional else None


def _number(widget: Widget) -> Any:
    whole = widget.param.kind == "integer"
    low, high = (None if bound is None else (int(bound) if whole else float(bound)) for bound in widget.bounds)
    few = low is not None and high is not None and (not whole or high - low <= _SLIDER_STEPS)
    if few and not widget.optional and not widget.open_bounds and widget.look != "number":
        step = 1 if whole else (float(high or 0) - float(low or 0)) / 100
        return st.slider(widget.label, low, high, step=step, key=widget.key, help=widget.help, persist_state="session")
    cleared: dict[str, Any] = {"value": None} if widget.optional else {}  # else an emptied field would be its lower bound
    return st.number_input(
        widget.label,
        min_value=low,
        max_value=high,
        step=1 if whole else None,
        key=widget.key,
        help=widget.help,
        placeholder=widget.placeholder or None,
        format=None if whole else "%g",
        persist_state="session",
        **cleared,
    )


def _choice(widget: Widget) -> Any:
    options = list(widget.choices)
    shown = {option: widget.names.get(option, str(option)) for option in options}
    few = len(options) <= _BUTTON_CHOICES and sum(map(len, shown.values())) <= _BUTTON_LETTERS and not widget.optional
    if widget.param.name != "model" and (widget.look == "buttons" or (few and widget.look == "auto")):
        return st.segmented_control(
            widget.label,
            options,
            format_func=lambda option: plain(shown[option]),
            key=widget.key,
            help=widget.help,
            required=True,
            width="stretch",
            persist_state="session",
        )
    if widget.optional and widget.param.name != "model":
        options = [None, *options]
        shown[None] = "automatic"
    return st.selectbox(
        widget.label,
        options,
        format_func=lambda option: shown.get(option, str(option)),
        key=widget.key,
        help=widget.help,
        persist_state="session",
    )


def _flag(widget: Widget) -> bool:
    return st.checkbox(widget.label, key=widget.key, help=widget.help, persist_state="session")


def _list(widget: Widget) -> Any:
    known = list(widget.choices) or [entry for entry in st.session_state.get(widget.key, []) if entry]
    given = st.multiselect(
        widget.label,
        known,
        key=widget.key,
        help=widget.help,
        accept_new_options=not widget.choices,
        persist_state="session",
        placeholder="none",
    )
    return given or (None if widget.optional else given)


def _json(widget: Widget) -> Any:
    given = st.text_area(widget.label, key=widget.key, help=f"{widget.help} As JSON.", height=_JSON_ROWS_PX, persist_state="session")
    if not given.strip():
        return None
    if given.lstrip().startswith("@"):  # the command line's way to name a file of this machine
        raise BadInput(f"{widget.param.name}: JSON is expected.", remedy="Write the value itself.", field=widget.param.name)
    return widget.param.read(given)


_DRAW: dict[str, Callable[[Widget], Any]] = {
    "text": _text,
    "integer": _number,
    "number": _number,
    "choice": _choice,
    "flag": _flag,
    "list": _list,
    "json": _json,
}


def _bound_of(field: FieldInfo, name: str) -> Any:
    return next((found for m in field.metadata if (found := getattr(m, name, None)) is not None), None)


def _bound(field: FieldInfo, inclusive: str, exclusive: str) -> float | None:
    """A whole number's `lt=9` is 8; an open bound of a real one is left to the request."""
    found = _bound_of(field, inclusive)
    if found is not None:
        return float(found) if not isinstance(found, int) else found
    found = _bound_of(field, exclusive)
    if found is None:
        return None
    return found + (1 if exclusive == "gt" else -1) if isinstance(found, int) else float(found)


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text[0].upper()}{text[1:]}."
