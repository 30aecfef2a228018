"""The hit of a search for analogues: drawn while it is typed, or refused with the reason."""

from __future__ import annotations

import streamlit as st

from apps.molecules.gallery import depiction, is_dark
from shared.errors import SextantError
from shared.ui.page import note

__all__ = ["show_hit"]

PICTURE_PX = (264, 150)


def show_hit(text: str, core: str) -> bool:
    """The hit drawn with its core, or why it cannot be used, before anything runs; whether it can be read."""
    if not text.strip():
        note("No hit yet", "Paste a SMILES, or take a molecule from a result with “Find analogues”.", "tint")
        return False
    problem, smiles, pattern = _checked(text.strip(), core.strip())
    if problem:
        note("Cannot be used", problem, "bad")
    if smiles:
        url = depiction(smiles, *PICTURE_PX, dark=is_dark(), highlight=pattern)
        st.html(f'<img class="mol-hit" src="{url}" alt="Structure of the hit{", its core marked" if pattern else ""}">')
    return bool(smiles)


@st.cache_data(max_entries=200, show_spinner=False)
def _checked(text: str, core: str) -> tuple[str, str, str]:
    """(why a hit cannot be used, its SMILES where it can be drawn, SMARTS of its core)."""
    from apps.molecules.annalog import check_hit
    from apps.molecules.cores import core_first
    from apps.molecules.reading import read_molecules
    from apps.molecules.safety import decide, screen

    try:
        entries, _ = read_molecules([text], None, salts="refuse")
    except SextantError as error:
        return str(error), "", ""
    entry = entries[0]
    finding = screen(entry.mol)
    if finding is not None and decide(finding, "start") == "refuse":
        return finding.refusal, entry.smiles, ""
    try:
        check_hit(entry.smiles)
        return "", entry.smiles, core_first(entry.smiles, core).pattern if core else ""
    except SextantError as error:
        return str(error), entry.smiles, ""
