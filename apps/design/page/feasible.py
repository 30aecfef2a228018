"""Whether criteria can be met, said before the run: the seat that is aimed at, or the conflict and its nearest way out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.design.furniture import pipeline
from shared.errors import BadInput, SextantError
from shared.ui.form import Form
from shared.ui.text import escape

if TYPE_CHECKING:
    from apps.design.furniture.criteria import Brief, Criteria
    from apps.design.tasks import ProductRequest

__all__ = ["nearest_fields", "tell", "usual_mass"]

CHANGED = ("process", "low", "high", "load_kg", "fit_share", "mass_kg", "bed_mm")


def tell(form: Form) -> None:
    """Draw the answer for what the form holds. A conflict refuses the run and offers a button that fills in what is feasible."""
    try:
        request: Any = form.request()
        brief = _brief(request.model_dump_json(exclude={"seed", "count", "near", "first", "second"}), request)
    except SextantError as error:
        _tell_conflict(form, error)
        return
    best = brief.best
    asked = f"at least {100 * brief.fit_share:.0f} % are asked for"
    words = (
        f"<b>Feasible.</b> The best seat for these users is {best.seat.height:.0f} mm high and fits {100 * best.share:.0f} %; {asked}. "
        f"Aims at {brief.mass_kg:.1f} kg, built for users up to {brief.load_kg:.0f} kg."
    )
    st.html(f'<p class="dsg-feasible" role="status">{words}</p>')


def _tell_conflict(form: Form, error: SextantError) -> None:
    lines = list(getattr(error, "lines", ())) or [" ".join(filter(None, (error.message, error.remedy)))]
    items = "".join(f"<li>{escape(line[:1].upper() + line[1:])}.</li>" for line in (line.rstrip(".") for line in lines))
    st.html(f'<div class="sx-note bad" role="alert"><b>These criteria cannot be met.</b><ul>{items}</ul></div>')
    fields = nearest_fields(form)
    if fields:
        st.button("Use nearest feasible", key="dsg-nearest", width="stretch", on_click=_take, args=(form, fields))
    form.refuse(BadInput("Criteria in conflict: see above"))


def _take(form: Form, fields: dict[str, Any]) -> None:
    from apps.design.page.forms import fill

    fill(form, {**form.fields(), **fields})


def nearest_fields(form: Form) -> dict[str, Any]:
    """What would have to change; {} where nothing helps."""
    from apps.design.furniture.criteria import nearest

    try:
        request: Any = form.task.parse({name: value for name, value in form.fields().items() if value is not None})
        asked = pipeline.criteria_of(request)
        feasible, conflicts = nearest(asked, pipeline.masses_of(request.family))
    except (SextantError, OSError):
        return {}
    return _changes(asked, feasible) if conflicts else {}


def _changes(asked: Criteria, feasible: Criteria) -> dict[str, Any]:
    before, after = asdict(asked), asdict(feasible)
    return {name: after[name] for name in CHANGED if before[name] != after[name]}


@st.cache_resource(max_entries=64, show_spinner=False)
def _brief(criteria: str, _request: ProductRequest) -> Brief:
    """criteria: what it depends on."""
    return pipeline.brief_of(_request)


def usual_mass(family: str, style: str, material: str, option: str) -> tuple[float, float, float] | None:
    """Lightest, usual and heaviest of such designs in kg."""
    found: tuple[float, float, float] | None = _spans(family).get((style, material, option))
    return found


@st.cache_resource(show_spinner=False)
def _spans(family: str) -> dict[tuple[str, str, str], tuple[float, float, float]]:
    return pipeline.masses_of(family)
