"""How the molecules in sight are spread against the reference, and what became of every candidate."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import streamlit as st

from apps.molecules.charts import FEW, histogram_svg, waterfall
from apps.molecules.histograms import PROPERTIES, histogram, molecules_in_reference, reference_median
from apps.molecules.listing import Entry, column_of
from apps.molecules.properties import PROPERTIES as PROPERTY
from apps.molecules.tasks import MoleculesResult
from shared.ui.drawing import Drawing, Key, drawings
from shared.ui.page import empty, heading
from shared.ui.text import escape, figure, plural

__all__ = ["losses", "show_fate", "show_spread"]

MOSES = "MOSES test set"
ORDERED = ("invalid", "repeated", "withheld by the safety screen")
REJECTED = "rejected: "


def show_spread(entries: Sequence[Entry], current: Entry | None, *, key: str) -> None:
    """Histograms of the five properties that the MOSES benchmark compares."""
    shown = []
    for name in PROPERTIES:
        values = [value for entry in entries if (value := entry.value(name)) is not None]
        if not values:
            continue
        column = column_of(name)
        own = None if current is None else current.value(name)
        svg = histogram_svg(
            histogram(name, [*values, *([own] if own is not None else [])]), values, title=PROPERTY[name].label, unit=column.unit, mark=own
        )
        unit = f" {column.unit}" if column.unit else ""
        here = f", {current.label} {column.text(own)}{unit}" if current is not None and own is not None else ""
        words = f"Median {column.text(median(values))}{unit} (MOSES {column.text(reference_median(name))}){here}"
        shown.append(Drawing(svg, column.label, words))
    if not shown:
        empty("No properties to compare.", "Score molecules with “All” or “Properties”: their spread appears here.")
        return
    legend = [
        Key("rug", f"Each of {len(entries)} molecules")
        if len(entries) < FEW
        else Key("bar", f"Share of the {len(entries)} molecules in sight"),
        Key("outline", f"Share of the {figure(molecules_in_reference())} molecules of the {MOSES}"),
        *([Key("mark", current.label)] if current is not None else []),
    ]
    drawings(shown, key=key, legend=legend)


def losses(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Why candidates were not kept: what could not be used first, then the filters, the strictest first."""
    rejected = sorted(((count, name) for name, count in counts.items() if name.startswith(REJECTED)), reverse=True)
    first = [(name.capitalize(), counts[name]) for name in ORDERED if counts.get(name)]
    return [*first, *((f"Rejected by {name.removeprefix(REJECTED)}", count) for count, name in rejected)]


def show_fate(result: MoleculesResult) -> None:
    """From drawn or given to kept, and the rows that could not be read."""
    counts = result.counts
    if "drawn" in counts:
        heading("What became of the candidates", "Each one counts once, under the first reason for which it was not kept")
        st.html(waterfall(("Drawn", counts["drawn"]), losses(counts), ("Kept", counts.get("kept", len(result.molecules)))))
    else:
        heading("What became of the rows")
        passed = counts.get("scored", 0) - counts.get("rejected", 0)
        steps = [("Could not be used", counts.get("refused", 0)), ("Rejected by a filter", counts.get("rejected", 0))]
        st.html(waterfall(("Rows given", counts.get("rows", 0)), steps, ("Pass", passed)))
    _reasons(result)
    if result.refused:
        heading("Rows that could not be used", plural(len(result.refused), "row"))
        cells = ((str(row.row), row.name, row.text, row.reason) for row in result.refused)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in cells)
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Row", "Name", "As given", "Reason"))
        _scroll(f'<table class="sx-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>', "Rows that could not be used")


def _reasons(result: MoleculesResult) -> None:
    """Every reason of those that are listed: a molecule may fail several."""
    found: dict[str, int] = {}
    for molecule in result.rejected:
        for reason in molecule.rejected:
            found[reason] = found.get(reason, 0) + 1
    if not found:
        return
    heading("Reasons in full", f"Of the {plural(len(result.rejected), 'rejected molecule')} that are listed; one may have several")
    rows = sorted(found.items(), key=lambda pair: -pair[1])[:100]
    body = "".join(f"<tr><td>{count}</td><td>{escape(reason)}</td></tr>" for reason, count in rows)
    head = '<th scope="col">Molecules</th><th scope="col">Reason</th>'
    _scroll(f'<table class="sx-table mol-reasons"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>', "Reasons in full")


def _scroll(html: str, label: str) -> None:
    st.html(f'<div class="sx-scroll" tabindex="0" role="region" aria-label="{escape(label)}">{html}</div>')
