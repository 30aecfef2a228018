"""Whatever a picture's pixels are, as eight bits of red, green and blue: band by band of rows, so that no second copy of it is needed."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

from PIL import Image

__all__ = ["Notes", "to_rgb"]

BAND_PIXELS = 1 << 20
MAX_PROFILE_BYTES = 4 << 20
Notes = list[tuple[str, str]]
"""(code, sentence) of each thing that was done to the stored values."""

Convert = Callable[[Image.Image], Image.Image]


def to_rgb(image: Image.Image, notes: Notes) -> bytearray:
    """(h, w, 3) bytes, row by row; what was done on the way is added to the notes."""
    convert = _conversion(image, notes)
    width, height = image.size
    rows = max(1, BAND_PIXELS // width)
    pixels = bytearray(3 * width * height)
    for top in range(0, height, rows):
        band = convert(image.crop((0, top, width, min(top + rows, height)))).tobytes()
        pixels[3 * width * top : 3 * width * top + len(band)] = band
    return pixels


def _conversion(image: Image.Image, notes: Notes) -> Convert:
    mode = image.mode
    if mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        notes.append(("alpha", "Its transparent parts were laid on white."))
        if mode in ("P", "PA"):
            notes.append(("palette", "Its palette's colours were written out."))
        return _on_white
    if mode in ("CMYK", "LAB"):
        return _through_profile(image, notes)
    if mode.startswith("I"):
        return _integers(image, notes)
    if mode == "F":
        return _floats(image, notes)
    names = {
        "P": "Its palette's colours were written out.",
        "1": "Its two tones were written as grey.",
        "L": "Its grey was written as colour.",
    }
    if mode != "RGB":
        code = {"P": "palette", "1": "bilevel", "L": "grey"}.get(mode, "colour-space")
        notes.append((code, names.get(mode, f"It was converted from {mode}.")))
    return lambda band: band if band.mode == "RGB" else band.convert("RGB")


def _on_white(band: Image.Image) -> Image.Image:
    band = band.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", band.size, "white"), band).convert("RGB")


def _through_profile(image: Image.Image, notes: Notes) -> Convert:
    """CMYK and Lab by colour management; CMYK without a usable profile by 255 - min(255, ink + black), which is paler than print."""
    from PIL import ImageCms

    stored = image.info.get("icc_profile")
    try:
        if image.mode == "LAB":
            source: Any = ImageCms.createProfile("LAB")
        elif stored and len(stored) <= MAX_PROFILE_BYTES:
            source = ImageCms.ImageCmsProfile(io.BytesIO(stored))
        else:
            raise ValueError("no profile")
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            image.mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ValueError, TypeError, OSError, ImageCms.PyCMSError):
        notes.append(("colour-space", f"It was converted from {image.mode} without a colour profile: its colours are approximate."))
        return lambda band: band.convert("RGB")
    by = "its colour profile" if image.mode == "CMYK" else "colour management"
    notes.append(("colour-space", f"It was converted from {image.mode} by {by}."))

    def convert(band: Image.Image) -> Image.Image:
        converted = ImageCms.applyTransform(band, transform)
        assert converted is not None  # not in place
        return converted

    return convert


def _integers(image: Image.Image, notes: Notes) -> Convert:
    """Sixteen bits, or 32 that hold no more: scaled by 255/65535 and rounded, not cut off."""
    if image.mode == "I":
        low, high = _extremes(image)
        if not 0 <= low <= high <= 65535:
            return _floats(image, notes)
    notes.append(("bits", "Its 16 bits were scaled to 8."))
    table = [(value + 128) // 257 for value in range(65536)]
    return lambda band: band.convert("I").point(table, "L").convert("RGB")


def _extremes(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    assert not isinstance(low, tuple) and not isinstance(high, tuple)  # one band
    return float(low), float(high)


def _floats(image: Image.Image, notes: Notes) -> Convert:
    """0 to 1 as black to white; anything else from its least to its greatest value."""
    import numpy as np

    def finite(band: Image.Image) -> Any:
        values = np.asarray(band, np.float64)
        return np.where(np.isfinite(values), values, 0.0)

    values = finite(image) if image.mode == "F" else None
    low, high = (float(values.min()), float(values.max())) if values is not None else _extremes(image)
    del values
    if image.mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    notes.append(("bits", f"Its numbers from {low:.4g} to {high:.4g} were scaled to 8 bits."))
    scale = 255 / (high - low) if high > low and math.isfinite(high - low) else 0.0

    def convert(band: Image.Image) -> Image.Image:
        return Image.fromarray(np.rint((finite(band) - low) * scale).clip(0, 255).astype(np.uint8)).convert("RGB")

    return convert
