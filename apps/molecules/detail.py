"""One molecule: its structure, its figures, its alerts, and its ADMET endpoints among approved drugs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from apps.molecules.admet import ATC, ENDPOINTS, RADAR, Endpoint, drug_columns, percentile, radar
from apps.molecules.charts import radar_svg
from apps.molecules.gallery import depiction, is_dark
from apps.molecules.listing import Column, Entry, column_of, number
from apps.molecules.molecule import Prediction
from apps.molecules.properties import ALERTS, PROPERTIES
from shared.errors import SextantError
from shared.ui.drawing import Drawing, Key, drawings
from shared.ui.page import heading, note
from shared.ui.results import table
from shared.ui.text import escape

__all__ = ["badges", "picture", "show_admet", "show_molecule", "show_radar"]

PICTURE_PX = (400, 392)
DRUGS = "2,845 approved drugs"
CATALOGUES = {"pains": "PAINS", "brenk": "Brenk", "chembl": "ChEMBL", "nih": "NIH"}
LEGEND = (Key("area", "This molecule"), Key("median", "Median approved drug"))


def picture(entry: Entry, hit: Entry | None, size: tuple[int, int] = PICTURE_PX) -> str:
    """Its structure as HTML, laid over that of the hit if there is one."""
    url = depiction(entry.molecule.smiles, *size, dark=is_dark(), like=hit.molecule.smiles if hit else "")
    return f'<img class="mol-picture" src="{url}" alt="Structure of {escape(entry.label)}" width="{size[0]}" height="{size[1]}">'


def badges(entry: Entry) -> str:
    """Its state in words."""
    found = ['<span class="sx-badge done">kept</span>' if entry.kept else '<span class="sx-badge failed">rejected</span>']
    if entry.molecule.novel is not None:
        found.append(
            f'<span class="sx-badge cancelled">{"not in the training set" if entry.molecule.novel else "in the training set"}</span>'
        )
    if entry.alert_count:
        found.append(f'<span class="sx-badge mol-warn">{entry.alert_count} alert{"s" if entry.alert_count > 1 else ""}</span>')
    return f'<div class="mol-badges">{"".join(found)}</div>'


def show_molecule(entry: Entry, hit: Entry | None) -> None:
    """Everything but the endpoints."""
    molecule = entry.molecule
    for reason in molecule.rejected:
        note("Rejected", reason, "bad")
    for remark in molecule.notes:
        note("Note", remark, "warn")
    st.html(f'<div class="mol-detail">{picture(entry, hit)}<div>{badges(entry)}{_properties(entry)}</div></div>')
    _copyable("SMILES", molecule.smiles)
    if molecule.inchikey:
        _copyable("InChIKey", molecule.inchikey)
    if molecule.properties:
        rows = [
            (CATALOGUES.get(name, name), ", ".join(molecule.alerts.get(name, ())) or "none") for name in ALERTS if name in molecule.alerts
        ]
        if rows:
            heading("Structural alerts")
            table(rows, "Structural alerts by catalogue")
    if molecule.tags:
        with st.expander("From the input"):
            table(list(molecule.tags.items()), "What the input said of it")


def show_radar(entry: Entry, *, key: str, size: int = 400) -> None:
    """The five summary axes; outwards is what each axis says."""
    found = {name: each.percentile for name, each in entry.molecule.admet.items()}
    if any(axis.endpoint not in found for axis in RADAR):
        return
    axes = list(radar(found).items())
    said = ", ".join(f"{name} {percent:.0f}" for name, percent in axes)
    drawings([Drawing(radar_svg(axes, size=size, label=f"Percentiles among {DRUGS}: {said}"))], key=key, legend=LEGEND)


def show_admet(entry: Entry, *, key: str) -> None:
    """The radar and the endpoints by category."""
    heading("ADMET, predicted", f"Percentile among {DRUGS}, mean of five models ± their standard deviation")
    with st.container(horizontal=True, key="mol-radar"):
        with st.container(key="mol-radar-left"):
            show_radar(entry, key=f"{key}:radar")
        with st.container(key="mol-radar-right"):
            st.html(
                '<p class="sx-sub">Outwards is what an axis says. “Blood-brain barrier safe” means that it stays out of the brain, '
                "which a drug for the brain must not.</p>"
            )
            atc = st.selectbox(
                "Compare the endpoints with",
                ["", *ATC],
                format_func=lambda name: f"Drugs of the {ATC[name]} (ATC {name})" if name else f"All {DRUGS}",
                key=f"{key}:atc",
                persist_state="session",
            )
    st.html(endpoint_table(entry.molecule.admet, atc))


def endpoint_table(admet: dict[str, Prediction], atc: str = "") -> str:
    """HTML: the endpoints by category, each with value, unit, deviation and percentile."""
    known = [ENDPOINTS[name] for name in ENDPOINTS if name in admet]
    parts = []
    for category, endpoints in groupby(known, key=lambda endpoint: endpoint.category):
        parts.append(f'<tr><th colspan="3" scope="colgroup" class="group">{category}</th></tr>')
        for endpoint in endpoints:
            value = admet[endpoint.name]
            percent = value.percentile if not atc else float(percentile(endpoint.name, [value.value], atc=atc)[0])
            unit = "" if endpoint.kind == "class" else f" <small>{escape(endpoint.unit)}</small>"
            quality = _quality(endpoint)
            wish = f"{endpoint.better}er is better" if endpoint.better else ""
            small = ", ".join(filter(None, (wish, quality)))
            parts.append(
                f'<tr><th scope="row">{escape(endpoint.title)}<small>{escape(small)}</small></th>'
                f"<td>{number(value.value, 2)} <small>± {number(value.deviation, 2)}</small>{unit}</td><td>{percent_bar(percent)}</td></tr>"
            )
    head = '<thead><tr><th scope="col">Endpoint</th><th scope="col">Value ± deviation</th><th scope="col">Percentile</th></tr></thead>'
    return f'<table class="mol-admet">{head}<tbody>{"".join(parts)}</tbody></table>'


def _quality(endpoint: Endpoint) -> str:
    """How well the model does on held-out data, as its authors published it."""
    if endpoint.auroc is not None:
        return f"AUROC {number(endpoint.auroc, 2)}"
    return "" if endpoint.r2 is None else f"R² {number(endpoint.r2, 2)}"


def percent_bar(percent: float) -> str:
    """A bar from 0 to 100 with a line at the median drug."""
    return f'<span class="mol-bar"><i style="width:{percent:.1f}%"></i></span><span class="mol-percent">{percent:.0f}</span>'


def _copyable(label: str, text: str) -> None:
    with st.container(gap=None):
        st.html(f'<p class="sx-label">{label}</p>')
        st.code(text, language=None, wrap_lines=True)


def _properties(entry: Entry) -> str:
    rows = []
    if entry.molecule.similarity is not None:
        rows.append(_row(column_of("similarity"), entry.molecule.similarity))
    rows += [_row(column_of(name), entry.molecule.properties[name]) for name in PROPERTIES if name in entry.molecule.properties]
    head = '<thead><tr><th scope="col">Property</th><th scope="col">Value</th><th scope="col">Percentile among drugs</th></tr></thead>'
    return f'<table class="mol-facts">{head}<tbody>{"".join(rows)}</tbody></table>' if rows else ""


def _row(column: Column, value: float) -> str:
    share = _among_drugs(column.key, value)
    bar = percent_bar(share) if share is not None else ""
    unit = f" <small>{escape(column.unit)}</small>" if column.unit else ""
    value_cell, name = f"<td>{column.text(value)}{unit}</td>", escape(column.label)
    return f'<tr title="{escape(column.help)}"><th scope="row">{name}</th>{value_cell}<td>{bar}</td></tr>'


@st.cache_data(max_entries=5_000, show_spinner=False)
def _among_drugs(name: str, value: float) -> float | None:
    try:
        return float(percentile(name, [value])[0]) if name in drug_columns() else None
    except SextantError:
        return None


def facts(entry: Entry, names: Sequence[str]) -> str:
    """A few figures on one line each, for the side."""
    rows = [_row(column_of(name), value) for name in names if (value := entry.value(name)) is not None]
    return f'<table class="mol-facts small"><tbody>{"".join(rows)}</tbody></table>' if rows else ""
