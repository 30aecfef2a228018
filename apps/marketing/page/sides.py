"""Beside a result: the sheet's facts by the numbers that the marks have."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from apps.marketing.page.marking import Facts
from apps.marketing.page.words import told
from shared.ui.page import heading

__all__ = ["show_facts"]


def show_facts(facts: Facts, stated: Sequence[Collection[str]]) -> None:
    """stated: of each text that is shown, the facts that it states."""
    if facts.sheet is None:
        heading("Facts")
        st.html('<p class="sx-sub">The sheet of this run is no longer here, so the facts are named without their values.</p>')
        return
    heading("Facts", "numbered as the claims are")
    rows = "".join(_row(facts, key, sum(key in each for each in stated), len(stated)) for key in facts.values)
    st.html(f'<ol class="mkt-facts" tabindex="0" aria-label="Facts of the sheet">{rows}</ol>')


def _row(facts: Facts, key: str, used: int, total: int) -> str:
    """A fact; what says it, in words."""
    must = ' <b class="must">must</b>' if key in facts.must else ""
    use = "" if not total else "not used" if not used else "used" if total == 1 else f"in {used} of {total}"
    quiet = "" if used or not total else ' class="off"'
    return (
        f'<li{quiet}><b class="mkt-number">{facts.numbers[key]}</b><span>{told(key)}{must}<small>{told(facts.values[key])}</small></span>'
        f'<small class="use">{use}</small></li>'
    )
