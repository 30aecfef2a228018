"""Solids to be turned, and drawings in millimetres to be zoomed: both in true size, with a rule.

The solids are drawn by three.js, `web/three.min.js`, which browsers fetch once from /assets. It was made with
`npm install three@0.187.0 esbuild@0.28.2; npx esbuild entry.js --bundle --minify --format=esm --target=es2022 --legal-comments=none`,
where entry.js exports what `web/scene.js` and `web/solid.js` take from three, and OrbitControls, GLTFLoader, STLLoader, PLYLoader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

import streamlit as st

from shared.ui.web import read_text

__all__ = ["DARK_INKS", "Kind", "sheet", "solid"]

Kind = Literal["glb", "stl", "ply"]
DARK_INKS: Mapping[str, str] = {
    "#fff": "#131f24",
    "#ffffff": "#131f24",
    "#fbfcfc": "#18262c",
    "#edf3f5": "#1d2d34",
    "#c9d6db": "#3a515b",
    "#4a5f67": "#a6b7bd",
    "#5a6472": "#a6b7bd",
    "#0b5a74": "#7cc4da",
    "#10242b": "#e4ecee",
    "#1c1f24": "#e4ecee",
}
"""A drawing's colour: what it becomes in the dark."""


@cache
def _solid() -> Callable[..., Any]:
    js = "\n".join(map(read_text, ("tools.js", "scene.js", "solid.js")))
    return st.components.v2.component("sextant.solid", css=read_text("solid.css"), js=js)


@cache
def _sheet() -> Callable[..., Any]:
    js = "\n".join(map(read_text, ("tools.js", "sheet.js")))
    return st.components.v2.component("sextant.sheet", css=read_text("solid.css"), js=js)


def solid(
    url: str,
    kind: Kind,
    *,
    label: str,
    key: str,
    measures: tuple[str, str, str],
    words: str = "",
    up: Literal["y", "z"] = "y",
    rule: float = 0.0,
    unit: str = "",
) -> None:
    """Draw it on a floor, with its measures.

    url: `media.media_url`. label: what it is, for who cannot see it; words: below. measures: width, depth and height as they are written.
    up: the axis that points upwards in the file. rule: length of the rule along the floor in the file's unit, 0 for one that suits;
    unit: of its numbers.
    """
    data = {
        "id": key,
        "url": url,
        "kind": kind,
        "label": label,
        "measures": list(measures),
        "words": words,
        "up": up,
        "rule": rule,
        "ruleUnit": unit,
    }
    _solid()(data=data, key=key)


def sheet(url: str, *, label: str, key: str, words: str = "", scale: float = 1.0, dark: Mapping[str, str] = DARK_INKS) -> None:
    """Draw an SVG in millimetres, to be zoomed and moved.

    url: `media.media_url`. label: what it shows, for who cannot see it; words: above. scale: true millimetres drawn as one, 0 for a drawing
    without a rule. dark: colours of the drawing, as #rrggbb, and what they are in the dark.
    """
    data = {"id": key, "url": url, "label": label, "words": words, "mm": scale, "dark": dict(dark)}
    _sheet()(data=data, key=key)
