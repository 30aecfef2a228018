"""The inputs of the three tasks, and how a molecule gets from a result into the form of another task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from apps.molecules.hit import show_hit
from apps.molecules.tasks import analogs, app, generate, score
from shared.app import Task
from shared.errors import SextantError
from shared.files import InputFile
from shared.ui.choice import choose_example, task_key
from shared.ui.form import Form
from shared.ui.host import executor, forget_run, open_run
from shared.ui.page import note
from shared.ui.run_panel import refusal_key
from shared.ui.source import choose_files
from shared.ui.text import bytes_text, escape, plain

__all__ = ["ACTIONS", "draw_inputs", "fill", "score_now", "take_to_analogs", "take_to_score"]

TASKS: dict[str, Task[Any, Any]] = {"generate": generate, "score": score, "analogs": analogs}
ACTIONS = {"generate": "Generate molecules", "score": "Score molecules", "analogs": "Find analogues"}

FILTERS = {"pains": "PAINS", "brenk": "Brenk", "chembl": "ChEMBL", "lipinski": "Lipinski", "veber": "Veber", "lead-like": "Lead-like"}
ENDPOINTS = {"all": "All", "properties": "Properties", "admet": "ADMET"}
SALTS = {"refuse": "Refuse the row", "strip": "Keep the largest"}
SUGGESTED = ("QED>=0.6", "MW<=350", "logP<=3", "TPSA<=90", "SA<=3", "HBD<=2", "rotatable_bonds<=5", "hERG<=0.3")
TEMPERATURES = (
    (0.73, "close to what it knows, little variety"),
    (0.97, "safer, less varied"),
    (1.03, "as the model learned"),
    (1.28, "more varied, more of it invalid"),
    (9.00, "daring: much of it is invalid"),
)
PASTE, FILE = "Paste", "File"


def draw_inputs(form: Form) -> None:
    """The fields of the form's task: a source, at most five in sight, the others in the expander."""
    choose_example(form, fill)
    {"generate": _generate, "score": _score, "analogs": _analogs}[form.task.name](form)


def fill(form: Form, fields: Mapping[str, Any]) -> None:
    """Put a request into the widgets, the page's own ones included. Call it from a callback, or before they are drawn."""
    form.fill(fields)
    if form.task is score:
        st.session_state[form.key("pasted")] = "\n".join(fields.get("molecules") or [])
        st.session_state[form.key("given")] = _file_of(fields)
        st.session_state[form.key("way")] = FILE if fields.get("file") else PASTE
    if form.task is analogs:
        low, high = fields.get("similarity") or analogs.request_type.model_fields["similarity"].default
        st.session_state[form.key("window")] = (float(low), float(high))


def _file_of(fields: Mapping[str, Any]) -> InputFile | None:
    """The file of an earlier run's request, or of an example; None where it is not to be had any more."""
    given = fields.get("file")
    if given is None:
        return None
    try:
        if isinstance(given, Mapping):
            return InputFile.model_validate(given, context={"files": executor().store})
        return score.parse(fields, paths=True).file
    except (SextantError, ValueError):
        return None


def take_to_analogs(smiles: str) -> None:
    """A callback: this molecule is the hit of the next search."""
    form = Form(analogs)
    if not form.filled():
        fill(form, {"hit": smiles})
    st.session_state[form.key("hit")] = smiles
    _turn_to("analogs")


def take_to_score(rows: Sequence[str]) -> None:
    """A callback: these molecules are what is scored next."""
    form = Form(score)
    if not form.filled():
        fill(form, {})
    st.session_state[form.key("pasted")] = "\n".join(rows)
    st.session_state[form.key("way")] = PASTE
    _turn_to("score")


def score_now(rows: Sequence[str], endpoints: str) -> None:
    """A callback: score these molecules at once, on the page of that task."""
    fields = {"molecules": list(rows), "endpoints": endpoints}
    fill(Form(score), fields)
    _turn_to("score")
    try:
        handle = executor().submit(score, score.parse(fields))
    except SextantError as error:
        st.session_state[refusal_key(score)] = error.as_dict()
        return
    st.session_state.pop(refusal_key(score), None)
    open_run(handle.run_id)


def _turn_to(name: str) -> None:
    st.session_state[task_key(app)] = name
    forget_run()


def _generate(form: Form) -> None:
    form.field("count", label="How many", look="number")
    _temperature(form)
    _filters(form)
    _conditions(form)
    form.field("admet", label="Predict ADMET")
    with st.expander("More settings"):
        form.field("novel_only", label="Only what is not in the training set")
        _last(form)


def _score(form: Form) -> None:
    key = form.key("way")
    if st.session_state.get(key) not in (PASTE, FILE):
        st.session_state[key] = PASTE
    way = st.segmented_control(
        "Source", (PASTE, FILE), key=key, required=True, label_visibility="collapsed", width="stretch", persist_state="session"
    )
    if way == PASTE:
        text = st.text_area(
            "SMILES, one a line",
            key=form.key("pasted"),
            height=150,
            placeholder="CC(=O)Oc1ccccc1C(=O)O aspirin",
            help="A name may stand behind a space.",
            persist_state="session",
        )
        form.set("molecules", [line.strip() for line in text.splitlines() if line.strip()])
        form.leave_out("file")
    else:
        form.set("file", _choose_file(form))
        form.leave_out("molecules")
    form.field("endpoints", label="Predict", names=ENDPOINTS, look="buttons")
    _filters(form)
    with st.expander("More settings"):
        _conditions(form)
        form.field("salts", label="Salts and mixtures", names=SALTS, look="menu")
        _last(form)


def _choose_file(form: Form) -> InputFile | None:
    """The last one given: an upload, or the file of the example or of the run that was taken up again."""
    uploads = Form(replace(score, examples=()))  # an uploader alone: examples are chosen above
    choose_files(uploads, executor().store, labels={"file": "SDF, SMILES or CSV"})
    uploaded: InputFile | None = uploads.fields().get("file")
    if uploaded is not None and uploaded.sha256 != st.session_state.get(form.key("uploaded-last")):
        st.session_state[form.key("uploaded-last")] = uploaded.sha256
        st.session_state[form.key("given")] = None
    given: InputFile | None = st.session_state.get(form.key("given"))
    if given is not None:
        st.html(f'<p class="sx-sub">Chosen: {escape(given.name)}, {bytes_text(given.size_bytes)}. An upload takes its place.</p>')
    return given or uploaded


def _analogs(form: Form) -> None:
    hit = form.field("hit", label="Hit, as SMILES")
    if not show_hit(hit or "", str(st.session_state.get(form.key("core")) or "")):
        form.set("hit", None)
    key = form.key("window")
    if key not in st.session_state:
        st.session_state[key] = analogs.request_type.model_fields["similarity"].default
    window: Any = st.slider(
        "Similarity to the hit, Tanimoto",
        0.0,
        1.0,
        step=0.05,
        key=key,
        help="Morgan fingerprint, radius 2, 2048 bits",
        persist_state="session",
    )
    form.set("similarity", tuple(window))
    form.field("count", label="How many", look="number")
    _filters(form)
    with st.expander("More settings"):
        form.field("core", label="Core to keep, SMILES or SMARTS")
        _temperature(form)
        _conditions(form)
        form.field("admet", label="Predict ADMET")
        _last(form)


def _kept(form: Form, name: str) -> str:
    """The key of a widget that the page draws itself, its default in place."""
    key = form.key(name)
    if st.session_state.get(key) is None:
        default = form.task.request_type.model_fields[name].default
        st.session_state[key] = list(default) if isinstance(default, list) else default
    return key


def _last(form: Form) -> None:
    for name in ("seed", "model"):
        if name in form.params:
            form.field(name)


def _filters(form: Form) -> None:
    key = _kept(form, "filters")
    chosen = st.pills(
        "Reject what fails" if form.task is not score else "Mark what fails",
        list(FILTERS),
        format_func=FILTERS.__getitem__,
        selection_mode="multi",
        key=key,
        help="Structural alerts (PAINS, Brenk, ChEMBL) and rules of thumb: Lipinski with at most one violation, Veber, lead-like.",
        persist_state="session",
    )
    form.set("filters", [name for name in FILTERS if name in chosen])


def _conditions(form: Form) -> None:
    """Chips; what cannot be read is said below at once."""
    from apps.molecules.filters import Condition

    key = _kept(form, "where")
    given = list(st.session_state[key] or [])
    chosen = st.multiselect(
        "Conditions",
        [*given, *(text for text in SUGGESTED if text not in given)],
        key=key,
        accept_new_options=True,
        select_all=False,
        placeholder="such as QED>=0.6",
        help=plain(f"{form.task.request_type.model_fields['where'].description}."),
        persist_state="session",
    )
    form.set("where", list(chosen))
    for text in chosen:
        try:
            Condition.parse(text)
        except ValueError as error:
            note("Not a condition", str(error), "bad")


def _temperature(form: Form) -> None:
    field = form.task.request_type.model_fields["temperature"]
    low, high = (next(getattr(m, name) for m in field.metadata if hasattr(m, name)) for name in ("ge", "le"))
    value = st.slider(
        "Temperature", low, high, step=0.05, key=_kept(form, "temperature"), help=plain(f"{field.description}."), persist_state="session"
    )
    form.set("temperature", value)
    words = next(words for limit, words in TEMPERATURES if value < limit)
    st.html(f'<p class="sx-sub mol-words">{escape(words)}</p>')
