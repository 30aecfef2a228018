"""A run's files as the page needs them: kept between the passes of its script, or as addresses for the viewers."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import streamlit as st

from shared.errors import SextantError
from shared.ui.host import executor
from shared.ui.media import media_url
from shared.ui.pictures import Picture
from shared.ui.solid import DARK_INKS

if TYPE_CHECKING:
    from PIL import Image

    from shared.app import Artifact

__all__ = ["file_url", "is_dark", "on_page", "read", "svg_thumbnail", "thumbnail"]

THUMBNAIL_PX = 112
SATURATED = 14
"""Between a pixel's channels: more belongs to the solid, less to its shadow on paper."""


def is_dark() -> bool:
    """Whether the page is shown in the dark."""
    return bool(st.context.theme.type == "dark")


def file_url(artifact: Artifact, place: str) -> str:
    """A file as it is. place: its name on the page."""
    return media_url(read(artifact.sha256), artifact.media_type, place)


@st.cache_data(max_entries=160, show_spinner=False)
def read(sha256: str) -> bytes:
    """Raises `NotFound` for a file that is gone."""
    with executor().store.open(sha256) as stream:
        return stream.read()


def on_page(picture: Image.Image) -> Image.Image:
    """Drawn on paper -> what was drawn, on nothing: light paper would glare in the dark."""
    import numpy as np
    from PIL import Image, ImageFilter

    pixels = np.asarray(picture.convert("RGB"), np.float32)
    light = pixels.max(-1)
    solid = np.clip((light - pixels.min(-1) - SATURATED / 2) / SATURATED, 0, 1)
    solid = np.maximum(solid, (light < 110).astype(np.float32))
    mask = Image.fromarray((255 * solid).astype(np.uint8)).filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(0.6))
    solid = np.asarray(mask, np.float32) / 255  # its edge is mixed with the paper: left to the shadow
    alpha = np.maximum(solid, np.clip((250 - light) / 250, 0, 1))
    colour = pixels * solid[..., None]
    return Image.fromarray(np.dstack([colour, 255 * alpha]).astype(np.uint8), "RGBA")


@st.cache_data(max_entries=100, show_spinner=False)
def thumbnail(sha256: str, cell_px: int) -> str:
    """The first cell of a sheet of pictures, as a `data:` URL; "" where it is gone."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(read(sha256))).convert("RGB")
    except (SextantError, OSError):
        return ""
    picture = on_page(picture.crop((0, 0, min(cell_px, picture.width), min(cell_px, picture.height))))
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), "image/png", "", "").url


@st.cache_data(max_entries=60, show_spinner=False)
def svg_thumbnail(sha256: str, *, dark: bool) -> str:
    """A drawing as a `data:` URL, in the page's colours; "" where it is gone."""
    try:
        text = read(sha256).decode()
    except (SextantError, UnicodeDecodeError):
        return ""
    text = text.replace("</style>", "path.cut{stroke-width:9px;fill:#edf3f5}.sew,.grain,.fold,.notch,.inner,.filled{display:none}</style>")
    text = re.sub(r"<text.*?</text>", "", text, flags=re.DOTALL)  # too small to be read
    if dark:
        text = re.sub(r"#[0-9a-f]{3,6}\b", lambda found: DARK_INKS.get(found.group(), found.group()), text)
    return Picture(text.encode(), "image/svg+xml", "", "").url
