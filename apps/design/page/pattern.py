"""The pattern that was drafted: its sheet, its lay, its printed pages, its checks and pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.design.page.checks import show_groups, show_table
from apps.design.page.files import file_url
from shared.ui.media import media_url
from shared.ui.page import heading, note, switch
from shared.ui.results import table
from shared.ui.solid import sheet
from shared.ui.text import escape, plain, plural

if TYPE_CHECKING:
    from apps.design.tasks import GarmentResult
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["files_of", "other_paper", "show", "show_side"]

PATTERN, LAY, PAGES, CHECKS = "Pattern", "Lay", "Pages", "Checks"
VIEWS = (PATTERN, LAY, PAGES, CHECKS)
OTHER = {"A4": "Letter", "Letter": "A4"}
UNITS = {"cm": (10.0, "cm"), "mm": (1.0, "mm"), "inch": (25.4, "in")}
BESIDE = "behind a sheet with test squares"


def show(run: Run, result: GarmentResult) -> None:
    """One of the views, then what has to be read before cutting."""
    with st.container(horizontal=True, key="sx-display"):
        view = switch("View", VIEWS, {}, key="design:garment-view")
        whose = f"{result.title}, {(result.size and f'size {result.size}') or 'made to measure'}"
        st.html(f'<p class="sx-sub dsg-summary">{escape(whose)}, {plural(len(result.pieces), "piece")}</p>', width="content")
    if view == PATTERN:
        words = "Solid: cut. Dashed: sew. Click it and scroll to zoom."
        sheet(file_url(result.pattern, "pattern"), label=f"Pattern of the {whose}", words=words, key="dsg-pattern")
    elif view == LAY:
        sheet(file_url(result.lay, "lay"), label=f"Pieces of the {whose} on the fabric", words="The pieces on the fabric.", key="dsg-lay")
    elif view == PAGES:
        _show_pages(run, result)
    else:
        show_groups(result.checks, f"Checks of the {whose}")
    if result.notes:
        items = "".join(f"<li>{escape(one)}</li>" for one in result.notes)
        if len(result.notes) == 1:
            note("Before cutting", result.notes[0], "warn")
        else:
            st.html(f'<div class="sx-note warn"><b>Before cutting.</b><ul>{items}</ul></div>')


def _show_pages(run: Run, result: GarmentResult) -> None:
    paper = str(run.request.get("paper") or "A4")
    svg, pages, rows, columns = _map(run.id, paper, run.request)
    words = f"{plural(pages, 'page')} of {paper} in {rows} rows by {columns} columns, {BESIDE}. Print at 100 %."
    sheet(media_url(svg.encode(), "image/svg+xml", "pages"), label=f"How {words}", words=words, key="dsg-map")


@st.cache_data(max_entries=24, show_spinner=False)
def _map(run_id: str, paper: str, _request: dict[str, Any]) -> tuple[str, int, int, int]:
    """(SVG of the tiles over the pattern, pages, rows, columns)."""
    from apps.design.patterns.drawing import strokes
    from apps.design.patterns.svg import stroke
    from apps.design.patterns.tiles import plan

    made = plan(_drafted(_request), paper)
    (wide, tall), step = made.frame_mm, made.step_mm
    body = []
    for row, column in made.tiles:
        x, y = column * step[0], row * step[1]
        body.append(f'<rect class="tile" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>')
    for piece, move in made.sheet.pieces:
        lines = "".join(stroke(one) for one in strokes(piece, 20) if one.style == "cut")
        body.append(f'<g transform="translate({move[0]:.1f} {move[1]:.1f})">{lines}</g>')
    for number, (row, column) in enumerate(made.tiles, start=1):
        x, y = column * step[0] + wide / 2, row * step[1] + tall / 2
        body.append(f'<text x="{x:.0f}" y="{y:.0f}">{number}</text>')
    width, height = (made.columns - 1) * step[0] + wide, (made.rows - 1) * step[1] + tall
    look = (
        ".tile{fill:#edf3f5;fill-opacity:.5;stroke:#4a5f67;stroke-width:1.2;stroke-dasharray:5 4}"
        "path{fill:none;stroke:#10242b;stroke-width:2}"
        "text{font:600 34px 'IBM Plex Sans',sans-serif;fill:#4a5f67;text-anchor:middle}"
    )
    box = f'viewBox="0 0 {width:.1f} {height:.1f}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}><style>{look}</style>{"".join(body)}</svg>'
    return svg, len(made.tiles), made.rows, made.columns


def _drafted(request: dict[str, Any]) -> Any:
    """The same pattern again, some tenths of a second."""
    from apps.design.patterns import draft, read

    measured = read(request.get("measurements") or {}, str(request.get("unit") or "cm"))
    kind, table_name = str(request.get("kind") or "tshirt"), str(request.get("table") or "women")
    return draft(kind, measured, request.get("options") or {}, table=table_name, size=str(request.get("size") or ""))


def files_of(run: Run, result: GarmentResult) -> tuple[list[tuple[str, Artifact]], list[tuple[str, list[Artifact]]]]:
    """(single files, several in a ZIP)."""
    paper = run.request.get("paper") or "A4"
    return [(f"Download PDF ({paper})", result.pdf), ("DXF", result.dxf), ("SVG", result.pattern), ("Lay SVG", result.lay)], []


def other_paper(run: Run) -> None:
    """The PDF on the other paper, made when it is asked for."""
    paper = OTHER[str(run.request.get("paper") or "A4")]
    st.download_button(
        plain(f"PDF ({paper})"),
        data=lambda: _pdf(run.request, paper),
        file_name=f"{run.id[:6]}-{run.request.get('kind', 'pattern')}-{paper}.pdf",
        mime="application/pdf",
        on_click="ignore",
        key=f"dsg-other-paper-{run.id}",
        help=f"The same pattern in tiles of {paper}",
    )


def _pdf(request: dict[str, Any], paper: str) -> bytes:
    from apps.design.patterns import exports

    files = exports(_drafted(request), paper)
    return next(data for name, data in files.items() if name.endswith(".pdf"))


def show_side(run: Run, result: GarmentResult) -> None:
    """Pieces, fabric, and the body it was drafted from."""
    from apps.design.patterns.measurements import MEASUREMENTS

    heading("Cut")
    show_table(("Piece", "How"), [(one["name"], one["cut"]) for one in result.pieces], "Pieces")
    if result.fabric:
        heading("Fabric")
        width, buy = result.fabric["width_mm"] / 10, result.fabric["buy_mm"] / 1000
        table([("Width", f"{width:.0f} cm"), ("Buy", f"{buy:.2f} m"), ("Used", f"{100 * result.fabric['used']:.0f} %")], "Fabric")
    heading("Body", "* of the size table")
    given = run.request.get("measurements") or {}
    times, sign = UNITS[str(run.request.get("unit") or "cm")]
    rows = [
        (MEASUREMENTS[name].title[:1].upper() + MEASUREMENTS[name].title[1:], f"{value / times:.1f} {sign}{'' if name in given else ' *'}")
        for name, value in result.body_mm.items()
    ]
    table(rows, "Measurements that it was drafted from")
