"""The product sheet as a form: its fields, and its facts as a table that is edited in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from pydantic import ValidationError

from apps.marketing.page.words import INDUSTRIES
from apps.marketing.reading import EXAMPLES, example
from apps.marketing.sheet import Sheet
from shared.errors import BadInput
from shared.ui.host import hold_page
from shared.ui.page import error_note
from shared.validation import bad_input

__all__ = ["assembled", "begin", "edit_sheet", "is_open", "own_sheet", "used_key"]

TEXTS = (
    ("name", "Name", 120, "Required; as it is to be written"),
    ("brand", "Brand", 80, ""),
    ("category", "Category", 80, "What kind of thing it is, such as water bottle"),
    ("audience", "Audience", 200, "For whom it is, such as people who work at home"),
    ("offer", "Offer", 200, "A price or a discount that may be named, with its conditions"),
    ("url", "Address of its page", 300, ""),
)
WORDS = (("keywords", "Keywords", "Words that the texts should have"), ("banned", "Banned words", "Words that no text may have"))
EMPTY_ROWS = 5


def own_sheet(place: str) -> Sheet | None:
    """The sheet that the form was left with; None before it was used."""
    kept = st.session_state.get(place)
    try:
        return Sheet.model_validate(kept) if kept else None
    except ValidationError:
        return None


def edit_sheet(place: str) -> None:
    """Draw the form as a dialog. It is drawn with every pass of the page until it is left, and a run that ends brings no pass."""
    hold_page()
    dark = st.context.theme.type == "dark"
    st.dialog("Product sheet", width="large", on_dismiss=lambda: _leave(place))(_draw)(place, dark)


def is_open(place: str) -> bool:
    """Whether somebody is at the form."""
    return bool(st.session_state.get(f"{place}:open"))


def _leave(place: str) -> None:
    st.session_state[f"{place}:open"] = False


def _draw(place: str, dark: bool) -> None:
    """What `begin` put into it. place: of the session, where the sheet is kept once it is valid.

    What is typed stays in the browser until the button sends it all: a rerun amid fast typing could cost letters. A dialog stands
    outside of what has the page's colour scheme, so it is told.
    """
    st.html(f"<style>[data-testid=stDialog] {{ color-scheme: {'dark' if dark else 'light'}; }}</style>")
    with st.container(key="mkt-form", gap="small"):
        st.selectbox(
            "Fill from an example",
            EXAMPLES,
            key=_widget(place, "example"),
            index=None,
            format_func=lambda name: f"{example(name).name}, {INDUSTRIES.get(name, name)}",
            placeholder="Fill from an example",
            label_visibility="collapsed",
            on_change=_fill_from_example,
            args=(place,),
        )
        with st.container(key="mkt-form-texts"):
            for name, label, most, help_ in TEXTS:
                st.text_input(label, key=_widget(place, name), max_chars=most, help=help_ or None, on_change="ignore")
            for name, label, help_ in WORDS:
                known = list(st.session_state[_widget(place, name)])
                st.multiselect(label, known, key=_widget(place, name), accept_new_options=True, help=help_, placeholder="none")
        rows = st.session_state[f"{place}:form"]
        st.html('<p class="sx-h2 mkt-hint">Facts</p>')
        edited = st.data_editor(
            rows["facts"],
            key=f"{place}:facts:{rows['version']}",
            num_rows="dynamic",
            on_change="ignore",
            hide_index=True,
            width="stretch",
            column_config={
                "key": st.column_config.TextColumn("Fact", help="Such as weight", max_chars=80, width="small"),
                "value": st.column_config.TextColumn("Value", help="With its unit, such as 300 g", max_chars=500, width="medium"),
                "must": st.column_config.CheckboxColumn("Must", help="Has to appear in every text that has room for it", width="small"),
            },
        )
        st.html('<p class="sx-sub">Facts are all that may be claimed. The last row adds one; a ticked row can be deleted.</p>')
        if st.button("Use this sheet", type="primary", key="mkt-use-sheet"):
            _take(place, edited)


def used_key(place: str) -> str:
    """Where the session keeps that a sheet was just left in the form: the page takes it."""
    return f"{place}:used"


def _widget(place: str, name: str) -> str:
    return f"{place}:{name}"


def _fill_from_example(place: str) -> None:
    """A menu, not a state: what it put into the form can be changed."""
    chosen = st.session_state[_widget(place, "example")]
    st.session_state[_widget(place, "example")] = None
    if chosen:
        begin(place, example(chosen).model_dump())


def begin(place: str, given: Mapping[str, Any]) -> None:
    """Put a sheet, or nothing, into the widgets, from a callback. The table is a new one: an editor keeps its changes under its key."""
    for name, *_ in TEXTS:
        st.session_state[_widget(place, name)] = str(given.get(name) or "")
    for name, *_ in WORDS:
        st.session_state[_widget(place, name)] = list(given.get(name) or [])
    facts = [{"key": fact["key"], "value": fact["value"], "must": bool(fact.get("must"))} for fact in given.get("facts") or []]
    facts = facts or [{"key": "", "value": "", "must": False} for _ in range(EMPTY_ROWS)]
    version = st.session_state.get(f"{place}:form", {}).get("version", 0) + 1
    st.session_state[f"{place}:form"] = {"facts": facts, "version": version}
    st.session_state[f"{place}:open"] = True


def _take(place: str, rows: Sequence[Mapping[str, Any]]) -> None:
    texts = {name: st.session_state[_widget(place, name)] for name, *_ in TEXTS}
    words = {name: list(st.session_state[_widget(place, name)]) for name, *_ in WORDS}
    try:
        sheet = assembled({**texts, **words}, rows)
    except BadInput as error:
        error_note("The sheet is not complete", error, "What you typed is kept.")
        return
    st.session_state[place] = sheet.model_dump()
    st.session_state[used_key(place)] = True
    _leave(place)
    st.rerun()


def assembled(fields: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Sheet:
    """The sheet of a form; rows that are empty are no facts. Raises `BadInput` with every fault in words."""
    facts = []
    for number, row in enumerate(rows, 1):
        key, value = (str(row.get(name) or "").strip() for name in ("key", "value"))
        if not key and not value:
            continue
        if not (key and value):
            raise BadInput(
                f"Row {number} has no {'value' if key else 'name'}: {key or value!r}.", remedy="Complete it or delete it.", field="facts"
            )
        facts.append({"key": key, "value": value, "must": bool(row.get("must"))})
    if not str(fields.get("name") or "").strip():
        raise BadInput("The product has no name.", remedy="Write it as it is to be written in the texts.", field="name")
    if not facts:
        raise BadInput("The table has no fact.", remedy="Write at least one: only facts may be claimed.", field="facts")
    try:
        return Sheet.model_validate({**fields, "facts": facts})
    except ValidationError as wrong:
        raise bad_input(wrong, Sheet) from None
