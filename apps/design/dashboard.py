"""The page of the design studio: furniture that fits, patterns that can be sewn, meshes that can be made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.design.page import forms, furniture, garment, mesh, pattern, variants
from apps.design.page.files import is_dark, svg_thumbnail, thumbnail
from apps.design.tasks import app
from shared.ui.generic import source_of
from shared.ui.results import provenance
from shared.ui.views import View, closing, drawn, studio_page

if TYPE_CHECKING:
    from shared.runs import Run
    from shared.ui.form import Form

__all__ = ["page"]

STYLE = Path(__file__).parent / "dashboard.css"
PICTURE_PX, MESH_PX = 256, 320
"""A cell of the sheet that a run of each kind keeps."""


def page() -> None:
    """Draw it."""
    studio_page(app, VIEWS, style=STYLE, notice_title="Estimates")


def _product(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: variants.show(run, result))
    if result is not None:
        closing(form, run, result.figures, *variants.files_of(run, result), fill=forms.fill)
        moved = ", a variant of an earlier run moved along two directions" if run.request.get("near") else ""
        provenance(run, f"the criteria and ANSUR II{moved}", "The GLB says how it was made. Strength and stability are estimates.")
    return result


def _garment(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: pattern.show(run, result))
    if result is not None:
        files = pattern.files_of(run, result)
        closing(form, run, result.figures, *files, fill=forms.fill, more=lambda: pattern.other_paper(run))
        source = "published drafting rules and the measurements"
        provenance(run, source, "The files name the measurements they were drafted from.")
    return result


def _repair(form: Form, run: Run) -> Any:
    result = drawn(form, run, lambda result: mesh.show(run, result))
    if result is not None:
        closing(form, run, result.figures, *mesh.files_of(result), fill=forms.fill)
        provenance(run, source_of(form.task, run), "The file that was given is not changed.")
    return result


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


VIEWS = {
    "product": View(
        name="Furniture",
        heading="Criteria",
        action=forms.ACTIONS["product"],
        inputs=furniture.draw_inputs,
        show=_product,
        side=variants.show_side,
        describe=furniture.describe,
        nothing="No furniture yet.",
        awaited="variants that pass every check appear here as cards, each to be turned in 3-D, with drawing and bill.",
        fill=forms.fill,
        thumbnail=_thumbnail,
    ),
    "garment": View(
        name="Garment",
        heading="Garment",
        action=forms.ACTIONS["garment"],
        inputs=garment.draw_inputs,
        show=_garment,
        side=lambda form, run, result: pattern.show_side(run, result),
        describe=garment.describe,
        nothing="No pattern yet.",
        awaited="the pattern appears here to be zoomed, with its lay, its printed pages and its checks.",
        fill=forms.fill,
        thumbnail=_thumbnail,
    ),
    "repair": View(
        name="Mesh",
        heading="Mesh",
        action=forms.ACTIONS["repair"],
        inputs=mesh.draw_inputs,
        show=_repair,
        side=lambda form, run, result: mesh.show_side(result),
        describe=mesh.describe,
        nothing="No mesh checked yet.",
        awaited="its report appears here, before and after, with the mended mesh in 3-D.",
        fill=forms.fill,
        thumbnail=_thumbnail,
    ),
}
