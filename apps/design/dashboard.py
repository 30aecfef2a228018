"""The page of the design studio: furniture that fits, patterns that can be sewn, meshes that can be made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.design.page import forms, furniture, garment, mesh, pattern, variants
from apps.design.page.files import is_dark, svg_thumbnail, thumbnail
from apps.design.tasks import app
from shared.errors import SextantError
from shared.ui.choice import choose_task
from shared.ui.form import Form
from shared.ui.generic import shown_run, source_of
from shared.ui.history import history
from shared.ui.host import chosen_run
from shared.ui.page import empty, error_note, frame, heading
from shared.ui.results import downloads, figures, provenance, warnings
from shared.ui.run_panel import run_panel
from shared.ui.text import plain

if TYPE_CHECKING:
    from shared.app import Artifact
    from shared.runs import Run

__all__ = ["page"]

STYLE = Path(__file__).parent / "dashboard.css"
NAMES = {"product": "Furniture", "garment": "Garment", "repair": "Mesh"}
HEADINGS = {"product": "Criteria", "garment": "Garment", "repair": "Mesh"}
INPUTS = {"product": furniture.draw_inputs, "garment": garment.draw_inputs, "repair": mesh.draw_inputs}
DESCRIBE = {"product": furniture.describe, "garment": garment.describe, "repair": mesh.describe}
NOTHING = {"product": "No furniture yet.", "garment": "No pattern yet.", "repair": "No mesh checked yet."}
AWAITED = {
    "product": "variants that pass every check appear here as cards, each to be turned in 3-D, with drawing and bill.",
    "garment": "the pattern appears here to be zoomed, with its lay, its printed pages and its checks.",
    "repair": "its report appears here, before and after, with the mended mesh in 3-D.",
}
NOTES = {
    "product": "The GLB says how it was made. Strength and stability are estimates.",
    "garment": "The files name the measurements they were drafted from.",
    "repair": "The file that was given is not changed.",
}
PICTURE_PX, MESH_PX = 256, 320
"""A cell of the sheet that a run of each kind keeps."""


def page() -> None:
    """Draw it."""
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
    parts = frame(app, notice_title="Estimates")
    with parts.switch:
        task = choose_task(app, NAMES)
    form, run = Form(task), chosen_run(task)
    if run is not None and not form.filled():
        forms.fill(form, run.request)
    action = forms.ACTIONS[task.name]
    with parts.inputs:
        heading(HEADINGS[task.name])
        INPUTS[task.name](form)
        run_panel(form, action, run)
    with parts.stage:
        shown = shown_run(task, run)
        result = None
        if shown is None and run is not None and not run.finished:
            empty("At work.", f"When the run is done, {AWAITED[task.name]}")
        elif shown is None:
            empty(NOTHING[task.name], f"Press “{action}”: {AWAITED[task.name]}")
        else:
            result = _show(form, shown)
    with parts.side:
        if shown is not None and result is not None:
            _show_side(form, shown, result)
        history(task, run or shown, DESCRIBE[task.name], _thumbnail)


def _show(form: Form, run: Run) -> Any:
    """Draw a finished run; returns its result, None when it cannot be read."""
    try:
        result: Any = run.result_of(form.task)
        warnings(result)
        if form.task.name == "product":
            variants.show(run, result)
            single, many = variants.files_of(run, result)
        elif form.task.name == "garment":
            pattern.show(run, result)
            single, many = pattern.files_of(run, result)
        else:
            mesh.show(run, result)
            single, many = mesh.files_of(result)
    except SextantError as error:
        error_note("The result cannot be shown", error, "")
        return None
    figures(result.figures)
    with st.container(horizontal=True, key="sx-files-design"):
        downloads(run, single)
        if form.task.name == "garment":
            pattern.other_paper(run)
        for words, artifacts in many:
            _download_all(run, words, artifacts)
        st.button(
            "Repeat with changes",
            type="tertiary",
            key=f"sx-repeat-{run.id}",
            on_click=forms.fill,
            args=(form, run.request),
            help="Puts this run's inputs and settings back into the form.",
        )
    provenance(run, _source(form, run), NOTES[form.task.name])
    return result


def _source(form: Form, run: Run) -> str:
    if form.task.name == "product":
        moved = ", a variant of an earlier run moved along two directions" if run.request.get("near") else ""
        return f"the criteria and ANSUR II{moved}"
    if form.task.name == "garment":
        return "published drafting rules and the measurements"
    return source_of(form.task, run)


def _show_side(form: Form, run: Run, result: Any) -> None:
    if form.task.name == "product":
        variants.show_side(form, run, result)
    elif form.task.name == "garment":
        pattern.show_side(run, result)
    else:
        mesh.show_side(result)


def _thumbnail(run: Run) -> str:
    """A run's small picture."""
    files = {artifact.name: artifact for artifact in run.artifacts}
    if run.task == "garment":
        sheet = next((file for name, file in files.items() if name.endswith(".svg") and not name.endswith("-lay.svg")), None)
        return svg_thumbnail(sheet.sha256, dark=is_dark()) if sheet else ""
    family = str(run.request.get("family") or "chair")
    preview = (
        files.get(f"{family}s.png") if run.task == "product" else next((f for name, f in files.items() if name.endswith(".png")), None)
    )
    return thumbnail(preview.sha256, PICTURE_PX if run.task == "product" else MESH_PX) if preview else ""


def _download_all(run: Run, words: str, artifacts: Sequence[Artifact]) -> None:
    """Several files as one, packed when the button is pressed."""
    st.download_button(
        plain(f"{words} (ZIP)"),
        data=lambda: _packed(artifacts),
        file_name=f"{run.id[:6]}-{words.lower().replace(' ', '-')}.zip",
        mime="application/zip",
        on_click="ignore",
        key=f"sx-download-{run.id}-{words}",
        help=plain(f"{len(artifacts)} files"),
    )


def _packed(artifacts: Sequence[Artifact]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for artifact in artifacts:
            archive.writestr(artifact.name, artifact.read())
    return out.getvalue()
