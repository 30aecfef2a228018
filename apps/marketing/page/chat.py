"""Chat: questions about one product, answered with what is on its sheet; the conversation with the facts of each reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.marketing.page.marking import Facts, Marker
from apps.marketing.page.sheets import choose_sheet, fill_sheet, sheet_of
from apps.marketing.page.sides import show_facts
from apps.marketing.page.words import product_name, safe, told, visible, writer_words
from apps.marketing.page.writer import choose_writer, with_writer
from apps.marketing.results import ChatResult
from apps.marketing.sheet import Sheet
from shared.errors import BadInput, SextantError
from shared.ui.copying import copying
from shared.ui.form import Form
from shared.ui.generic import repeat_button
from shared.ui.history import last_done
from shared.ui.host import chosen_run, list_runs
from shared.ui.results import downloads
from shared.ui.text import escape, plural

if TYPE_CHECKING:
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["Turn", "again", "conversation_html", "describe", "draw_inputs", "files_of", "fill", "show", "show_side"]

MOST_TURNS = 40
DESCRIBED = 40
LOOKED_BACK = 50
"""Runs in which the facts of earlier replies are looked for."""

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """What was said. result: of a reply, None where its run is gone; waiting: nobody has answered yet."""

    role: str
    content: str
    result: ChatResult | None = None
    waiting: bool = False


def fill(form: Form, fields: Mapping[str, Any]) -> None:
    """The sheet of a conversation; the next question is still to be written."""
    fill_sheet(form, fields)
    st.session_state.setdefault(form.key("question"), "")


def again(form: Form, fields: Mapping[str, Any]) -> None:
    """A callback: ask the last question anew, after the same turns."""
    fill(form, fields)
    messages = list(fields.get("messages") or [])
    shown = _shown(form)
    st.session_state[form.key("from")] = {"shown": shown.id if shown else "", "turns": messages[:-1]}
    st.session_state[form.key("question")] = str(messages[-1]["content"]) if messages else ""


def draw_inputs(form: Form) -> None:
    """The sheet, the writer, and the question at the bottom, above the button that asks it."""
    run = chosen_run(form.task)
    answered = run is not None and run.status == "done"  # until then, and when it failed, the question stays
    if run is not None and answered and st.session_state.get(form.key("asked")) != run.id:
        st.session_state[form.key("asked")] = run.id
        st.session_state[form.key("question")] = ""
    found = choose_sheet(form)
    if "model" in form.params and form.key("model") not in st.session_state:
        st.session_state[form.key("model")] = with_writer(form, {}).get("model")
    choose_writer(form)
    with st.expander("More settings"):
        form.field("seed", label="Seed")
        form.field("locale", label="Language of the sheet's numbers", placeholder="as they are written")
    turns = _before(form, found.sheet if found else None)
    if turns:
        with st.container(horizontal=True, key="mkt-turns"):
            st.html(f'<p class="sx-sub mkt-hint">Goes on after {plural(len(turns), "turn")}.</p>', width="content")
            st.button("New conversation", type="tertiary", key="mkt-new-chat", on_click=_new, args=(form,))
    name = found.sheet.name if found else "the product"
    question = st.text_area(
        "Question",
        key=form.key("question"),
        max_chars=4_000,
        height=92,
        placeholder=f"Ask about {visible(name)}",
        persist_state="session",
        on_change="ignore",  # it goes with the press: a rerun between the two could miss it
    )
    form.set("messages", [*turns, {"role": "user", "content": (question or "").strip() or "-"}])
    if not (question or "").strip():
        form.want(BadInput("Write a question first.", field="messages"))
    if len(turns) >= MOST_TURNS:
        form.refuse(BadInput("This conversation is full.", remedy="Start a new one.", field="messages"))


def _shown(form: Form) -> Run | None:
    """The run whose conversation is on the stage."""
    run = chosen_run(form.task)
    return run if run is not None and run.status == "done" else last_done(form.task, run)


def _before(form: Form, sheet: Sheet | None) -> list[dict[str, str]]:
    """The turns that the next question follows: of a conversation about this very sheet."""
    shown = _shown(form)
    if shown is None or sheet is None or sheet_of(form, shown.request) != sheet:
        return []
    chosen = st.session_state.get(form.key("from")) or {}
    if chosen and chosen["shown"] == shown.id:
        return [dict(turn) for turn in chosen["turns"]]
    if not (shown.result or {}).get("reply"):
        return []
    messages = [{"role": str(each["role"]), "content": str(each["content"])} for each in shown.request.get("messages") or []]
    return [*messages, {"role": "assistant", "content": str((shown.result or {})["reply"])[:4_000]}]


def _new(form: Form) -> None:
    shown = _shown(form)
    st.session_state[form.key("from")] = {"shown": shown.id if shown else "", "turns": []}


def show(form: Form, run: Run, result: ChatResult) -> None:
    """The conversation, its end in sight."""
    facts = Facts(sheet_of(form, run.request))
    messages = list(run.request.get("messages") or [])
    turns = [*_told(form, messages), Turn("assistant", result.reply, result)]
    at_work = chosen_run(form.task)
    if at_work is not None and not at_work.finished:
        turns.append(Turn("user", str(at_work.request["messages"][-1]["content"]), waiting=True))
    st.html(conversation_html(turns, facts, product_name(run.request)))
    with st.container(key="mkt-acts-chat"):
        copying([("Copy reply", result.reply)], label="Copy the last reply", key=f"mkt-copy-{run.id}")
    with st.container(horizontal=True, key="sx-files-marketing-chat"):
        downloads(run, files_of(result))
        repeat_button(form, run, again)


def _told(form: Form, messages: Sequence[Message]) -> list[Turn]:
    """Earlier turns; a reply with the result of its run, where that is still kept."""
    known: dict[tuple[str, ...], ChatResult] = {}
    if len(messages) > 1:
        for run in list_runs(app=form.task.app.key, task=form.task.name, status="done", limit=LOOKED_BACK):
            try:
                result: Any = run.result_of(form.task)
            except SextantError:
                continue
            known[(*(str(each["content"]) for each in run.request.get("messages") or []), str(result.reply))] = result
    said = [str(each["content"]) for each in messages]
    return [
        Turn(str(each["role"]), said[at], known.get(tuple(said[: at + 1])) if each["role"] == "assistant" else None)
        for at, each in enumerate(messages)
    ]


def conversation_html(turns: Sequence[Turn], facts: Facts, product: str) -> str:
    """Newest last; a long one begins scrolled to its end."""
    shown = "".join(_turn(turn, facts) for turn in turns)
    return (
        f'<section class="mkt-chat" tabindex="0" aria-label="Conversation about {safe(product)}">'
        f'<ol class="mkt-turns">{shown}</ol></section>'
    )


def _turn(turn: Turn, facts: Facts) -> str:
    if turn.role == "user":
        waiting = '<small role="status">being answered</small>' if turn.waiting else ""
        return f'<li class="user"><small>You</small><div class="said" dir="auto">{safe(turn.content)}</div>{waiting}</li>'
    if turn.result is None:
        return f'<li class="reply"><small>Reply</small><div class="said" dir="auto">{safe(turn.content)}</div></li>'
    result = turn.result
    marker = Marker(facts, result.spans)
    field = result.spans[0].field if result.spans else "reply"
    return (
        f'<li class="reply"><small>Reply, {escape(writer_words(result.tier))}</small><div class="said" dir="auto">'
        f"{marker.html(result.reply, field)}</div>{_rests_on(result, facts)}{marker.wrong_html()}{_withheld(result)}</li>"
    )


def _rests_on(result: ChatResult, facts: Facts) -> str:
    if not result.facts:
        return '<p class="rests">Rests on no fact: it claims nothing of the product.</p>'
    rows = "".join(
        f'<li><b class="mkt-number">{facts.numbers.get(key, chr(183))}</b><span>{told(facts.line(key))}</span></li>' for key in result.facts
    )
    return f'<ul class="mkt-borne" aria-label="Facts of this reply">{rows}</ul>'


def _withheld(result: ChatResult) -> str:
    if not result.withheld:
        return ""
    rows = "".join(
        f'<li><b class="mkt-sign unsupported">\N{MULTIPLICATION SIGN}</b><span><q>{told(each.text)}</q>'
        f"<small>{safe(each.why)}</small></span></li>"
        for each in result.withheld
    )
    title = f"{plural(len(result.withheld), 'sentence')} withheld: not on the sheet, so no part of the reply"
    return f'<details class="mkt-fold"><summary>{escape(title)}</summary><ul class="mkt-wrong">{rows}</ul></details>'


def show_side(form: Form, run: Run, result: ChatResult) -> None:
    show_facts(Facts(sheet_of(form, run.request)), [set(result.facts)])


def files_of(result: ChatResult) -> list[tuple[str, Artifact]]:
    return [("Download transcript", result.transcript)]


def describe(run: Run) -> tuple[str, str]:
    """A run by its question."""
    messages: Sequence[Message] = run.request.get("messages") or [{}]
    text = " ".join(visible(str(messages[-1].get("content", ""))).split())
    short = text if len(text) <= DESCRIBED else f"{text[:DESCRIBED]}\N{HORIZONTAL ELLIPSIS}"
    return short, ", ".join(filter(None, (visible(product_name(run.request)), plural(len(messages), "turn"))))
