"""A piece as score, piano roll and sound, all at one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal

import streamlit as st

from shared.ui.sound import bundle

__all__ = ["Piece", "View", "Voice", "score"]

View = Literal["pages", "line", "roll"]


@dataclass(frozen=True)
class Voice:
    """id: as the timeline calls it, one of soprano, alto, tenor, bass. url: of its own sound, "" where there is none."""

    id: str
    name: str
    url: str = ""


@dataclass(frozen=True)
class Piece:
    """URLs of what makes it up (`media.media_url`). pages: SVG; audio: all voices; voices: their sounds add up to it.

    timeline: JSON {"notes": [{voice, pitch, start_s, end_s, bar, ids}], "bars": [{bar, start_s}], "end_s"}; ids are those of the note in
    the pages.
    """

    audio: str
    timeline: str
    pages: Sequence[str]
    voices: Sequence[Voice]


@cache
def _component() -> Callable[..., Any]:
    css, js = bundle("listen.css", "score.css"), bundle("listen.js", "spectrum.js", "roll.js", "score.js")
    return st.components.v2.component("sextant.score", css=css, js=js)


def score(piece: Piece, *, label: str, rate_hz: int, key: str, view: View = "pages") -> None:
    """Draw it. label: what the score shows, for who cannot see it.

    view: `line` where the only page is one long system, `roll` without pages. Voices can be muted where every one has a sound of its own.
    """
    voices = [asdict(voice) for voice in piece.voices]
    data = {
        "id": key,
        "audio": piece.audio,
        "timeline": piece.timeline,
        "pages": list(piece.pages),
        "voices": voices,
        "stems": voices if voices and all(voice["url"] for voice in voices) else [],
        "label": label,
        "rate": rate_hz,
        "view": view,
    }
    _component()(data=data, key=key)
