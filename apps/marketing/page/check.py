"""Check: a text that somebody wrote and the sheet that it has to agree with; the text with its claims marked, and what to change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.marketing.channels import CHANNELS
from apps.marketing.page.marking import Facts, Marker, legend_html
from apps.marketing.page.pieces import coverage_html, notes_html, regulated_html
from apps.marketing.page.sheets import choose_sheet, fill_sheet, sheet_chosen, sheet_of
from apps.marketing.page.sides import show_facts
from apps.marketing.page.words import SHORT, product_name, safe, shown_count, size_tone, visible, word
from apps.marketing.pipeline import MAIN_FIELDS
from shared.errors import BadInput
from shared.ui.copying import copying
from shared.ui.form import Form
from shared.ui.page import note
from shared.ui.text import escape

if TYPE_CHECKING:
    from apps.marketing.results import CheckResult
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "files_of", "fill", "name_other_text", "show", "show_side"]

DESCRIBED = 40


def fill(form: Form, fields: Mapping[str, Any]) -> None:
    """Put a request into the widgets, its sheet with it."""
    form.fill(fields)
    fill_sheet(form, fields)


def draw_inputs(form: Form) -> None:
    """Sheet, text and channel in sight."""
    first = next(iter(form.task.examples)).values()
    if not sheet_chosen() and not form.filled():
        fill_sheet(form, first)
    choose_sheet(form)
    _begin(form, first)
    text = form.field("text", label="Text to check")
    if not (text or "").strip():
        form.set("text", "-")
        form.want(BadInput("Write or paste a text first.", field="text"))
    channel = _choose_channel(form)
    if channel is not None:
        _choose_field(form, channel)
    else:
        form.set("field", "")
    with st.expander("More settings"):
        form.field("strict", label="Opinions count as claims")
        form.field("locale", label="Language of the sheet's numbers", placeholder="as they are written")
    form.leave_out("seed", "model")


def _begin(form: Form, first: Mapping[str, Any]) -> None:
    """The example's text stands with its own sheet alone: beside another one nobody has written it."""
    text, offered = form.key("text"), form.key("offered")
    own = form.fields().get("example") == first["example"]
    if not form.filled():
        form.fill(first if own else {})
        st.session_state[offered] = own
    elif st.session_state.get(offered) and not own:
        st.session_state[offered] = False
        if st.session_state.get(text) == first["text"]:
            st.session_state[text] = ""


def _choose_channel(form: Form) -> str | None:
    chosen: str | None = st.selectbox(
        "Channel",
        [None, *CHANNELS],
        key=form.key("channel"),
        format_func=lambda name: SHORT.get(name, name) if name else "None: the claims only",
        help="Also checks the limits and the rules of the channel.",
        persist_state="session",
    )
    form.set("channel", chosen)
    return chosen


def _choose_field(form: Form, channel: str) -> None:
    fields = {field.name: field for field in CHANNELS[channel].fields}
    key = form.key("field")
    if st.session_state.get(key) not in fields:
        st.session_state[key] = MAIN_FIELDS.get(channel, next(iter(fields)))
    if len(fields) == 1:
        form.set("field", st.session_state[key])
        return
    chosen = st.selectbox(
        "Which text of it",
        list(fields),
        key=key,
        format_func=lambda name: f"{fields[name].title}, up to {fields[name].max} {fields[name].unit}",
        persist_state="session",
    )
    form.set("field", chosen)


def name_other_text(form: Form, run: Run) -> None:
    """Say above a verdict that it is on another text than the one in the field."""
    if form.fields().get("text") != run.request.get("text"):
        note("Earlier text", "This verdict is not on the text that stands in the field now.")


def show(form: Form, run: Run, result: CheckResult) -> None:
    """The verdict, the text with its marks, what to change."""
    text = str(run.request.get("text", ""))
    facts = Facts(sheet_of(form, run.request))
    field = result.spans[0].field if result.spans else ""
    st.html(checked_html(result, text, field, facts, str(run.request.get("channel") or "")))
    with st.container(key="mkt-acts-check"):
        copying([("Copy text", text)], label="Copy the checked text", key=f"mkt-copy-{run.id}")


def checked_html(result: CheckResult, text: str, field: str, facts: Facts, channel: str = "") -> str:
    """The whole of it. field: that the spans name; channel: "" for none."""
    marker = Marker(facts, result.spans)
    state = word("Ready", "good") if result.ok else word("Not ready", "bad")
    sizes = "".join(f'<span class="mkt-size {size_tone(count)}">{escape(shown_count(count))}</span>' for count in result.counts)
    where = f'<span class="where">for {escape(SHORT.get(channel, channel))}</span>' if channel else ""
    return (
        f'<section class="mkt-verdict" aria-label="Verdict"><p>{state}<b>{safe(_without_state(result.verdict))}</b></p></section>'
        f'<article class="mkt-piece alone" aria-label="The text with its claims"><header><h3>Checked text</h3>{where}'
        f'<span class="sizes">{sizes}</span></header><div class="mkt-screen text" dir="auto">{marker.html(text, field)}</div>'
        f"{legend_html(result.spans)}{_to_change(result, marker)}"
        f"{coverage_html(result.coverage, facts)}{_borne(marker)}{regulated_html(result.regulated, facts)}</article>"
    )


def _to_change(result: CheckResult, marker: Marker) -> str:
    """One line for each thing, with the sign that its place in the text has."""
    rows = []
    for line in result.suggestions:
        span = next((each for each in marker.wrong if line.startswith(f"{each.text!r}")), None)
        sign = f'<b class="mkt-sign {span.status}">{marker.sign(span)}</b>' if span else '<b class="mkt-sign plain">\N{BULLET}</b>'
        rows.append(f"<li>{sign}<span>{safe(line)}</span></li>")
    warned = notes_html([fault for fault in result.violations if fault.words not in result.suggestions])
    return f'<div class="mkt-change"><b>To change</b><ul class="mkt-wrong">{"".join(rows)}</ul></div>{warned}' if rows else warned


def _without_state(verdict: str) -> str:
    """The state stands before it as a word."""
    rest = verdict.removeprefix("Not ready: ")
    return rest[:1].upper() + rest[1:]


def _borne(marker: Marker) -> str:
    listed = marker.borne_html()
    return f'<details class="mkt-fold" open><summary>Facts with the claims that rest on them</summary>{listed}</details>' if listed else ""


def show_side(form: Form, run: Run, result: CheckResult) -> None:
    facts = Facts(sheet_of(form, run.request))
    show_facts(facts, [Marker(facts, result.spans).stated(result.coverage.facts)])


def files_of(result: CheckResult) -> list[tuple[str, Artifact]]:
    return [("Download report (HTML)", result.report), ("JSON", result.data)]


def describe(run: Run) -> tuple[str, str]:
    """A run by the beginning of its text, and its product."""
    text = " ".join(visible(str(run.request.get("text", ""))).split())
    short = text if len(text) <= DESCRIBED else f"{text[:DESCRIBED]}\N{HORIZONTAL ELLIPSIS}"
    channel = str(run.request.get("channel") or "")
    return short, ", ".join(filter(None, (visible(product_name(run.request)), SHORT.get(channel, channel))))
