"""Mesh: a file in, a report on it, and one closed solid where that can be done."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import TYPE_CHECKING

import streamlit as st

from apps.design.page.files import file_url, on_page, read
from shared.ui.form import Form
from shared.ui.host import executor
from shared.ui.page import heading, switch
from shared.ui.pictures import Picture
from shared.ui.solid import Kind, solid
from shared.ui.source import choose_files
from shared.ui.text import escape, figure

if TYPE_CHECKING:
    from apps.design.tasks import Mesh, RepairResult
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["describe", "draw_inputs", "files_of", "show", "show_side"]

FORMATS = {"stl": "STL", "glb": "GLB", "ply": "PLY"}
SHOWN_BYTES = 24 << 20
"""Larger meshes are not sent to the browser."""
AFTER, BEFORE, PICTURE = "Mended", "As given", "Picture"


def draw_inputs(form: Form) -> None:
    """The file, whether it is mended, and the format."""
    choose_files(form, executor().store, labels={"mesh": "Mesh: GLB, STL, OBJ or PLY"})
    form.field("mend", label="Mend it")
    form.field("format", label="Format of the mended mesh", names=FORMATS, look="buttons")
    form.leave_out("seed", "model")


def show(run: Run, result: RepairResult) -> None:
    """The mesh in three dimensions or as pictures, and the report below."""
    given = _given(run)
    views = [*([AFTER] if result.mended and result.mended.size_bytes <= SHOWN_BYTES else []), *([BEFORE] if given else []), PICTURE]
    with st.container(horizontal=True, key="sx-display"):
        view = switch("View", views, {}, key="design:mesh-view")
        name = str((run.request.get("mesh") or {}).get("name", "mesh"))
        st.html(f'<p class="sx-sub dsg-summary">{escape(name)}</p>', width="content")
    if view == AFTER and result.mended and result.after:
        _show_solid(file_url(result.mended, "mended"), result.mended.name, result.after, f"{name}, mended")
    elif view == BEFORE and given:
        _show_solid(*given, result.before, f"{name} as it was given")
    else:
        _show_picture(result)
    _show_report(result)


def _given(run: Run) -> tuple[str, str] | None:
    """(address, name) of the file that was given, where the browser can show it."""
    from shared.errors import SextantError
    from shared.ui.media import media_url

    mesh = run.request.get("mesh") or {}
    name = str(mesh.get("name", ""))
    kind = PurePath(name).suffix.lower().lstrip(".")
    try:
        if kind not in FORMATS or executor().store.size(mesh["sha256"]) > SHOWN_BYTES:
            return None
        return media_url(read(mesh["sha256"]), {"glb": "model/gltf-binary"}.get(kind, f"model/{kind}"), "given"), name
    except (SextantError, KeyError):
        return None


def _show_solid(url: str, name: str, mesh: Mesh, label: str) -> None:
    ending = PurePath(name).suffix.lower()
    kind: Kind = "glb" if ending == ".glb" else "ply" if ending == ".ply" else "stl"
    unit = mesh.unit or "units"
    edges = [f"{figure(edge)} {unit}" for edge in mesh.size]
    wide, deep, high = edges if kind != "glb" else (edges[0], edges[2], edges[1])
    solid(
        url,
        kind,
        label=f"{label}: {' by '.join(figure(edge) for edge in mesh.size)} {unit}",
        words=f"Drag to turn it; click it and scroll to come nearer. Measures in {unit}{', by its size' if mesh.unit else ''}.",
        up="y" if kind == "glb" else "z",
        measures=(wide, deep, high),
        unit=unit,
        key="dsg-mesh",
    )


def _show_picture(result: RepairResult) -> None:
    data = _on_page(result.preview.sha256)
    names = ("As given", "Mended") if result.mended else ("As given",)
    captions = "".join(f"<span>{name}</span>" for name in names)
    alt = " and ".join(names).lower()
    st.html(
        f'<figure class="dsg-picture"><img src="{Picture(data, "image/png", "", "").url}" alt="The mesh {alt}">'
        f"<figcaption>{captions}</figcaption></figure>"
    )


@st.cache_data(max_entries=12, show_spinner=False)
def _on_page(sha256: str) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    on_page(Image.open(io.BytesIO(read(sha256)))).save(out, "PNG")
    return out.getvalue()


def _show_report(result: RepairResult) -> None:
    """Before and after, side by side; a state is a word with its colour."""
    sides = [("As given", result.before), *([("Mended", result.after)] if result.after else [])]
    rows: list[tuple[str, list[tuple[str, bool | None]]]] = [
        ("Closed volume", [_yes(mesh.is_volume) for _, mesh in sides]),
        ("Watertight", [_yes(mesh.watertight) for _, mesh in sides]),
        ("Bodies", [(str(mesh.bodies), mesh.bodies == 1) for _, mesh in sides]),
        ("Thinnest wall", [(_length(mesh.wall, mesh), None) for _, mesh in sides]),
        (
            "Size",
            [
                (" \N{MULTIPLICATION SIGN} ".join(figure(edge) for edge in mesh.size) + f" {mesh.unit or 'units'}", None)
                for _, mesh in sides
            ],
        ),
        ("Volume", [(_volume(mesh), None) for _, mesh in sides]),
        ("Faces, vertices", [(f"{figure_of(mesh.faces)}, {figure_of(mesh.vertices)}", None) for _, mesh in sides]),
        ("Problems", [("; ".join(mesh.problems) or "none found", not mesh.problems) for _, mesh in sides]),
    ]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("", *(name for name, _ in sides))).replace(
        '<th scope="col"></th>', "<td></td>"
    )
    body = "".join(f'<tr><th scope="row">{name}</th>{"".join(map(_cell, cells))}</tr>' for name, cells in rows)
    st.html(
        '<div class="sx-scroll dsg-report" tabindex="0" role="region" aria-label="Report on the mesh">'
        f'<table class="sx-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _yes(state: bool) -> tuple[str, bool | None]:
    return ("yes" if state else "no"), state


def _cell(cell: tuple[str, bool | None]) -> str:
    words, state = cell
    if state is None:
        return f"<td>{escape(words)}</td>"
    return f'<td><span class="dsg-{"good" if state else "poor"}">{escape(words)}</span></td>'


def _length(value: float | None, mesh: Mesh) -> str:
    return "not measured" if value is None else f"{figure(value)} {mesh.unit or 'units'}"


def _volume(mesh: Mesh) -> str:
    if mesh.volume is None:
        return "none: it is not closed"
    if mesh.unit == "mm":
        return f"{figure(mesh.volume / 1000)} cm³"
    return f"{figure(mesh.volume)} {mesh.unit or 'units'}³"


def figure_of(count: int) -> str:
    """12345 -> "12 345"."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def files_of(result: RepairResult) -> tuple[list[tuple[str, Artifact]], list[tuple[str, list[Artifact]]]]:
    """(single files, several in a ZIP)."""
    mended = [(f"Download {result.mended.name.rpartition('.')[2].upper()}", result.mended)] if result.mended else []
    return [*mended, ("Picture PNG", result.preview)], []


def show_side(result: RepairResult) -> None:
    """What was changed."""
    heading("Changed")
    items = "".join(f"<li>{escape(one[:1].upper() + one[1:])}</li>" for one in result.done)
    nothing = "Nothing had to be." if result.after else "Nothing: mending was not asked for."
    st.html(f'<ul class="dsg-done">{items}</ul>' if items else f'<p class="sx-sub">{nothing}</p>')


def describe(run: Run) -> tuple[str, str]:
    """A run by its file."""
    mesh = run.request.get("mesh") or {}
    how = f"mended, {str(run.request.get('format') or 'stl').upper()}" if run.request.get("mend", True) else "looked at"
    return str(mesh.get("name", "mesh")), how
