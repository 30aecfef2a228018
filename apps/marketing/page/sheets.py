"""Where the product sheet comes from: an example, a file, or the fields of a form. One sheet for all tasks of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.marketing.page.sheet_form import begin, edit_sheet, is_open, own_sheet, used_key
from apps.marketing.page.words import INDUSTRIES, many, product_name, safe, told, visible
from apps.marketing.pipeline import product_of
from apps.marketing.reading import EXAMPLES, example
from apps.marketing.requests import SheetRequest
from apps.marketing.sheet import Sheet
from shared.errors import BadInput, SextantError
from shared.files import InputFile
from shared.ui.form import Form
from shared.ui.host import executor
from shared.ui.page import note
from shared.ui.source import choose_files
from shared.ui.text import bytes_text, escape, plural

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["choose_sheet", "fill_sheet", "name_other_sheet", "sheet_chosen", "sheet_of"]

EXAMPLE, FILE, FORM = "Example", "File", "Form"
SOURCE, CHOSEN, GIVEN, OWN = "marketing:sheet", "marketing:sheet-example", "marketing:sheet-file", "marketing:sheet-form"
FIRST = "furniture"


@dataclass(frozen=True)
class Read:
    """A sheet as the tasks will take it, with what was assumed."""

    sheet: Sheet
    warnings: tuple[str, ...] = ()


def fill_sheet(form: Form, fields: Mapping[str, Any]) -> None:
    """Take the sheet of a request. Call it from a callback, or before anything is drawn."""
    if fields.get("example"):
        st.session_state[SOURCE], st.session_state[CHOSEN] = EXAMPLE, str(fields["example"])
    elif fields.get("product"):
        given = fields["product"]
        st.session_state[SOURCE], st.session_state[OWN] = FORM, given if isinstance(given, dict) else given.model_dump()
    elif fields.get("sheet"):
        try:
            given = form.task.parse({"sheet": fields["sheet"], **_needed(form)}, files=executor().store).sheet
        except (SextantError, ValueError):
            given = None
        st.session_state[SOURCE], st.session_state[GIVEN] = FILE, given


def _needed(form: Form) -> dict[str, Any]:
    """Something for each field that a request cannot be without: only its file is wanted."""
    return {"text": "-"} if form.task.name == "check" else {"messages": [{"content": "-"}]} if form.task.name == "chat" else {}


def sheet_chosen() -> bool:
    """Whether this session has chosen a sheet on any of its views."""
    return SOURCE in st.session_state


def choose_sheet(form: Form) -> Read | None:
    """Draw it and give it to the form; None where there is none yet, or it cannot be used: the form says why."""
    found = _chosen(form)
    if is_open(OWN):
        edit_sheet(OWN)
    return found


def _chosen(form: Form) -> Read | None:
    if st.session_state.pop(used_key(OWN), False):
        st.session_state[SOURCE] = FORM
    if st.session_state.get(SOURCE) not in (EXAMPLE, FILE, FORM):
        st.session_state[SOURCE] = EXAMPLE
    st.segmented_control(
        "Where the product sheet comes from",
        [EXAMPLE, FILE, FORM],
        key=SOURCE,
        required=True,
        label_visibility="collapsed",
        width="stretch",
        persist_state="session",
    )
    given = {EXAMPLE: _example, FILE: _file, FORM: _form}[st.session_state[SOURCE]](form)
    form.leave_out("sheet", "product", "example", "locale")
    if given is None:
        return None
    for name, value in given.items():
        form.set(name, value)
    locale = str(st.session_state.get(form.key("locale")) or "")
    try:
        found = _read_given(given, locale)
    except SextantError as error:
        form.refuse(error if isinstance(error, BadInput) else BadInput(str(error)))
        note("The sheet cannot be used", " ".join(filter(None, (error.message, error.remedy))), "bad")
        return None
    _summary(form, found)
    return found


def _read_given(given: Mapping[str, Any], locale: str) -> Read:
    """given: one of sheet, product and example. Raises `SextantError`."""
    return _read(SheetRequest.model_construct(**{**given, "locale": locale}), *_identity(given, locale))


def _identity(given: Mapping[str, Any], locale: str) -> tuple[str, str]:
    value = next(iter(given.values()))
    return locale, value.sha256 + value.name if isinstance(value, InputFile) else repr(value)


@st.cache_data(max_entries=40, show_spinner=False)
def _read(_request: SheetRequest, locale: str, identity: str) -> Read:
    """`product_of`, once a sheet. Raises what it raises."""
    product = product_of(_request)
    return Read(product.sheet, tuple(product.warnings))


def _example(form: Form) -> dict[str, Any]:
    if st.session_state.get(CHOSEN) not in EXAMPLES:
        st.session_state[CHOSEN] = FIRST
    chosen = st.selectbox(
        "Product",
        EXAMPLES,
        key=CHOSEN,
        format_func=lambda name: f"{example_sheet(name).name}, {INDUSTRIES.get(name, name)}",
        help="Invented products of invented brands.",
        persist_state="session",
    )
    return {"example": chosen}


def _file(form: Form) -> dict[str, Any] | None:
    """The last file given: an upload, or that of a run that was taken up again."""
    uploads = Form(replace(form.task, examples=()))  # an uploader alone
    uploads.params = {name: param for name, param in form.params.items() if name == "sheet"}
    choose_files(uploads, executor().store, labels={"sheet": "YAML, JSON, CSV or text"})
    uploaded, seen = uploads.fields().get("sheet"), form.key("sheet-seen")
    if uploaded and uploaded != st.session_state.get(seen):
        st.session_state[seen] = st.session_state[GIVEN] = uploaded
    given: InputFile | None = st.session_state.get(GIVEN)
    if given is None:
        form.refuse(BadInput("Choose a sheet first.", field="sheet"))
        return None
    st.html(f'<p class="sx-sub mkt-file">{told(given.name)}, {escape(bytes_text(given.size_bytes))}</p>')
    return {"sheet": given}


def _form(form: Form) -> dict[str, Any] | None:
    kept = own_sheet(OWN)
    if kept is not None:
        return {"product": kept}
    st.html('<p class="sx-sub mkt-hint">No sheet yet. Write one, or start from an example and change it.</p>')
    with st.container(key="mkt-start", gap="small"):
        st.button("Write sheet", key="mkt-write-sheet", width="stretch", on_click=_open, args=(None,))
        st.selectbox(
            "Start from an example",
            EXAMPLES,
            key="marketing:start-from",
            index=None,
            format_func=lambda name: example_sheet(name).name,
            placeholder="Start from an example",
            label_visibility="collapsed",
            on_change=lambda: _open(example_sheet(st.session_state["marketing:start-from"])),
        )
    form.refuse(BadInput("Write the sheet first.", field="product"))
    return None


def _open(sheet: Sheet | None) -> None:
    """Ask for the form, filled with a sheet. The dialog itself is drawn with the page."""
    begin(OWN, sheet.model_dump() if sheet is not None else {})


def _summary(form: Form, found: Read) -> None:
    """What was read, in a few lines; its facts folded away."""
    sheet = found.sheet
    musts = sum(fact.must for fact in sheet.facts)
    kind = ", ".join(filter(None, (sheet.category, f"by {sheet.brand}" if sheet.brand else "")))
    rest = [
        f"{musts} must appear" if musts else "none must appear",
        "an offer" if sheet.offer else "",
        many(len(sheet.keywords), "keyword") if sheet.keywords else "",
        f"{many(len(sheet.banned), 'banned word')}" if sheet.banned else "",
    ]
    rows = "".join(f"<li>{told(fact.key)}: {told(fact.value)}{' <b>must</b>' if fact.must else ''}</li>" for fact in sheet.facts) + (
        f"<li>offer: {told(sheet.offer)}</li>" if sheet.offer else ""
    )
    st.html(
        f'<div class="mkt-sheet"><b>{told(sheet.name)}</b><p>{told(kind)}</p>'
        f"<details><summary>{escape(plural(len(sheet.facts), 'fact'))}, {escape(', '.join(filter(None, rest)))}</summary>"
        f'<ul tabindex="0" aria-label="Facts of the sheet">{rows}</ul></details>{_warned(found.warnings)}</div>'
    )
    words = "Edit sheet" if st.session_state[SOURCE] == FORM else "Change this sheet"
    with st.container(key="mkt-edit", horizontal=True):
        st.button(words, type="tertiary", key="mkt-edit-sheet", on_click=_open, args=(sheet,), help="Opens it as a form.")
        if st.session_state[SOURCE] == FORM:
            st.button("Discard", type="tertiary", key="mkt-discard-sheet", on_click=lambda: st.session_state.pop(OWN, None))


def _warned(lines: Sequence[str]) -> str:
    """What was assumed or taken out; of several, folded away."""
    if len(lines) < 2:
        return "".join(f'<p class="warned">{safe(line)}</p>' for line in lines)
    items = "".join(f"<li>{safe(line)}</li>" for line in lines)
    listed = f'<ul tabindex="0" aria-label="Notes on this sheet">{items}</ul>'
    return f'<details class="warned"><summary>{len(lines)} notes on this sheet</summary>{listed}</details>'


@cache
def example_sheet(name: str) -> Sheet:
    return example(name)


def sheet_of(form: Form, request: Mapping[str, Any]) -> Sheet | None:
    """A run's sheet, cleaned as the run had it; None where its file is gone or can no longer be read."""
    try:
        asked: Any = form.task.parse({**request, "model": None}, files=executor().store)  # its writer may be gone
        given = {name: getattr(asked, name) for name in ("sheet", "product", "example") if getattr(asked, name) is not None}
        return _read(asked, *_identity(given, asked.locale)).sheet
    except SextantError:
        return None


def name_other_sheet(form: Form, run: Run) -> bool:
    """Say above a result what it was made from, where that is not the sheet that is chosen: the last run stays on the stage while
    another product is chosen. Returns whether it is so."""
    made = sheet_of(form, run.request)
    chosen = _form_sheet(form)
    if made is not None and made == chosen:
        return False
    name = visible(made.name if made is not None else product_name(run.request))
    which = "another state of the sheet" if chosen is not None and visible(chosen.name) == name else "the sheet"
    note("Another sheet", f"This was made from {which} of {name}, not from the one chosen now.")
    return True


def _form_sheet(form: Form) -> Sheet | None:
    """What `choose_sheet` gave to the form; None where it cannot be used."""
    fields = form.fields()
    given: dict[str, Any] = {name: fields[name] for name in ("sheet", "product", "example") if name in fields}
    try:
        return _read_given(given, str(fields.get("locale") or "")).sheet if given else None
    except SextantError:
        return None
