"""The furniture that was found: cards, and one of them in three dimensions, with its checks, drawing and bill."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import streamlit as st

from apps.design.page.checks import margin, show_checks, show_table, value_words
from apps.design.page.directions import show_directions
from apps.design.page.files import file_url
from shared.ui.grid import Card, grid
from shared.ui.page import heading, switch
from shared.ui.results import table
from shared.ui.solid import sheet, solid
from shared.ui.text import escape

if TYPE_CHECKING:
    from apps.design.tasks import Check, ProductResult, Variant
    from shared.app import Artifact
    from shared.runs import Run
    from shared.ui.form import Form

__all__ = ["chosen", "files_of", "show", "show_side"]

CARDS, SOLID, CHECKS, DRAWING, BILL = "Variants", "3-D view", "Checks", "Drawing", "Bill"
VIEWS = (CARDS, SOLID, CHECKS, DRAWING, BILL)
VIEW_KEY = "design:product-view"
PAGE = 24
ORDERS = {"found": "As found", "mass_kg": "Mass, light first", "cost_eur": "Cost, low first", "share_of_group": "Share, high first"}
TIGHTEST = 3
DIMENSIONS = ("Width", "Depth", "Height")


def show(run: Run, result: ProductResult) -> None:
    """One of the views, for the variant that is open."""
    if st.session_state.get(f"{VIEW_KEY}:run") != run.id:  # a run of one variant opens it at once
        st.session_state[f"{VIEW_KEY}:run"] = run.id
        st.session_state[VIEW_KEY] = SOLID if len(result.variants) == 1 else CARDS
    with st.container(horizontal=True, key="sx-display"):
        view = switch("View", VIEWS, {}, key=VIEW_KEY)
        order = _choose_order(result)
    number = chosen(run, result)
    one = result.variants[number]
    if view == CARDS:
        st.html(f'<p class="sx-sub dsg-summary">{escape(result.summary)}. Each passes every check; all are drawn at one scale.</p>')
        _show_cards(run, result, order)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="dsg-steps"):
        place = order.index(number)
        heading(title(one), f"{place + 1} of {len(order)} in this order" if len(order) > 1 else "")
        for words, to in (("Previous", place - 1), ("Next", place + 1)) if len(order) > 1 else ():
            there = 0 <= to < len(order)
            st.button(words, disabled=not there, key=f"dsg-{words}", on_click=_open, args=(run, order[to] if there else 0, view))
    if view == SOLID:
        size = ", ".join(f"{name.lower()} {edge:.0f} mm" for name, edge in zip(DIMENSIONS, one.size_mm, strict=True))
        solid(
            file_url(one.glb, "solid"),
            "glb",
            label=f"{title(one)} in three dimensions: {size}",
            words="Drag to turn it; click it and scroll to come nearer. The rule on the floor has ten parts.",
            measures=(f"{one.size_mm[0]:.0f} mm", f"{one.size_mm[1]:.0f} mm", f"{one.size_mm[2]:.0f} mm"),
            unit="m",
            key="dsg-solid",
        )
    elif view == CHECKS:
        show_checks(one.checks, f"Checks of {title(one)}")
    elif view == DRAWING:
        words = "Three views, first angle, in mm; scale and paper are in its corner."
        sheet(file_url(one.drawing, "drawing"), label=f"Drawing of {title(one)} in three views", words=words, scale=0, key="dsg-drawing")
    else:
        _show_bill(one)


def title(one: Variant) -> str:
    """`chair-03.glb` -> "Chair 03"."""
    return one.glb.name.rpartition(".")[0].replace("-", " ").capitalize()


def chosen(run: Run, result: ProductResult) -> int:
    """The number of the variant that is open."""
    return min(int(st.session_state.get(f"design:variant:{run.id}", 0)), len(result.variants) - 1)


def _open(run: Run, number: int, view: str = SOLID) -> None:
    st.session_state[f"design:variant:{run.id}"] = number
    st.session_state[VIEW_KEY] = view


def _choose_order(result: ProductResult) -> list[int]:
    numbers = list(range(len(result.variants)))
    if len(numbers) < 2:
        return numbers
    order = st.selectbox(
        "Order",
        list(ORDERS),
        format_func=lambda one: ORDERS[one],
        key="design:order",
        label_visibility="collapsed",
        width=190,
        persist_state="session",
    )
    if order == "found":
        return numbers
    sign = -1 if order == "share_of_group" else 1
    return sorted(numbers, key=lambda number: sign * float(getattr(result.variants[number], order)))


def _show_cards(run: Run, result: ProductResult, order: list[int]) -> None:
    pages = -(-len(order) // PAGE)
    key = f"design:page:{run.id}"
    page = min(int(st.session_state.get(key, 1)), pages)
    shown = order[(page - 1) * PAGE : page * PAGE]
    grid(
        [_card(result.variants[number], number) for number in shown],
        label=f"Variants {(page - 1) * PAGE + 1} to {(page - 1) * PAGE + len(shown)} of {len(order)}",
        key="dsg-cards",
        current=str(chosen(run, result)),
        on_open=lambda one: _open(run, int(one)),
        ratio=1.0,
    )
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center", key="dsg-pages"):
            st.pagination(pages, key=key, width="stretch")


def _card(one: Variant, number: int) -> Card:
    size = " by ".join(f"{edge:.0f}" for edge in one.size_mm)
    return Card(
        id=str(number),
        url=file_url(one.picture, f"picture-{number}"),
        alt=f"{title(one)}: {size} mm",
        title=title(one),
        figure=f"{one.mass_kg:.1f} kg",
        lines=[(f"fits {100 * one.share_of_group:.0f} %", f"{one.cost_eur:.0f} EUR")],
    )


def _show_bill(one: Variant) -> None:
    rows = list(csv.reader(io.StringIO(one.bill.read().decode())))[1:]
    drawn = []
    for name, count, material, length, width, thickness, wall, mass, cost in rows:
        edges = " \N{MULTIPLICATION SIGN} ".join(f"{float(edge):.1f}" for edge in (length, width, thickness) if edge)
        walled = f", wall {float(wall):.1f}" if wall and float(wall) else ""
        part = name[:1].upper() + name[1:]
        drawn.append((f"{part}, {material}" if material else part, count, edges + walled, _number(mass), _number(cost)))
    heads = ("Part", "Count", "Cut size (mm)", "Mass (kg)", "Cost (EUR)")
    show_table(heads, drawn, f"Bill of materials of {title(one)}", numbers=(1, 3, 4), total=True)
    st.html('<p class="sx-sub">Prices are estimates of a European workshop\u2019s, waste included; the table is in materials.py.</p>')


def _number(text: str) -> str:
    return f"{float(text):.2f}" if text else ""


def files_of(run: Run, result: ProductResult) -> tuple[list[tuple[str, Artifact]], list[tuple[str, list[Artifact]]]]:
    """The files of the variant that is open, and all of them."""
    one = result.variants[chosen(run, result)]
    single = [("Download GLB", one.glb), ("STL", one.stl), ("Drawing SVG", one.drawing), ("Bill CSV", one.bill)]
    if len(result.variants) == 1:
        return single, []
    return single, [("All variants", [file for each in result.variants for file in (each.glb, each.stl, each.drawing, each.bill)])]


def show_side(form: Form, run: Run, result: ProductResult) -> None:
    """The open variant in short, its tightest checks, and where it can be moved to."""
    one = result.variants[chosen(run, result)]
    heading(title(one))
    size = " \N{MULTIPLICATION SIGN} ".join(f"{edge:.0f}" for edge in one.size_mm)
    seat = [(name, f"{one.parameters[key]:.0f} mm") for key, name in (("seat_height", "Seat height"),) if key in one.parameters]
    table(
        [
            ("Size, W D H (mm)", size),
            *seat,
            ("Mass", f"{one.mass_kg:.2f} kg"),
            ("Cost", f"{one.cost_eur:.0f} EUR, estimate"),
            ("Fits", f"{100 * one.share_of_group:.0f} % of these users, {100 * one.share:.0f} % of all measured"),
        ],
        f"{title(one)} in short",
    )
    _show_tightest(one.checks)
    if one.latent:
        show_directions(form, run, one, title(one))


def _show_tightest(checks: list[Check]) -> None:
    passed = sum(check.passed for check in checks)
    tight = sorted((check for check in checks if check.key not in ("finite", "volume", "one_body")), key=margin)[:TIGHTEST]
    items = "".join(
        f"<li><span>{escape(check.title[:1].upper() + check.title[1:])}</span><b>{escape(value_words(check, check.value))}</b>"
        f"<small>{'≥' if check.at_least else '≤'} {escape(value_words(check, check.bound))}</small></li>"
        for check in tight
    )
    state = "done" if passed == len(checks) else "failed"
    st.html(
        f'<p class="dsg-passed"><span class="sx-badge {state}">{passed} of {len(checks)} checks passed</span></p>'
        f'<p class="sx-label">Nearest to their bounds</p><ul class="dsg-tight">{items}</ul>'
    )
