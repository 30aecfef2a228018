"""The molecules as cards, 24 to a page: a depiction, the name, and the figures that matter now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from apps.molecules.listing import ALERTS, ORDER, SIMILARITY, Column, Entry, Listing, column_of, number
from shared.ui.grid import Card, Tone, grid
from shared.ui.page import empty
from shared.ui.pictures import Picture
from shared.ui.text import plural

__all__ = ["PAGE", "depiction", "is_dark", "show_cards"]

PAGE = 24
CELL_PX = (172, 112)
USUAL = ("QED", "MW", "logP")
FIGURES = 3


def is_dark() -> bool:
    """Whether the page is shown in the dark."""
    return bool(st.context.theme.type == "dark")


@st.cache_data(max_entries=2_000, show_spinner=False)
def depiction(smiles: str, width: int, height: int, *, dark: bool, like: str = "", highlight: str = "") -> str:
    """A molecule's drawing as a `data:` URL. like: SMILES of the hit whose drawing it is laid over; highlight: SMARTS."""
    from apps.molecules.alignment import aligned_svg  # with rdkit, for which the launcher need not wait
    from apps.molecules.depiction import depict_svg

    svg = (
        aligned_svg(smiles, like, width, height, dark=dark)
        if like
        else depict_svg(smiles, width, height, dark=dark, highlight=highlight or None)
    )
    return Picture(svg.encode(), "image/svg+xml", "", "").url


def figures_of(columns: Sequence[str], available: Sequence[str]) -> list[Column]:
    """What stands on a card: the columns that are in use, then the usual ones; three of them."""
    wanted = [key for key in dict.fromkeys([*columns, *USUAL]) if key in available and key not in (ORDER, ALERTS)]
    return [column_of(key) for key in wanted[:FIGURES]]


def show_cards(
    listing: Listing,
    entries: Sequence[Entry],
    columns: Sequence[str],
    *,
    current: str,
    picked: Sequence[str],
    page_key: str,
    on_open: Callable[[str], None],
    on_pick: Callable[[str, bool], None],
) -> None:
    """Draw a page of cards; of analogues the hit stands first on the first one. columns: those that are sorted or narrowed by."""
    if not entries:
        empty("No molecule passes your limits.", "Widen a range above, or take a column out of the filter.")
        return
    every = [listing.hit, *entries] if listing.hit is not None else list(entries)
    pages = -(-len(every) // PAGE)
    widget = f"{page_key}:{pages}:{','.join(columns)}"  # another order or another filter begins on the first page
    page = int(st.session_state.get(widget, 1))
    shown = every[(page - 1) * PAGE : page * PAGE]
    chosen = figures_of([SIMILARITY, *columns] if listing.hit else columns, list(listing.columns))
    grid(
        [card(entry, chosen, listing.hit) for entry in shown],
        label=f"Molecules {(page - 1) * PAGE + 1} to {(page - 1) * PAGE + len(shown)} of {len(every)}",
        key=f"{page_key}:grid",
        current=current,
        picked=picked,
        on_open=on_open,
        on_pick=on_pick,
        ratio=CELL_PX[0] / (CELL_PX[1] + 14),
    )
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center", key="mol-pages"):
            st.pagination(pages, key=widget, width="stretch")  # as wide as its content it shows too few pages


def card(entry: Entry, columns: Sequence[Column], hit: Entry | None) -> Card:
    """One molecule's card."""
    molecule = entry.molecule
    values = [
        (column, value)
        for column in columns
        if (value := entry.value(column.key)) is not None and not (entry is hit and column.key == SIMILARITY)
    ]
    words = [_figure(column, value) for column, value in values]
    lines = [(words[1], words[2] if len(words) > 2 else "")] if len(words) > 1 else []
    badge, tone, tip = _badge(entry, hit)
    return Card(
        id=entry.id,
        url=depiction(molecule.smiles, *CELL_PX, dark=is_dark(), like=hit.molecule.smiles if hit else ""),
        alt=f"Structure of {entry.label}",
        title=entry.label,
        figure=words[0] if words else "",
        lines=[("; ".join(molecule.rejected), "")] if molecule.rejected else lines,
        badge=badge,
        tone=tone,
        tip=tip,
    )


def _badge(entry: Entry, hit: Entry | None) -> tuple[str, Tone, str]:
    """(words, tone, what the pointer says)."""
    molecule = entry.molecule
    names = "; ".join(f"{catalogue}: {', '.join(found)}" for catalogue, found in molecule.alerts.items() if found)
    if entry is hit:
        return "hit", "plain", names
    if molecule.rejected:
        return "rejected", "bad", "; ".join(molecule.rejected)
    if molecule.notes:
        return "note", "warn", " ".join(molecule.notes)
    return (plural(entry.alert_count, "alert"), "warn", names) if entry.alert_count else ("", "plain", "")


def _figure(column: Column, value: float) -> str:
    """ "259 Da", "logP 2.8": a unit says what it is, a bare number is named."""
    if column.key == SIMILARITY:
        return f"sim. {column.text(value)}"
    text = number(value, min(column.decimals, 0 if abs(value) >= 100 else 2))
    return f"{text} {column.unit}" if column.key == "MW" else f"{column.label} {text}"
