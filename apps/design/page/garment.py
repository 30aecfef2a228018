"""Garment: what is drafted, whose body, and how it shall fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.design.page.forms import fill, optional_number
from apps.design.patterns.measurements import MEASUREMENTS, SIGNS, UNITS_MM, complete, read
from apps.design.patterns.options import LIMITS_MM, SkirtOptions, TShirtOptions, chosen
from apps.design.patterns.sizes import sizes
from shared.errors import BadInput
from shared.ui.choice import choose_example
from shared.ui.form import Form
from shared.ui.page import note
from shared.ui.text import figure, humanised

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "fill_own"]

KINDS = {"tshirt": "T-shirt", "half_circle_skirt": "Half-circle skirt"}
TABLES = {"women": "Women", "men": "Men"}
UNITS = {"cm": "cm", "inch": "inch", "mm": "mm"}
CHOICES = {
    "fit": ("Fit", {"close": "Close", "regular": "Regular", "loose": "Loose"}, "regular"),
    "sleeve": ("Sleeve", {"short": "Short", "elbow": "Elbow", "long": "Long"}, "short"),
    "neckline": ("Neckline", {"crew": "Crew", "scoop": "Scoop"}, "crew"),
    "panels": ("Panels", {"auto": "As the cloth allows", "one": "One", "two": "Two", "six": "Six gores"}, "auto"),
}
SHOWN = {"tshirt": ("fit", "sleeve", "neckline"), "half_circle_skirt": ("panels",)}
NEEDED = {"tshirt": "chest_girth", "half_circle_skirt": "waist_girth"}
LENGTHS = {
    "tshirt": (
        "length_mm",
        "chest_ease_mm",
        "sleeve_length_mm",
        "neckband_width_mm",
        "seam_allowance_mm",
        "hem_allowance_mm",
        "fabric_width_mm",
    ),
    "half_circle_skirt": (
        *("length_mm", "waist_ease_mm", "waistband_width_mm", "underlap_mm"),
        *("seam_allowance_mm", "hem_allowance_mm", "fabric_width_mm"),
    ),
}
USUAL = {
    "tshirt": {"length_mm": "to the hips", "chest_ease_mm": "of the fit", "sleeve_length_mm": "of the sleeve"},
    "half_circle_skirt": {"length_mm": "600 mm"},
}
NO_SIZE = "measured"
OPTIONS: dict[str, Any] = {"tshirt": TShirtOptions, "half_circle_skirt": SkirtOptions}
FIELDS = {kind: [each.name for each in fields(options)] for kind, options in OPTIONS.items()}


def fill_own(form: Form, given_fields: Mapping[str, Any]) -> None:
    """The widgets that are this page's own."""
    state = st.session_state
    unit = str(given_fields.get("unit") or "cm")
    state[form.key("size")] = str(given_fields.get("size") or "").upper() or NO_SIZE
    state[form.key("unit-before")] = unit
    given = given_fields.get("measurements") or {}
    for name in MEASUREMENTS:
        state[form.key(f"body:{name}")] = given.get(name)
    options = given_fields.get("options") or {}
    for name, (_, _, usual) in CHOICES.items():
        state[form.key(f"option:{name}")] = options.get(name, usual)
    for name in LIMITS_MM:
        value = options.get(name)
        in_unit = value if value is None or not name.endswith("_mm") else value / UNITS_MM[unit]
        state[form.key(f"option:{name}")] = in_unit
    state[form.key("option:one_way")] = bool(options.get("one_way"))


def draw_inputs(form: Form) -> None:
    """What, whose size and how it fits in sight; measurements and lengths in expanders."""
    choose_example(form, fill)
    kind = form.field("kind", label="What", names=KINDS, look="buttons")
    with st.container(horizontal=True, key="dsg-size"):
        table = form.field("table", label="Table", names=TABLES, look="buttons")
        _choose_size(form, table)
    options: dict[str, Any] = {}
    for name in SHOWN[kind]:
        _choose_option(form, name, options)
    unit = st.session_state.get(form.key("unit"), "cm")
    if kind == "half_circle_skirt":
        _length(form, kind, "length_mm", unit, options)
    measured = any(st.session_state.get(form.key(f"body:{name}")) is not None for name in MEASUREMENTS)
    with st.expander("Measurements", expanded=measured or st.session_state[form.key("size")] == NO_SIZE):
        unit = form.field("unit", label="Unit", names=UNITS, look="buttons")
        _convert(form, unit)
        _choose_body(form, kind, unit)
    with st.expander("More settings"):
        for name in LENGTHS[kind]:
            if name not in options and not (kind == "half_circle_skirt" and name == "length_mm"):
                _length(form, kind, name, unit, options)
        options["one_way"] = st.checkbox(
            "One-way cloth", key=form.key("option:one_way"), help="With a nap or a print: no piece upside down.", persist_state="session"
        )
        form.field("paper", label="Paper of the PDF", look="buttons")
        form.field("seed", label="Seed") if "seed" in form.params else None
    _tell_contradiction(form, kind, table, options)
    form.set("options", {name: value for name, value in options.items() if value not in (None, False)})


def _tell_contradiction(form: Form, kind: str, table: str, options: Mapping[str, Any]) -> None:
    """What no body or garment has is said before the run, with the remedy."""
    given, size = form.fields(), form.fields().get("size", "")
    try:
        body = read(given.get("measurements", {}), given.get("unit", "cm"))
        complete(body, table=table, size=size, needs=(NEEDED[kind],))
        chosen(OPTIONS[kind], {name: value for name, value in options.items() if value is not None and name in FIELDS[kind]})
    except BadInput as error:
        note("This cannot be drafted", " ".join(filter(None, (error.message, error.remedy))), "bad")
        form.refuse(BadInput("Measurements in conflict: see above"))


def _choose_size(form: Form, table: str) -> None:
    known = [NO_SIZE, *sizes(table)]
    key = form.key("size")
    if st.session_state.get(key) not in known:
        st.session_state[key] = "38" if "38" in known else "50"
    size = st.selectbox(
        "Size",
        known,
        key=key,
        format_func=lambda one: "Measured" if one == NO_SIZE else (f"EU {one}" if one.isdigit() else one),
        help="Where you measure some, the table gives the others. Measured: of the girth that you give.",
        persist_state="session",
    )
    form.set("size", "" if size == NO_SIZE else size)


def _choose_option(form: Form, name: str, options: dict[str, Any]) -> None:
    label, names, usual = CHOICES[name]
    key = form.key(f"option:{name}")
    if st.session_state.get(key) not in names:
        st.session_state[key] = usual
    if sum(map(len, names.values())) > 24:
        options[name] = st.selectbox(label, list(names), key=key, format_func=lambda one: names[one], persist_state="session")
    else:
        options[name] = st.segmented_control(
            label, list(names), key=key, format_func=lambda one: names[one], required=True, width="stretch", persist_state="session"
        )


def _length(form: Form, kind: str, name: str, unit: str, options: dict[str, Any]) -> None:
    low, high = (edge / UNITS_MM[unit] for edge in LIMITS_MM[name])
    sign = SIGNS[unit]
    words = humanised(name.removesuffix("_mm"))
    value = optional_number(
        form,
        f"option:{name}",
        f"{words} ({sign})",
        help=f"{figure(low)} to {figure(high)} {sign}.",
        placeholder=USUAL[kind].get(name, "usual"),
        step={"cm": 0.5, "inch": 0.25, "mm": 5.0}[unit],
    )
    if value is not None:
        options[name] = round(value * UNITS_MM[unit], 2)


def _choose_body(form: Form, kind: str, unit: str) -> None:
    sign, body = SIGNS[unit], {}
    first = NEEDED[kind]
    for name in (first, *(other for other in MEASUREMENTS if other != first)):
        known = MEASUREMENTS[name]
        low, high = (edge / UNITS_MM[unit] for edge in (known.low_mm, known.high_mm))
        how = f"{known.how[:1].upper()}{known.how[1:]}. {figure(low)} to {figure(high)} {sign}."
        needed = "needed" if name == first and st.session_state[form.key("size")] == NO_SIZE else "of the table"
        label = f"{known.title[:1].upper()}{known.title[1:]} ({sign})"
        value = optional_number(form, f"body:{name}", label, help=how, placeholder=needed, step=0.5)
        if value is not None:
            body[name] = value
    form.set("measurements", body)


def _convert(form: Form, unit: str) -> None:
    """What was typed in another unit stays the same length."""
    state, key = st.session_state, form.key("unit-before")
    before = state.setdefault(key, unit)
    if before == unit:
        return
    times = UNITS_MM[before] / UNITS_MM[unit]
    names = [*(f"body:{name}" for name in MEASUREMENTS), *(f"option:{name}" for name in LIMITS_MM if name.endswith("_mm"))]
    for name in names:
        value = state.get(form.key(name))
        if value is not None:
            state[form.key(name)] = round(value * times, 2)
    state[key] = unit
    st.rerun()


def describe(run: Run) -> tuple[str, str]:
    """A run by what was drafted."""
    request = run.request
    size, measured = str(request.get("size") or ""), len(request.get("measurements") or {})
    whose = ", ".join(filter(None, (f"{request.get('table', 'women')} {size}" if size else "", f"{measured} measured" if measured else "")))
    options = request.get("options") or {}
    details = [str(value) for name, value in options.items() if name in CHOICES and value != "auto"]
    return KINDS.get(str(request.get("kind")), "Garment"), ", ".join(filter(None, (whose, *details)))
