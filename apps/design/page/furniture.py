"""Furniture: who sits on it, what it is made of, how heavy it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.design.furniture.family import family
from apps.design.furniture.materials import MATERIALS, PROCESSES
from apps.design.page.feasible import tell, usual_mass
from apps.design.page.forms import fill, optional_number
from shared.ui.choice import choose_example
from shared.ui.form import Form
from shared.ui.text import plural

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "fill_own"]

FAMILIES = {"chair": "Chair", "stool": "Stool"}
USERS = {"all": "All", "women": "Women", "men": "Men"}
PERSON = {
    "popliteal_height": ("Popliteal height (mm)", "From the floor to the hollow of the knee, sitting, barefoot."),
    "buttock_popliteal": ("Buttock to knee hollow (mm)", "From the back of the buttocks to the hollow of the knee, sitting."),
    "hip_breadth": ("Hip breadth (mm)", "The widest across the hips, sitting."),
    "elbow_rest_height": ("Elbow rest height (mm)", "From the seat to the bent elbow; 235 where it is left out."),
    "weight_kg": ("Weight (kg)", "80 where it is left out."),
}
EDGES = ("Length", "Width", "Height")


def fill_own(form: Form, fields: Mapping[str, Any]) -> None:
    """The widgets that are this page's own."""
    state = st.session_state
    state[form.key("band")] = (float(fields.get("low") or 0), float(fields.get("high") or 95)) if "high" in fields else (5.0, 95.0)
    person = fields.get("person") or {}
    for name in PERSON:
        state[form.key(f"person:{name}")] = person.get(name)
    bed = fields.get("bed_mm") or (None, None, None)
    for place, edge in enumerate(bed):
        state[form.key(f"bed:{place}")] = edge
    state[form.key("process")] = fields.get("process") or ""


def draw_inputs(form: Form) -> None:
    """Family and style, material, users, mass and number in sight; a person's own measurements, machine and seed in expanders."""
    choose_example(form, fill)
    key = form.field("family", label="What", names=FAMILIES, look="buttons")
    kind = family(key)
    about = ". ".join(f"{_capital(one.key)}: {one.title.partition(': ')[2] or one.title}" for one in kind.styles)
    style = _choose(form, "style", "Style", {one.key: _capital(one.key) for one in kind.styles}, help=f"{about}.")
    material = _choose(form, "material", "Material", {name: _capital(one.title) for name, one in MATERIALS.items()})
    own = any(st.session_state.get(form.key(f"person:{name}")) is not None for name in PERSON)
    _choose_users(form, own=own)
    option = str(st.session_state.get(form.key("option")))
    option = option if option in kind.options else next(iter(kind.options))
    span = usual_mass(key, style, material, option)
    with st.container(horizontal=True, key="dsg-amount"):
        form.field("mass_kg", label="Mass (kg)", placeholder=f"usual {span[1]:.1f}" if span else "usual")
        form.field("count", label="Variants", look="number")
    with st.expander("One person\u2019s measurements", expanded=own):
        _choose_person(form)
    with st.expander("More settings"):
        _choose(form, "option", "Option", {name: _capital(title) for name, title in kind.options.items()})
        form.field("load_kg", label="Heaviest user (kg)", placeholder="of these users")
        form.field("fit_share", label="Share that must fit (0 to 1)", placeholder="0.9 of the best")
        _choose(
            form, "process", "Process", {"": "As the material is worked", **{name: _capital(one.title) for name, one in PROCESSES.items()}}
        )
        _choose_bed(form)
        form.field("seed", label="Seed")
        if "model" in form.params:
            form.field("model")
    form.leave_out("near", "first", "second")
    tell(form)


def _choose(form: Form, name: str, label: str, options: Mapping[str, str], *, help: str | None = None) -> str:
    """A menu of what this family has; its first where something else was chosen."""
    key = form.key(name)
    if st.session_state.get(key) not in options:
        st.session_state[key] = next(iter(options))
    chosen: str = st.selectbox(label, list(options), key=key, format_func=lambda one: options[one], help=help, persist_state="session")
    form.set(name, chosen)
    return chosen


def _choose_users(form: Form, *, own: bool) -> None:
    if own:
        st.html('<p class="sx-sub">For one person, measured below.</p>')
        form.leave_out("users", "low", "high")
        return
    form.field("users", label="Users", names=USERS, look="buttons")
    key = form.key("band")
    if key not in st.session_state:
        st.session_state[key] = (5.0, 95.0)
    band: Any = st.slider(
        "Percentiles that shall fit",
        0.0,
        100.0,
        step=1.0,
        key=key,
        format="P%g",
        help="Of 6,068 measured people (ANSUR II): P5 to P95 leaves out the smallest and the largest twentieth of each measurement.",
        persist_state="session",
    )
    form.set("low", band[0])
    form.set("high", band[1])


def _choose_person(form: Form) -> None:
    person = {}
    for name, (label, how) in PERSON.items():
        value = optional_number(form, f"person:{name}", label, help=how, placeholder="not measured")
        if value is not None:
            person[name] = value
    form.set("person", person)


def _choose_bed(form: Form) -> None:
    edges: list[float | None] = []
    with st.container(horizontal=True, key="dsg-bed"):
        for place, name in enumerate(EDGES):
            label = "Bed (mm)" if place == 0 else f"by {name.lower()}"
            edges.append(optional_number(form, f"bed:{place}", label, help="The machine\u2019s working space.", placeholder="usual"))
    form.set("bed_mm", edges if all(edge is not None for edge in edges) else None)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def describe(run: Run) -> tuple[str, str]:
    """A run by what was asked."""
    request = run.request
    material = MATERIALS.get(str(request.get("material")))
    name = str(request.get("family") or "chair")
    title = f"{material.title.partition(',')[0].capitalize() if material else ''} {name}".strip()
    who = "one person" if request.get("person") else f"P{request.get('low', 5):g} to P{request.get('high', 95):g}"
    count = "one, moved" if request.get("near") else plural(int(request.get("count") or 1), "variant")
    return title, ", ".join((str(request.get("style") or ""), who, count, f"seed {run.seed}")).lstrip(", ")
