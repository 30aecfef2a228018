"""The page of the molecules studio: generate, score and vary molecules, and see why each was kept or rejected."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from apps.molecules import forms, stage
from apps.molecules.gallery import is_dark
from apps.molecules.tasks import app
from shared.errors import SextantError
from shared.ui.host import executor
from shared.ui.pictures import Picture
from shared.ui.views import View, studio_page

if TYPE_CHECKING:
    from PIL import Image

    from shared.runs import Run

__all__ = ["page"]

STYLE = Path(__file__).parent / "dashboard.css"
THUMBNAIL_PX = (112, 88)
SMILES_SHOWN = 24
DARK_CARD = "#131f24"


def page() -> None:
    """Draw it."""
    studio_page(app, VIEWS, style=STYLE, notice_title="Estimates")


def _describe(run: Run) -> tuple[str, str]:
    """A run by what was asked."""
    request: dict[str, Any] = run.request
    if run.task == "generate":
        conditions = ", ".join([*request.get("filters", []), *request.get("where", [])])
        return f"{request.get('count', '')} molecules", ", ".join(filter(None, (conditions[:80], f"seed {run.seed}")))
    if run.task == "analogs":
        low, high = request.get("similarity") or (0, 1)
        return (
            f"{request.get('count', '')} analogues",
            f"of {shortened(str(request.get('hit', '')))}, similarity {low:g} to {high:g}, seed {run.seed}",
        )
    file, rows = request.get("file"), request.get("molecules") or []
    title = str(file.get("name", "file")) if file else f"{len(rows)} molecule{'' if len(rows) == 1 else 's'}"
    return title, {"all": "properties and ADMET", "admet": "ADMET"}.get(str(request.get("endpoints")), "properties")


def shortened(smiles: str) -> str:
    return smiles if len(smiles) <= SMILES_SHOWN else f"{smiles[:SMILES_SHOWN]}\N{HORIZONTAL ELLIPSIS}"


def _thumbnail(run: Run) -> str:
    preview = next((artifact for artifact in run.artifacts if artifact.name == "molecules.png"), None)
    return _small(preview.sha256, dark=is_dark()) if preview is not None else ""


@st.cache_data(max_entries=200, show_spinner=False)
def _small(sha256: str, *, dark: bool) -> str:
    """The first molecule of a run's picture, without its legend."""
    from PIL import Image

    from apps.molecules.depiction import CELL_PX

    try:
        with executor().store.open(sha256) as stream:
            picture = Image.open(io.BytesIO(stream.read())).convert("RGB")
    except (SextantError, OSError):
        return ""
    width, height = CELL_PX
    picture = picture.crop((0, 0, min(width, picture.width), min(round(0.8 * height), picture.height)))
    picture.thumbnail(THUMBNAIL_PX)
    out = io.BytesIO()
    (darkened(picture) if dark else picture).save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), "image/png", "", "").url


def darkened(picture: Image.Image) -> Image.Image:
    """Drawn on white -> drawn on the dark page's card: light and dark change places, hues stay."""
    from PIL import Image, ImageChops, ImageOps

    hue, saturation, value = ImageOps.invert(picture).convert("HSV").split()
    turned = Image.merge("HSV", (hue.point(lambda angle: (angle + 128) % 256), saturation, value)).convert("RGB")
    return ImageChops.lighter(turned, Image.new("RGB", picture.size, DARK_CARD))


def _view(task: str, name: str, heading: str, awaited: str) -> View:
    return View(
        name=name,
        heading=heading,
        action=forms.ACTIONS[task],
        inputs=forms.draw_inputs,
        show=stage.show,
        side=lambda form, run, selection: stage.show_side(selection),
        describe=_describe,
        nothing="No molecules yet.",
        awaited=awaited,
        fill=forms.fill,
        thumbnail=_thumbnail,
    )


VIEWS = {
    "generate": _view(
        "generate",
        "Generate",
        "Objectives",
        "the molecules appear here as cards, with their figures and why others were rejected.",
    ),
    "score": _view("score", "Score", "Molecules", "each molecule appears here with its properties, alerts and predicted ADMET."),
    "analogs": _view("analogs", "Analogues", "Hit", "the hit and its analogues appear here, the most similar first."),
}
