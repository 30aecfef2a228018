"""What the checks found, as cards; what found nothing, and what did not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from apps.deepfake.evidence import Evidence
from apps.deepfake.page.words import DIRECTIONS, GROUPS, RELIABILITIES, Group, group_of, safe, strength_word, word
from apps.deepfake.results import FileReport
from shared.ui.page import heading
from shared.ui.text import plural

__all__ = ["place_of", "show_findings", "tags_of"]

_BAR_STEPS = 10


def tags_of(evidence: Sequence[Evidence]) -> dict[int, str]:
    """Numbers of the findings that have a place in the picture or a time in the sound, by their position in the list."""
    placed = [at for at, one in enumerate(evidence) if (one.region or one.span_s) and group_of(one) != "nothing"]
    order = list(GROUPS)
    placed.sort(key=lambda at: (order.index(group_of(evidence[at])), -evidence[at].strength))  # as the cards stand below
    return {at: str(number) for number, at in enumerate(placed, 1)}


def place_of(finding: Evidence) -> str:
    """In words, "" for the whole file."""
    if finding.region is not None:
        x, y, width, height = finding.region
        return f"{width} \N{MULTIPLICATION SIGN} {height} px at {x}, {y}"
    if finding.span_s is not None:
        return f"{finding.span_s[0]:.1f} to {finding.span_s[1]:.1f} s"
    return ""


def show_findings(report: FileReport) -> None:
    """Grouped: declarations first, limits last; what found nothing is folded away."""
    tags = tags_of(report.evidence)
    found: dict[Group, list[tuple[Evidence, str]]] = {}
    for at, one in enumerate(report.evidence):
        found.setdefault(group_of(one), []).append((one, tags.get(at, "")))
    speaking = sum(len(found.get(group, ())) for group in GROUPS)
    looked = found.get("nothing", [])
    heading("Evidence", f"{plural(speaking, 'finding')}, {plural(len(looked), 'check')} without one")
    if not speaking:
        st.html('<p class="sx-sub">No check found anything that speaks for or against this file. That is not the same as genuine.</p>')
    for group, title in GROUPS.items():
        if group in found:
            cards = "".join(_card(one, tag) for one, tag in sorted(found[group], key=lambda pair: -pair[0].strength))
            st.html(f'<section class="dfk-group"><h3>{title}</h3><ul class="dfk-cards">{cards}</ul></section>')
    if looked:
        with st.expander(f"Looked at, nothing found ({len(looked)})"):
            items = "".join(f"<li><b>{safe(one.source)}</b> {safe(one.claim)}{_basis(one)}</li>" for one, _ in looked)
            st.html(f'<ul class="dfk-looked">{items}</ul>')
    missed = [one for one in report.missed if one not in report.reasons]
    if missed:
        items = "".join(f"<li>{safe(one)}</li>" for one in missed)
        st.html(f'<section class="dfk-group"><h3>Checks that did not run</h3><ul class="dfk-missed">{items}</ul></section>')


def _card(finding: Evidence, tag: str) -> str:
    said, tone = DIRECTIONS[finding.direction]
    number = f'<span class="dfk-tag" title="Marked above">{tag}</span>' if tag else ""
    place = place_of(finding)
    where = f'<span class="dfk-where">{place}</span>' if place else ""
    return (
        f'<li><div class="head">{number}<b>{safe(finding.source)}</b>{word(said, tone)}{where}</div>'
        f'<p class="claim">{safe(finding.claim)}</p>{_details(finding.details)}'
        f'<div class="how">{_strength(finding)}<span><b>{RELIABILITIES[finding.reliability]}.</b> {safe(finding.basis)}</span></div></li>'
    )


def _strength(finding: Evidence) -> str:
    """Not of a limit: how strongly it limits is not measured."""
    if finding.direction == "limits":
        return ""
    said = strength_word(finding.strength)
    full = round(finding.strength * _BAR_STEPS)
    bar = f'<i class="dfk-bar"><i style="width:{100 * full / _BAR_STEPS:.0f}%"></i></i>'
    return f'<span class="strength"><b>{said.capitalize()}</b>{bar}<small>{finding.strength:.2f} of 1</small></span>'


def _details(details: Mapping[str, str]) -> str:
    if not details:
        return ""
    return (
        '<dl class="dfk-details">'
        + "".join(f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>" for name, value in details.items())
        + "</dl>"
    )


def _basis(finding: Evidence) -> str:
    return f"<small>{safe(finding.basis)}</small>" if finding.basis else ""
