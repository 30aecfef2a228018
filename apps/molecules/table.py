"""All molecules with all their figures in one table: sorted by a press on a heading, narrowed by the ranges above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from apps.molecules.gallery import depiction, is_dark
from apps.molecules.listing import ADMET, ALERTS, ORDER, Column, Entry, Listing, column_of
from shared.ui.page import empty

__all__ = ["DRAWN_ROWS", "frame", "show_table"]

DRAWN_ROWS = 200
"""Up to so many rows have a depiction: each is some 6 kB that the browser has to be sent."""
ROW_PX, DRAWN_ROW_PX, HEADING_PX = 35, 76, 38
PICTURE_PX = (120, 72)
HEIGHT_PX = 640
NOVEL = {True: "yes", False: "no", None: ""}


def show_table(listing: Listing, entries: Sequence[Entry], *, key: str, on_open: Callable[[str], None]) -> None:
    """Draw it; a row that is pressed becomes the open molecule."""
    if not entries:
        empty("No molecule passes your limits.", "Widen a range above, or take a column out of the filter.")
        return
    entries = [listing.hit, *entries] if listing.hit is not None else entries
    drawn = len(entries) <= DRAWN_ROWS
    ids = [entry.id for entry in entries]

    def take() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(ids):
            on_open(ids[rows[0]])

    row_px = DRAWN_ROW_PX if drawn else ROW_PX
    st.dataframe(
        frame(listing, entries, drawn=drawn),
        key=key,
        height=min(HEIGHT_PX, HEADING_PX + row_px * len(entries)),
        row_height=row_px,
        hide_index=True,
        on_select=take,
        selection_mode="single-row",
        column_config=_config(listing, drawn=drawn),
        alt=f"{len(entries)} molecules with their figures",
    )
    if not drawn:
        words = f"Up to {DRAWN_ROWS} rows stand here with their structures. Tick a row: its structure stands beside the table."
        st.html(f'<p class="sx-sub">{words}</p>')


def frame(listing: Listing, entries: Sequence[Entry], *, drawn: bool) -> dict[str, list[Any]]:
    """Column -> values, one for each entry, in order; text as it was given, since the table shows text as text."""
    rejected = any(not entry.kept for entry in entries)
    columns: dict[str, list[Any]] = {}
    if drawn:
        like = listing.hit.molecule.smiles if listing.hit else ""
        columns["Structure"] = [depiction(entry.molecule.smiles, *PICTURE_PX, dark=is_dark(), like=like) for entry in entries]
    columns["Name"] = [entry.label for entry in entries]
    if rejected:
        columns["Why rejected"] = ["; ".join(entry.molecule.rejected) for entry in entries]
    for name in _figures(listing):
        columns[name] = [entry.value(name) for entry in entries]
    columns["Alert names"] = ["; ".join(sorted({name for found in entry.molecule.alerts.values() for name in found})) for entry in entries]
    if any(entry.molecule.novel is not None for entry in entries):
        columns["Novel"] = [NOVEL[entry.molecule.novel] for entry in entries]
    if any(entry.molecule.notes for entry in entries):
        columns["Notes"] = [" ".join(entry.molecule.notes) for entry in entries]
    columns["SMILES"] = [entry.molecule.smiles for entry in entries]
    columns["InChIKey"] = [entry.molecule.inchikey for entry in entries]
    tags = dict.fromkeys(tag for entry in entries for tag in entry.molecule.tags)
    for tag in tags:
        columns[f"{tag} (input)"] = [entry.molecule.tags.get(tag, "") for entry in entries]
    return columns


def _figures(listing: Listing) -> list[str]:
    """Alerts before the many endpoints."""
    names = [name for name in listing.columns if name != ORDER]
    return [*(name for name in names if not name.startswith(ADMET)), *(name for name in names if name.startswith(ADMET))]


def _config(listing: Listing, *, drawn: bool) -> dict[str, Any]:
    config: dict[str, Any] = {
        "Name": st.column_config.TextColumn(pinned=True, width=110),
        "Why rejected": st.column_config.TextColumn(width=190),
        "SMILES": st.column_config.TextColumn(width=320),
        "InChIKey": st.column_config.TextColumn(width=240),
    }
    if drawn:
        config["Structure"] = st.column_config.ImageColumn(pinned=True, width=PICTURE_PX[0] + 16)
    for name in _figures(listing):
        config[name] = _number(column_of(name))
    return config


def _number(column: Column) -> Any:
    whole = column.decimals == 0 or column.key == ALERTS
    return st.column_config.NumberColumn(column.title, format="%d" if whole else f"%.{column.decimals}f", help=column.help)
