"""A run's files as the page needs them. What goes to the browser was decoded in a child process and written anew by this studio:
never the bytes of a file that was given."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from shared.errors import SextantError
from shared.ui.host import executor
from shared.ui.media import media_url
from shared.ui.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.app import Artifact

__all__ = ["PLAYED_S", "Sounding", "heard", "original_size", "picture_size", "picture_url", "thumbnail"]

THUMBNAIL_PX = 88
PLAYED_S = 600
"""Ten minutes at 16 kHz are 19 MB on the way and 38 in the browser."""
NOW_BYTES = 12 << 20
"""Larger files are decoded for hearing when somebody asks for it: half an hour of AAC takes 15 s."""
_SIZE = re.compile(r"\b(\d{1,5})\s*[x\N{MULTIPLICATION SIGN}]\s*(\d{1,5})\b")


@dataclass(frozen=True)
class Sounding:
    """A recording at 16 kHz, its first `PLAYED_S`. seconds: of the whole. url: "" where it cannot be heard, and why."""

    url: str
    rate_hz: int
    seconds: float
    why: str = ""


def picture_url(artifact: Artifact, place: str) -> str:
    """A picture of ours. place: its name on the page."""
    return media_url(_read(artifact.sha256), artifact.media_type, place)


def picture_size(artifact: Artifact) -> tuple[int, int]:
    """(width, height) of a picture of ours."""
    return _size(artifact.sha256)


def original_size(facts: Mapping[str, str], shown: tuple[int, int], longest_px: int) -> tuple[int, int] | None:
    """(width, height) of the upright image, in whose pixels regions are given, from what is known of its container. A picture that is
    shown smaller than `longest_px` is shown as it is. None where neither says it."""
    if max(shown) < longest_px:
        return shown
    for value in facts.values():
        for found in _SIZE.finditer(value):
            width, height = int(found[1]), int(found[2])
            if min(width, height) and abs(width * shown[1] / (height * shown[0]) - 1) < 0.02 and max(width, height) >= max(shown):
                return width, height
    return None


def heard(sha256: str, size_bytes: int, seconds: float | None, key: str) -> Sounding:
    """The recording with this content, decoded in a child process. A long one only when it is asked for."""
    asked = f"deepfake:hear:{sha256}"
    if size_bytes > NOW_BYTES and not st.session_state.get(asked):
        st.button("Prepare sound", key=f"dfk-hear-{key}", on_click=lambda: st.session_state.update({asked: True}))
        return Sounding("", 16_000, seconds or 1.0, "A long recording: it is prepared for hearing when you ask for it.")
    try:
        wav, whole_s = _decoded(sha256)
    except (SextantError, NotImplementedError) as error:
        return Sounding("", 16_000, seconds or 1.0, f"It cannot be heard here: {error}")
    why = f"Its first {PLAYED_S // 60} minutes can be heard here." if whole_s > PLAYED_S else ""
    return Sounding(media_url(wav, "audio/wav", key), 16_000, whole_s, why)


@st.cache_data(max_entries=12, show_spinner="Preparing the sound")
def _decoded(sha256: str) -> tuple[bytes, float]:
    import numpy as np
    import soundfile

    from apps.deepfake.decoding import read_sound

    with executor().store.open(sha256) as stream:
        clip = read_sound(stream.read())
    out = io.BytesIO()
    part = np.clip(clip.samples[: PLAYED_S * clip.rate_hz], -1, 1)
    soundfile.write(out, part, clip.rate_hz, format="WAV", subtype="PCM_16")
    return out.getvalue(), len(clip.samples) / clip.rate_hz


@st.cache_data(max_entries=400, show_spinner=False)
def thumbnail(sha256: str) -> str:
    """A small square of a picture of ours as a `data:` URL; "" where it is gone."""
    from PIL import Image, ImageOps

    try:
        picture = ImageOps.fit(Image.open(io.BytesIO(_read(sha256))).convert("RGB"), (THUMBNAIL_PX, THUMBNAIL_PX))
    except (SextantError, OSError):
        return ""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return Picture(out.getvalue(), "image/jpeg", "", "").url


@st.cache_data(max_entries=400, show_spinner=False)
def _size(sha256: str) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(_read(sha256))) as picture:
        return picture.size


@st.cache_data(max_entries=48, show_spinner=False)
def _read(sha256: str) -> bytes:
    """Raises `NotFound` for a file that is gone."""
    with executor().store.open(sha256) as stream:
        return stream.read()
