"""Summarize: a document, and the sentences that say most, word for word, each with where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.marketing.page.words import safe, told, visible
from shared.errors import BadInput, SextantError
from shared.files import InputFile
from shared.ui.copying import copying
from shared.ui.form import Form
from shared.ui.host import executor
from shared.ui.page import heading
from shared.ui.source import choose_files
from shared.ui.text import bytes_text, escape, figure, plural

if TYPE_CHECKING:
    from apps.marketing.results import SummarizeResult, Taken
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "files_of", "fill", "show", "show_side", "source", "summary_html"]

FILE, TEXT = "File", "Text"
DESCRIBED = 40


def fill(form: Form, fields: Mapping[str, Any]) -> None:
    """Put a request into the widgets; its document from the store."""
    form.fill(fields)
    given = None
    if fields.get("document"):
        try:
            given = form.task.parse({"document": fields["document"]}, files=executor().store).document
        except (SextantError, ValueError):
            given = None
    st.session_state[form.key("given")] = given
    st.session_state[form.key("source")] = FILE if fields.get("document") else TEXT


def draw_inputs(form: Form) -> None:
    """Document, number of sentences and what they should be about."""
    if not form.filled():
        fill(form, next(iter(form.task.examples)).values())
    key = form.key("source")
    if st.session_state.get(key) not in (FILE, TEXT):
        st.session_state[key] = FILE
    source = st.segmented_control(
        "Where the document comes from",
        [FILE, TEXT],
        key=key,
        required=True,
        label_visibility="collapsed",
        width="stretch",
        persist_state="session",
    )
    if source == TEXT:
        if not (form.field("text", label="Text") or "").strip():
            form.refuse(BadInput("Paste a text first.", field="text"))
        form.set("document", None)
    else:
        _choose_document(form)
        form.set("text", "")
    form.field("sentences", label="Sentences")
    form.set(
        "query",
        st.text_input(
            "What it should be about", key=form.key("query"), max_chars=300, placeholder="the whole document", persist_state="session"
        ),
    )
    with st.expander("More settings"):
        form.field("length", label="At most so many characters", placeholder="no limit")
    form.leave_out("seed", "model")


def _choose_document(form: Form) -> None:
    uploads = Form(replace(form.task, examples=()))  # an uploader alone
    uploads.params = {name: param for name, param in form.params.items() if name == "document"}
    choose_files(uploads, executor().store, labels={"document": "Text, Markdown, HTML, Word or PDF"})
    uploaded, seen = uploads.fields().get("document"), form.key("seen")
    if uploaded and uploaded != st.session_state.get(seen):
        st.session_state[seen] = st.session_state[form.key("given")] = uploaded
    given: InputFile | None = st.session_state.get(form.key("given"))
    if given is None:
        form.refuse(BadInput("Choose a document first.", field="document"))
        return
    st.html(f'<p class="sx-sub mkt-file">{told(given.name)}, {escape(bytes_text(given.size_bytes))}</p>')
    form.set("document", given)


def show(run: Run, result: SummarizeResult) -> None:
    """The sentences in the order of the document, and where they stand in it."""
    name = source(run) if run.request.get("document") else "Your text"
    st.html(summary_html(result, name, str(run.request.get("query") or "")))
    with st.container(key="mkt-acts-summary"):
        copying([("Copy summary", "\n".join(one.text for one in result.sentences))], label="Copy the summary", key=f"mkt-copy-{run.id}")


def summary_html(result: SummarizeResult, name: str, query: str) -> str:
    about = f'<p class="asked">About <q>{told(query)}</q></p>' if query else ""
    if not result.sentences:
        return '<article class="mkt-piece alone"><p>No sentence fits: allow more characters.</p></article>'
    rows = "".join(
        f'<li><b class="mkt-number">{number}</b><p dir="auto">{safe(one.text)}</p><small>{_place(one, result)}</small></li>'
        for number, one in enumerate(result.sentences, 1)
    )
    return (
        f'<article class="mkt-piece alone" aria-label="Summary"><header><h3>{told(name)}</h3><span class="where">'
        f"{plural(len(result.sentences), 'sentence')} of {_extent(result)}, word for word</span></header>{about}"
        f'<ol class="mkt-taken">{rows}</ol>{_rule(result)}</article>'
    )


def _extent(result: SummarizeResult) -> str:
    return (
        f"{plural(result.pages, 'page')}, {figure(result.characters)} characters" if result.pages > 1 else f"{result.characters} characters"
    )


def _place(one: Taken, result: SummarizeResult) -> str:
    where = f"page {one.page}" if result.pages > 1 else f"characters {one.start} to {one.end}"
    return f"{where}<br>weight {one.score:.2f} of 1"


def _rule(result: SummarizeResult) -> str:
    """The document from its first page to its last, a tick a page, with a mark where each sentence stands."""
    pages = result.pages
    if pages > 1:
        places = [((one.page - 0.5) / pages, f"page {one.page}") for one in result.sentences]
        ends = ("page 1", f"page {pages}")
    else:
        whole = max(1, result.characters)
        places = [(one.start / whole, f"character {one.start}") for one in result.sentences]
        ends = ("first character", f"character {result.characters}")
    step = 100 / min(pages, 40) if pages > 1 else 10
    marks = "".join(f'<i style="left:{100 * min(share, 1):.1f}%"><b>{number}</b></i>' for number, (share, _) in enumerate(places, 1))
    said = ", ".join(f"{number} at {where}" for number, (_, where) in enumerate(places, 1))
    return (
        f'<div class="mkt-rule" role="img" aria-label="Where the sentences stand: {escape(said)}" style="--step:{step:.3f}%">{marks}</div>'
        f'<div class="mkt-ends"><span>{ends[0]}</span><span>{ends[1]}</span></div>'
    )


def show_side(result: SummarizeResult) -> None:
    heading("What this is")
    st.html(
        '<ul class="mkt-said"><li>Sentences of the document, word for word: nothing is rewritten, so nothing can be made up.</li>'
        "<li>The weight says how close a sentence is to the document, or to what you asked for. It is no probability.</li>"
        "<li>A sentence that needs the one before it is read with it: look at its place.</li></ul>"
    )


def files_of(result: SummarizeResult) -> list[tuple[str, Artifact]]:
    return [("Download Markdown", result.summary)]


def source(run: Run) -> str:
    """The document's name; of a text its beginning."""
    document: Mapping[str, Any] = run.request.get("document") or {}
    if document:
        return visible(str(document.get("name", "document")))
    text = " ".join(visible(str(run.request.get("text", ""))).split())
    return text if len(text) <= DESCRIBED else f"{text[:DESCRIBED]}\N{HORIZONTAL ELLIPSIS}"


def describe(run: Run) -> tuple[str, str]:
    """A run by its document and what was asked of it."""
    query = " ".join(visible(str(run.request.get("query") or "")).split())
    return source(run), ", ".join(filter(None, (plural(int(run.request.get("sentences") or 0), "sentence"), query[:DESCRIBED])))
