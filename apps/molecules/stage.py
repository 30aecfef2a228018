"""The stage of the molecules page: cards, table, one molecule, spread, and what became of the candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.molecules import forms
from apps.molecules.detail import badges, facts, picture, show_admet, show_molecule, show_radar
from apps.molecules.gallery import show_cards
from apps.molecules.listing import ORDER, Entry, Listing, Scope
from apps.molecules.selection import (
    Selection,
    choose_columns,
    choose_limits,
    choose_order,
    choose_scope,
    count_words,
    in_sight,
    rows_of,
    used_columns,
)
from apps.molecules.spread import show_fate, show_spread
from apps.molecules.table import show_table
from apps.molecules.tasks import MoleculesResult, score
from shared.app import Task
from shared.errors import SextantError
from shared.ui.form import Form
from shared.ui.generic import source_of
from shared.ui.page import error_note, heading, note, switch
from shared.ui.results import downloads, figures, provenance, warnings
from shared.ui.text import escape, plural

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["show", "show_side"]

CARDS, TABLE, MOLECULE, SPREAD, FATE = "Cards", "Table", "Molecule", "Distributions", "Why rejected"
VIEWS = (CARDS, TABLE, MOLECULE, SPREAD, FATE)
VIEW_KEY = "molecules:view"
SIDE_PX = (230, 160)
SIDE_RADAR = 232
SIDE_FIGURES = ("similarity", "MW", "logP", "TPSA", "QED", "SA")
MAX_SCORED = 10_000


def show(form: Form, run: Run) -> Selection | None:
    """Draw a finished run; returns what the side shows of it, None when it cannot be read."""
    try:
        result, listing = _opened(run.id, form.task.name, run, form.task)
    except SextantError as error:
        error_note("The result cannot be shown", error, "")
        return None
    selection = Selection(run, listing)
    warnings(result)
    with st.container(horizontal=True, key="sx-display"):
        view = switch("View", VIEWS, {}, key=VIEW_KEY)
        order = choose_order(selection) if view != FATE else (ORDER, False)
    if view == MOLECULE:
        _show_one(selection, in_sight(selection, "all", {}, order))
    elif view == FATE:
        show_fate(result)
    else:
        _show_many(selection, view, order)
    figures(result.figures)
    _files(form, run, result, selection)
    return selection


def show_side(selection: Selection) -> None:
    """The open molecule in short, and those that are picked."""
    entry = selection.current
    if entry is None:
        return
    heading(entry.label)
    if st.session_state.get(VIEW_KEY) != MOLECULE:
        st.html(f"{picture(entry, selection.listing.hit, SIDE_PX)}{badges(entry)}{facts(entry, SIDE_FIGURES)}")
        show_radar(entry, key=selection.key("side-radar"), size=SIDE_RADAR)
        st.code(entry.molecule.smiles, language=None, wrap_lines=True)
    _actions(entry)
    _picked(selection)


@st.cache_resource(max_entries=6, show_spinner=False)
def _opened(run_id: str, task: str, _run: Run, _task: Task[Any, Any]) -> tuple[MoleculesResult, Listing]:
    """Read once: a result may have thousands of molecules."""
    result: MoleculesResult = _run.result_of(_task)
    return result, Listing.of(result)


def _show_many(selection: Selection, view: str, order: tuple[str, bool]) -> None:
    with st.container(horizontal=True, key="mol-limits"):
        scope: Scope = choose_scope(selection, "all" if view == TABLE or selection.run.task == "score" else "kept")
        columns, count = choose_columns(selection), st.container(width="content")
    limits = choose_limits(selection, columns)
    entries = in_sight(selection, scope, limits, order)
    count.html(f'<p class="mol-count" role="status">{escape(count_words(selection, entries, scope, limits))}</p>', width="content")
    current = selection.current
    if view == CARDS:
        show_cards(
            selection.listing,
            entries,
            used_columns(order, limits),
            current=current.id if current else "",
            picked=[entry.id for entry in selection.picked],
            page_key=selection.key("page"),
            on_open=selection.open,
            on_pick=selection.pick,
        )
    elif view == TABLE:
        show_table(selection.listing, entries, key=selection.key("table"), on_open=selection.open)
    else:
        show_spread(entries, current, key=selection.key("spread"))


def _show_one(selection: Selection, entries: list[Entry]) -> None:
    """The open molecule in full, with a way to the next one in the chosen order."""
    entry = selection.current
    if entry is None:
        return
    if selection.listing.hit is not None:
        entries = [selection.listing.hit, *entries]
    place = next((index for index, one in enumerate(entries) if one.id == entry.id), 0)
    with st.container(horizontal=True, vertical_alignment="center", key="mol-steps"):
        heading(entry.label, f"{place + 1} of {len(entries)} in this order")
        for words, to in (("Previous", place - 1), ("Next", place + 1)):
            there = 0 <= to < len(entries)
            st.button(words, disabled=not there, key=f"mol-{words}", on_click=selection.open, args=(entries[to].id if there else "",))
    show_molecule(entry, selection.listing.hit)
    if entry.molecule.admet:
        show_admet(entry, key=selection.key(f"admet:{entry.id}"))
    else:
        _offer_admet(selection)


def _offer_admet(selection: Selection) -> None:
    kept = selection.listing.scope("kept")[:MAX_SCORED]
    heading("ADMET")
    note(
        "Not predicted in this run",
        f"41 endpoints of the {len(kept)} kept molecules take some {max(1, round(0.01 * len(kept)))} s.",
        "tint",
    )
    if kept:
        st.button(
            f"Predict ADMET of {len(kept)} molecules",
            key="mol-admet",
            on_click=forms.score_now,
            args=(rows_of(kept), "all"),
            help="Starts a run of “Score” with the molecules that were kept.",
        )


def _actions(entry: Entry) -> None:
    with st.container(key="mol-actions"):
        if st.session_state.get(VIEW_KEY) != MOLECULE:
            st.button("Show all figures", key="mol-open", width="stretch", on_click=lambda: st.session_state.update({VIEW_KEY: MOLECULE}))
        with st.container(horizontal=True, key="mol-onward"):
            st.button("Find analogues", key="mol-vary", on_click=forms.take_to_analogs, args=(entry.molecule.smiles,))
            st.button("Score", key="mol-score", width="stretch", on_click=forms.take_to_score, args=(rows_of([entry]),))


def _picked(selection: Selection) -> None:
    picked = selection.picked
    heading("Picked")
    if not picked:
        st.html('<p class="sx-sub">Tick the corner of a card: what is picked is gathered here, as SDF or for a score.</p>')
        return
    rows = "".join(f'<li><b>{escape(entry.label)}</b><span class="sx-mono">{escape(entry.molecule.smiles)}</span></li>' for entry in picked)
    st.html(f'<ul class="mol-picked" tabindex="0" aria-label="Picked molecules">{rows}</ul>')
    with st.container(horizontal=True, key="mol-picks"):
        st.download_button(
            f"Download {len(picked)} as SDF",
            data=lambda: _sdf(selection, picked),
            file_name=f"{selection.run.id[:6]}-picked.sdf",
            mime="chemical/x-mdl-sdfile",
            on_click="ignore",
            key="mol-picked-sdf",
        )
        st.button("Score picked", key="mol-picked-score", on_click=forms.take_to_score, args=(rows_of(picked),))


def _sdf(selection: Selection, picked: list[Entry]) -> bytes:
    from apps.molecules.output import write_sdf

    origin = {"tool": "Sextant molecules", "run": selection.run.id, "model": str(selection.run.model), "seed": str(selection.run.seed)}
    return bytes(write_sdf([entry.molecule for entry in picked], origin))


def _files(form: Form, run: Run, result: MoleculesResult, selection: Selection) -> None:
    with st.container(horizontal=True, key="sx-files-molecules"):
        downloads(run, [("Download SDF", result.sdf), ("CSV of all", result.csv), ("PNG", result.preview)])
        st.button(
            "Repeat with changes",
            type="tertiary",
            key=f"sx-repeat-{run.id}",
            on_click=lambda: forms.fill(form, run.request),
            help="Puts this run's inputs and settings back into the form.",
        )
    provenance(run, source_words(run), "Every record of the SDF says how it was made.")


def source_words(run: Run) -> str:
    """What a run was made from."""
    if run.task == "generate":
        return "the model's own sampling, trained on MOSES"
    if run.task == "analogs":
        return f"the hit {run.request.get('hit', '')}"
    rows = run.request.get("molecules") or []
    return " and ".join(filter(None, (plural(len(rows), "row") + " of SMILES" if rows else "", source_of(score, run))))
