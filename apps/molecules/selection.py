"""What this session looks at in a run: which molecules are in sight, in which order, which one is open, and which are picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.molecules.listing import ORDER, Entry, Listing, Scope, column_of, narrow, ordered
from shared.ui.text import escape, plural

if TYPE_CHECKING:
    from shared.runs import Run

__all__ = [
    "Selection",
    "choose_columns",
    "choose_limits",
    "choose_order",
    "choose_scope",
    "count_words",
    "in_sight",
    "rows_of",
    "used_columns",
]

HIGH, LOW = " high", " low"


@dataclass(frozen=True)
class Selection:
    """A finished run's list with what is kept of it in the session."""

    run: Run
    listing: Listing

    def key(self, name: str) -> str:
        """Of the session, for this run alone."""
        return f"molecules:{self.run.id}:{name}"

    def get(self, name: str, default: Any = None) -> Any:
        return st.session_state.get(self.key(name), default)

    @property
    def current(self) -> Entry | None:
        """The molecule that is open; the first one at first."""
        found = self.listing.find(str(self.get("current", "")))
        return found or next(iter(self.listing.scope("kept")), next(iter(self.listing), None))

    @property
    def picked(self) -> list[Entry]:
        """In the order in which they were picked."""
        found = (self.listing.find(one) for one in self.get("picked", ()))
        return [entry for entry in found if entry is not None]

    def open(self, entry_id: str) -> None:
        st.session_state[self.key("current")] = entry_id

    def pick(self, entry_id: str, on: bool) -> None:
        others = [one for one in self.get("picked", ()) if one != entry_id]
        st.session_state[self.key("picked")] = [*others, entry_id] if on else others


def choose_scope(selection: Selection, usual: Scope) -> Scope:
    """Kept, rejected or all; no choice where nothing was rejected."""
    scopes: dict[Scope, int] = {name: len(selection.listing.scope(name)) for name in ("kept", "rejected", "all")}
    if not scopes["rejected"]:
        return "all"
    key = selection.key(f"scope:{usual}")
    if st.session_state.get(key) not in scopes:
        st.session_state[key] = usual if scopes[usual] else "all"
    chosen: Scope | None = st.segmented_control(
        "Which molecules",
        list(scopes),
        format_func=lambda name: f"{name.capitalize()} {scopes[name]}",
        key=key,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen or usual


def choose_order(selection: Selection) -> tuple[str, bool]:
    """(column, high first)."""
    columns = selection.listing.columns
    options = [ORDER, *(key + way for key in columns if key != ORDER for way in (HIGH, LOW))]
    key = selection.key("order")
    if st.session_state.get(key) not in options:
        st.session_state[key] = ORDER
    chosen = st.selectbox(
        "Order",
        options,
        format_func=lambda option: _order_words(selection, option),
        key=key,
        label_visibility="collapsed",
        width=232,
        persist_state="session",
    )
    if chosen == ORDER:
        return ORDER, False
    return (chosen.removesuffix(HIGH), True) if chosen.endswith(HIGH) else (chosen.removesuffix(LOW), False)


def _order_words(selection: Selection, option: str) -> str:
    if option == ORDER:
        if selection.listing.hit is not None:
            return "Most similar first"
        return "As given" if selection.run.task == "score" else "As made"
    way = HIGH if option.endswith(HIGH) else LOW
    return f"{column_of(option.removesuffix(way)).label},{way} first"


def choose_columns(selection: Selection) -> list[str]:
    """The columns that the user narrows the list by."""
    options = [key for key in selection.listing.columns if key != ORDER]
    key = selection.key("columns")
    if key in st.session_state:
        st.session_state[key] = [name for name in st.session_state[key] if name in options]
    return st.multiselect(
        "Filter by",
        options,
        format_func=lambda name: column_of(name).label,
        key=key,
        label_visibility="collapsed",
        placeholder="Filter by any column",
        select_all=False,
        persist_state="session",
    )


def choose_limits(selection: Selection, columns: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Column -> lowest and highest value; a slider with two ends for each column."""
    if not columns:
        return {}
    with st.container(horizontal=True, key="mol-ranges"):
        return {name: limits for name in columns if (limits := _range(selection, name)) is not None}


def _range(selection: Selection, name: str) -> tuple[float, float] | None:
    column, bounds = column_of(name), selection.listing.bounds(name)
    if bounds is None:
        return None
    step = 10.0**-column.decimals
    low, high = (bounds[0] // step) * step, -((-bounds[1]) // step) * step
    if high - low < step:
        st.html(f'<p class="sx-sub">{escape(column.label)}: {column.text(low)} in all of them</p>', width="content")
        return None
    key = selection.key(f"limit:{name}")
    if key not in st.session_state:
        st.session_state[key] = (round(low, 6), round(high, 6))
    found: Any = st.slider(
        column.title,
        round(low, 6),
        round(high, 6),
        step=step,
        format=f"%.{column.decimals}f",
        key=key,
        persist_state="session",
    )
    return float(found[0]) - step / 1e3, float(found[1]) + step / 1e3


def in_sight(selection: Selection, scope: Scope, limits: Mapping[str, tuple[float, float]], order: tuple[str, bool]) -> list[Entry]:
    """What passes, in order."""
    found = narrow(selection.listing.scope(scope), limits)
    return found if order[0] == ORDER else ordered(found, order[0], high_first=order[1])


def count_words(selection: Selection, entries: Sequence[Entry], scope: Scope, limits: Mapping[str, Any]) -> str:
    """ "23 of 100 kept molecules pass your limits, 3 picked"."""
    every = len(selection.listing.scope(scope))
    what = "" if scope == "all" else f"{scope} "
    words = f"{len(entries)} of {every} {what}molecules pass your limits" if limits else plural(every, f"{what}molecule")
    return f"{words}, {len(selection.picked)} picked" if selection.picked else words


def used_columns(order: tuple[str, bool], limits: Mapping[str, Any]) -> list[str]:
    """What is sorted or narrowed by, which therefore stands on the cards."""
    return [name for name in dict.fromkeys([order[0], *limits]) if name != ORDER]


def rows_of(entries: Sequence[Entry]) -> list[str]:
    """As `score` takes them: SMILES and, behind a space, the name."""
    return [f"{entry.molecule.smiles} {entry.label.replace('. ', ' ')}" for entry in entries]
