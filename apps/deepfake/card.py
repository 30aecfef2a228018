"""The card's picture in the launcher, made by the studio itself: `python -m apps.deepfake.card`.

A portrait that another face was cloned into, its right half as the learned head sees it, beside the spectrogram of a resynthesised
voice with the voice head's bar; with a twin for the dark.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from apps.deepfake import pictures
from apps.deepfake.decoding import read_image, read_sound
from apps.deepfake.models import LoadedImageHead, LoadedVoiceHead
from apps.deepfake.tasks import EXAMPLES, app

__all__ = ["main", "picture"]

SIZE_PX, SIDE_PX, GAP_PX = (720, 405), 405, 6
SHOWN_S = 2.4
QUALITY = 84
COLOURS = {False: ("#ffffff", "#a3176b"), True: ("#131f24", "#e773b4")}
"""(card, mark) of the light and the dark page."""


def main(path: Path = Path(__file__).parent / app.picture) -> None:
    """Write both pictures, some 30 kB each."""
    portrait, voice = _portrait(), _voice()
    for dark in (False, True):
        target = path.with_stem(f"{path.stem}-dark") if dark else path
        picture(*portrait, voice, dark=dark).save(target, "WEBP", quality=QUALITY, method=6)


def picture(shown: Image.Image, heat: Image.Image, voice: Image.Image, *, dark: bool) -> Image.Image:
    """shown, heat: the same portrait; voice: a spectrogram."""
    card, mark = COLOURS[dark]
    whole = Image.new("RGB", SIZE_PX, card)
    size = (SIDE_PX, SIDE_PX)
    whole.paste(shown.resize(size, Image.Resampling.LANCZOS), (0, 0))
    half = SIDE_PX // 2
    whole.paste(heat.resize(size, Image.Resampling.LANCZOS).crop((half, 0, *size)), (half, 0))
    rest = SIZE_PX[0] - SIDE_PX - GAP_PX
    whole.paste(voice.resize((rest, SIDE_PX), Image.Resampling.LANCZOS), (SIDE_PX + GAP_PX, 0))
    pen = ImageDraw.Draw(whole)
    for x in (half, SIDE_PX + GAP_PX + round(0.58 * rest)):
        pen.line([(x, 0), (x, SIDE_PX)], fill=mark, width=3)
    return whole


def _portrait() -> tuple[Image.Image, Image.Image]:
    pixels = read_image((EXAMPLES / "composite.jpg").read_bytes()).pixels
    head: Any = LoadedImageHead("cpu")
    score = head.run([pixels], lambda done, total: None)[0]
    return _opened(pictures.preview(pixels)), _opened(pictures.overlay(pixels, score.heatmap))


def _voice() -> Image.Image:
    clip = read_sound((EXAMPLES / "made.ogg").read_bytes())
    head: Any = LoadedVoiceHead("cpu")
    score = head.run([clip.samples], lambda done, total: None)[0]
    windows = [(start, min(end, SHOWN_S), value) for start, end, value in score.spans if start < SHOWN_S]
    return _opened(pictures.spectrogram(clip.samples[: round(SHOWN_S * clip.rate_hz)], clip.rate_hz, windows))


def _opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


if __name__ == "__main__":
    main()
