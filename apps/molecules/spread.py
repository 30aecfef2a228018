"""How the molecules in sight are spread against the reference, and what became of every candidate."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median

import streamlit as st

from apps.molecules.charts import FEW, histogram_svg, waterfall
from apps.molecules.histograms import PROPERTIES, histogram, molecules_in_reference, reference_median
from apps.molecules.listing import Entry, column_of
from apps.molecules.molecule import Molecule, Refused
from apps.molecules.properties import PROPERTIES as PROPERTY
from apps.molecules.tasks import MoleculesResult
from shared.ui.drawing import Drawing, Key, drawings
from shared.ui.page import empty, heading
from shared.ui.text import escape, figure, plural

__all__ = ["losses", "rule_of", "show_fate", "show_spread"]

MOSES = "MOSES test set"
ORDERED = ("invalid", "repeated", "withheld by the safety screen")
REJECTED = "rejected: "
SUCH_AS = 3
COMPARISON = re.compile(r" (?:[<>]=?|==|!=) ")
NUMBER = re.compile(r" -?\d+(?:\.\d+)?\b")


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
    """From drawn or given to kept, what each rule rejected, and the rows that could not be read."""
    counts = result.counts
    if "drawn" in counts:
        heading("What became of the candidates", "Each one counts once, under the first reason for which it was not kept")
        st.html(waterfall(("Drawn", counts["drawn"]), losses(counts), ("Kept", counts.get("kept", len(result.molecules)))))
    else:
        heading("What became of the rows", "Each one counts once, under the first reason for which it does not pass")
        rules = Counter(rule_of(molecule.rejected[0]) for molecule in result.molecules if molecule.rejected)
        steps = [("Could not be used", len(result.refused)), *((f"Rejected by {name}", count) for name, count in rules.most_common())]
        passed = len(result.molecules) - rules.total()
        st.html(waterfall(("Rows given", len(result.molecules) + len(result.refused)), steps, ("Pass", passed)))
    _rules(result.rejected)
    _refused(result.refused)


def rule_of(reason: str) -> str:
    """The rule that a reason names, without the molecule's own figures: "Brenk: aniline" -> "Brenk", "hERG 0.54 fails hERG<=0.5" ->
    "hERG<=0.5", "MW 612.3 > 500, logP 5.81 > 5 (Lipinski, 2 violations)" -> "Lipinski"."""
    if " fails " in reason:
        return reason.rpartition(" fails ")[2]
    if reason.endswith(")") and COMPARISON.search(reason):
        return reason.rpartition("(")[2].rstrip(")").partition(",")[0]
    name, colon, _ = reason.partition(":")
    return name if colon else NUMBER.sub("", reason, count=1)


def _rules(rejected: Sequence[Molecule]) -> None:
    """Every rule, with all that it rejects: a molecule may fail several."""
    counted: Counter[str] = Counter()
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for molecule in rejected:
        for reason in molecule.rejected:
            counted[rule_of(reason)] += 1
            said[rule_of(reason)][reason] += 1
    if not counted:
        return
    heading("Rules, one by one", f"Of the {plural(len(rejected), 'rejected molecule')} that are listed; one may fail several")
    rows = [(name, str(count), "; ".join(text for text, _ in said[name].most_common(SUCH_AS))) for name, count in counted.most_common()]
    _table(("Rule", "Molecules", "Such as"), rows, "What each rule rejects", "mol-rules")


def _refused(refused: Sequence[Refused]) -> None:
    if refused:
        heading("Rows that could not be used", plural(len(refused), "row"))
        rows = [(str(row.row), row.name, row.text, row.reason) for row in refused]
        _table(("Row", "Name", "As given", "Reason"), rows, "Rows that could not be used", "mol-refused")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], label: str, look: str) -> None:
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    inner = f'<table class="sx-table {look}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    st.html(f'<div class="sx-scroll" tabindex="0" role="region" aria-label="{escape(label)}">{inner}</div>')
