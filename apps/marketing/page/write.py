"""Write: for which channels and how, and the variants of each as the channel shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.marketing.channels import CHANNELS
from apps.marketing.page.marking import Facts, Marker, legend_html
from apps.marketing.page.pieces import copies_of, piece_html
from apps.marketing.page.sheets import choose_sheet, fill_sheet, sheet_of
from apps.marketing.page.sides import show_facts
from apps.marketing.page.words import SHORT, VOICES, limits_of, product_name, visible, word
from apps.marketing.page.writer import choose_writer, with_writer
from shared.errors import BadInput, SextantError
from shared.ui.choice import task_key
from shared.ui.copying import copying
from shared.ui.form import Form
from shared.ui.host import executor, open_run
from shared.ui.page import note, switch
from shared.ui.run_panel import refusal_key
from shared.ui.text import escape, plain, plural

if TYPE_CHECKING:
    from apps.marketing.results import Variant, WriteResult
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "files_of", "fill", "show", "show_side"]

FIRST = {"channels": ["google_rsa", "email", "sms"], "variants": 2}
CHANNEL, MARKS = "marketing:channel", "marketing:marks"


def fill(form: Form, fields: Mapping[str, Any]) -> None:
    """Put a request into the widgets, its sheet with it."""
    form.fill(with_writer(form, fields))
    fill_sheet(form, fields)


def draw_inputs(form: Form) -> None:
    """Sheet, channels with their limits, number, voice and writer; the rest in an expander."""
    if not form.filled():
        form.fill(with_writer(form, FIRST))
    choose_sheet(form)
    _choose_channels(form)
    with st.container(horizontal=True, key="mkt-amount"):
        form.field("variants", label="Variants of each", look="number")
        form.field("voice", label="Voice", names=VOICES, look="menu")
    choose_writer(form)
    with st.expander("More settings"):
        form.field("seed", label="Seed")
        form.field("locale", label="Language of the sheet's numbers", placeholder="as they are written")


def _choose_channels(form: Form) -> None:
    chosen = st.pills(
        "Channels",
        list(CHANNELS),
        selection_mode="multi",
        key=form.key("channels"),
        format_func=lambda name: plain(SHORT.get(name, str(name))),
        persist_state="session",
    )
    form.set("channels", list(chosen))
    if not chosen:
        form.refuse(BadInput("Choose a channel first.", field="channels"))
        return
    rows = "".join(f"<div><dt>{escape(SHORT[name])}</dt><dd>{escape(limits_of(name))}</dd></div>" for name in chosen)
    st.html(f'<dl class="mkt-limits" tabindex="0" aria-label="Limits of the chosen channels">{rows}</dl>')


def show(form: Form, run: Run, result: WriteResult) -> None:
    """One channel at a time, its variants beside one another."""
    made = _by_channel(result)
    if not made:
        note("No variant", "The sheet gave none: add facts, or choose other channels.", "tint")
        return
    facts = Facts(sheet_of(form, run.request))
    with st.container(horizontal=True, key="sx-display"):
        names = {name: f"{SHORT.get(name, name)}{_state(variants)}" for name, variants in made.items()}
        channel = switch("Channel", list(made), names, key=CHANNEL)
    variants = made[channel]
    with st.container(horizontal=True, key="mkt-top"):
        st.html(_tally(variants), width="content")
        st.session_state.setdefault(MARKS, True)
        marks = bool(st.session_state[MARKS])
        if marks and (legend := legend_html([span for variant in variants for span in variant.spans])):
            st.html(legend, width="content")
        st.toggle("Mark claims", key=MARKS, width="content", persist_state="session")
    few = "-three" if channel in ("sms", "push") and len(variants) > 2 else "-one" if len(variants) == 1 else ""
    with st.container(key=f"mkt-pieces{few}"):
        for variant in variants:
            with st.container(key=f"mkt-piece-{channel}-{variant.number}{'' if variant.ready else '-unready'}"):
                st.html(piece_html(variant, facts, marks=marks))
                _buttons(form, run, variant)


def _by_channel(result: WriteResult) -> dict[str, list[Variant]]:
    found: dict[str, list[Variant]] = {}
    for variant in result.variants:
        found.setdefault(variant.channel, []).append(variant)
    return found


def _state(variants: Sequence[Variant]) -> str:
    unready = sum(not variant.ready for variant in variants)
    return f" ({unready} not ready)" if unready else ""


def _tally(variants: Sequence[Variant]) -> str:
    """How many claims of this channel have their fact, in words."""
    spans = [span for variant in variants for span in variant.spans if span.status != "no-claim"]
    borne = sum(span.status == "supported" for span in spans)
    ready = sum(variant.ready for variant in variants)
    words = [
        word(f"{ready} of {plural(len(variants), 'variant')} ready", "good" if ready == len(variants) else "warn"),
        word(f"{borne} of {plural(len(spans), 'claim')} on the sheet", "good" if borne == len(spans) else "warn"),
    ]
    return f'<p class="tally">{"".join(words)}</p>'


def _buttons(form: Form, run: Run, variant: Variant) -> None:
    """What is ready is copied; what is not goes to the check, where it can be mended."""
    with st.container(horizontal=True, key=f"mkt-acts-{variant.channel}-{variant.number}"):
        if variant.ready:
            label = f"Copy texts of variant {variant.number}"
            copying(copies_of(variant), label=label, key=f"mkt-copy-{run.id}-{variant.channel}-{variant.number}")
        elif "check" in form.task.app.tasks and any(variant.fields.values()):
            st.button(
                "Mend in Check",
                key=f"mkt-mend-{run.id}-{variant.channel}-{variant.number}",
                on_click=_mend,
                args=(form, run, variant),
                help="Opens this text beside its sheet: it can be changed and checked until it is ready.",
            )


def _mend(form: Form, run: Run, variant: Variant) -> None:
    """A callback: check the first text with a fault, else the longest one, and put it into the form of the check."""
    from apps.marketing.page.check import fill as fill_check

    app = form.task.app
    wrong = [each for each in variant.spans if each.status in ("unsupported", "contradicted")]
    placed = [*wrong, *(fault for fault in variant.violations if fault.level == "error" and fault.index >= 0)]
    texts = [(name, at, text) for name, given in variant.fields.items() for at, text in enumerate(given)]
    field, index = (placed[0].field, placed[0].index) if placed else max(texts, key=lambda each: len(each[2]))[:2]
    text = variant.fields[field][index]
    sheet = {name: run.request.get(name) for name in ("sheet", "product", "example") if run.request.get(name)}
    task = app.tasks["check"]
    fields = {**sheet, "locale": run.request.get("locale") or "", "text": text, "channel": variant.channel, "field": field}
    fill_check(Form(task), fields)
    st.session_state[task_key(app)] = task.name
    try:
        handle = executor().submit(task, task.parse(fields, files=executor().store))
    except SextantError as error:
        st.session_state[refusal_key(task)] = error.as_dict()
        return
    st.session_state.pop(refusal_key(task), None)
    open_run(handle.run_id)


def show_side(form: Form, run: Run, result: WriteResult) -> None:
    """The sheet's facts by number, with how many of the variants on the stage state each."""
    made = _by_channel(result)
    channel = st.session_state.get(CHANNEL)
    variants = made.get(str(channel)) or next(iter(made.values()), [])
    facts = Facts(sheet_of(form, run.request))
    show_facts(facts, [Marker(facts, variant.spans).stated(variant.coverage.facts) for variant in variants])


def files_of(result: WriteResult) -> list[tuple[str, Artifact]]:
    return [("Download CSV", result.csv), ("JSON", result.data), ("Markdown", result.text)]


def describe(run: Run) -> tuple[str, str]:
    """A run by its product and what was asked for it."""
    request = run.request
    channels = [str(name) for name in request.get("channels") or []]
    where = SHORT.get(channels[0], channels[0]) if len(channels) == 1 else plural(len(channels), "channel")
    asked = f"{where}, {plural(int(request.get('variants') or 0), 'variant')}, {request.get('voice', 'plain')}, seed {run.seed}"
    return visible(str((run.result or {}).get("product") or product_name(request))), asked
